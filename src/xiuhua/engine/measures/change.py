"""How poverty by many deprivations changed between two times of one survey design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from xiuhua.engine.measures import results
from xiuhua.engine.measures.deprivation import Count, Indicators, Number, count
from xiuhua.engine.measures.design import Interval
from xiuhua.engine.measures.frames import Flags, Floats, Unfit, Unknown, codes, groups, keys_of, numbers


def alkire_foster_change(
    frame: Any,
    *,
    indicators: Indicators,
    k: Number,
    time: str,
    year: str | None = None,
    weights: Mapping[str, Number] | Sequence[Number] | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    by: str | Sequence[str] = (),
    missing: Unknown = "refuse",
) -> pa.Table:
    """Change of H, A, M0 and of each censored headcount from the first time to the last.

    time: a column with exactly two values, the earlier sorts first. year: a column of numbers that says when (a mean of it is
    taken for each time), for the change a year. All else as in `alkire_foster`.

    Returns a table: the columns of `by`, whole (true: of all), measure, indicator, change (absolute, relative, absolute_per_year,
    relative_per_year), estimate, se, low, high, rows. Both times may share first-stage units: their covariance is in the
    error. Relative changes are of the first level; a level of nothing gives nan.
    """
    keys = keys_of(by)
    more = [*keys, time, *([year] if year else [])]
    counted, table = count(
        frame, indicators=indicators, k=k, weights=weights, stratum=stratum, psu=psu, weight=weight, more=more, missing=missing
    )  # fmt: skip
    at, values = codes(table, [time])
    order = sorted(range(len(values)), key=lambda i: (values[i][0] is None, values[i][0]))
    if len(values) != 2 or any(value[0] is None for value in values):
        raise Unfit(f"{time} must say one of two times in every row, and has {len(values)} values")
    years = _years(counted, table, year, [counted.usable & (at == i) for i in order]) if year else None
    rows: list[results.Row] = []
    for group in groups(table, keys, counted.usable):
        before, after = (group.rows & (at == i) for i in order)
        if before.any() and after.any():
            rows += _changes(counted, group.told, before, after, years)
    return results.table(rows, by=keys, words=["measure", "indicator", "change"])


def _years(counted: Count, table: pa.Table, year: str, times: Sequence[Flags]) -> float:
    when = numbers(table, year)
    means = [float(np.average(when[rows], weights=counted.design.weight[rows])) for rows in times]
    if not means[1] > means[0]:
        raise Unfit(f"{year} does not grow from the first time to the second")
    return means[1] - means[0]


def _parts(counted: Count) -> list[tuple[str, str | None, Floats, Floats]]:
    one = np.ones(len(counted.score))
    poor, censored = counted.poor.astype(np.float64), counted.censored
    return [
        ("H", None, poor, one),
        ("A", None, censored, poor),
        ("M0", None, censored, one),
        *(("censored_headcount", name, counted.deprived[name] * poor, one) for name in counted.indicators),
    ]


def _changes(
    counted: Count, key: dict[str, Any], before: Flags, after: Flags, years: float | None
) -> list[results.Row]:
    design, rows = counted.design, before | after
    found = []
    for measure, indicator, top, bottom in _parts(counted):
        first, u = design.ratio(top, bottom, before)
        last, v = design.ratio(top, bottom, after)
        for change, interval in _of_levels(counted, rows, (first, u), (last, v), years):
            found.append(
                results.row(
                    key, interval, rows=int(rows.sum()), measure=measure, indicator=indicator, change=change
                )
            )
    return found


def _of_levels(
    counted: Count, rows: Flags, first: tuple[float, Floats], last: tuple[float, Floats], years: float | None
) -> list[tuple[str, Interval]]:
    """Each kind of change with its error: linear in the two levels, so their linearised values combine."""
    design = counted.design
    (a, u), (b, v) = first, last
    made = [("absolute", b - a, v - u)]
    if years:
        made.append(("absolute_per_year", (b - a) / years, (v - u) / years))
    if a:
        growth = b / a
        made.append(("relative", growth - 1.0, v / a - u * b / a**2))
        if years:
            yearly = growth ** (1.0 / years)
            made.append(
                ("relative_per_year", yearly - 1.0, (yearly / years) * (v / b - u / a) if b else v * 0.0)
            )
    return [(name, design.plain(estimate, design.error(part), rows)) for name, estimate, part in made]
