"""What an office changed in a sheet: its rows against those of the sheet it came from, wherever they stand now."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .workbook import Cell, Sheet

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?")


@dataclass(frozen=True)
class Difference:
    """Rows from 1. `origin` gives for a row here the row there that it is, changed or not; added ones have none."""

    changed: list[int]
    added: list[int]
    removed: int
    same: int
    origin: dict[int, int]

    @property
    def runs(self) -> list[tuple[int, int, int]]:
        """`origin` in short: (row here, row there, length) of rows that follow each other in both."""
        runs: list[tuple[int, int, int]] = []
        for here, there in sorted(self.origin.items()):
            if runs and (here, there) == (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]):
                runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + 1)
            else:
                runs.append((here, there, 1))
        return runs


Side = tuple[Sheet, int, Mapping[str, int]]  # a sheet, its header row from 0, field -> column from 0


def difference(new: Side, old: Side, keys: Sequence[str]) -> Difference:
    """The rows under two headers compared by the columns that are read, wherever these stand.

    Rows may have been added, removed or sorted. `keys`: fields that together name a row, by which a changed one is found again
    when it has moved as well.
    """
    fields = sorted({*new[2], *old[2]})
    here, there = _rows(new, fields), _rows(old, fields)
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in reversed(there):
        waiting[there[row]].append(row)
    origin: dict[int, int] = {}
    for row, cells in here.items():
        if waiting[cells]:
            origin[row] = waiting[cells].pop()
    same = len(origin)
    heads = (new[1] + 1, old[1] + 1)
    left = {row for rows in waiting.values() for row in rows}
    changed, added = [], []
    at = [fields.index(key) for key in keys if key in fields]
    named: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in sorted(left, reverse=True):
        named[tuple(there[row][n] for n in at)].append(row)
    for row, cells in here.items():
        if row in origin:
            continue
        found = _same_row(row, origin, left, heads) or _named(named, tuple(cells[n] for n in at), left)
        if found is None:
            added.append(row)
        else:
            changed.append(row)
            origin[row] = found
            left.discard(found)
    return Difference(changed, added, len(left), same, origin)


def _same_row(row: int, origin: Mapping[int, int], left: set[int], heads: tuple[int, int]) -> int | None:
    """The row there that follows the one above this, or stands before the one below: a changed row among unchanged ones."""
    above = heads[1] if row - 1 == heads[0] else origin.get(row - 1)
    if above is not None and above + 1 in left:
        return above + 1
    below = origin.get(row + 1)
    return below - 1 if below is not None and below - 1 in left else None


def _named(named: Mapping[tuple[str, ...], list[int]], name: tuple[str, ...], left: set[int]) -> int | None:
    rows = named.get(name, []) if any(name) else []
    while rows and rows[-1] not in left:
        rows.pop()
    return rows[-1] if rows else None


def _rows(side: Side, fields: Sequence[str]) -> dict[int, tuple[str, ...]]:
    sheet, header, columns = side
    places = [columns.get(field, -1) for field in fields]
    rows = {}
    for number, row in enumerate(sheet.cells[header + 1 :], header + 2):
        cells = tuple(canonical(row[at]) if 0 <= at < len(row) else "" for at in places)
        if any(cells):
            rows[number] = cells
    return rows


def canonical(cell: Cell) -> str:
    """A cell free of the ways in which spreadsheet programs store the same value."""
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            return text
        cell = float(text)  # a text table and the workbook made of it hold the same number
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else f"{cell:.12g}"
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)
