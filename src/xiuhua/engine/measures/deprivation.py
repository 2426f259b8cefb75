"""Many deprivations at once: counting by Alkire and Foster.

Weights and the cut-off are exact fractions turned into whole numbers before anything is compared: with floats the sum of
1/6, 1/6, 1/18, 1/18, 1/18 is not a half, and a person exactly on the cut-off falls to whichever side the rounding falls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, get_args

import numpy as np
import pyarrow as pa

from xiuhua.engine.measures import results
from xiuhua.engine.measures.design import Design, Interval
from xiuhua.engine.measures.frames import (
    Flags,
    Floats,
    Unfit,
    Unknown,
    Whole,
    chosen,
    complete,
    groups,
    keys_of,
    listed,
    must_be,
    numbers,
    table_of,
)

Number = int | float | str | Fraction
# Scores are sums of whole weights in 64 bits, and shares of them floats.
MOST = 2**63 - 1
Indicators = Sequence[str] | Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Count:
    """What counting gave for every row: `score` and `cut` in whole units of `total` weights; `deprived` by indicator."""

    indicators: list[str]
    units: dict[str, int]
    total: int
    cut: int
    deprived: dict[str, Flags]
    score: Whole
    design: Design
    usable: Flags

    @property
    def poor(self) -> Flags:
        return self.score >= self.cut

    @property
    def censored(self) -> Floats:
        """Each row's share of deprivations, nothing for who is not poor."""
        return np.where(self.poor, self.score / self.total, 0.0)


def alkire_foster(
    frame: Any,
    *,
    indicators: Indicators,
    k: Number,
    weights: Mapping[str, Number] | Sequence[Number] | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    by: str | Sequence[str] = (),
    missing: Unknown = "refuse",
) -> pa.Table:
    """H, A, M0 and, by indicator, uncensored and censored headcounts and contributions; of all and of each group.

    indicators: names of columns (true or 1: deprived), or dimensions with their columns, which then weigh alike and nested.
    weights: by indicator, any positive numbers; their sum is the whole. k: the share of the whole from which on somebody
    is poor, "1/3" or 0.33; above 1 it is percent, 33 (and 33 is not 1/3). Who has exactly the share is poor.
    stratum, psu, weight: the survey's design. by: columns that make groups; a group is a domain of the whole design.
    missing: "refuse"; "drop" leaves out rows that lack an indicator; "deprived" and "not_deprived" count what is missing so:
    measured both ways, they are the bounds of what is not known.

    Returns a table: the columns of `by`, whole (true: of all), measure (H, A, M0, headcount, censored_headcount, contribution,
    population_share), indicator, estimate, se, low, high, rows. Shares lie between 0 and 1; contributions sum to 1. Unfit says
    what cannot be measured. Source: Alkire and Foster 2011; errors by linearisation, intervals by logit with t.
    """
    keys = keys_of(by)
    counted, table = count(
        frame, indicators=indicators, k=k, weights=weights, stratum=stratum, psu=psu, weight=weight, more=keys, missing=missing
    )  # fmt: skip
    rows: list[results.Row] = []
    for group in groups(table, keys, counted.usable):
        rows += _measures(counted, group.told, group.rows)
    return results.table(rows, by=keys, words=["measure", "indicator"])


