"""The rows under a header: which of them are data, and their cells as values and faults.

Columns are read whole, each distinct cell once: a county's 100,000 rows hold a few hundred distinct words.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Any

from xiuhua.common.books import Field, Kind
from xiuhua.findings.terms import Kind as Gravity
from xiuhua.intake.terms import IntakeRule

from .bounds import bounded
from .codes import CodeList, Listed, by_name
from .headings import heading_key, plain
from .layout import Layout
from .numbers import read_id, read_phone
from .values import (
    Column,
    Mark,
    Reader,
    read_code,
    read_date,
    read_name,
    read_number,
    read_number_text,
    read_place,
    read_text,
    read_year,
    read_yesno,
)
from .workbook import Cell, Sheet

_READERS: dict[Kind, Callable[[Column], Reader]] = {
    "text": read_text,
    "name": read_name,
    "place": read_place,
    "household_number": read_number_text,
    "person_number": read_number_text,
    "id_number": read_id,
    "phone": read_phone,
    "integer": read_number,
    "decimal": read_number,
    "yuan": read_number,
    "yesno": read_yesno,
    "code": read_code,
    "date": read_date,
    "year": read_year,
}
_FOOTER = re.compile(
    r"^(填表|填报|制表|审核|审批|复核|复查|负责|单位负责|经办|统计|录入|联系人|联系电话[:：]|报送|盖章|签字|签名|分管|主管|核对|校对|"
    r"备注|注[:：]|注\d|说明|合计|总计|小计|共计|总数|累计|第\d+页|共\d+[页户人]|以下空白|\(?公章|扶贫办|驻村工作队|村[支两]委|日期)"
)
_TOTAL = re.compile(r"(合计|总计|小计|共计)$")


@dataclass(frozen=True)
class Fault:
    """Something found in one cell. `row` and `column` count from 1 as the officer sees them; `letter` is the column's."""

    rule: IntakeRule
    kind: Gravity
    row: int
    column: int
    letter: str
    field: str
    params: dict[str, str]

    def sentence(self, language: str) -> str:
        """What was found, as one sentence."""
        return self.rule.sentence(language, **self.params)


@dataclass(frozen=True)
class Parsed:
    """The values of a sheet: for each field a list as long as `rows`, which holds the row numbers in the file (from 1).

    Values: text, names, numbers of households str; codes str; yuan int fen; integer and year int; decimal Decimal;
    yesno bool; date date; None where the cell is empty or refused. Every fault's row is among `rows`.
    """

    columns: dict[str, list[Any]]
    rows: list[int]
    faults: list[Fault]
    refused_rows: set[int]


def parse(
    sheet: Sheet, layout: Layout, codes: Mapping[str, CodeList | Listed], *, on: datetime.date | None = None
) -> Parsed:
    """Read the rows of a sheet. `on`: no birth may be later; the layout's data date where not given.

    KeyError when a field names a code list that `codes` lacks.
    """
    fields = {key: layout.book.field(key) for key in layout.columns}
    grid = _grid(sheet, layout)
    keys = [key for key in _row_keys(layout) if key in fields]
    rows = _data_rows(sheet, grid, layout, fields, keys)
    data = [grid[row] for row in rows]
    faults: list[Fault] = []
    columns: dict[str, list[Any]] = {}
    for key, index in layout.columns.items():
        field = fields[key]
        column = Column(
            field=field,
            scale=layout.scales.get(key, Decimal(1)),
            codes=by_name(codes[field.codes]) if field.codes else None,
            on=on or layout.data_date,
        )
        cells = list(map(itemgetter(index), data))
        columns[key] = _read_column(
            cells, bounded(field, _READERS[field.kind](column)), field, index, rows, faults
        )
    for at, key in _keyless(columns, keys, faults, rows):
        faults.append(_fault(IntakeRule.MISSING_KEY, {}, fields[key], layout.columns[key], rows[at]))
    faults.sort(key=lambda fault: (fault.row, fault.column))
    return Parsed(
        columns=columns,
        rows=[row + 1 for row in rows],
        faults=faults,
        refused_rows={fault.row for fault in faults if fault.kind == Gravity.REFUSED},
    )


