"""What was not yet cannot change: a change's day is held against the begin of every household and membership it touches, when it is proposed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import people
from decisions.conftest import Family, household
from decisions.test_each_kind import decided, look, roster
from xiuhua.decisions.services import Unfit
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = pytest.mark.database
BEGAN, BEFORE, AFTER = date(2026, 5, 1), date(2026, 4, 30), date(2026, 6, 1)


@pytest.fixture
def new(family: Family) -> Household:
    """The son's own household, since BEGAN; his sister went along."""
    relations = roster(family, 石小军="head", 石小梅="sister")
    decided(family, family.propose("split", on=BEGAN, relations=relations))
    return look(Household, split_from=family.household)  # type: ignore[no-any-return]


def day_refused(family: Family, kind: str, **said: Any) -> str:
    with pytest.raises(Unfit) as told:
        family.propose(kind, on=BEFORE, **said)
    assert [one.field for one in told.value.problems] == ["effective_on"], told.value.problems
    assert str(BEGAN) in told.value.problems[0].en
    return told.value.zh


def test_nothing_happens_in_a_household_before_it_began(family: Family, new: Household) -> None:
    boy, girl = family.persons["石小军"], family.persons["石小梅"]
    child = {"name": "石安安", "sex": "female", "relation": "daughter"}
    birth = day_refused(family, "birth", household=new, **child)
    assert "2026-05-01 才立户" in birth and "按“回归”登记" in birth
    grown = child | {"birth_date": "1990-03-04", "relation": "spouse"}
    assert "才立户" in day_refused(family, "marriage_in", household=new, **grown)
    assert "才立户" in day_refused(family, "move", household=new, village=people.SECOND_VILLAGE)
    day_refused(family, "move_away", household=new, county=people.OTHER_COUNTY)
    heads = roster(family, 石小军="brother", 石小梅="head")
    assert "才立户" in day_refused(family, "new_head", household=new, relations=heads)
    day_refused(family, "split", household=new, relations=roster(family, 石小梅="head"))
    back = {str(boy.pk): "son", str(girl.pk): "daughter"}
    assert "才立户" in day_refused(family, "merge", household=new, into=family.household.pk, relations=back)
    assert "才立户" in day_refused(family, "death", household=new, person=girl)
    # On the day itself, and who was born before as somebody who came then.
    family.propose("birth", household=new, on=BEGAN, **child)
    known = family.propose("return", household=new, on=BEGAN, birth_date="2026-04-01", **child)
    decided(family, known)
    assert look(Membership, household=new, person__name="石安安").since == BEGAN
    assert look(Person, name="石安安").birth_date == date(2026, 4, 1)


def test_nobody_goes_into_a_household_before_it_began(family: Family, new: Household) -> None:
    with within(scope_of(people.COUNTY)):
        old, persons = household("99052100009", people.VILLAGE, {"王大": ("head", "male")})
    relations = {str(persons["王大"].pk): "other"}
    assert "石小军 户 2026-05-01 才立户" in day_refused(
        family, "merge", household=old, into=new.pk, relations=relations
    )
    decided(family, family.propose("merge", household=old, on=BEGAN, into=new.pk, relations=relations))
    assert family.living(new)["王大"] == "other"


def test_a_household_moves_or_goes_into_another_on_no_day_before_one_of_its_members_came(
    family: Family,
) -> None:
    child = {"name": "石安安", "sex": "female", "relation": "daughter"}
    decided(family, family.propose("birth", on=BEGAN, **child))
    with within(scope_of(people.COUNTY)):
        into, _persons = household("99052100009", people.VILLAGE, {"王大": ("head", "male")})
        relations = {
            str(one.person_id): "other"
            for one in Membership.objects.filter(household=family.household, until__isnull=True)
        }
    told = day_refused(family, "merge", into=into.pk, relations=relations)
    assert "石安安从 2026-05-01 起才是本户成员" in told
    assert "石安安从" in day_refused(family, "move", village=people.SECOND_VILLAGE)


def test_a_head_leaves_before_a_child_came_who_stays_as_they_are(family: Family) -> None:
    child = {"name": "石安安", "sex": "female", "relation": "granddaughter"}
    decided(family, family.propose("birth", on=BEGAN, **child))
    stays = {str(look(Membership, person__name="石安安").person_id): "granddaughter"}
    relations = roster(family, 田秀英="head", 石小军="son", 石小梅="daughter")
    gone = family.persons["石满仓"]
    decided(family, family.propose("death", person=gone, on=BEFORE, relations=relations | stays))
    assert family.living()["石安安"] == "granddaughter" and family.living()["田秀英"] == "head"
    # Another relation holds only from a day on which there was one.
    other = roster(family, 田秀英="mother", 石小军="head", 石小梅="sister") | dict.fromkeys(stays, "daughter")
    assert "石安安从" in day_refused(family, "new_head", relations=other)
    decided(family, family.propose("new_head", on=AFTER, relations=other))
