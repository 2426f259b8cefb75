"""One person stands once: with the national system's number in one file and without in another, on a roll beside an export or before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.test_taken_back import take_back
from intake.unit import small
from intake.unit.test_the_roll_names_somebody_else import ASKED, HEAD, OTHER, OWN, roll

pytestmark = pytest.mark.database

LIVES = (
    "select h.head_name, p.number, p.name, m.relation from registry_household h"
    " join registry_membership m on m.household_id = h.id and m.until is null join registry_person p on p.id = m.person_id order by p.number"
)
BOTH = [(HEAD, f"{small.HOME}01", HEAD, "head"), (HEAD, f"{small.HOME}02", "罗二", "other")]
NUMBERED = small.household({"证件号码": OWN}, {})
WITHOUT = small.household({"证件号码": OWN, "人编号": None}, {"人编号": None})


def take(*paths: Path) -> set[str]:
    """Takes files in; the rules of intake that they were told."""
    found = taking.lines(taking.take(paths, data_date=small.DAY))
    return {one["rule"] for one in found if "." not in one["rule"]}


def test_a_roll_beside_an_export_makes_no_second_head(tmp_path: Path, fresh_database: Any) -> None:
    for turn in ("1", "2"):
        there = tmp_path / turn
        assert take(small.villages(there), small.persons(there, NUMBERED), roll(there, HEAD, OWN)) == set()
        assert taking.ask(LIVES) == BOTH
    # By name alone, too.
    assert take(small.persons(tmp_path / "3", NUMBERED), roll(tmp_path / "3", HEAD, None)) == set()
    assert taking.ask(LIVES) == BOTH


def test_a_roll_that_calls_another_the_head_is_asked_about(tmp_path: Path, fresh_database: Any) -> None:
    told = take(small.villages(tmp_path), small.persons(tmp_path, NUMBERED), roll(tmp_path, OTHER, None))
    assert told == {"head_not_on_record"}
    assert taking.ask(LIVES) == BOTH and taking.ask(ASKED) == [(OTHER, HEAD)]


def test_whom_a_roll_brought_gets_the_number_of_the_export(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), roll(tmp_path, HEAD, OWN))
    ((_, made, _, _),) = kept = taking.ask(LIVES)
    assert made == f"{small.HOME}#1"
    export = taking.take([small.persons(tmp_path / "2", NUMBERED)], data_date=small.DAY)
    assert taking.ask(LIVES) == BOTH
    # A roll of later is of the same head; and the export taken back gives the number back.
    later = taking.take([roll(tmp_path / "3", HEAD, OWN)], data_date=small.DAY)
    assert taking.ask(LIVES) == BOTH
    take_back(later)
    take_back(export)
    assert taking.ask(LIVES) == kept


@pytest.mark.parametrize(
    ("first", "then"), [(WITHOUT, NUMBERED), (NUMBERED, WITHOUT)], ids=["numbered later", "numbered before"]
)
def test_a_file_without_numbers_is_of_the_same_people(
    tmp_path: Path, fresh_database: Any, first: list[list[Any]], then: list[list[Any]]
) -> None:
    take(small.villages(tmp_path), small.persons(tmp_path, first))
    before = taking.ask("select id, name from registry_person order by id")
    assert take(small.persons(tmp_path / "2", then)) == set()
    assert taking.ask("select id, name from registry_person order by id") == before
    assert taking.ask(LIVES) == BOTH
    # And a change that it tells is theirs.
    changed = [{"证件号码": OWN}, {"健康状况": "长期慢性病"}]
    for one in changed if then is WITHOUT else ():
        one["人编号"] = None
    assert take(small.persons(tmp_path / "3", small.household(*changed))) == set()
    assert taking.ask("select health from registry_person where name = '罗二'") == [("chronic",)]


def test_without_any_number_a_name_is_whose_the_household_has(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), small.persons(tmp_path, NUMBERED))
    nameless = small.household({"证件号码": OWN}, {"人编号": None, "证件号码": None})
    assert take(small.persons(tmp_path / "2", nameless)) == set()
    assert taking.ask(LIVES) == BOTH
    # Somebody of another name is somebody else, and whom the file leaves out is told.
    other = small.household({"证件号码": OWN}, {"姓名": OTHER, "人编号": None, "证件号码": None})
    assert take(small.persons(tmp_path / "3", other)) == {"not_in_later_file"}
    assert {name for _, _, name, _ in taking.ask(LIVES)} == {HEAD, "罗二", OTHER}


def test_a_row_given_twice_makes_no_second_person(tmp_path: Path, fresh_database: Any) -> None:
    take(small.villages(tmp_path), small.persons(tmp_path, NUMBERED))
    assert take(small.persons(tmp_path / "2", [*WITHOUT, WITHOUT[1]])) == {"duplicate_row"}
    assert taking.ask(LIVES) == BOTH
    # Nor with its number and again without.
    assert take(small.persons(tmp_path / "3", [*NUMBERED, WITHOUT[1]])) == {"duplicate_row"}
    assert taking.ask(LIVES) == BOTH


def test_a_roll_with_a_wrong_digit_beside_the_export_makes_no_second_head(
    tmp_path: Path, fresh_database: Any
) -> None:
    take(small.villages(tmp_path), roll(tmp_path, HEAD, OWN))
    there = tmp_path / "2"
    batch = taking.take(
        [small.persons(there, NUMBERED), roll(there, HEAD, small.id_number(1971, 15))], data_date=small.DAY
    )
    assert "head_not_on_record" in {one["rule"] for one in taking.lines(batch)}
    assert taking.ask(LIVES) == BOTH
    take_back(batch)
    assert [number for _, number, _, _ in taking.ask(LIVES)] == [f"{small.HOME}#1"]


@pytest.mark.parametrize("known", [True, False])
def test_what_was_checked_before_the_numbers_came_is_checked_again(
    tmp_path: Path, fresh_database: Any, known: bool
) -> None:
    take(small.villages(tmp_path), *([small.persons(tmp_path, WITHOUT)] if known else []))
    waits = taking.preview([small.persons(tmp_path / "2", WITHOUT)], data_date=small.DAY)
    take(small.persons(tmp_path / "3", NUMBERED))
    taking.merge(waits)
    assert taking.ask(LIVES) == BOTH
    assert taking.ask("select count(*) from registry_person") == [(2,)]
