"""A later file does not undo what a case did: it asks, and a newborn whom it names is the same child."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import people
from intake import taking
from intake.conftest import Files, made, sign, small  # noqa: F401  fixtures
from xiuhua.decisions.services import Said, accept, propose
from xiuhua.intake.models import Batch, StagedHousehold
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = [pytest.mark.database, pytest.mark.slow]
EXPORT = "贫困人口信息表"


class Town:
    """A county in the register, its village worker and an officer of the county."""

    def __init__(self, files: Files, world: people.World) -> None:
        self.files, self.world = files, world

    def carry(self, kind: str, household: Household, *, person: Person | None = None, **payload: Any) -> None:
        """A case proposed by one and accepted by another."""
        said = Said(on=date(2017, 9, 10), payload=payload)
        with within(scope_of(people.COUNTY)):
            colleague = self.colleague
            case = propose(by=colleague, kind=kind, household=household, person=person, said=said).case
            accept(by=self.world.county_office, case=case, reason="材料存乡镇")

    def again(self, edit: Any = None, folder: Path | None = None) -> Batch:
        """The same person export once more, perhaps with more rows, up to the preview and then merged."""
        path = self.files.path(EXPORT)
        if edit is not None and folder is not None:
            book = openpyxl.load_workbook(path)
            edit(book)
            path = folder / path.name
            book.save(path)
        return taking.take([path])


@pytest.fixture
def town(small: Files, fresh_database: Any) -> Town:  # noqa: F811
    from xiuhua.accounts.terms import Role

    town = Town(small, people.small_world())
    town.colleague = people.person("孙干事", "sun", people.COUNTY, Role.COUNTY_OFFICE)  # type: ignore[attr-defined]
    sign()
    taking.take(small.paths)
    return town


def a_household(least: int = 3) -> Household:
    with within(scope_of(people.COUNTY)):
        for one in Household.objects.filter(kind="registered").order_by("pk"):
            members = Membership.objects.filter(household=one, until__isnull=True)
            if members.count() >= least and members.filter(relation="head").count() == 1:
                return one
    raise AssertionError("no such household")


def members(household: Household) -> dict[str, Membership]:
    with within(scope_of(people.COUNTY)):
        found = Membership.objects.filter(household=household, until__isnull=True).select_related("person")
        return {one.relation or "": one for one in found}


def test_the_dead_stay_dead_the_head_stays_and_an_ended_household_stays_ended(town: Town) -> None:
    home = a_household()
    there = members(home)
    dead = next(one for relation, one in there.items() if relation != "head")
    town.carry("death", home, person=dead.person)
    rest = members(home)
    new = next(one for relation, one in rest.items() if relation != "head")
    relations = {str(one.person_id): "other" for one in rest.values()} | {str(new.person_id): "head"}
    with within(scope_of(people.COUNTY)):
        every = Membership.objects.filter(household=home, until__isnull=True)
        relations |= {str(one.person_id): relations.get(str(one.person_id), "other") for one in every}
    town.carry("new_head", home, relations=relations)
    with within(scope_of(people.COUNTY)):
        ending = (
            Household.objects.filter(kind="registered", village_code=home.village_code)
            .exclude(pk=home.pk)
            .order_by("pk")[0]
        )
        going = {
            str(one.person_id): "other"
            for one in Membership.objects.filter(household=ending, until__isnull=True)
        }
    town.carry("merge", ending, into=home.pk, relations=going)
    with within(scope_of(people.COUNTY)):
        before = Membership.objects.filter(household=home, until__isnull=True).count()

    batch = town.again()
    told = {rule for rule, _kind in taking.told(taking.lines(batch))}
    assert {"person_left", "relation_differs", "household_ended"} <= told
    with within(scope_of(people.COUNTY)):
        kept = Household.objects.get(pk=home.pk)
        assert kept.head_name == new.person.name
        assert Membership.objects.filter(household=home, until__isnull=True).count() == before
        assert not Membership.objects.filter(person=dead.person, until__isnull=True).exists()
        assert Household.objects.get(pk=ending.pk).ended_on is not None
        assert not Membership.objects.filter(household=ending, until__isnull=True).exists()
    left = [line for line in taking.lines(batch) if line["rule"] == "not_in_later_file"]
    assert ending.number not in {line["household"] for line in left}


def test_a_newborn_who_arrives_in_a_file_is_the_same_child(town: Town, tmp_path: Path) -> None:
    home = a_household()
    town.carry("birth", home, name="石安安", sex="female", relation="daughter")

    def add(book: Any) -> None:
        for sheet in book.worksheets:
            rows = list(sheet.iter_rows(min_row=1, max_row=sheet.max_row))
            at = next((n for n, row in enumerate(rows) if any(cell.value == "户编号" for cell in row)), None)
            if at is None:
                continue
            names = {cell.value: cell.column for cell in rows[at] if cell.value}
            mine = [
                row for row in rows[at + 1 :] if str(row[names["户编号"] - 1].value).strip() == home.number
            ]
            if not mine:
                continue
            new = sheet.max_row + 1
            for cell in mine[-1]:
                sheet.cell(new, cell.column, cell.value)
            sheet.cell(new, names["姓名"], "石安安")
            sheet.cell(new, names["人编号"], f"{home.number}77")
            sheet.cell(new, names["证件号码"], born())
            sheet.cell(new, names["与户主关系"], "之女")

    batch = town.again(add, tmp_path)
    with within(scope_of(people.COUNTY)):
        child = Person.objects.get(name="石安安")
        assert (child.number, child.id_valid) == (f"{home.number}77", True)
        assert Membership.objects.filter(person=child).count() == 1
        staged = StagedHousehold.objects.get(batch=batch, number=home.number)
    # The preview said so too: what it adds is not this child.
    assert not [one for one in staged.differences if one["who"] == "石安安" and not one["field"]]


def born() -> str:
    from xiuhua.common.identity import check_digit

    first = "99052120170910002"
    return first + check_digit(first)
