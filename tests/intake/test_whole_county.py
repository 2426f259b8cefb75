"""A county's own files: every planted fault is found where it stands, what can be mended is mended, nothing else is cried over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.conftest import Files, sign

pytestmark = [pytest.mark.database, pytest.mark.slow]

# Findings in the sample county that nobody planted. Each was read and is one an officer would agree with: the files say
# two things of one household (its water, its labour, its costs), or a learner's schooling is left empty.
AGREED = {
    "quality.wubao_with_labour",
    "quality.water_marks_contradict",
    "quality.water_tables_disagree",
    "quality.business_without_cost",
    "quality.education_empty",
    "doubt.exited_serious_illness",
    "doubt.exited_medical",
    "doubt.exited_education",
}


def rules_of(lines: list[dict[str, Any]]) -> set[str]:
    return {line["rule"] for line in lines}


def test_every_planted_fault_of_the_sample_county_is_found(sample_folder: Path, fresh_database: Any) -> None:
    sign()
    batch = taking.take([sample_folder / name for name in taking.SAMPLE])
    found = taking.lines(batch)
    faults = json.loads((sample_folder / "key.json").read_text(encoding="utf-8"))["faults"]
    ours = [fault for fault in faults if taking.ours(fault)]
    assert len(ours) > 60, "the key was not understood"
    missed, rest = taking.judged(ours, found)
    assert missed == []
    assert rules_of(rest) <= AGREED, [line for line in rest if line["rule"] not in AGREED]
    on_the_line = {fault["household"] for fault in faults if fault["kind"] == "exited_exactly_on_line__ok"}
    assert on_the_line
    below = {line["household"] for line in found if line["rule"] == "doubt.exited_income"}
    assert not (on_the_line & below), "a household exactly on the line is not below it"


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="as in the sample"),
        pytest.param({"shuffle_columns": True, "rename": 3}, id="columns shuffled, three renamed"),
        pytest.param({"one_sheet": True, "format": "csv", "encoding": "gb18030"}, id="csv in GB18030"),
        pytest.param({"format": "csv", "encoding": "utf-8-sig", "shuffle_columns": True}, id="csv in UTF-8"),
    ],
)
def test_every_planted_fault_of_another_county_is_found(
    made: Callable[..., Files], fresh_database: Any, how: dict[str, Any]
) -> None:
    files = made(77, 300, **how)
    sign()
    batch = taking.take(files.paths)
    missed, rest = taking.judged(files.faults, taking.lines(batch))
    if how.get("format") == "csv":
        # A csv has no number cells: an ID or a phone stored as a number is a thing of workbooks.
        missed = [one for one in missed if one["kind"] not in NO_CSV]
    assert missed == []
    assert rest == []


NO_CSV = {"id_stored_as_number", "phone_as_number__mend"}


@pytest.mark.long
def test_a_county_twenty_times_the_size(made: Callable[..., Files], fresh_database: Any) -> None:
    files = made(78, 12_000, shuffle_columns=True, rename=3)
    sign()
    missed, rest = taking.judged(files.faults, taking.lines(taking.take(files.paths)))
    assert (missed, rest) == ([], [])
