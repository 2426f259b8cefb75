"""A county of a few rows, written by hand: each test says only the cells it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from intake import taking
from intake.reading.support import PERSON_HEADINGS, identity_number, person_row, xlsx

VILLAGES = {"大坪村": "990521001001", "小湾村": "990521001002"}
HOME = "9905210000001"
DAY = date(2017, 9, 30)
Row = dict[str, Any]


def id_number(year: int, order: int = 123) -> str:
    """An invented ID of somebody born on 1 January of a year; odd orders are men."""
    return identity_number(f"990521{year}0101{order:03d}")


def person(household: str = HOME, at: int = 1, **cells: Any) -> list[Any]:
    """A member's row; `at` counts within the household, and the first is its head."""
    own = {
        "户编号": household, "人编号": f"{household}{at:02d}", "姓名": f"罗{'一二三四五六'[at - 1]}", "人数": 1.0,
        "证件号码": id_number(1970 + at, int(household[-2:]) * 10 + at), "与户主关系": "户主" if at == 1 else "其他",
        "务工区域": None, "务工时间(月)": 0.0, "脱贫属性": "未脱贫", "人均纯收入": None,
    }  # fmt: skip
    return person_row(**own | cells)


def household(*members: Row, number: str = HOME, **cells: Any) -> list[list[Any]]:
    """A household's rows; `cells` stand in each of them, those of a member in theirs."""
    return [
        person(number, at, **{"人数": float(len(members))} | cells | member)
        for at, member in enumerate(members, 1)
    ]


def persons(folder: Path, rows: Iterable[Sequence[Any]], headings: Sequence[str] = PERSON_HEADINGS) -> Path:
    """The person export with these rows below one row of headings: the first is row 2."""
    return write(folder / "贫困人口信息表.xlsx", [headings, *rows])


def years(folder: Path, *rows: Row) -> Path:
    """The yearly records, with the columns that any of the rows names."""
    headings = [
        "户编号",
        "年度",
        *dict.fromkeys(key for row in rows for key in row if key not in ("户编号", "年度")),
    ]
    filled = [{"户编号": HOME, "年度": 2017, **row} for row in rows]
    return write(
        folder / "户年度收入与生活条件.xlsx",
        [headings, *([row.get(key) for key in headings] for row in filled)],
    )


def villages(folder: Path) -> Path:
    """The list of both villages."""
    rows = [["临川县", "青石镇", name, code] for name, code in VILLAGES.items()]
    return write(folder / "行政村名单.xlsx", [["县", "乡镇", "行政村", "行政村编码"], *rows])


def write(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """A workbook of one sheet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(xlsx(rows))
    return path


def told(batch: Any, *but: str) -> set[tuple[str, str, int | None, str | None]]:
    """Rule, kind, row and column letter of a batch's findings, without the rules named in `but`."""
    return {
        (line["rule"], line["kind"], line["row"], taking._letters(line["column"]) or None)
        for line in taking.lines(batch)
        if line["rule"] not in but
    }
