"""Figures of places out of a tally's folder, as documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from xiuhua.engine.tally.cells import MILLION
from xiuhua.engine.tally.storing import NATION, PLACES, TallyManifest, read_manifest
from xiuhua.rulebook.models import LEVEL_OF_LENGTH, LEVELS

Document = dict[str, Any]
LENGTH = {level: length for length, level in LEVEL_OF_LENGTH.items()}


def read(out: Path, place_code: str) -> list[Document]:
    """Documents of one place, one for each kind and status that has rows; empty where nothing was counted.

    place_code: `CN`, or 2 to 12 digits. Raises TallyDamaged where no finished tally is.
    """
    manifest = manifest_of(out)
    return [one for rows in tables(out, place_code) for one in _documents(rows, manifest)]


def read_below(out: Path, place_code: str, level: str) -> list[Document]:
    """Documents of all places of a level (province … village) within a place, in the order of their codes."""
    return list(stream_below(out, place_code, level))


def stream_below(out: Path, place_code: str, level: str) -> Iterator[Document]:
    """The same one after the other: a nation's villages are more than a machine's memory, a few hundred rows are not."""
    manifest = manifest_of(out)
    for rows in tables_below(out, place_code, level):
        yield from _documents(rows, manifest)


def tables(out: Path, place_code: str) -> Iterator[pa.Table]:
    """Rows of one place as they are stored."""
    return _groups(_file(out, place_code), place_code, place_code)


def tables_below(out: Path, place_code: str, level: str) -> Iterator[pa.Table]:
    """Rows of all places of a level within a place as they are stored, a few hundred at a time."""
    if level == "nation":
        yield from tables(out, place_code) if place_code == NATION else ()
        return
    prefix = "" if place_code == NATION else place_code
    if LENGTH[level] < len(prefix):  # type: ignore[index]
        return
    kind = "above" if LEVELS.index(level) <= LEVELS.index("county") else "part"
    for part in manifest_of(out).parts:
        if part.startswith(prefix[:2]) or not prefix:
            for rows in _groups(out / PLACES / f"{kind}-{part}.parquet", prefix, prefix + ":"):
                yield rows.filter(pc.equal(rows.column("level"), level))


def manifest_of(out: Path) -> TallyManifest:
    """`tally.json`, read once for as long as it is the same. Raises TallyDamaged."""
    return _manifest(out, _stamp(out))


def _stamp(out: Path) -> int:
    """Changes when the tally is computed anew, so that what is kept of it is not that of another."""
    path = out / "tally.json"
    return path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=16)
def _manifest(out: Path, _stamp: int) -> TallyManifest:
    return read_manifest(out)


def _file(out: Path, code: str) -> Path:
    if code == NATION:
        return out / PLACES / "nation.parquet"
    return out / PLACES / f"{'above' if len(code) <= 6 else 'part'}-{code[:2]}.parquet"


def _groups(path: Path, low: str, high: str) -> Iterator[pa.Table]:
    """Rows with low <= place_code <= high, a group after the other, of those alone that can have them."""
    if not path.exists():
        return
    with pq.ParquetFile(path) as file:
        for at in range(file.metadata.num_row_groups):
            held = file.metadata.row_group(at).column(0).statistics
            if held.min <= high and held.max >= low:
                table = file.read_row_group(at)
                codes = table.column("place_code")
                yield table.filter(pc.and_(pc.greater_equal(codes, low), pc.less_equal(codes, high)))


def _documents(rows: pa.Table, manifest: TallyManifest) -> Iterator[Document]:
    if not rows.num_rows:
        return
    counts, sums = (lists(rows.column(name)) for name in ("counts", "sums"))
    named = [rows.column(name).to_pylist() for name in ("place_code", "level", "kind", "status")]
    cells = laid(manifest.layout)
    # Most places have no row of most villages' and counties' rules: those cells are left out of each document at once.
    there = np.logical_or.reduceat(counts != 0, [cell.first for cell in cells], axis=1) if cells else None
    for at, (place, level, kind, status) in enumerate(zip(*named, strict=True)):
        own, summed = counts[at].tolist(), sums[at].tolist()
        found: Document = {
            "place_code": place,
            "level": level,
            "kind": kind,
            "status": status,
            "households": own[0],
            "persons": own[1],
            "rules": {},
            "facts": {},
            "measures": {},
        }
        for number in np.flatnonzero(there[at]).tolist() if there is not None else ():
            cell = cells[number]
            found[cell.section][cell.id] = cell.said(own, summed)
        yield found


def lists(column: pa.ChunkedArray) -> NDArray[Any]:
    """A column of lists of one length as a matrix; 0 × 0 without rows, for nothing says then how long they are."""
    rows = column.combine_chunks()
    return np.asarray(rows.flatten()).reshape(len(rows), -1 if len(rows) else 0)


@dataclass(frozen=True)
class Laid:
    """Where the numbers of one rule, fact or measure stand in a row, and how a document says them."""

    section: str
    id: str
    grain: str
    form: str
    lanes: tuple[str, ...]
    sums: tuple[str, ...]
    first: int
    first_sum: int
    more: Mapping[str, int]

    def said(self, counts: list[int], sums: list[int]) -> Document:
        """As a document says it. counts and sums: of the whole row."""
        return self.told(
            counts[self.first : self.first + len(self.lanes)],
            sums[self.first_sum : self.first_sum + len(self.sums)],
        )

    def told(self, own: list[int], its: list[int]) -> Document:
        """The same of its own counts and sums."""
        if self.form in ("parts", "flags"):
            last = 1 if self.form == "parts" else 2
            parts = {lane: one for lane, one in zip(self.lanes[:-last], own, strict=False) if one}
            return {"parts": parts, **dict(zip(self.lanes[-last:], own[-last:], strict=True))}
        found = dict(zip(self.lanes, own, strict=True))
        if self.sums:
            found |= dict(zip(self.sums, its, strict=True))
        return {**found, **self.more}


def laid(layout: list[dict[str, Any]]) -> list[Laid]:
    """The cells of a layout, which begins behind households and persons."""
    found, at, sum_at = [], 2, 0
    for cell in layout:
        more = (
            {"per": MILLION} if cell["form"] == "gap" else {"scale": cell["scale"]} if "scale" in cell else {}
        )
        lanes, its = tuple(cell["lanes"]), tuple(cell["sums"])
        found.append(Laid(cell["in"], cell["id"], cell["grain"], cell["form"], lanes, its, at, sum_at, more))
        at, sum_at = at + len(lanes), sum_at + len(its)
    return found
