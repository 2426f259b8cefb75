"""Writes a county's four workbooks (xlsx or csv) and key.json: where each planted fault stands in these files."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .shapes import Cell, County
from .sheets import (
    COLUMNS,
    FILES,
    PERSONS,
    ROLL,
    SHEETS,
    VILLAGES,
    YEARLY,
    Row,
    day,
    person_rows,
    roll_rows,
    village_rows,
    yearly_rows,
)

# Workbooks carry their day of making; a fixed one keeps the same county the same to the byte.
MADE = datetime(2017, 10, 9, 9, 0)  # noqa: DTZ001
_SIGNATURE = ("填表人:", "审核人:", None, "填报日期:")


@dataclass
class Layout:
    """The columns of one book as this office has them: positions in the plain order, and their headings."""

    order: list[int]
    headings: list[str]
    letters: dict[str, str]
    names: dict[str, str]


@dataclass
class _Sheet:
    """One table with what stands above and under it."""

    name: str
    above: list[list[Any]]
    rows: Iterable[Row]
    below: list[list[Any]] = field(default_factory=list)


@dataclass
class Places:
    """Where the rows stand that have a planted cell: (book, record or household) -> [(file, sheet, row)]."""

    wanted: dict[str, set[str]]
    found: dict[tuple[str, str], list[tuple[str, str, int]]] = field(default_factory=dict)

    def note(self, book: str, row: Row, file: str, sheet: str, number: int) -> None:
        """Remembers the row when something was planted in it."""
        wanted = self.wanted.get(book)
        if not wanted:
            return
        for key in {row.record, row.household} & wanted:
            self.found.setdefault((book, key), []).append((file, sheet, number))


def write(
    county: County,
    folder: Path | str,
    *,
    format: str = "xlsx",
    shuffle_columns: bool = False,
    rename: Mapping[str, str] | int = 0,
    drop: Collection[str] = (),
    one_sheet: bool = False,
    encoding: str = "gb18030",
) -> list[Path]:
    """Writes the village list, person export, yearly record book and household roll, then key.json; returns the paths
    of the workbooks in that order.

    `format` is xlsx or csv (one table a file, with `encoding`). `rename` is a mapping heading -> other heading, or
    how many headings of each book get another word that offices use. `drop` leaves out columns by their plain heading.
    `one_sheet` puts all townships of the person export into one sheet. ValueError for an unknown format or heading.
    """
    if format not in ("xlsx", "csv"):
        raise ValueError(f"format is xlsx or csv, not {format!r}")
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    asked = set(drop) | (set(rename) if isinstance(rename, Mapping) else set())
    strange = asked - {c.heading for columns in COLUMNS.values() for c in columns}
    if strange:
        raise ValueError(f"no such heading: {', '.join(sorted(strange))}")
    places = Places(_wanted(county))
    layouts: dict[str, Layout] = {}
    paths = []
    for book in (VILLAGES, PERSONS, YEARLY, ROLL):
        layouts[book] = layout(county, book, shuffle_columns, rename, drop)
        path = out / f"{FILES[book]}.{format}"
        tables = _tables(county, book, one_sheet or format == "csv")
        if format == "xlsx":
            _write_xlsx(path, book, tables, layouts[book], places)
        else:
            _write_csv(path, book, tables, layouts[book], places, encoding)
        paths.append(path)
    key = {
        "households": len(county.households),
        "persons": county.persons,
        "faults": _key(county, places, layouts, format),
    }
    (out / "key.json").write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return paths


def layout(
    county: County, book: str, shuffle: bool, rename: Mapping[str, str] | int, drop: Collection[str]
) -> Layout:
    """Order and headings of one book's columns; by the county's seed, so that two calls agree."""
    columns = COLUMNS[book]
    rng = Random(f"layout/{county.seed}/{book}")
    order = [i for i, c in enumerate(columns) if c.heading not in drop]
    if shuffle:
        rng.shuffle(order)
    headings = {i: columns[i].heading for i in order}
    if isinstance(rename, int):
        able = [i for i in sorted(order) if columns[i].others]
        for i in rng.sample(able, min(rename, len(able))):
            headings[i] = rng.choice(columns[i].others)
    else:
        headings = {i: rename.get(h, h) for i, h in headings.items()}
    letters = {columns[i].field: xl_col_to_name(at) for at, i in enumerate(order)}
    return Layout(
        order, [headings[i] for i in order], letters, {columns[i].field: headings[i] for i in order}
    )


def _tables(county: County, book: str, one_sheet: bool) -> Iterator[_Sheet]:
    if book == VILLAGES:
        yield _Sheet(SHEETS[book], [], village_rows(county))
    elif book == ROLL:
        yield _Sheet(SHEETS[book], [[f"{county.name}农村住户花名册（未建档立卡户）"]], roll_rows(county))
    elif book == YEARLY:
        yield _Sheet(SHEETS[book], [[f"{county.name}贫困户年度收入与生活条件"]], yearly_rows(county))
    else:
        end = day(county.data_date.year, county.data_date.month, county.data_date.day)
        townships = {v.township_code: v.township for v in county.villages}
        parts = [(None, county.name, "")] if one_sheet else [(c, t, t) for c, t in townships.items()]
        for code, name, suffix in parts:
            office = f"{name}扶贫工作站" if code else f"{name}扶贫办"
            above: list[list[Any]] = [
                [f"{county.name}{suffix}建档立卡贫困人口信息表"],
                ["填报单位:", office, None, None, "数据截止:", end],
                [],
            ]
            yield _Sheet(
                name if code else SHEETS[book], above, person_rows(county, code), [[], list(_SIGNATURE)]
            )


def _write_xlsx(path: Path, book: str, tables: Iterable[_Sheet], shape: Layout, places: Places) -> None:
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    workbook.set_properties({"created": MADE})
    for table in tables:
        sheet = workbook.add_worksheet(table.name)
        put_text, put_number = sheet.write_string, sheet.write_number

        def put(at: int, cells: list[Any]) -> None:
            for column, value in enumerate(cells):
                if value is None:
                    continue
                if isinstance(value, str):
                    put_text(at, column, value)  # noqa: B023
                else:
                    put_number(at, column, value)  # noqa: B023

        if book == PERSONS and len(shape.headings) > 1:
            sheet.merge_range(0, 0, 0, len(shape.headings) - 1, table.above[0][0])
        at = 0
        for line in table.above:
            put(at, line)
            at += 1
        put(at, list(shape.headings))
        for row in table.rows:
            at += 1
            put(at, [row.cells[i] for i in shape.order])
            places.note(book, row, path.name, table.name, at + 1)
        for line in table.below:
            at += 1
            put(at, line)
    workbook.close()


def _write_csv(
    path: Path, book: str, tables: Iterable[_Sheet], shape: Layout, places: Places, encoding: str
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file)
        width = len(shape.headings)
        for table in tables:
            at = 0
            for line in [*table.above, list(shape.headings)]:
                at += 1
                out.writerow(line + [None] * (width - len(line)))
            for row in table.rows:
                at += 1
                out.writerow([_as_text(row.cells[i]) for i in shape.order])
                places.note(book, row, path.name, "", at)
            for line in table.below:
                out.writerow(line + [None] * (width - len(line)))


def _as_text(value: Any) -> Any:
    """A number as Excel saves it: one of more than eleven digits loses them."""
    if isinstance(value, float) and abs(value) >= 1e11:
        return f"{value:.5E}"
    return value


def _wanted(county: County) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for fault in county.faults:
        for cell in fault.cells:
            out.setdefault(cell.book, set()).add(cell.record)
    return out


def _key(county: County, places: Places, layouts: dict[str, Layout], format: str) -> list[dict[str, Any]]:
    out = []
    for fault in county.faults:
        if format == "csv" and fault.kind == "phone_as_number__mend":
            continue  # a csv cannot tell a number from a text
        cells = [entry for cell in fault.cells for entry in _placed(cell, places, layouts)]
        first = fault.cells[0]
        if not cells or first.field not in layouts[first.book].names:
            continue  # the column was left out, and the fault with it
        entry = {
            "kind": fault.kind,
            "household": fault.household,
            "person": fault.person,
            "name": fault.name,
            "outcome": fault.outcome,
            "rule": fault.rule,
            "cells": cells,
        }
        if fault.also:
            entry["also"] = fault.also
        out.append(entry)
    return out


def _placed(cell: Cell, places: Places, layouts: dict[str, Layout]) -> list[dict[str, Any]]:
    shape = layouts[cell.book]
    if cell.field not in shape.names:
        return []
    return [
        {
            "book": cell.book,
            "file": file,
            "sheet": sheet,
            "row": row,
            "column": shape.names[cell.field],
            "letter": shape.letters[cell.field],
        }
        for file, sheet, row in places.found.get((cell.book, cell.record), [])
    ]
