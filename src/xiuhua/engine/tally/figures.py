"""Figures of places out of a tally's folder, a rule, fact or measure at a time: what a page shows without unfolding whole documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xiuhua.engine.tally.reading import LENGTH, Document, Laid, laid, lists, manifest_of, tables, tables_below
from xiuhua.engine.tally.storing import ALL, WORDS_OF_KIND, WORDS_OF_STATUS

SECTIONS = ("rules", "facts", "measures")


class NotCounted(ValueError):
    """A tally does not count this: nothing of that name, no such part, kind or status, not at this level. `what` says which,
    `known` what there is."""

    def __init__(self, what: str, value: str, known: Collection[str] = ()) -> None:
        super().__init__(f"{what}: {value}")
        self.what, self.value, self.known = what, value, tuple(known)


@dataclass(frozen=True)
class Rows:
    """Rows of places, one for each kind and status, with all their counts; of a county's villages some ten megabytes."""

    place: list[str]
    kind: list[str]
    status: list[str]
    counts: NDArray[np.int32]
    sums: NDArray[np.int64]
    cells: Mapping[tuple[str, str], Laid]

    def __len__(self) -> int:
        return len(self.place)

    def households(self, row: int) -> int:
        return int(self.counts[row, 0])

    def persons(self, row: int) -> int:
        return int(self.counts[row, 1])

    def only(self, wanted: list[int]) -> Rows:
        """Some of the rows, in their order."""
        if len(wanted) == len(self):
            return self
        place, kind, status = ([of[at] for at in wanted] for of in (self.place, self.kind, self.status))
        return Rows(place, kind, status, self.counts[wanted], self.sums[wanted], self.cells)

    def of(self, section: str, id: str) -> dict[int, Document]:
        """One rule's, fact's or measure's counts by row; of rows alone in which anything was counted, as `read` tells them."""
        cell = self.cells.get((section, id))
        if cell is None or not len(self):
            return {}
        own = self.counts[:, cell.first : cell.first + len(cell.lanes)]
        its = self.sums[:, cell.first_sum : cell.first_sum + len(cell.sums)]
        there = np.flatnonzero(own.any(axis=1)).tolist()
        return {row: cell.told(own[row].tolist(), its[row].tolist()) for row in there}


def rows(out: Path, place_code: str) -> Rows:
    """Of one place; none where nothing was counted. Raises TallyDamaged."""
    return _rows(out, tables(out, place_code))


def rows_below(out: Path, place_code: str, level: str) -> Rows:
    """Of all places of a level within a place, in the order of their codes: for a county's, not for a nation's villages."""
    return _rows(out, tables_below(out, place_code, level))


def _rows(out: Path, found: Iterator[pa.Table]) -> Rows:
    held = list(found)
    cells = {(cell.section, cell.id): cell for cell in laid(manifest_of(out).layout)}
    if not held:
        return Rows([], [], [], np.empty((0, 0), np.int32), np.empty((0, 0), np.int64), cells)
    table = pa.concat_tables(held)
    place, kind, status = (table.column(name).to_pylist() for name in ("place_code", "kind", "status"))
    return Rows(place, kind, status, lists(table.column("counts")), lists(table.column("sums")), cells)


def figure(
    out: Path,
    place_code: str,
    section: str,
    id: str,
    kinds: Collection[str] = (),
    statuses: Collection[str] = (),
) -> dict[str, Any]:
    """Counts of one rule, fact or measure at a place, added up over kinds and statuses (none named, or `all`: all of them).

    `{"parts": {…}, "unknown": n}` and the like; {} where there was nobody to be counted. NotCounted for a name, kind or status by
    which it is not counted, and for a place smaller than what it is about.
    """  # fmt: skip
    cell = _cell(out, section, id)
    for what, asked, known in zip(("kind", "status"), (kinds, statuses), counted_by(cell.grain), strict=True):
        if wrong := [one for one in asked if one not in known]:
            raise NotCounted(what, wrong[0], known)
    if not counted_at(cell.grain, place_code):
        raise NotCounted("level", place_code)
    found = rows(out, place_code)
    total: dict[str, Any] = {}
    for row, told in found.of(section, id).items():
        if _meant(found.kind[row], kinds) and _meant(found.status[row], statuses):
            add_up(total, told)
    return total


def _meant(word: str, asked: Collection[str]) -> bool:
    return not asked or ALL in asked or word in asked


def counted_by(grain: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """By which kinds and statuses a figure of a grain is counted: villages and counties are of no kind of household."""
    return ((ALL,), (ALL,)) if grain in ("village", "county") else (WORDS_OF_KIND, WORDS_OF_STATUS)


def counted_at(grain: str, place_code: str) -> bool:
    """Whether a figure of a grain is counted at a place: one about counties not at their townships and villages."""
    return grain != "county" or len(place_code) <= LENGTH["county"]


def parts_of(out: Path, section: str, id: str) -> tuple[str, ...]:
    """Every part by which a rule, fact or measure is counted, also those that are zero. NotCounted for a name that is none."""
    cell = _cell(out, section, id)
    return (*cell.lanes, *cell.sums)


def _cell(out: Path, section: str, id: str) -> Laid:
    for cell in laid(manifest_of(out).layout):
        if (cell.section, cell.id) == (section, id):
            return cell
    raise NotCounted(section, id)


def how_fine(counts: Mapping[str, Any]) -> frozenset[str]:
    """Names among counts that say how fine they are counted: `scale`, and `per` where it divides no `of` (a poverty gap's millionths)."""
    return frozenset({"scale"} if "of" in counts else {"scale", "per"})


def is_part(counts: Mapping[str, Any], name: str) -> bool:
    """Whether counts, as they are stored, may hold a part of this name: what groups them or says how fine they are is none."""
    return name in counts.get("parts", {}) or (name != "parts" and name not in how_fine(counts))


def add_up(total: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds counts to counts, part by part. How fine they are counted is the same in all of them and kept as it is."""
    fixed = how_fine(more)
    for name, value in more.items():
        if name in fixed:
            total.setdefault(name, value)
        elif isinstance(value, Mapping):
            add_up(total.setdefault(name, {}), value)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            total[name] = total.get(name, 0) + value
        else:
            total.setdefault(name, value)
