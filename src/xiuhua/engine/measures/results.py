"""Estimates as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from xiuhua.engine.measures.design import Interval
from xiuhua.engine.measures.frames import Unfit

Row = dict[str, Any]


def row(key: Mapping[str, Any], interval: Interval, *, rows: int, **more: Any) -> Row:
    """One line of a result. rows: how many rows of the frame it rests on."""
    return {**key, **more, **interval._asdict(), "rows": rows}


def table(rows: Sequence[Row], *, by: Sequence[str], words: Sequence[str]) -> pa.Table:
    """Columns: those of `by`, `whole` (true: of all; else of a group, None being the one whose value is missing), `words`, then
    estimate, se, low, high, rows. Unfit where a column of `by` has a name of these."""
    names = [*by, "whole", *words, "estimate", "se", "low", "high", "rows"]
    if len(set(names)) < len(names):
        raise Unfit(f"the table of results has columns of its own by these names: rename {', '.join(by)}")
    return pa.table({name: [one.get(name) for one in rows] for name in names})
