"""A roll names the head alone. Where a case made somebody else the head, it is held against whoever that is today, and what it does not
know is told once and truly."""

# ruff: noqa: F811  fixtures are named by the tests that take them
from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import people
from decisions.test_files_meet_cases import Town, born, town  # noqa: F401  fixture
from intake import taking
from intake.conftest import Files, made, small  # noqa: F401  fixtures
from intake.test_taken_back import take_back
from xiuhua.decisions.services import Said, Upload, accept, propose
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = [pytest.mark.database, pytest.mark.slow]
DAY = date(2017, 9, 10)
WIDOW = "田寡妇"


def ordinary() -> tuple[Household, Person]:
    """Another rural household of several, of whom the roll named the head."""
    with within(scope_of(people.COUNTY)):
        found = Household.objects.filter(kind="other", members_reported__gt=1).order_by("-pk")
        home = next(one for one in found if one.memberships.filter(until__isnull=True).exists())
        return home, home.memberships.select_related("person").get(until__isnull=True).person


def carry(
    town: Town, kind: str, home: Household, person: Person | None = None, idn: str = "", **told: Any
) -> None:
    papers = [Upload("other", "证.png", iter([b"PNG"]))]
    with within(scope_of(people.COUNTY)):
        said = Said(on=DAY, payload=told, id_number=idn)
        case = propose(
            by=town.colleague, kind=kind, household=home, person=person, said=said, papers=papers  # type: ignore[attr-defined]
        ).case  # fmt: skip
        accept(by=town.world.county_office, case=case, reason="材料存乡镇")


def widow(town: Town, home: Household, idn: str = "") -> None:
    told = {} if idn else {"birth_date": "1960-01-01"}
    carry(town, "return", home, None, idn, name=WIDOW, sex="female", relation="head", **told)


def roll(town: Town, home: Household, folder: Path, name: str | None = WIDOW, idn: str | None = None) -> Path:
    """The roll with another head of the household; `idn`: their number, empty for none."""
    path = next(one for one in town.files.paths if "花名册" in one.name)
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows())
        top = next(n for n, row in enumerate(rows) if any(cell.value == "住户编号" for cell in row))
        names = {str(cell.value): cell.column - 1 for cell in rows[top] if cell.value}
        for row in rows[top + 1 :]:
            if str(row[names["住户编号"]].value).strip() == home.number:
                row[names["户主姓名"]].value = name
                if idn is not None:
                    row[names["户主证件号码"]].value = idn or None
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    book.save(target)
    return target


def take(path: Path, home: Household) -> list[tuple[str, str]]:
    """Takes a roll in: what it finds of the household."""
    batch = taking.take([path])
    return [
        (one["rule"], one["says"]["zh"]) for one in taking.lines(batch) if one["household"] == home.number
    ]


def still_open(home: Household) -> list[str]:
    """What stands open about the household, of files and of the rulebook."""
    found = taking.ask(
        "select rule from findings_finding where household_number = %s and state <> 'closed' order by rule",
        values=[home.number],
    )
    return [rule for (rule,) in found]


def people_of(home: Household) -> list[tuple[str, bool]]:
    with within(scope_of(people.COUNTY)):
        found = Membership.objects.filter(household=home).select_related("person").order_by("pk")
        return [(str(one.person.name), one.until is None) for one in found]


@pytest.mark.parametrize("by", ["number", pytest.param("name", marks=pytest.mark.long)])
def test_a_heads_death_ends_with_nothing_open(town: Town, tmp_path: Path, by: str) -> None:
    home, dead = ordinary()
    carry(town, "death", home, dead)
    idn = born() if by == "number" else ""
    widow(town, home, idn)
    there = [(str(dead.name), False), (WIDOW, True)]
    named = roll(town, home, tmp_path, WIDOW, idn)
    # Again when she has a number of the roll, and without her ID number.
    for path in (named, named, roll(town, home, tmp_path / "bare", WIDOW, "")):
        assert take(path, home) == []
        assert people_of(home) == there and still_open(home) == []
    with within(scope_of(people.COUNTY)):
        her = Person.objects.get(name=WIDOW)
        assert her.number and her.number.startswith(f"{home.number}#") and her.number != f"{home.number}#1"
    # A roll of before names whom it must not, and says so of him alone.
    old = roll(town, home, tmp_path / "old", dead.name)
    ((rule, says),) = take(old, home)
    assert rule == "person_left" and str(dead.name) in says
    assert take(named, home) == [] and still_open(home) == []


def test_a_head_whom_nobody_recorded_yet_is_told_once_and_closed_when_that_is_done(
    town: Town,
    tmp_path: Path,
) -> None:
    home, dead = ordinary()
    path = roll(town, home, tmp_path, WIDOW, born())
    # Whether he died yet or not by the register: another name and another number are another person.
    for step in ("before the case", "after it"):
        if step == "after it":
            carry(town, "death", home, dead)
        # That nobody is on record after his death is the rulebook's to say.
        empty = ["quality.members_on_record"] if step == "after it" else []
        (rule, says), *more = sorted(take(path, home))
        assert rule == "head_not_on_record" and WIDOW in says and [one for one, _says in more] == empty, step
        assert still_open(home) == ["head_not_on_record", *empty]
        with within(scope_of(people.COUNTY)):
            kept = Household.objects.get(pk=home.pk)
            assert kept.head_name == dead.name and Person.objects.get(pk=dead.pk).name == dead.name
        assert people_of(home) == [(str(dead.name), step == "before the case")]
    widow(town, home, born())
    assert still_open(home) == []
    assert take(path, home) == [] and still_open(home) == []


def test_another_number_of_todays_head_is_asked_about_as_hers(town: Town, tmp_path: Path) -> None:
    home, dead = ordinary()
    carry(town, "death", home, dead)
    widow(town, home, born())
    batch = taking.take([roll(town, home, tmp_path)])
    ((rule, says),) = [
        (one["rule"], one["says"]["zh"]) for one in taking.lines(batch) if one["household"] == home.number
    ]
    # The row has his number still.
    assert (rule, says) == ("id_changed", f"{WIDOW}的证件号码与登记的不同")
    take_back(batch)
    with within(scope_of(people.COUNTY)):
        assert Person.objects.get(name=WIDOW).number is None
    assert take(roll(town, home, tmp_path, WIDOW, born()), home) == [] and still_open(home) == []


def test_a_townships_own_roll_is_held_against_its_heads_too(town: Town, tmp_path: Path) -> None:
    home, dead = ordinary()
    path = roll(town, home, tmp_path, WIDOW, born())
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        top = next(n for n, row in enumerate(rows) if "住户编号" in row)
        at = rows[top].index("住户编号")
        for n in reversed(range(top + 1, len(rows))):
            if str(rows[n][at]).strip() != home.number:
                sheet.delete_rows(n + 1)
        if not any(str(row[at]).strip() == home.number for row in rows[top + 1 :]):
            book.remove(sheet)
    book.save(path)

    def told() -> list[str]:
        batch = taking.take([path], home.village_code[:9])
        return [one["rule"] for one in taking.lines(batch) if "." not in one["rule"]]

    assert told() == ["head_not_on_record"]
    carry(town, "death", home, dead)
    widow(town, home, born())
    assert told() == [] and still_open(home) == []
    assert people_of(home) == [(str(dead.name), False), (WIDOW, True)]
