"""The office's own workbook back with its faults marked; corrected in Excel, taken in again: nothing refused is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake import taking
from intake.conftest import Files, sign
from intake.marked_back import LIST, RED, cells, corrected, from_workbook, listed, marked, office, waiting

pytestmark = [pytest.mark.database, pytest.mark.slow]

TREATED = ("贫困人口信息表.xlsx", "户年度收入与生活条件.xlsx", "农村住户花名册.xlsx")


def findings(state: str) -> dict[str, str]:
    """Mark -> rule of findings that somebody had or has to do something about."""
    return dict(
        taking.ask(
            "select fingerprint, rule from findings_finding where state = %s and kind <> 'mended'",
            values=[state],
        )
    )


def test_from_a_faulty_county_to_nothing_refused(
    small: Files, made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    sound = made(11, 120, faults=False)
    officer = office()
    sign()
    first = taking.take(small.paths)
    assert len(waiting()) > 10 and first.counts["held"] > 5
    before, open_before = taking.register(), findings("open")
    back = marked(first, officer, tmp_path)
    assert set(back) == set(TREATED), "a file in which nothing is wrong does not come back"
    again = []
    for name, path in back.items():
        book = openpyxl.load_workbook(path)
        assert book.sheetnames[0] == LIST and book.active.title == LIST  # type: ignore[union-attr]
        assert len(cells(book, RED)) > 0 and len(listed(book)) >= len(cells(book, RED))
        # Each red cell says in it what is wrong and what to do.
        for sheet, cell in cells(book, RED):
            words = book[sheet][cell].comment.text
            assert "【校验未通过】" in words and "怎么办：" in words
        again.append(tmp_path / f"改好 {name}")
        corrected(path, again[-1], from_workbook(path, sound.path(Path(name).stem)))
    second = taking.preview(again)
    told = second.counts["corrects"]
    assert told["batches"] == [first.pk] and told["removed"] == 1 and 10 < told["changed"] < 30
    taking.merge(second)
    assert waiting() == [] and second.counts["held"] == 0
    closed, still = findings("closed"), findings("open")
    assert set(closed) | set(still) == set(open_before), (
        "what is still wrong stays the same finding, and nothing new"
    )
    assert told["open"] == len(still) and told["put_right"] == len(closed)
    after = taking.register()
    assert set(before["households"]) < set(after["households"]), "those held back are merged now"
    # What nobody touched is not work again.
    assert second.counts["left"] > 400 and taking.changes(second)["unchanged"] < 40
    untouched = set(before["households"]) & set(after["households"])
    assert sum(before["households"][n] != after["households"][n] for n in untouched) < 10
