"""Run in the home of a running demonstration, in a process of its own: a county without a household, its officer and a township's."""

from __future__ import annotations

from xiuhua.cli.database import set_up_django

set_up_django()

import people  # noqa: E402
from xiuhua.accounts.models import Account  # noqa: E402
from xiuhua.accounts.terms import Office, Role, Title  # noqa: E402
from xiuhua.places.scope import scope_of, within  # noqa: E402
from xiuhua.registry.services import sign_opening  # noqa: E402

COUNTY, TOWNSHIP = "990531", "990531001"


def start() -> None:
    # Both get the demonstration's password, as one of its accounts has it: it is slow to reckon.
    Account.set_password = lambda *_: None  # type: ignore[method-assign]
    with within(scope_of("CN"), who={"account": "demo"}):
        people.make_place(COUNTY, "云溪县")
        people.make_place(TOWNSHIP, "石门乡")
        officer = people.person("荆县办", "jing", COUNTY, Role.COUNTY_OFFICE)
        people.person(
            "苗乡办", "miao", TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER
        )
        sign_opening(by=officer, county_code=COUNTY, statement="承接国家系统导出（演示）")
        known = Account.objects.values_list("password", flat=True).get(username="zhao")
        Account.objects.filter(username__in=("jing", "miao")).update(password=known)


if __name__ == "__main__":
    start()
