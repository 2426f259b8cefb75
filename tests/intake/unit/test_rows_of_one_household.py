"""What every row of a household repeats: one value, or a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.unit import small
from xiuhua.intake.services.settling import Disagreement, settle

NEIGHBOUR = "9905210000002"


def test_a_blank_is_no_disagreement_and_takes_nothing_away() -> None:
    columns = {"attribute": [None, "dibao", None], "phone": ["1", None, None]}
    settled, found = settle(columns, ["attribute", "phone"], ["a", "a", "b"], ["head", "other", "head"])
    assert (settled["attribute"][0], settled["phone"][0], found) == ("dibao", "1", [])
    assert columns["attribute"][0] is None, "the file's own cells stay as they were read"


def test_two_values_are_none_and_the_odd_row_is_pointed_to() -> None:
    columns = {"attribute": ["dibao", "general", "general", "general"]}
    settled, found = settle(columns, ["attribute"], ["a", "a", "a", "b"], ["head", None, None, "head"])
    assert settled["attribute"] == [None, "general", "general", "general"]
    assert found == [Disagreement("a", "attribute", 0, "dibao", 1, "general")]


def test_members_may_have_phones_of_their_own_and_the_heads_stands_for_the_household() -> None:
    settled, found = settle({"phone": ["1", "2", "1"]}, ["phone"], ["a"] * 3, ["son", "head", "daughter"])
    assert (settled["phone"][0], found) == ("2", [])


@pytest.mark.database
def test_no_row_decides_for_the_others(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household({}, {"贫困户属性": "低保贫困户", "联系电话": "19912345678"}, {"自然村": "五社"})
    rows += small.household({}, number=NEIGHBOUR)
    batch = taking.take([small.villages(tmp_path), small.persons(tmp_path, rows)])
    assert small.told(batch) == {("rows_disagree", "asked", 3, "T"), ("rows_disagree", "asked", 4, "D")}
    (line,) = [line for line in taking.lines(batch) if line["row"] == 3]
    assert "“低保贫困户”" in line["says"]["zh"] and "第 2 行是“一般贫困户”" in line["says"]["zh"]
    assert "Poor household on dibao" in line["says"]["en"] and "in row 2" in line["says"]["en"]
    assert taking.ask(
        "select number, attribute, group_name, main_cause from registry_household order by number"
    ) == [
        (small.HOME, None, None, "capital"),
        (NEIGHBOUR, "general", "4社", "capital"),
    ]


@pytest.mark.database
def test_what_the_register_has_stays_while_rows_disagree(tmp_path: Path, fresh_database: Any) -> None:
    sound = small.household({}, {})
    taking.take([small.villages(tmp_path), small.persons(tmp_path, sound)])
    rows = small.household({}, {"贫困户属性": "低保贫困户"})
    batch = taking.take([small.persons(tmp_path / "later", rows)])
    assert taking.changes(batch)["unchanged"] == 1
    assert taking.ask("select attribute from registry_household") == [("general",)]


@pytest.mark.database
def test_a_household_in_two_villages_is_held_back(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household({}, {"行政村": "小湾村"}) + small.household({}, number=NEIGHBOUR)
    batch = taking.take([small.villages(tmp_path), small.persons(tmp_path, rows)])
    assert small.told(batch) == {("rows_disagree", "refused", 3, "C")}
    assert "“小湾村”，第 2 行是“大坪村”" in taking.lines(batch)[0]["says"]["zh"]
    assert taking.changes(batch) == {"new": 1, "changed": 0, "unchanged": 0, "held": 1}
    assert taking.ask("select number from registry_household") == [(NEIGHBOUR,)]
