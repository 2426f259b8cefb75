"""Another township of the county, 河口镇: its officer, a village worker, a household; what is offered to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

import people
from decisions.conftest import Family, household
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.decisions.models import Case, Transfer
from xiuhua.decisions.services import accept, receive
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household

RIVER, RIVER_VILLAGE, FAR_VILLAGE = "990521102", "990521102201", "990521102202"
STEP = """
insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at)
values (%(case)s, '990521101201', 9, '{act}', %(by)s, null, 'x', 'x', 'x', '{{}}', now())
"""


@dataclass
class River:
    """The township 河口镇, its officer, a village worker and a household that somebody may come into."""

    officer: Appointment
    worker: Appointment
    household: Household


def make_river() -> River:
    """河口镇 with its people and a household."""
    people.make_place(RIVER, "河口镇")
    people.make_place(RIVER_VILLAGE, "河口村")
    people.make_place(FAR_VILLAGE, "沙洲村")
    officer = people.person(
        "何专干", "he", RIVER, Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER
    )
    worker = people.person(
        "河书记", "heshu", RIVER_VILLAGE, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    with within(scope_of(people.COUNTY)):
        home, _persons = household("99052100077", RIVER_VILLAGE, {"沙有田": ("head", "male")})
    return River(officer, worker, home)


def offered(family: Family, **more: Any) -> tuple[Case, Transfer]:
    """The family is to move into the other township."""
    case = family.propose("move", village=RIVER_VILLAGE, reason="易地搬迁安置", **more)
    with within(scope_of(people.COUNTY)):
        return case, Transfer.objects.get(case_number=case.pk)


def carried(family: Family, river: River) -> Case:
    case, transfer = offered(family)
    with family.act(river.officer):
        receive(by=river.officer, transfer=transfer)
    office = family.world.county_office
    with family.act(office):
        return accept(by=office, case=case).case


def where(family: Family) -> str:
    with within(scope_of(people.COUNTY)):
        return Household.objects.get(pk=family.household.pk).village_code


def by_sql(family: Family, sql: str, **values: Any) -> None:
    """As the application's role, in the whole county."""
    with family.act(family.world.county_office), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
