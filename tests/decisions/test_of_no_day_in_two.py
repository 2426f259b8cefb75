"""Who joins by a number does so from the day they left their last household: of no day are they in two, wherever that household lies."""

from __future__ import annotations

from datetime import date

import pytest

import people
from decisions.conftest import Family
from decisions.river import RIVER_VILLAGE, River
from decisions.test_joining_by_number import NUMBER, another, left, marries, numbered
from xiuhua.common.sealing import blind
from xiuhua.decisions.services import Refused, Unfit, accept
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.queries.bearers import too_early

pytestmark = pytest.mark.database
JUNE, MAY = date(2026, 6, 1), date(2026, 5, 2)


def home_for() -> Household:
    with within(scope_of(people.COUNTY)):
        home, _members = another("99052100079")
    return home


def refused(family: Family, home: Household) -> str:
    with pytest.raises(Unfit) as why:
        marries(family, home, "石小梅")
    [problem] = why.value.problems
    assert problem.field == "effective_on"
    return problem.zh


def test_nobody_joins_before_the_day_they_left(family: Family) -> None:
    girl, home = family.persons["石小梅"], home_for()
    with within(scope_of(people.COUNTY)):
        numbered(girl)
        left(girl, on=JUNE)
    assert "2026-06-01 才离开原户" in refused(family, home)
    with within(scope_of(people.COUNTY)):
        Membership.objects.filter(person=girl).update(until=MAY)
    # On that day itself they are a member there no more.
    case = marries(family, home, "石小梅")
    with family.act(family.world.township_officer):
        accept(by=family.world.township_officer, case=case)
    assert family.living(home)["石小梅"] == "spouse"


def test_it_is_asked_again_by_whoever_decides(family: Family) -> None:
    girl, home, by = family.persons["石小梅"], home_for(), family.world.township_officer
    with within(scope_of(people.COUNTY)):
        numbered(girl)
        left(girl)
    case = marries(family, home, "石小梅")
    with within(scope_of(people.COUNTY)):
        Membership.objects.filter(person=girl).update(until=JUNE)
    with family.act(by), pytest.raises(Refused, match="2026-06-01 才离开原户"):
        accept(by=by, case=case)


@pytest.mark.parametrize("place", ["near", "far"])
def test_beyond_the_area_only_that_it_is_too_early_is_told(family: Family, river: River, place: str) -> None:
    home = home_for()
    village = RIVER_VILLAGE if place == "near" else people.OTHER_VILLAGE
    with within(scope_of(village[:6])):
        _old, members = another("99052100088", village, 石小梅=("daughter", "female"))
        numbered(members["石小梅"], village)
        left(members["石小梅"], on=JUNE)
    told = refused(family, home)
    assert "在别处离开原户" in told and "2026-06" not in told
    with family.act(family.world.first_secretary):
        assert too_early(blind(NUMBER), MAY) == "" and too_early(blind(NUMBER), JUNE) is None
    with within(scope_of(village[:6])):
        assert too_early(blind(NUMBER), MAY) == "2026-06-01"


@pytest.mark.parametrize("because", ["undone", "same_person"])
def test_what_was_undone_or_given_up_holds_nobody_back(family: Family, because: str) -> None:
    girl, home = family.persons["石小梅"], home_for()
    with within(scope_of(people.COUNTY)):
        numbered(girl)
        left(girl, because, on=JUNE)
    assert marries(family, home, "石小梅").pk


def test_who_comes_back_lives_in_no_other_household_by_the_number(family: Family) -> None:
    """Their record here says that they left; by the number they live, or lived until later, in another one."""
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        numbered(girl)
        left(girl)
        girl.refresh_from_db()
    with within(scope_of(people.OTHER_COUNTY)):
        _old, members = another("99052200001", people.OTHER_VILLAGE, 石小梅=("daughter", "female"))
        numbered(members["石小梅"], people.OTHER_VILLAGE)
    with pytest.raises(Refused, match="白岭县"):
        family.propose("return", person=girl, relation="daughter", on=MAY)
    with within(scope_of(people.OTHER_COUNTY)):
        left(members["石小梅"], on=JUNE)
    with pytest.raises(Refused, match="在别处离开原户"):
        family.propose("return", person=girl, relation="daughter", on=MAY)
    assert family.propose("return", person=girl, relation="daughter", on=JUNE).pk
