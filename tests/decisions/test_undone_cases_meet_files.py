"""Whoever came only by a case that was undone is nobody whom a file means: it takes no number, and breaks no merge."""

# ruff: noqa: F811  fixtures are named by the tests that take them
from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import people
from decisions.test_files_meet_cases import EXPORT, Town, a_household, born, town  # noqa: F401  fixture
from intake import taking
from intake.conftest import Files, made, small  # noqa: F401  fixtures
from intake.test_taken_back import take_back
from xiuhua.decisions.models import Case
from xiuhua.decisions.services import Said, accept, ask_undo, propose, undo
from xiuhua.intake.models import Batch, StagedHousehold, Step
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services import close_opening

pytestmark = [pytest.mark.database, pytest.mark.slow]


def child(town: Town, home: Household, name: str, number: str) -> Case:
    told: dict[str, Any] = {"name": name, "sex": "female", "relation": "daughter"}
    said = Said(on=date(2017, 9, 10), payload=told, id_number=number)
    with within(scope_of(people.COUNTY)):
        case = propose(by=town.colleague, kind="birth", household=home, said=said).case  # type: ignore[attr-defined]
        accept(by=town.world.county_office, case=case, reason="材料存乡镇")
    return case


def undone(town: Town, case: Case) -> None:
    with within(scope_of(people.COUNTY)):
        ask_undo(by=town.colleague, case=case, reason="姓名写错")  # type: ignore[attr-defined]
        undo(by=town.world.county_office, case=case)


def naming(town: Town, home: Household, folder: Path) -> Path:
    """The person export with 石安安 in the household, under a number of the national system."""
    path = town.files.path(EXPORT)
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows())
        at = next((n for n, row in enumerate(rows) if any(cell.value == "户编号" for cell in row)), None)
        if at is None:
            continue
        names = {cell.value: cell.column for cell in rows[at] if cell.value}
        mine = [row for row in rows[at + 1 :] if str(row[names["户编号"] - 1].value).strip() == home.number]
        if not mine:
            continue
        new = sheet.max_row + 1
        for cell in mine[-1]:
            sheet.cell(new, cell.column, cell.value)
        for heading, value in (
            ("姓名", "石安安"), ("人编号", f"{home.number}77"), ("证件号码", born()), ("与户主关系", "之女")
        ):  # fmt: skip
            sheet.cell(new, names[heading], value)
    target = folder / path.name
    book.save(target)
    return target


def bearing(home: Household) -> list[tuple[str, str | None, bool]]:
    """Whoever the case or the file brought: name, number, whether they live there."""
    with within(scope_of(people.COUNTY)):
        found = Membership.objects.filter(household=home, person__name__startswith="石").order_by("pk")
        return [
            (str(one.person.name), one.person.number, one.until is None)
            for one in found.select_related("person")
        ]


def left(batch: Batch, home: Household) -> list[str]:
    return [
        one["says"]["zh"]
        for one in taking.lines(batch)
        if one["household"] == home.number and one["rule"] in ("person_left", "not_in_later_file")
    ]


# Two of the ways in a build, all of them with what is long.
@pytest.mark.parametrize(
    "how",
    [
        "another name",
        "without a number",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("only undone", "numbered before")),
    ],
)
def test_a_case_undone_and_proposed_again_takes_the_file_in(town: Town, tmp_path: Path, how: str) -> None:
    home = a_household()
    number = f"{home.number}77"
    with within(scope_of(people.COUNTY)):
        # A status that a batch brings would keep it from being taken back.
        close_opening(by=taking.WHO, county_code=people.COUNTY)
    idn = "" if how == "without a number" else born()
    first = child(town, home, "石宝宝" if how == "another name" else "石安安", idn)
    path = naming(town, home, tmp_path)
    if how == "numbered before":
        # As a register of before may have it: the record took the number of the file.
        undone(town, first)
        with within(scope_of(people.COUNTY)):
            Person.objects.filter(name="石安安").update(number=number)
    else:
        undone(town, first)
    if how != "only undone":
        child(town, home, "石安安", idn)
    before = bearing(home)
    batch = taking.preview([path])
    with within(scope_of(people.COUNTY)):
        staged = StagedHousehold.objects.get(batch=batch, number=home.number)
    # The preview tells a new member only where the register has none.
    new = [one for one in staged.differences if one["who"] == "石安安" and not one["field"]]
    assert bool(new) == (how == "only undone")
    batch = taking.merge(batch)
    assert left(batch, home) == []
    gone, *rest = bearing(home)
    assert gone[1:] == (None, False)
    assert rest == [("石安安", number, True)]
    # Taken back with its batch, the number is whose it was; taken in again, hers.
    assert take_back(batch).step == Step.TAKEN_BACK
    assert bearing(home) == before
    batch = taking.take([path])
    assert left(batch, home) == [] and bearing(home)[0] == gone
    assert bearing(home)[1:] == [("石安安", number, True)]


def test_of_two_who_are_meant_one_takes_the_number_and_the_other_is_told(town: Town, tmp_path: Path) -> None:
    home = a_household()
    child(town, home, "石安安", born())
    child(town, home, "石小安", "")
    with within(scope_of(people.COUNTY)):
        # Two of one name and day, one of them without an ID number: as a register that was carried over may have them.
        Person.objects.filter(name="石小安").update(name="石安安")
    batch = taking.take([naming(town, home, tmp_path)])
    assert bearing(home) == [("石安安", f"{home.number}77", True), ("石安安", None, True)]
    assert len(left(batch, home)) == 1
