"""What a file asked is closed when a case puts the register right, by whom and by which; open again when that is undone; else it stays."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import people
from findings.conftest import VILLAGE, Faulty, acting
from intake import taking
from intake.unit import small as rows
from intake.unit.three import SECOND
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.decisions.models import Case
from xiuhua.decisions.services import Said, Upload, accept, ask_undo, propose, undo
from xiuhua.decisions.services.answering import Asks
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = pytest.mark.database
FIRST, OTHER = f"{rows.HOME}01", f"{rows.HOME}02"


class Desk:
    """Two households in the register, and who proposes and decides about them."""

    def __init__(self, faulty: Faulty, folder: Path) -> None:
        self.faulty, self.folder = faulty, folder
        self.second = people.person(
            "镇二",
            "zhen2",
            VILLAGE[:9],
            Role.TOWNSHIP_OFFICE,
            Office.TOWNSHIP_STATION,
            Title.TOWNSHIP_OFFICER,
        )

    def file(self, *members: dict[str, Any], beside: tuple[dict[str, Any], ...] = (), **cells: Any) -> None:
        """The household with these members, beside another that stays as it is, or has more."""
        other = rows.household({}, *beside, number=SECOND)
        taking.take([rows.persons(self.folder, [*rows.household(*members, **cells), *other])])

    def case(
        self, kind: str, person: str | None = None, home: int | None = None, id_number: str = "", **said: Any
    ) -> Case:
        """Proposed in the village, accepted in the township."""
        by = self.faulty.village
        with acting(by):
            about = Person.objects.get(number=person) if person else None
            household = Household.objects.get(pk=home or self.faulty.key)
            case = propose(
                by=by, kind=kind, household=household, person=about, said=Said(on=date(2026, 5, 1), payload=said, id_number=id_number),
                papers=[Upload("other", "证.png", iter([b"PNG"]))],
            ).case  # fmt: skip
        with acting(self.faulty.township) as by:
            return accept(by=by, case=case).case

    def undo(self, case: Case) -> None:
        with acting(self.faulty.township) as by:
            ask_undo(by=by, case=case, reason="报错了")
        with acting(self.second) as by:
            undo(by=by, case=case)

    def roster(self, first: str, child: str = "other") -> dict[str, str]:
        """Relations as a form says them: of the first, of the child who has no number yet, and others."""
        with within(scope_of(VILLAGE)):
            there = Membership.objects.filter(household=self.faulty.key, until__isnull=True)
            said = {FIRST: first, None: child}
            numbers = there.values_list("person__number", "person_id")
            return {str(pk): said.get(number, "other") for number, pk in numbers}


def asked() -> set[tuple[str, str]]:
    """What files ask and nobody answered: rule, and the number of whom it is about."""
    found = taking.ask(
        "select rule, coalesce(nullif(person_number, ''), household_number) from findings_finding where state = 'open' and rule = any(%s)",
        values=[[one.value for one in Asks]],
    )
    return set(found)


def closed(rule: str) -> tuple[str, str, str, str]:
    """How the newest closing of a rule came about: way, who, post, and the words for it in English."""
    [told] = taking.ask(
        "select m.way, m.by, m.post, m.says ->> 'en' from findings_move m join findings_finding f on f.id = m.finding_id"
        " where f.rule = %s and m.act = 'closed' order by m.id desc limit 1",
        values=[rule],
    )
    return told


def married_within_the_county(desk: Desk) -> None:
    """Who left the first household stands in the second by a file: to be told there as having joined, not as coming back."""
    number = rows.id_number(1972, 12)
    desk.file(
        {}, beside=({"人编号": OTHER, "姓名": "罗二", "证件号码": number, "与户主关系": "配偶"},), 人数=2.0
    )
    assert ("person_left_for", OTHER) in asked() and ("person_left", OTHER) not in asked()
    [(home, params)] = taking.ask(
        "select h.id, f.params from findings_finding f join registry_household h on h.number = f.household_number where f.rule = 'person_left_for'"
    )
    assert json.loads(params)["other"] == rows.HOME
    assert "婚入" in IntakeRule.PERSON_LEFT_FOR.next_action("zh")
    desk.case(
        "marriage_in", home=home, id_number=number, name="罗二", sex="female", birth_date="1972-01-01", relation="spouse"
    )  # fmt: skip
    assert not {rule for rule, _about in asked()} & {"person_left_for", "person_left"}


def test_a_case_closes_what_files_asked_and_its_undoing_asks_again(faulty: Faulty, tmp_path: Path) -> None:
    assert {one.value for one in Asks} <= {one.value for one in IntakeRule}
    desk = Desk(faulty, tmp_path)
    missing, counted = ("not_in_later_file", OTHER), ("member_count_disagrees", rows.HOME)
    desk.file({}, 人数=2.0)
    desk.case("birth", name="罗安安", sex="male", relation="son")
    assert asked() == {missing, counted}, "three in the register, and the file says two"
    left = desk.case("marriage_out", OTHER)
    assert asked() == set()
    who: Appointment = faulty.township
    said = f"The register was put right by case {left.pk} (Marriage out); nothing is left to be done here"
    for rule, _about in (missing, counted):
        assert closed(rule) == ("holds", who.actor_name, who.post_name, said)
    desk.undo(left)
    assert asked() == {missing, counted}

    desk.case("marriage_out", OTHER)
    desk.case("new_head", relations=desk.roster("other", child="head"))
    [(second,)] = taking.ask("select id from registry_household where number = %s", values=[SECOND])
    going = taking.ask("select person_id from registry_membership where household_id = %s", values=[second])
    relations = {str(pk): "other" for (pk,) in going}
    merged = desk.case("merge", home=second, into=faulty.key, relations=relations)
    desk.file({}, {})
    left_over = asked() - {("person_left", OTHER), ("relation_differs", FIRST), ("household_ended", SECOND)}
    assert len(asked()) - len(left_over) == 3
    desk.undo(merged)
    desk.case("return", OTHER, relation="other")
    desk.case("new_head", relations=desk.roster("head"))
    assert asked() == left_over == {("not_in_later_file", rows.HOME)}, (
        "the child, of whom the file says nothing"
    )
    desk.case("marriage_out", OTHER)
    married_within_the_county(desk)
