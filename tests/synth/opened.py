"""Reads written workbooks without the code that wrote them: openpyxl and csv, headings found by their words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from xiuhua.synth.sheets import COLUMNS, FILES

MUST = {
    "person_export": "person_number",
    "yearly_record": "year",
    "household_roll": "persons",
    "village_list": "village_code",
}


@dataclass
class Line:
    """A row of a file with its place, and its values by field."""

    sheet: str
    row: int
    values: dict[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.values.get(field)


def grids(path: Path, encoding: str = "gb18030") -> dict[str, list[list[Any]]]:
    """All cells of a file: sheet -> rows, empty cells None."""
    if path.suffix == ".csv":
        with path.open(encoding=encoding, newline="") as file:
            return {"": [[value or None for value in row] for row in csv.reader(file)]}
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def lines(folder: Path, book: str, encoding: str = "gb18030") -> list[Line]:
    """Rows of one book under its heading row, up to the signature; in the order of the file."""
    words = {word: c.field for c in COLUMNS[book] for word in (c.heading, *c.others)}
    (path,) = folder.glob(f"{FILES[book]}.*")
    out: list[Line] = []
    for sheet, rows in grids(path, encoding).items():
        fields: list[str | None] = []
        for number, row in enumerate(rows, 1):
            if not fields:
                if sum(value in words for value in row) >= 4:
                    fields = [words.get(value) for value in row]
                continue
            values = {field: value for field, value in zip(fields, row, strict=False) if field}
            if any(value is not None for value in values.values()) and "填表人:" not in row:
                out.append(Line(sheet, number, values))
    return out


def content(folder: Path, book: str, encoding: str = "gb18030") -> list[tuple[tuple[str, str], ...]]:
    """Rows as sorted (field, text) pairs without place, so that layouts can be compared."""
    return sorted(
        tuple(sorted((f, _text(v)) for f, v in line.values.items() if v is not None))
        for line in lines(folder, book, encoding)
    )


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
