"""Run in the home of a running demonstration, in a process of its own: people for every post and households where journeys begin.

What another journey walks on screen, or what days before today brought, is done here by the product's own services. Prints
keys as JSON.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from xiuhua.cli.database import set_up_django

set_up_django()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402

import people  # noqa: E402
from decisions.conftest import household  # noqa: E402
from decisions.proceedings import Days, Going  # noqa: E402
from decisions.test_proceedings import GOOD  # noqa: E402
from intake.reading.support import identity_number  # noqa: E402
from xiuhua.accounts.models import Account  # noqa: E402
from xiuhua.accounts.terms import Office, Role, Title  # noqa: E402
from xiuhua.common.clock import beijing_now, beijing_today  # noqa: E402
from xiuhua.common.sealing import blind, seal  # noqa: E402
from xiuhua.places.models import CountyRecord, VillageRecord  # noqa: E402
from xiuhua.places.scope import scope_of, within  # noqa: E402
from xiuhua.registry.models import Household, Opening, PeriodRecord, Person, StatusEntry  # noqa: E402
from xiuhua.registry.services import sign_opening  # noqa: E402
from xiuhua.runtime.locations import connection_urls  # noqa: E402

SMALL, SMALL_VILLAGE = "990529", "990529101201"
ILL = identity_number("99052119700203001")


def home(
    number: str, head: str, *, kind: str = "other", status: str = "", village: str = people.VILLAGE
) -> Household:
    """A household of two, and where the county's opening says that it stands."""
    made, _persons = household(
        number, village, {head: ("head", "male"), f"{head[0]}秀英": ("spouse", "female")}, kind=kind
    )
    if status:
        StatusEntry.objects.create(
            household=made, village_code=village, status=status, since=date(2017, 9, 30), basis="opening",
            opening=Opening.objects.get(county_code=village[:6]), recorded_at=beijing_now(), recorded_by="demo",
        )  # fmt: skip
    return made


def found(home: Household, seen: str, year: int) -> None:
    """What a form, or a visit, says of a household's year: all standards hold."""
    day = date(year, 9, 1)
    Person.objects.filter(memberships__household=home).update(
        health="healthy", basic_insured=True, serious_illness_insured=True, student_status="none", labour="ordinary",
        seen=seen, seen_on=day,
    )  # fmt: skip
    told = {**GOOD, "year": year, "period_start": date(year - 1, 10, 1), "period_end": date(year, 9, 30)}
    for name in told:
        if name.endswith("_seen"):
            told[name] = seen
        elif name.endswith("_seen_on"):
            told[name] = day
    PeriodRecord.objects.create(household=home, village_code=home.village_code, **told)


def above() -> None:
    """Two more of the province's office, an evaluator from outside, and the county that is ready to leave, with its officer."""
    people.make_place(SMALL, "云岭县")
    people.make_place(SMALL_VILLAGE[:9], "云岭镇")
    people.make_place(SMALL_VILLAGE, "云上村")
    people.person("程县办", "cheng", SMALL, Role.COUNTY_OFFICE)
    people.person("韦省办", "wei", "99", Role.HIGHER_OFFICE)
    people.person("陆省办", "lu", "99", Role.HIGHER_OFFICE)
    people.person("平评估", "ping", "99", Role.AUDITOR, Office.AUDIT, Title.AUDITOR)
    VillageRecord.objects.create(
        village_id=SMALL_VILLAGE,
        as_of=date(2019, 9, 30),
        poor_village=True,
        rural_households=50,
        rural_persons=200,
    )
    CountyRecord.objects.create(
        county_id=SMALL, as_of=date(2019, 9, 30), poor_county=True, region="west", rural_persons=200
    )


def start() -> dict[str, Any]:
    """Everything, and its keys by name."""
    # All get the demonstration's password at once below: one hash instead of thirteen.
    Account.set_password = lambda *_: None  # type: ignore[method-assign]
    with within(scope_of("CN"), who={"account": "demo"}):
        above()
        officer = Account.objects.get(username="cheng").official.appointments.get()
        sign_opening(by=officer, county_code=SMALL, statement="承接国家系统导出（演示）")
        first = home("99052100701", "石满仓")
        going = Going.of(None, first, Days(connection_urls().owner))  # type: ignore[arg-type]
        Account.objects.filter(username__regex="^(cun|xiang|xian)[0-2]$|^(cheng|wei|lu|ping)$").update(
            password=make_password(settings.DEMO_PASSWORD)
        )
        homes = {
            "entering": first,
            "leaving": home("99052100702", "岩有田", kind="registered", status="poor"),
            "unwilling": home("99052100703", "贺守义", kind="registered", status="poor"),
            "objected": home("99052100704", "白玉堂"),
            "ill": home("99052100705", "温长顺", kind="registered", status="exited"),
            "calm": home("99052100706", "安定远"),
        }
        home("99052900701", "云在天", kind="registered", status="exited", village=SMALL_VILLAGE)
        found(homes["leaving"], "reported", 2017)
        found(homes["unwilling"], "checked", 2017)
        # Of long ago: it is let go of by what is entered on a page once it is watched.
        found(homes["ill"], "checked", 2021)
        Person.objects.filter(memberships__household=homes["ill"], memberships__relation="head").update(
            id_sealed=seal(ILL), id_blind=blind(ILL), id_kind="resident", id_valid=True
        )
    told: dict[str, Any] = {name: one.pk for name, one in homes.items()}
    told["county"], told["ill_number"] = SMALL, ILL
    told["place"] = {"哪个县": people.COUNTY, "哪个乡镇": people.TOWNSHIP, "哪个村": people.VILLAGE}
    told["settled_on"] = str(beijing_today() - timedelta(days=10))
    told["kept_until"] = str(beijing_today() + timedelta(days=90))
    his = replace(going, household=homes["objected"])
    told["objected_case"] = his.until(his.begin("targeted_identification"), "first_notice").pk
    return told


if __name__ == "__main__":
    print(json.dumps(start()))
