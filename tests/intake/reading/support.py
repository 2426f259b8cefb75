"""Sheets and files made by hand for the tests of reading."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from xiuhua.engine import load
from xiuhua.intake import reading
from xiuhua.places.books import BOOKS as PLACE_BOOKS
from xiuhua.registry.books import BOOKS as REGISTRY_BOOKS

BOOKS = (*PLACE_BOOKS, *REGISTRY_BOOKS)
CODES = load().codes

PERSON_HEADINGS = ["县", "乡镇", "行政村", "自然村", "户编号", "人编号", "姓名", "证件号码", "人数", "与户主关系", "民族", "文化程度",
                   "在校生状况", "健康状况", "劳动技能", "务工区域", "务工时间(月)", "是否参加大病医疗", "脱贫属性", "贫困户属性",
                   "主要致贫原因", "是否危房户", "是否解决安全饮用水", "是否饮水困难", "人均纯收入", "联系电话"]  # fmt: skip


def identity_number(first_17: str) -> str:
    """An invented number with its check digit; region 99xxxx was never assigned."""
    return first_17 + reading.check_digit(first_17)


GOOD_ID = identity_number("99010119800101123")


def person_row(**values: Any) -> list[Any]:
    """A sound row of the person export, with some cells put in its place by heading."""
    row = dict(zip(PERSON_HEADINGS, [
        "临川县", "青石镇", "大坪村", "4社", "9905210000001", "990521000000101", "张三", GOOD_ID, 3.0, "户主", "汉族", "初中",
        "非在校生", "健康", "普通劳动力", "省外", 6.0, "是", "已脱贫", "一般贫困户", "缺资金", "否", "是", "否", 4312.68, "19957406838",
    ], strict=True))  # fmt: skip
    assert set(values) <= set(row), values
    return list((row | values).values())


def sheet(
    rows: Sequence[Sequence[Any]], name: str = "表", merged: Sequence[reading.workbook.Range] = ()
) -> reading.Sheet:
    """A sheet of these cells; None is an empty cell."""
    width = max(map(len, rows))
    cells = [[("" if cell is None else cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    return reading.Sheet(name=name, index=0, cells=cells, merged=tuple(merged))


def persons(*rows: Sequence[Any], **kwargs: Any) -> reading.Parsed:
    """Rows of the person export, read."""
    made = sheet([PERSON_HEADINGS, *rows])
    layout = reading.detect(made, BOOKS)
    assert layout is not None and layout.certain
    return reading.parse(made, layout, CODES, **kwargs)


def one(field: str, heading: str, cell: Any) -> tuple[Any, list[str]]:
    """The value and the rules that one cell of a person row gives."""
    parsed = persons(person_row(**{heading: cell}))
    return parsed.columns[field][0], [fault.rule.value for fault in parsed.faults]


def xlsx(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    """A workbook by openpyxl."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for area in merged:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
