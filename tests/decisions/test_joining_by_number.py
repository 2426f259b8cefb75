"""Who joins by an ID number is the person whom the register has by it: another name is asked about, and a record that was given up for
another one of the same person does not come back."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

import people
from decisions.conftest import Family, household
from xiuhua.accounts.terms import Role
from xiuhua.common.identity import check_digit, identity
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.kinds.joining import former_members
from xiuhua.decisions.kinds.reading import change_of
from xiuhua.decisions.services import Refused, Unfit, accept, ask_undo, receive, undo
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.queries.bearers import bearer_of

pytestmark = pytest.mark.database

NUMBER = "99052119790203022"
NUMBER += check_digit(NUMBER)
NEAR = "990521102"


def text(by: Any, url: str) -> str:
    client = people.sign_in(Client(headers={"host": "127.0.0.1"}), by)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))


def told() -> dict[str, Any]:
    return {"id_sealed": seal(NUMBER), "id_blind": blind(NUMBER), "id_kind": "resident18", "id_valid": True, "birth_date": date(1979, 2, 3), "sex": "female"}  # fmt: skip


def numbered(person: Person, village: str = people.VILLAGE) -> None:
    Person.objects.filter(pk=person.pk).update(**told(), village_code=village)


def left(person: Person, because: str = "marriage", on: date = date(2026, 4, 1)) -> None:
    Membership.objects.filter(person=person, until__isnull=True).update(until=on, ended_because=because)


def another(
    number: str = "99052100077", village: str = people.VILLAGE, **members: Any
) -> tuple[Household, dict[str, Person]]:
    return household(number, village, {"王大": ("head", "male"), **members})


def marries(family: Family, home: Household, name: str, **more: Any) -> Any:
    return family.propose(
        "marriage_in", household=home, on=date(2026, 5, 2), name=name, sex="female", birth_date="1979-02-03", relation="spouse", id_number=NUMBER, **more
    )  # fmt: skip


def test_another_name_of_a_number_is_asked_about_and_both_are_before_who_decides(family: Family) -> None:
    by, girl = family.world.township_officer, family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        numbered(girl)
        left(girl)
        home, _members = another()
    with pytest.raises(Unfit) as why:
        marries(family, home, "王小花")
    [problem] = why.value.problems
    assert problem.field == "name" and "石小梅" in problem.zh and "石小梅" in problem.en
    case = marries(family, home, "王小花", reason="曾用名石小梅，见户口簿曾用名栏")
    page = text(by, f"/cases/{case.pk}/")
    assert "石小梅" in page and "王小花" in page and "曾用名石小梅" in page
    with family.act(by):
        accept(by=by, case=case)
    assert family.living(home) == {"王大": "head", "石小梅": "spouse"}
    page = text(by, f"/cases/{case.pk}/")
    assert "石小梅" in page and "王小花" in page, "afterwards too: who was proposed, and who joined"


def test_the_same_name_is_not_asked_about(family: Family) -> None:
    with within(scope_of(people.COUNTY)):
        numbered(family.persons["石小梅"])
        left(family.persons["石小梅"])
        home, _members = another()
    case = marries(family, home, "石小梅")
    assert "登记的姓名" not in text(family.world.township_officer, f"/cases/{case.pk}/")


def test_of_somebody_in_another_township_only_that_the_name_differs_is_told(family: Family) -> None:
    by, county = family.world.township_officer, family.world.county_office
    people.make_place(NEAR, "黑水镇")
    people.make_place(f"{NEAR}201", "河口村")
    with within(scope_of(people.COUNTY)):
        _far, others = another("99052100088", f"{NEAR}201", 田小菊=("daughter", "female"))
        numbered(others["田小菊"], f"{NEAR}201")
        left(others["田小菊"])
        home, _members = another()
    with pytest.raises(Unfit) as why:
        marries(family, home, "王小花")
    assert "另一个姓名" in why.value.zh and "田小菊" not in why.value.zh
    case = marries(family, home, "王小花", reason="户口簿上是王小花")
    page = text(by, f"/cases/{case.pk}/")
    assert "与所填的不同" in page and "田小菊" not in page
    assert "田小菊" in text(county, f"/cases/{case.pk}/"), "whose area has both sees both"


def test_a_record_that_was_given_up_does_not_come_back(family: Family) -> None:
    by, given_up = family.world.township_officer, family.persons["石小梅"]
    with within(scope_of(people.COUNTY)):
        numbered(given_up)
        left(given_up, "same_person")
        other, members = another(石小梅=("daughter", "female"))
        kept = members["石小梅"]
        numbered(kept)
        third, _members = another("99052100078")
    # Neither as a former member of its household …
    with family.act(by):
        assert given_up.pk < kept.pk
        case = family.propose("birth", name="石安安", sex="female", relation="daughter")
        assert given_up.pk not in [one.person_id for one in former_members(change_of(case))]
    with pytest.raises(Refused) as why:
        family.propose("return", person=given_up, relation="daughter")
    assert "归并" in why.value.zh
    # … nor by its number.
    out = family.propose("marriage_out", household=other, person=kept, on=date(2026, 5, 1))
    with family.act(by):
        accept(by=by, case=out)
    case = marries(family, third, "石小梅")
    with family.act(by):
        accept(by=by, case=case)
        assert Membership.objects.get(household=third, person__name="石小梅").person_id == kept.pk
        # Whoever is kept lives: nobody is free by the number.
    left_alone = family.living(family.household)
    assert "石小梅" not in left_alone


def test_nor_with_a_household_from_another_county(family: Family) -> None:
    world, girl = family.world, family.persons["石小梅"]
    receiver = people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    with within(scope_of(people.COUNTY)):
        numbered(girl)
    with within(scope_of(people.OTHER_COUNTY)):
        _home, members = another("99052200001", people.OTHER_VILLAGE, 石小梅=("daughter", "female"))
        given_up = members["石小梅"]
        numbered(given_up, people.OTHER_VILLAGE)
        left(given_up, "same_person")
    case = family.propose("move_away", county=people.OTHER_COUNTY, reason="随子女定居")
    with family.act(world.township_officer):
        accept(by=world.township_officer, case=case)
    with within(scope_of(people.OTHER_COUNTY), who={"account": receiver.actor_name}):
        from xiuhua.decisions.models import Transfer

        done = receive(by=receiver, transfer=Transfer.objects.get(), village_code=people.OTHER_VILLAGE)
        joined = Membership.objects.get(household=done.household, person__name="石小梅")
        assert joined.person_id != given_up.pk


def test_a_number_in_use_elsewhere_is_told_by_the_name_of_the_place(family: Family) -> None:
    from xiuhua.registry.services import Evidence, correct_number
    from xiuhua.registry.terms import Seen

    by, girl = family.world.county_office, family.persons["石小梅"]
    with within(scope_of(people.OTHER_COUNTY)):
        _home, members = another("99052200001", people.OTHER_VILLAGE)
        numbered(members["王大"], people.OTHER_VILLAGE)
    with family.act(by), pytest.raises(Refused) as why:
        correct_number(
            by=by, household=family.household, grain="person", row=girl.pk, column="id_number", plain=NUMBER,
            told=identity(NUMBER, on=date(2026, 5, 2)), evidence=Evidence(Seen.CHECKED, date(2026, 5, 2)),
        )  # fmt: skip
    assert "白岭县" in why.value.zh and people.OTHER_COUNTY not in why.value.zh


def test_scoring_that_broke_does_not_say_that_people_are_few(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    from decisions.test_search_of_the_register import search
    from xiuhua.decisions.services import searching

    def broken(_table: Any) -> None:
        raise RuntimeError("no weights")

    monkeypatch.setattr(searching, "can_score", lambda: True)
    assert "人数太少" in search(family, with_scores=True).told["no_scores"]["zh"]
    monkeypatch.setattr(searching, "FEWEST_TO_SCORE", 1)
    monkeypatch.setattr(searching, "scores", broken)
    done = search(family, with_scores=True)
    assert "出了意外" in done.told["no_scores"]["zh"] and "few" not in done.told["no_scores"]["en"]


def test_whom_an_undone_case_made_is_nobody_who_left(family: Family) -> None:
    first, by = family.world.first_secretary, family.world.township_officer
    with within(scope_of(people.COUNTY)):
        home, _members = another()
    misspelt = marries(family, home, "王小化")
    with family.act(by):
        accept(by=by, case=misspelt)
    with family.act(first):
        ask_undo(by=first, case=misspelt, reason="姓名写错")
    with family.act(by):
        misspelt.refresh_from_db()
        undo(by=by, case=misspelt)
        assert bearer_of(blind(NUMBER)) is None
    right = marries(family, home, "王小花")
    assert "登记的姓名" not in text(by, f"/cases/{right.pk}/")
    with family.act(by):
        accept(by=by, case=right)
    assert family.living(home) == {"王大": "head", "王小花": "spouse"}
    with family.act(by):
        there = Membership.objects.select_related("person").get(household=home, person__name="王小花")
        bearer = bearer_of(blind(NUMBER))
        assert bearer is not None and bearer.person == there.person_id
    # Who left after that is found by the number, the misspelt record is not.
    out = family.propose("marriage_out", household=home, person=there.person, on=date(2026, 5, 10))
    with family.act(by):
        accept(by=by, case=out)
        with connection.cursor() as cursor:
            cursor.execute("select registry_person_free(%s, %s)", [blind(NUMBER), people.COUNTY])
            assert cursor.fetchone() == (there.person_id,)