def count(
    frame: Any,
    *,
    indicators: Indicators,
    k: Number,
    weights: Mapping[str, Number] | Sequence[Number] | None,
    stratum: str | None,
    psu: str | None,
    weight: str | None,
    more: Sequence[str],
    missing: Unknown,
) -> tuple[Count, pa.Table]:
    """Scores of every row, and the table of the columns that were needed."""
    names, units = whole_weights(indicators, weights)
    wanted = [*names, *more, *(one for one in (stratum, psu, weight) if one)]
    must_be(missing, get_args(Unknown))
    table = chosen(table_of(frame), wanted)
    usable = np.ones(table.num_rows, dtype=bool)
    if missing not in ("deprived", "not_deprived"):
        table, usable = complete(table, names, "drop" if missing == "drop" else "refuse")
    if not usable.any():
        raise Unfit("no row has all indicators: nothing can be measured")
    total = sum(units.values())
    share = cut_off(k)
    # The smallest whole score that reaches the share.
    cut = -(-share.numerator * total // share.denominator)
    deprived, score = {}, np.zeros(table.num_rows, dtype=np.int64)
    for name in names:
        deprived[name] = _flags(table, name, usable, missing)
        score += np.where(deprived[name], units[name], 0)
    design = Design.of(table, weight=weight, stratum=stratum, psu=psu)
    return Count(names, units, total, max(cut, 1), deprived, score, design, usable), table


def _flags(table: pa.Table, name: str, usable: Flags, missing: Unknown) -> Flags:
    values = numbers(table, name)
    if missing in ("deprived", "not_deprived"):
        values = np.where(np.isnan(values), float(missing == "deprived"), values)
    if not np.isin(values[usable], (0.0, 1.0)).all():
        raise Unfit(f"{name} has other values than 0 and 1: an indicator says deprived or not")
    return usable & (values == 1.0)


def exact(number: Number) -> Fraction:
    """A number as the fraction that was meant: 1/6 written as a float is 1/6. Unfit for what is none."""
    try:
        if isinstance(number, float | np.floating):
            near = Fraction(float(number)).limit_denominator(10_000)
            close = abs(float(near) - float(number)) <= 1e-12 * max(1.0, abs(float(number)))
            return near if close else Fraction(str(float(number)))
        return Fraction(str(number))
    except (ValueError, ZeroDivisionError, OverflowError) as wrong:
        raise Unfit(f"{number!r} is not a number") from wrong


def cut_off(k: Number) -> Fraction:
    """The share from which on somebody is poor, above nothing up to all. Above 1 it was given in percent."""
    share = exact(k)
    share = share / 100 if share > 1 else share
    if not 0 < share <= 1:
        raise Unfit(f"a cut-off of {k} is no share: give one above 0 up to 1, or percent up to 100")
    return share


def whole_weights(
    indicators: Indicators, weights: Mapping[str, Number] | Sequence[Number] | None
) -> tuple[list[str], dict[str, int]]:
    """Names of the indicators and their weights as whole numbers of one unit. Unfit for weights that no such numbers can say."""
    if isinstance(indicators, Mapping):
        dimensions = [listed(f"the dimension {name}", members) for name, members in indicators.items()]
        names = [name for members in dimensions for name in members]
        nested = {
            name: Fraction(1, len(dimensions) * len(members)) for members in dimensions for name in members
        }
    else:
        names = listed("indicators", indicators)
        nested = {name: Fraction(1) for name in names}
    if not names or len(set(names)) != len(names):
        raise Unfit("give at least one indicator, and each one once")
    if weights is None:
        said = nested
    elif isinstance(weights, Mapping):
        if set(weights) != set(names):
            raise Unfit(
                f"weights and indicators differ: {', '.join(sorted(map(str, set(weights) ^ set(names))))}"
            )
        said = {name: exact(weights[name]) for name in names}
    else:
        if isinstance(weights, str) or not isinstance(weights, Sequence | np.ndarray):
            raise Unfit(
                f"weights is {weights!r}: give a number for each indicator, by its name or in their order"
            )
        if len(weights) != len(names):
            raise Unfit(f"{len(weights)} weights for {len(names)} indicators")
        said = {name: exact(one) for name, one in zip(names, weights, strict=True)}
    if any(one <= 0 for one in said.values()):
        raise Unfit("a weight is a number above 0")
    unit = lcm(*(one.denominator for one in said.values()))
    units = {name: int(one * unit) for name, one in said.items()}
    part = gcd(*units.values())
    units = {name: one // part for name, one in units.items()}
    if sum(units.values()) > MOST:
        raise Unfit(
            "these weights have no common unit that 63 bits hold: give rounder ones, or whole numbers"
        )
    return names, units


def _measures(counted: Count, key: dict[str, Any], rows: Flags) -> list[results.Row]:
    design, n = counted.design, int(rows.sum())
    one = np.ones(len(rows))
    poor, censored = counted.poor.astype(np.float64), counted.censored
    found: list[tuple[str, str | None, Interval]] = [
        ("H", None, design.share(poor, one, rows)),
        ("A", None, design.share(censored, poor, rows)),
        ("M0", None, design.share(censored, one, rows)),
        ("population_share", None, design.share(rows.astype(np.float64), one, counted.usable)),
    ]
    for name in counted.indicators:
        lacks = counted.deprived[name].astype(np.float64)
        part = lacks * poor
        found += [
            ("headcount", name, design.share(lacks, one, rows)),
            # Of everybody, not of the poor.
            ("censored_headcount", name, design.share(part, one, rows)),
            (
                "contribution",
                name,
                design.share(part * (counted.units[name] / counted.total), censored, rows),
            ),
        ]
    return [results.row(key, interval, rows=n, measure=m, indicator=i) for m, i, interval in found]
