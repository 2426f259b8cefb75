"""A move to another county that was given back and corrected goes to the county chosen last, by whoever may hand it in again, and by nobody
else in any other way."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

import people
from decisions.conftest import MEMBERS, Family, household
from decisions.test_joining_by_number import text
from xiuhua.accounts.terms import Role
from xiuhua.decisions.models import Case, Transfer
from xiuhua.decisions.services import Said, accept, give_back, receive, resubmit
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household

pytestmark = pytest.mark.database
THIRD, THIRD_VILLAGE = "990523", "990523101201"
SAYS = "update decisions_case set payload = jsonb_build_object('county', %(to)s::text) where id = %(case)s"
TO = "update decisions_case set to_code = %(to)s where id = %(case)s"


@pytest.fixture
def given_back(family: Family) -> Case:
    """To 白岭县, and given back: it should be 第三县."""
    people.make_place(THIRD, "第三县")
    people.make_place(THIRD[:6] + "101", "第三镇")
    people.make_place(THIRD_VILLAGE, "第三村")
    case = family.propose("move_away", county=people.OTHER_COUNTY, reason="随子女定居")
    by = family.world.township_officer
    with family.act(by):
        return give_back(by=by, case=case, reason="写错了县，是第三县").case


def corrected(family: Family, case: Case, county: str = THIRD) -> Case:
    by = family.world.first_secretary
    with family.act(by):
        said = Said(case.effective_on, {"county": county}, reason="改为第三县")
        return resubmit(by=by, case=case, said=said).case


def test_it_is_offered_to_the_county_chosen_last_and_lives_there(family: Family, given_back: Case) -> None:
    by = family.world.township_officer
    receiver = people.person("第三县人", "san", THIRD, Role.COUNTY_OFFICE)
    case = corrected(family, given_back)
    assert case.to_code == THIRD
    with family.act(by):
        accept(by=by, case=case)
    with within(scope_of(people.OTHER_COUNTY)):
        assert not Transfer.objects.exists(), "whom it was meant for first learns nothing of it"
    with family.act(receiver):
        receive(by=receiver, transfer=Transfer.objects.get(), village_code=THIRD_VILLAGE)
    with within(scope_of(people.COUNTY)):
        assert Household.objects.get(pk=family.household.pk).moved_to_code == THIRD_VILLAGE
    # 白岭县 stands in the first proposal, as it was; nowhere as where it went.
    assert "第三县接收后" in text(by, f"/cases/{case.pk}/")


def test_the_same_county_stays(family: Family, given_back: Case) -> None:
    assert corrected(family, given_back, people.OTHER_COUNTY).to_code == people.OTHER_COUNTY


def by_sql(family: Family, by: Any, sql: str, case: Case, county: str) -> None:
    with (
        family.act(by),
        pytest.raises(DatabaseError, match="corrected only after"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, {"to": county, "case": case.pk})


@pytest.mark.parametrize("county", [THIRD, people.COUNTY, ""])
def test_nobody_sends_it_elsewhere_by_sql(family: Family, given_back: Case, county: str) -> None:
    for by in (family.world.first_secretary, family.world.county_office):
        by_sql(family, by, TO, given_back, county)
    # Nor while it lies before whoever decides, its payload as little as its place.
    case = corrected(family, given_back)
    for sql in (TO, SAYS):
        by_sql(family, family.world.county_office, sql, case, people.OTHER_COUNTY)


def test_a_corrected_payload_without_the_step_sends_it_nowhere_new(family: Family, given_back: Case) -> None:
    by = family.world.first_secretary
    with family.act(by), connection.cursor() as cursor:
        cursor.execute(
            "update decisions_case set payload = payload || jsonb_build_object('county', %s::text) where id = %s",
            [THIRD, given_back.pk],
        )
    with within(scope_of(people.COUNTY)):
        given_back.refresh_from_db()
        assert given_back.to_code == people.OTHER_COUNTY, "only the step that hands it in again takes it over"


def test_a_case_of_this_county_gets_no_other_county(family: Family) -> None:
    by = family.world.township_officer
    case = family.propose("birth", name="石安安", sex="female", relation="daughter")
    with family.act(by):
        give_back(by=by, case=case, reason="补材料")
    first = family.world.first_secretary
    with family.act(first):
        said = Said(
            case.effective_on, {"name": "石安安", "sex": "female", "relation": "daughter", "county": THIRD}
        )
        assert resubmit(by=first, case=case, said=said).case.to_code == ""


@pytest.mark.parametrize(("state", "goes"), [("pending", THIRD), ("sent", people.OTHER_COUNTY)])
def test_what_was_corrected_before_goes_where_it_says_unless_it_was_offered(
    fresh_database: Any, state: str, goes: str
) -> None:
    migration = import_module("xiuhua.decisions.migrations.0054_another_county_takes_the_place")
    world = people.small_world()
    people.make_place(THIRD, "第三县")
    with within(scope_of(people.COUNTY)):
        home, persons = household("99052100001", people.VILLAGE, MEMBERS)
    case = Family(world, home, persons).propose("move_away", county=THIRD)
    with connections["owner"].cursor() as owner:
        owner.execute("alter table decisions_case disable trigger decisions_case_guard")
        owner.execute("update decisions_case set to_code = %s, state = %s", [people.OTHER_COUNTY, state])
        owner.execute("alter table decisions_case enable trigger decisions_case_guard")
        owner.execute(migration.BEFORE)
    with within(scope_of(people.COUNTY)):
        case.refresh_from_db()
        assert case.to_code == goes
    # The guard stands again.
    by_sql(Family(world, home, persons), world.county_office, TO, case, people.COUNTY)
