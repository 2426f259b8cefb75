"""One welfare (income, spending) against a line, and how it is spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from xiuhua.engine.measures import results
from xiuhua.engine.measures.design import Design, Interval
from xiuhua.engine.measures.frames import (
    Flags,
    Floats,
    Missing,
    Unfit,
    chosen,
    complete,
    groups,
    keys_of,
    numbers,
    table_of,
)
from xiuhua.engine.shortfall import below_line

Zero = Literal["refuse", "no_part"]


def fgt(
    frame: Any,
    *,
    welfare: str,
    line: float | str,
    alpha: float | Sequence[float] = (0, 1, 2),
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    by: str | Sequence[str] = (),
    missing: Missing = "refuse",
) -> pa.Table:
    """Foster, Greer and Thorbecke: the mean of ((line - welfare) / line) ** alpha over who is below the line.

    alpha 0 is the headcount, 1 the poverty gap, 2 the squared gap. line: a number, or a column with each row's own. Who has
    exactly the line is not below it. A negative welfare counts with its own gap, above 1.

    Returns a table: the columns of `by`, whole (true: of all), measure ("fgt"), alpha, estimate, se, low, high, rows. Unfit says what
    cannot be measured. Source: Foster, Greer, Thorbecke 1984.
    """
    powers = _powers(alpha)
    table, usable, keys, y, z, design = _read(frame, welfare, line, weight, stratum, psu, by, missing)
    rows: list[results.Row] = []
    for group in groups(table, keys, usable):
        for a in powers:
            part = below_line(y, z, a)
            estimate, linearised = design.ratio(part, np.ones(len(y)), group.rows)
            within = float(part[group.rows].max(initial=0.0)) <= 1.0
            said = (design.bounded if within else design.positive)(
                estimate, design.error(linearised), group.rows
            )
            rows.append(
                results.row(group.told, said, rows=int(group.rows.sum()), measure="fgt", alpha=float(a))
            )
    return results.table(rows, by=keys, words=["measure", "alpha"])


def _powers(alpha: float | Sequence[float]) -> list[float]:
    several = isinstance(alpha, Iterable) and not isinstance(alpha, str)
    powers: list[Any] = list(alpha) if several else [alpha]  # type: ignore[arg-type]
    wrong = [one for one in powers if not isinstance(one, int | float | np.number) or not 0 <= one < np.inf]
    if wrong or not powers:
        raise Unfit(
            f"alpha is a number, 0 or above, or a list of them, and not {wrong[0] if wrong else alpha!r}"
        )
    return powers


def watts(
    frame: Any,
    *,
    welfare: str,
    line: float | str,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    by: str | Sequence[str] = (),
    missing: Missing = "refuse",
    zero: Zero = "refuse",
) -> pa.Table:
    """Watts: the mean of ln(line / welfare) over who is below the line, nothing for the others.

    Where nobody is below the line, how far below somebody may be is not known: the interval has no upper end (nan).
    A welfare of nothing has no logarithm. zero="no_part": such rows stay in the denominator and add nothing, as the World
    Bank's programs do; it makes the very poorest count less, so it must be asked for.
    """
    table, usable, keys, y, z, design = _read(frame, welfare, line, weight, stratum, psu, by, missing)
    nothing = usable & (y <= 0)
    if nothing.any() and zero == "refuse":
        raise Unfit(
            f"{int(nothing.sum())} rows have no welfare above 0: say zero='no_part' to let them add nothing"
        )
    part = np.zeros(len(y))
    below = usable & (y < z) & (y > 0)
    part[below] = np.log(z[below] / y[below])
    rows = []
    for group in groups(table, keys, usable):
        estimate, linearised = design.ratio(part, np.ones(len(y)), group.rows)
        said = design.positive(estimate, design.error(linearised), group.rows)
        rows.append(results.row(group.told, said, rows=int(group.rows.sum()), measure="watts"))
    return results.table(rows, by=keys, words=["measure"])


def gini(
    frame: Any,
    *,
    welfare: str,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    by: str | Sequence[str] = (),
    missing: Missing = "refuse",
) -> pa.Table:
    """Gini of a welfare that is nowhere negative: 0 when all have the same, near 1 when one has all.

    Error by linearisation of the weighted formula; rows of the same welfare share their rank.
    """
    table, usable, keys, y, _z, design = _read(frame, welfare, 1.0, weight, stratum, psu, by, missing)
    if (y[usable] < 0).any():
        raise Unfit("a welfare below 0: the Gini is not defined")
    rows = []
    for group in groups(table, keys, usable):
        estimate, linearised = _gini(y, design, group.rows)
        said: Interval = design.bounded(estimate, design.error(linearised), group.rows)
        rows.append(results.row(group.told, said, rows=int(group.rows.sum()), measure="gini"))
    return results.table(rows, by=keys, words=["measure"])


def _gini(y: Floats, design: Design, rows: Flags) -> tuple[float, Floats]:
    at = np.flatnonzero(rows)
    w, own = design.weight[at], y[at]
    people, total = float(w.sum()), float((w * own).sum())
    linearised = np.zeros(len(y))
    if not people or not total:
        return float("nan"), linearised
    # Ties share the middle of their ranks: the order in which they stand in a file must not matter.
    _values, rank = np.unique(own, return_inverse=True)
    by_value, worth = np.bincount(rank, w), np.bincount(rank, w * own)
    below = np.cumsum(by_value) - by_value
    middle = (below + by_value / 2.0)[rank]
    above = (total - np.cumsum(worth) + worth / 2.0)[rank]
    estimate = float(2.0 * (w * own * middle).sum() / (people * total) - 1.0)
    part = 2.0 * (own * middle + above) - (estimate + 1.0) * (total + people * own)
    linearised[at] = w * part / (people * total)
    return estimate, linearised


def _read(
    frame: Any,
    welfare: str,
    line: float | str,
    weight: str | None,
    stratum: str | None,
    psu: str | None,
    by: str | Sequence[str],
    missing: Missing,
) -> tuple[pa.Table, Flags, list[str], Floats, Floats, Design]:
    keys = keys_of(by)
    lines = [line] if isinstance(line, str) else []
    design_columns = [one for one in (weight, stratum, psu) if one]
    table = chosen(table_of(frame), [welfare, *lines, *keys, *design_columns])
    table, usable = complete(table, [welfare, *lines], missing)
    if not usable.any():
        raise Unfit(f"no row has a {welfare}: nothing can be measured")
    y = numbers(table, welfare)
    z = numbers(table, line) if isinstance(line, str) else np.full(len(y), _line(line))
    if not np.isfinite(y[usable]).all():
        raise Unfit(
            f"{int((~np.isfinite(y[usable])).sum())} rows have a {welfare} without end: no number to measure"
        )
    if not ((z[usable] > 0) & np.isfinite(z[usable])).all():
        raise Unfit("a line is above 0, and a finite number")
    y, z = np.where(usable, y, 0.0), np.where(usable, z, 1.0)
    return table, usable, keys, y, z, Design.of(table, weight=weight, stratum=stratum, psu=psu)


def _line(line: Any) -> float:
    try:
        return float(line)
    except (TypeError, ValueError, OverflowError) as wrong:
        raise Unfit(f"a line is a number, or a column with each row's own, and not {line!r}") from wrong
