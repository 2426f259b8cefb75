"""How a survey was drawn: strata, first-stage units, weights; and what that means for the error of an estimate.

Errors are those of linearisation (Taylor) with first-stage units taken as drawn with replacement within strata, which is
what survey software does by default. A domain (a group, a year) is measured within the whole design: units without a row in
it count as zero, they are not left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from scipy import special

from xiuhua.engine.measures.frames import Flags, Floats, Unfit, Whole, absent, codes, numbers

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An estimate with its standard error and a 95 % interval."""

    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Design:
    """Weights by row; stratum and unit of each row as numbers, units counted through over all strata."""

    weight: Floats
    stratum: Whole
    unit: Whole

    @classmethod
    def of(cls, table: pa.Table, *, weight: str | None, stratum: str | None, psu: str | None) -> Design:
        """The design that columns of a table tell. Without psu each row is a unit, without stratum there is one.

        Unfit for a weight that is missing, negative or not a number, a row of which the stratum or unit is not known, or a
        stratum with a single unit.
        """
        n = table.num_rows
        weights = numbers(table, weight) if weight else np.ones(n)
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise Unfit(f"{weight} has values that are no weights (missing, negative or not finite)")
        # The same number of a unit in two strata is two units.
        names = [name for name in (stratum, psu) if name]
        for name in names:
            if unknown := int(absent(table[name]).sum()):
                raise Unfit(
                    f"{unknown} rows have no {name}: together they would count as one; say where they were drawn"
                )
        strata = codes(table, [stratum])[0] if stratum else np.zeros(n, dtype=np.int64)
        made = cls(weights, strata, codes(table, names)[0] if psu else np.arange(n, dtype=np.int64))
        if names:
            made.must_have_pairs(stratum or "the whole")
        return made

    def must_have_pairs(self, name: str) -> None:
        """Unfit when a stratum has one unit only: its error cannot be known."""
        single = int((self.units_by_stratum == 1).sum())
        if single:
            raise Unfit(
                f"{single} strata of {name} have one unit only: join them with a neighbour before measuring"
            )

    @cached_property
    def stratum_of_unit(self) -> Whole:
        found = np.zeros(int(self.unit.max()) + 1 if len(self.unit) else 0, dtype=np.int64)
        found[self.unit] = self.stratum
        return found

    @cached_property
    def units_by_stratum(self) -> Whole:
        return np.bincount(self.stratum_of_unit)

    def degrees(self, rows: Flags | None = None) -> int:
        """Degrees of freedom: units less strata, of those that have a row in the domain."""
        unit = self.unit if rows is None else self.unit[rows]
        here = np.unique(unit)
        return int(len(here) - len(np.unique(self.stratum_of_unit[here])))

    def covariance(self, parts: Sequence[Floats]) -> Any:
        """Covariance of totals. parts: for each total its weighted linearised values by row (0 outside of the domain)."""
        k = len(self.stratum_of_unit)
        totals = np.stack([np.bincount(self.unit, part, minlength=k) for part in parts])
        per = self.units_by_stratum
        means = np.stack([np.bincount(self.stratum_of_unit, t, minlength=len(per)) for t in totals]) / per
        centred = totals - means[:, self.stratum_of_unit]
        factor = np.where(per > 1, per / np.maximum(per - 1, 1), 0.0)[self.stratum_of_unit]
        return (centred * factor) @ centred.T

    def ratio(self, top: Floats, bottom: Floats, rows: Flags) -> tuple[float, Floats]:
        """A ratio of two totals in a domain, and its weighted linearised values by row. nan where the bottom is nothing."""
        w = np.where(rows, self.weight, 0.0)
        below = float((w * bottom).sum())
        if below == 0.0:
            return float("nan"), np.zeros_like(w)
        estimate = float((w * top).sum()) / below
        return estimate, w * (top - estimate * bottom) / below

    def error(self, linearised: Floats) -> float:
        """Standard error of one estimate."""
        return float(np.sqrt(max(float(self.covariance([linearised])[0, 0]), 0.0)))

    def share(self, top: Floats, bottom: Floats, rows: Flags) -> Interval:
        """A ratio that lies between 0 and 1, with an interval that does too (logit; exact at 0 and 1)."""
        estimate, linearised = self.ratio(top, bottom, rows)
        return self.bounded(estimate, self.error(linearised), rows)

    def bounded(self, estimate: float, se: float, rows: Flags) -> Interval:
        """Interval on the logit scale with t of the domain's degrees of freedom.

        At 0 and 1 the logit has no interval: there the exact one of Clopper and Pearson for as many rows as the weights are
        worth (Kish), so that no household found is not said to be certainly none.
        """
        if np.isnan(estimate):
            return Interval(estimate, float("nan"), float("nan"), float("nan"))
        if estimate <= 0.0 or estimate >= 1.0:
            n = self.worth(rows)
            beyond = 1.0 - (1.0 - CONFIDENCE) / 2.0
            limit = float(1.0 - (1.0 - beyond) ** (1.0 / n)) if n > 0 else 1.0
            return (
                Interval(estimate, se, 0.0, limit)
                if estimate <= 0.0
                else Interval(estimate, se, 1.0 - limit, 1.0)
            )
        reach = self.quantile(rows) * se / (estimate * (1.0 - estimate))
        centre = float(special.logit(estimate))
        return Interval(
            estimate, se, float(special.expit(centre - reach)), float(special.expit(centre + reach))
        )

    def positive(self, estimate: float, se: float, rows: Flags) -> Interval:
        """Interval of what cannot be negative and has no upper bound: on the scale of its logarithm.

        Of nothing found there is no logarithm, and how much there may be is not known: no upper end, rather than certainly none.
        """
        if np.isnan(estimate) or estimate <= 0.0:
            return Interval(estimate, se, estimate, float("nan"))
        reach = self.quantile(rows) * se / estimate
        return Interval(estimate, se, float(estimate * np.exp(-reach)), float(estimate * np.exp(reach)))

    def plain(self, estimate: float, se: float, rows: Flags) -> Interval:
        """Symmetric interval with t: of a difference, say."""
        reach = self.quantile(rows) * se
        return Interval(estimate, se, estimate - reach, estimate + reach)

    def quantile(self, rows: Flags) -> float:
        """The t that 95 % needs for a domain; nan where no degree of freedom is left."""
        df = self.degrees(rows)
        return float(special.stdtrit(df, 1.0 - (1.0 - CONFIDENCE) / 2.0)) if df > 0 else float("nan")

    def worth(self, rows: Flags) -> float:
        """How many equally weighted rows the weighted ones are worth (Kish)."""
        w = self.weight[rows]
        square = float((w * w).sum())
        return float(w.sum()) ** 2 / square if square else 0.0
