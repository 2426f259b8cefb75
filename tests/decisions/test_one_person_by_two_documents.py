"""A disability card begins with its holder's ID number, an old number of 15 digits became one of 18: one person by either of them is found
to be one person, though a blind index is of the whole number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import people
from decisions.conftest import Family
from decisions.test_joining_by_number import NUMBER, another, left, marries, numbered, text
from decisions.test_search_of_the_register import search
from xiuhua.accounts.terms import Role
from xiuhua.common.identity import check_digit, identity, resident_number
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.models import Pair
from xiuhua.decisions.queries.pair_pages import page
from xiuhua.decisions.services import Unfit, accept
from xiuhua.decisions.services.pairs import decide
from xiuhua.decisions.terms import Answer, PairKind
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Person
from xiuhua.registry.services import Evidence, Refused, correct_number
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database

CARD, OLD = NUMBER + "43", NUMBER[:6] + NUMBER[8:17]


def other_number() -> str:
    """Of somebody else, born on the same day."""
    first = NUMBER[:14] + "304"
    return first + check_digit(first)


def bears(person: Person, number: str, village: str = people.VILLAGE) -> None:
    told = identity(number)
    assert told.valid
    Person.objects.filter(pk=person.pk).update(
        id_sealed=seal(number), id_blind=blind(number), id_kind=told.kind, id_valid=True, birth_date=told.birth_date, sex=told.sex, village_code=village
    )  # fmt: skip


@pytest.mark.parametrize("number", [NUMBER, CARD, NUMBER + "4301", OLD])
def test_a_number_carries_the_id_number(number: str) -> None:
    assert resident_number(number) == NUMBER


@pytest.mark.parametrize("number", ["", "护照E1", "9905211979", NUMBER[:17] + "x", "²" * 15])
def test_what_carries_none_is_itself(number: str) -> None:
    assert resident_number(number) == number


@pytest.mark.parametrize("other", [CARD, OLD])
def test_a_search_finds_one_person_by_card_and_by_number(family: Family, other: str) -> None:
    by, girl = family.world.county_office, family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        bears(girl, other)
        # Somebody else of that day, with a sound number of their own.
        bears(family.persons["田秀英"], other_number())
        _home, others = another("99052100077", people.SECOND_VILLAGE, 石小梅=("daughter", "female"))
        numbered(others["石小梅"], people.SECOND_VILLAGE)
    done = search(family)
    assert done.told["opened"] == 1
    with family.act(by):
        [pair] = Pair.objects.all()
        assert (pair.kind, pair.found_by) == (PairKind.MAY_BE_SAME, "by_the_id")
        shown = page(by, pair)
        assert "同一个身份证号" in shown["pair"]["found_by"]["zh"]
        assert "ID number" in shown["pair"]["found_by"]["en"]
        [number] = [one for one in shown["matters"] if one["what"]["zh"] == "证件号码"]
        assert number["mark"]["label"]["zh"] == "同一身份证号" and number["left"]["zh"] == "有，不显示"
    assert search(family).told["known"] == 1, "asked once"
    with family.act(by):
        second = family.world.township_officer
        case = decide(by=by, pair=Pair.objects.get(), answer=Answer.KEEP_LEFT, reason="户口簿在左边").case
        assert case is not None
    with family.act(second):
        accept(by=second, case=case)
    living = [one for one in (family.household, _home) if "石小梅" in family.living(one)]
    assert len(living) == 1


@pytest.mark.parametrize(("there", "told"), [(CARD, NUMBER), (OLD, NUMBER), (NUMBER, CARD), (OLD, CARD)])
def test_who_lives_at_home_by_one_joins_nowhere_by_the_other(family: Family, there: str, told: str) -> None:
    with within(scope_of(people.COUNTY)):
        bears(family.persons["石小梅"], there)
        home, _members = another()
    with pytest.raises(Unfit) as why:
        joins(family, home, told)
    assert [one.field for one in why.value.problems] == ["id_number"]
    assert family.household.number in why.value.zh and family.household.number in why.value.en


def joins(family: Family, home: Any, number: str) -> Any:
    return family.propose(
        "marriage_in", household=home, on=date(2026, 5, 2), name="石小妹", sex="female", birth_date="1979-02-03", relation="spouse", id_number=number
    )  # fmt: skip


def test_who_carries_another_number_joins_unasked(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        bears(family.persons["石小梅"], other_number() + "43")
        home, _members = another()
    case = marries(family, home, "王小花")
    assert "登记的姓名" not in text(family.world.township_officer, f"/cases/{case.pk}/")


def test_a_card_told_here_meets_the_number_of_another_county(family: Family) -> None:
    people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    with within(scope_of(people.OTHER_COUNTY)):
        _home, others = another("99052200001", people.OTHER_VILLAGE, 石小梅=("daughter", "female"))
        numbered(others["石小梅"], people.OTHER_VILLAGE)
    with within(scope_of(people.COUNTY)):
        home, _members = another()
    with pytest.raises(Unfit) as why:
        joins(family, home, CARD)
    assert "白岭县" in why.value.zh


def test_a_number_is_not_corrected_to_one_that_another_has_by_card(family: Family) -> None:
    by, girl = family.world.county_office, family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        bears(family.persons["田秀英"], CARD)

    def corrected(number: str) -> None:
        with family.act(by):
            correct_number(
                by=by, household=family.household, grain="person", row=girl.pk, column="id_number", plain=number,
                told=identity(number, on=date(2026, 5, 2)), evidence=Evidence(Seen.CHECKED, date(2026, 5, 2)),
            )  # fmt: skip

    with pytest.raises(Refused, match="另一人名下"):
        corrected(NUMBER)
    with within(scope_of(people.COUNTY)):
        bears(family.persons["田秀英"], other_number())
        bears(girl, CARD)
    corrected(NUMBER)
    with within(scope_of(people.COUNTY)):
        assert bytes(Person.objects.get(pk=girl.pk).id_blind or b"") == blind(NUMBER), "one's own card"


@pytest.mark.parametrize(("there", "told"), [(CARD, NUMBER), (NUMBER, CARD), (OLD, NUMBER)])
def test_who_left_by_one_joins_by_that_one(family: Family, there: str, told: str) -> None:
    girl = family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        bears(girl, there)
        left(girl)
        home, _members = another()
    with pytest.raises(Unfit) as why:
        joins(family, home, told)
    assert [one.field for one in why.value.problems] == ["id_number"]
    assert "同一个身份证号" in why.value.zh and "石小梅" not in why.value.zh
    # By the number on record they are asked about as anybody is, and come in as the same person.
    with pytest.raises(Unfit) as why:
        joins(family, home, there)
    assert [one.field for one in why.value.problems] == ["name"]
    case = family.propose(
        "marriage_in", household=home, on=date(2026, 5, 2), name="石小梅", sex="female", birth_date="1979-02-03", relation="spouse", id_number=there
    )  # fmt: skip
    with family.act(family.world.township_officer):
        accept(by=family.world.township_officer, case=case)
    assert "石小梅" in family.living(home)
    with within(scope_of(people.COUNTY)):
        assert Person.objects.filter(name="石小梅").count() == 1
