"""Of an ordinary household the roll names the head and how many they are: when the only one on record goes, it is not struck off unless
nobody else can live there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import people
from decisions.conftest import Family, household
from decisions.test_each_kind import decided
from decisions.test_joining_by_number import text
from xiuhua.decisions.kinds.leaving import others_live_there
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.terms import HouseholdKind, Joining

pytestmark = pytest.mark.database
LEAVES = ("death", "marriage_out", "adoption_out")


def ordinary(reported: int | None, kind: str = "other") -> tuple[Household, Person]:
    """One of whom the register has the head alone."""
    with within(scope_of(people.COUNTY)):
        home, persons = household("99052100055", people.VILLAGE, {"普通户主": ("head", "male")}, kind=kind)
        Household.objects.filter(pk=home.pk).update(members_reported=reported)
        home.refresh_from_db()
    return home, persons["普通户主"]


def ended(home: Household) -> date | None:
    with within(scope_of(people.COUNTY)):
        return Household.objects.get(pk=home.pk).ended_on


@pytest.mark.parametrize("kind", LEAVES)
@pytest.mark.parametrize("reported", [4, None])
def test_it_is_not_struck_off_where_others_may_live_there(
    family: Family, kind: str, reported: int | None
) -> None:
    home, head = ordinary(reported)
    case = family.propose(kind, household=home, person=head)
    page = text(family.world.township_officer, f"/cases/{case.pk}/")
    assert "其余的人还没有登记" in page and "销户；记录保留" not in page
    decided(family, case)
    assert ended(home) is None and family.living(home) == {}


@pytest.mark.parametrize("kind", LEAVES)
def test_who_lived_alone_is_the_last(family: Family, kind: str) -> None:
    home, head = ordinary(1)
    case = family.propose(kind, household=home, person=head)
    assert "无人，销户" in text(family.world.township_officer, f"/cases/{case.pk}/")
    decided(family, case)
    assert ended(home) == date(2026, 5, 1)


def test_of_a_registered_household_everybody_is_on_record(family: Family) -> None:
    home, head = ordinary(4, "registered")
    decided(family, family.propose("death", household=home, person=head))
    assert ended(home) == date(2026, 5, 1)


def test_whoever_stays_is_recorded_afterwards_and_one_of_them_is_the_head(family: Family) -> None:
    home, head = ordinary(4)
    decided(family, family.propose("death", household=home, person=head))
    told: dict[str, Any] = {"name": "田寡妇", "sex": "female", "birth_date": "1960-01-01", "relation": "head"}
    decided(family, family.propose("return", household=home, **told))
    assert family.living(home) == {"田寡妇": "head"} and ended(home) is None
    with within(scope_of(people.COUNTY)):
        assert Household.objects.get(pk=home.pk).head_name == "田寡妇"


def test_that_nobody_lives_there_any_more_is_a_case_of_its_own(family: Family) -> None:
    home, head = ordinary(4)
    decided(family, family.propose("death", household=home, person=head))
    case = family.propose("household_ends", household=home, on=date(2026, 5, 2))
    page = text(family.world.township_officer, f"/cases/{case.pk}/")
    assert "花名册上的人口" in page and "4 人" in page and "有人可能从未登记" in page
    decided(family, case)
    assert ended(home) == date(2026, 5, 2)


def test_a_family_that_was_entered_person_by_person_is_known_whole(family: Family) -> None:
    home, head = ordinary(None)
    with within(scope_of(people.COUNTY)):
        assert others_live_there(home)
        Membership.objects.filter(household=home).update(begun_because=Joining.ENTERED)
        assert not others_live_there(home) and home.kind == HouseholdKind.OTHER
    decided(family, family.propose("death", household=home, person=head))
    assert ended(home) == date(2026, 5, 1)
