"""Figures of places out of a tally's folder, as documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiuhua.engine.tally.cells import MILLION
from xiuhua.engine.tally.storing import NATION, PLACES, TallyManifest, read_manifest
from xiuhua.rulebook.models import LEVEL_OF_LENGTH, LEVELS

Document = dict[str, Any]
LENGTH = {level: length for length, level in LEVEL_OF_LENGTH.items()}


def read(out: Path, place_code: str) -> list[Document]:
    """Documents of one place, one for each kind and status that has rows; empty where nothing was counted.

    place_code: `CN`, or 2 to 12 digits. Raises TallyDamaged where no finished tally is.
    """
    manifest = _manifest(out, _stamp(out))
    rows = _rows(_file(out, place_code), place_code, place_code)
    return list(_documents(rows, manifest))


def read_below(out: Path, place_code: str, level: str) -> list[Document]:
    """Documents of all places of a level (province … village) within a place, in the order of their codes."""
    manifest = _manifest(out, _stamp(out))
    if level == "nation":
        return read(out, place_code) if place_code == NATION else []
    prefix = "" if place_code == NATION else place_code
    if LENGTH[level] < len(prefix):  # type: ignore[index]
        return []
    kind = "above" if LEVELS.index(level) <= LEVELS.index("county") else "part"
    found: list[Document] = []
    for part in manifest.parts:
        if part.startswith(prefix[:2]) or not prefix:
            rows = _rows(out / PLACES / f"{kind}-{part}.parquet", prefix, prefix + ":")
            found += _documents(rows.filter(pc.equal(rows.column("level"), level)), manifest)
    return found


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


def _rows(path: Path, low: str, high: str) -> pa.Table:
    """Rows with low <= place_code <= high, of those groups alone that can have them."""
    if not path.exists():
        return pa.table(
            {name: pa.array([], pa.string()) for name in ("place_code", "level", "kind", "status")}
        )
    with pq.ParquetFile(path) as file:
        groups = [
            at
            for at in range(file.metadata.num_row_groups)
            if (held := file.metadata.row_group(at).column(0).statistics).min <= high and held.max >= low
        ]
        table = file.read_row_groups(groups)
    codes = table.column("place_code")
    return table.filter(pc.and_(pc.greater_equal(codes, low), pc.less_equal(codes, high)))


def _documents(rows: pa.Table, manifest: TallyManifest) -> Iterator[Document]:
    if not rows.num_rows:
        return
    counts, sums = (_lists(rows.column(name)) for name in ("counts", "sums"))
    named = [rows.column(name).to_pylist() for name in ("place_code", "level", "kind", "status")]
    for at, (place, level, kind, status) in enumerate(zip(*named, strict=True)):
        yield {
            "place_code": place,
            "level": level,
            "kind": kind,
            "status": status,
            **document(counts[at].tolist(), sums[at].tolist(), manifest.layout),
        }


def _lists(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    lists = column.combine_chunks()
    return np.asarray(lists.flatten()).reshape(len(lists), -1)


def document(counts: list[int], sums: list[int], layout: list[dict[str, Any]]) -> Document:
    """The figures of one row by section and id; what was counted of no row at all is left out."""
    found: Document = {
        "households": counts[0],
        "persons": counts[1],
        "rules": {},
        "facts": {},
        "measures": {},
    }
    at, sum_at = 2, 0
    for cell in layout:
        lanes, its = cell["lanes"], cell["sums"]
        own = dict(zip(lanes, counts[at : at + len(lanes)], strict=True))
        if any(own.values()):
            summed = dict(zip(its, sums[sum_at : sum_at + len(its)], strict=True))
            found[cell["in"]][cell["id"]] = _said(cell, own, summed)
        at, sum_at = at + len(lanes), sum_at + len(its)
    return found


def _said(cell: Mapping[str, Any], counts: dict[str, int], sums: dict[str, int]) -> Document:
    form = cell["form"]
    if form == "parts":
        unknown = counts.pop("unknown")
        return {"parts": {name: one for name, one in counts.items() if one}, "unknown": unknown}
    if form == "flags":
        of, unknown = counts.pop("of"), counts.pop("unknown")
        return {"parts": {name: one for name, one in counts.items() if one}, "of": of, "unknown": unknown}
    if form == "gap":
        return {**sums, "per": MILLION, **counts}
    return {**sums, **counts} | ({"scale": 2} if cell.get("scale") else {})
