"""Estimates as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from xiuhua.engine.measures.design import Interval

Row = dict[str, Any]


def row(key: Mapping[str, Any], interval: Interval, *, rows: int, **more: Any) -> Row:
    """One line of a result. rows: how many rows of the frame it rests on."""
    return {**key, **more, **interval._asdict(), "rows": rows}


def table(rows: Sequence[Row], *, by: Sequence[str], words: Sequence[str]) -> pa.Table:
    """Columns: those of `by` (None: the whole), `words`, then estimate, se, low, high, rows."""
    names = [*by, *words, "estimate", "se", "low", "high", "rows"]
    return pa.table({name: [one.get(name) for one in rows] for name in names})
