"""The same file again changes nothing; the next month's changes what changed; what is not in it any more is asked about, not taken away."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake import taking
from intake.conftest import Files, sign
from xiuhua.synth.county import next_file, write

pytestmark = [pytest.mark.database, pytest.mark.slow]


def about(lines: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """Findings by what they say and where, without the file's own numbering."""
    return Counter(
        (one["rule"], one["kind"], one["household"], one["person"], one["row"], one["column"])
        for one in lines
    )


def test_the_same_files_again_change_nothing_and_tell_the_same(small: Files, fresh_database: Any) -> None:
    sign()
    first = taking.take(small.paths)
    before, told = taking.register(), taking.history()
    second = taking.take(small.paths)
    assert taking.register() == before
    assert taking.history() == told == dict.fromkeys(told, 0)
    held = first.counts["held"]
    assert taking.changes(second) == {"new": 0, "changed": 0, "unchanged": first.counts["new"], "held": held}
    again = about(taking.lines(second))
    assert again == about(taking.lines(first))


def test_a_month_later_only_what_changed_is_changed(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    sign()
    taking.take(small.paths)
    before = taking.register()
    later = next_file(small.county, 7)
    batch = taking.take([p for p in write(later.county, tmp_path) if p.suffix == ".xlsx"])
    after = taking.register()

    # Who moves to another household changes that one too.
    touched = {change.household for change in later.changes}
    touched |= {str(change.after) for change in later.changes if change.kind == "person_moved"}
    changed = {
        number
        for number, now in after["households"].items()
        if number in before["households"] and now != before["households"][number]
    }
    assert changed <= touched
    years = {key.split()[0] for key, now in after["years"].items() if before["years"].get(key, now) != now}
    assert years <= touched
    # Nobody and nothing is gone: a row that is missing takes nothing away.
    for table in ("households", "people", "years", "statuses"):
        assert set(before[table]) <= set(after[table]), table
    # Statuses change by a procedure, whatever a later file says.
    assert all(after["statuses"][number] == status for number, status in before["statuses"].items())
    told = Counter(line["rule"] for line in taking.lines(batch))
    assert told["not_in_later_file"] >= 1
    assert batch.counts["changed"] >= 1 and batch.counts["changed"] <= len(touched)


def test_a_corrected_household_is_merged_and_its_finding_closed(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    sign()
    taking.take(small.paths)
    fault = next(f for f in small.faults if f["kind"] == "months_out_of_range")
    number = fault["household"]
    assert number not in taking.register()["households"], "held back whole"
    open_before = waiting(number)
    assert "months_out_of_range" in open_before

    path = small.path("贫困人口信息表")
    book = openpyxl.load_workbook(path)
    for cell in fault["cells"]:
        book[cell["sheet"]][f"{cell['letter']}{cell['row']}"].value = 6
    book.save(tmp_path / path.name)
    taking.take([tmp_path / path.name, *(p for p in small.paths if p != path)])
    assert number in taking.register()["households"]
    assert "months_out_of_range" not in waiting(number)
    closed = taking.ask(
        "select closed_because from findings_finding where household_number = %s and state = 'closed' and rule = 'months_out_of_range'",
        values=[number],
    )
    assert len(closed) == 1 and "更正" in closed[0][0]


def waiting(number: str) -> set[str]:
    rows = taking.ask(
        "select rule from findings_finding where household_number = %s and state = 'open'", values=[number]
    )
    return {rule for (rule,) in rows}


def test_what_the_register_knew_of_a_household_held_back_stays(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    sign()
    taking.take(small.paths)
    before = taking.register()
    number = next(iter(sorted(before["years"]))).split()[0]
    path = small.path("户年度收入与生活条件")
    book = openpyxl.load_workbook(path)
    spoilt = 0
    for sheet in book.worksheets:
        head = next(row for row in sheet.iter_rows(max_row=8) if any(cell.value == "户编号" for cell in row))
        at = {cell.value: cell.column for cell in head}
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            if row[at["户编号"] - 1].value == number:
                row[at["工资性收入"] - 1].value = "很多"
                spoilt += 1
    assert spoilt
    book.save(tmp_path / path.name)
    batch = taking.take([tmp_path / path.name])
    assert batch.counts["held"] >= 1
    after = taking.register()
    for table in ("households", "people", "members", "statuses", "standings"):
        assert after[table] == before[table], table
    assert {k: v for k, v in after["years"].items() if k.startswith(number)} == {
        k: v for k, v in before["years"].items() if k.startswith(number)
    }
    owner = taking.ask(
        "select due_on is not null from findings_finding where household_number = %s and rule = 'not_a_number' and state = 'open'",
        values=[number],
    )
    assert owner and all(due for (due,) in owner)


def test_no_status_is_taken_without_the_signed_opening(small: Files, fresh_database: Any) -> None:
    taking.take(small.paths)
    assert taking.register()["statuses"] == {}
    assert len(taking.register()["households"]) > 100, "the households themselves are merged"
    sign()
    taking.take(small.paths)
    assert len(taking.register()["statuses"]) > 80
