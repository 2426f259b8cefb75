"""What is no workbook of ours is refused in one clear sentence; nothing of it gets in and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake import taking
from intake.conftest import Files, sign
from xiuhua.cli import main
from xiuhua.intake.models import Step

pytestmark = [pytest.mark.database]


def sheet(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


def empty(folder: Path) -> Path:
    (folder / "空.xlsx").write_bytes(b"")
    return folder / "空.xlsx"


def text(folder: Path) -> Path:
    (folder / "花名册.xlsx").write_text("这不是表格")
    return folder / "花名册.xlsx"


def broken(folder: Path) -> Path:
    whole = sheet(folder / "whole.xlsx", [["户编号", "年度"], ["1", 2017]]).read_bytes()
    (folder / "半个.xlsx").write_bytes(whole[: len(whole) // 2])
    return folder / "半个.xlsx"


def nul(folder: Path) -> Path:
    (folder / "表.csv").write_bytes("户编号,年度\n1,2017\n".encode() + b"\0\0\0\n")
    return folder / "表.csv"


def unknown(folder: Path) -> Path:
    return sheet(folder / "值班表.xlsx", [["日期", "值班人", "电话"], ["2017-09-01", "甲", "1"]])


def only_header(folder: Path) -> Path:
    return sheet(folder / "只有表头.xlsx", [["户编号", "年度", "工资性收入"]])


@pytest.mark.parametrize("make", [empty, text, broken, nul, unknown, only_header])
def test_a_file_that_cannot_be_taken_is_told_in_a_sentence(
    make: Callable[[Path], Path], tmp_path: Path, fresh_database: Any
) -> None:
    path = make(tmp_path)
    batch = taking.preview([path])
    register = taking.register()
    assert not any(register[table] for table in ("households", "people", "years"))
    if batch.step == Step.FAILED:
        # The file is named; where none of the files is known, what can be taken in.
        assert path.name in batch.trouble["zh"] or "可以导入" in batch.trouble["zh"]
        assert batch.trouble["en"]
        assert "Traceback" not in str(batch.trouble)
    else:
        assert batch.step in (Step.PREVIEW, Step.MAPPING)
        assert sum(batch.counts.get(key, 0) for key in ("new", "changed")) == 0


def test_the_command_says_why_it_cannot_and_exits_with_2(
    tmp_path: Path, fresh_database: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    good = sheet(tmp_path / "x.xlsx", [["户编号"]])
    for arguments in (
        ["intake", str(tmp_path / "nowhere.xlsx"), "--place", taking.COUNTY],
        ["intake", str(good), "--place", "12x"],
        ["intake", str(good)],
        ["intake", str(good), "--place", taking.COUNTY, "--data-date", "yesterday"],
    ):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr().err.strip()
        assert code == 2, arguments
        assert len(said.splitlines()) == 1 and "Traceback" not in said, said


def test_the_command_writes_a_line_a_finding_and_a_preview_changes_nothing(
    small: Files, tmp_path: Path, fresh_database: Any
) -> None:
    sign()
    report = tmp_path / "report.jsonl"
    code = main(
        ["intake", *map(str, small.paths), "--place", taking.COUNTY, "--preview", "--report", str(report)]
    )
    assert code == 0
    assert not any(taking.register()[table] for table in ("households", "people", "years", "findings"))
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 50
    for line in lines:
        assert list(line) == ["rule", "kind", "file", "sheet", "row", "column", "household", "person", "says"]
        assert set(line["says"]) == {"zh", "en"} and all(line["says"].values())
        assert line["kind"] in ("refused", "asked", "mended", "warned")
