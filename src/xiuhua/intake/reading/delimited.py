"""Text tables (csv): encoding and separator found by looking, never asked."""

from __future__ import annotations

import codecs
import csv
import io
import re

from .guard import MOST_COLUMNS, MOST_ROWS
from .workbook import Cell, Unreadable

_SEPARATORS = ",\t;|"
_MARKUP = re.compile(r"^\s*<(!doctype|html|table|\?xml|head|meta)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAMPLE_LINES = 50


def read_delimited(content: bytes) -> list[list[Cell]]:
    """Rows of text cells. Raises Unreadable for anything that is not a text table."""
    text = _decode(content)
    if _MARKUP.match(text):
        raise Unreadable(
            "这是网页格式的表格。请用 Excel 或 WPS 打开后另存为 xlsx 再导入",
            "This is a web page, not a workbook. Open it in Excel or WPS and save it as xlsx",
        )
    if not text.strip():
        raise Unreadable("这个文件是空的", "This file is empty")
    separator = _separator(text)
    if separator is None:
        raise Unreadable.other_kind()
    if _CONTROL.search(text[: 1 << 16]):
        raise Unreadable.other_kind()
    try:
        return _rows(_CONTROL.sub(" ", text), separator)
    except csv.Error as error:
        raise Unreadable.damaged() from error


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content[:4096]:
        raise Unreadable.other_kind()
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable.other_kind()


def _separator(text: str) -> str | None:
    """The separator that splits the first lines into most cells; None when none does."""
    lines = text[: 1 << 16].splitlines()[:_SAMPLE_LINES]
    counts = {}
    for separator in _SEPARATORS:
        counts[separator] = sum(line.count(separator) for line in lines)
    best = max(counts, key=lambda separator: counts[separator])
    return best if counts[best] else None


def _rows(text: str, separator: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        if len(rows) >= MOST_ROWS or len(record) > MOST_COLUMNS:
            raise Unreadable.too_large()
        rows.append([*record])
    while rows and not any(isinstance(cell, str) and cell.strip() for cell in rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return rows