def letter(column: int) -> str:
    """The letter of a column counted from 1: 8 is H, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _read_column(
    cells: Sequence[Cell], reader: Reader, field: Field, index: int, rows: Sequence[int], faults: list[Fault]
) -> list[Any]:
    values: dict[Cell, Any] = {"": None}
    marked: dict[Cell, tuple[Mark, ...]] = {}
    for cell in set(cells) - {""}:
        values[cell], marks = reader(cell)
        if marks:
            marked[cell] = marks
    if marked:
        for at, cell in enumerate(cells):
            for rule, params in marked.get(cell, ()):
                faults.append(_fault(rule, params, field, index, rows[at]))
    return list(map(values.__getitem__, cells))


def _fault(rule: IntakeRule, params: Mapping[str, str], field: Field, index: int, row: int) -> Fault:
    return Fault(
        rule=rule,
        kind=rule.kind,
        row=row + 1,
        column=index + 1,
        letter=letter(index + 1),
        field=field.key,
        params={"field_zh": field.zh, "field_en": field.en, **params},
    )


def _row_keys(layout: Layout) -> list[str]:
    """What every row must carry to be placed at all: the village's code, the household's number, the year."""
    if layout.book.grain == "village":
        return ["village_code", "village"]
    if layout.book.grain == "village_year":
        return ["village", "year"]
    if layout.book.grain == "county":
        return ["county_code"]
    return [field.key for field in layout.book.required if field.kind in ("household_number", "year", "name")]


def _grid(sheet: Sheet, layout: Layout) -> list[list[Cell]]:
    """The cells, where one merged over several rows below the header counts for each of them (a household's number)."""
    wanted = set(layout.columns.values())
    width = max(wanted, default=-1) + 1
    grid = sheet.cells
    if any(len(row) < width for row in grid):
        grid = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in grid]
    merged = [
        (top, bottom, left)
        for (top, left), (bottom, right) in sheet.merged
        if top > layout.header_row and bottom > top and left == right and left in wanted
    ]
    if merged:
        grid = [list(row) for row in grid]
        for top, bottom, left in merged:
            for row in range(top + 1, min(bottom + 1, len(grid))):
                if grid[row][left] == "":
                    grid[row][left] = grid[top][left]
    return grid


def _data_rows(
    sheet: Sheet, grid: list[list[Cell]], layout: Layout, fields: Mapping[str, Field], keys: Sequence[str]
) -> list[int]:
    """Rows that hold data, from 0."""
    key_indexes = [layout.columns[key] for key in keys]
    lead = key_indexes[0] if key_indexes else None
    mapped = list(layout.columns.items())
    rows: list[int] = []
    for at in range(layout.header_row + 1, len(grid)):
        row = grid[at]
        number = row[lead] if lead is not None else ""
        # The common row: every key there, and the first no word in Chinese (a total, a header again).
        word = isinstance(number, str) and not (number.isascii() and number.strip())
        ordinary = not word and all(row[index] != "" for index in key_indexes)
        if (ordinary or _is_data(row, sheet.cells[at], mapped, layout, fields)) and not _is_counting_row(
            at, layout, row
        ):
            rows.append(at)
    return rows


def _keyless(
    columns: Mapping[str, Sequence[Any]], keys: Sequence[str], faults: Sequence[Fault], rows: Sequence[int]
) -> list[tuple[int, str]]:
    """Rows (position, first lacking key) that lack a key; one that was written and refused has its own fault."""
    refused = {
        (fault.row, fault.field) for fault in faults if fault.kind == Gravity.REFUSED and fault.field in keys
    }
    lacking: dict[int, str] = {}
    for key in keys:
        for at, value in enumerate(columns[key]):
            if value is None and (rows[at] + 1, key) not in refused:
                lacking.setdefault(at, key)
    return list(lacking.items())


def _text(cell: Cell) -> str:
    return plain(cell) if isinstance(cell, str) else str(cell)


def _is_data(
    row: Sequence[Cell],
    whole: Sequence[Cell],
    mapped: Sequence[tuple[str, int]],
    layout: Layout,
    fields: Mapping[str, Field],
) -> bool:
    """Not blank, not a signature or total line, not the header again, not only place names."""
    filled = [(key, index) for key, index in mapped if _text(row[index])]
    if not filled or (
        layout.book.grain != "village" and all(fields[key].kind == "place" for key, _ in filled)
    ):
        return False
    first = next(text for cell in whole if (text := _text(cell)))
    if _FOOTER.match(first) or _TOTAL.search(_text(row[filled[0][1]])):
        return False
    again = sum(
        1
        for _, index in filled
        if heading_key(_text(row[index])) == heading_key(layout.headings.get(index, ""))
    )
    return again * 2 < len(filled)


def _is_counting_row(at: int, layout: Layout, row: Sequence[Cell]) -> bool:
    """The row right under a printed header that only numbers its columns: 1, 2, 3 …"""
    if at > layout.header_row + 1:
        return False
    texts = [_text(cell).removesuffix(".0").strip("()") for cell in row]
    numbers = [int(text) for text in texts if text.isdigit() and len(text) < 4]
    filled = sum(1 for text in texts if text)
    return len(numbers) >= 3 and len(numbers) == filled and all(b - a == 1 for a, b in pairwise(numbers))
