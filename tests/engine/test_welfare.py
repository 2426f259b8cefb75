"""Welfare against a line: published figures, small cases by hand, errors against leaving units out one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.engine.measures import Unfit, fgt, gini, watts

FIXTURE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "data" / "wbpip_synth1.csv"


def estimates(found: pa.Table) -> list[float]:
    return [row["estimate"] for row in found.to_pylist()]


@pytest.mark.skipif(not FIXTURE.is_file(), reason="the published data do not lie beside the project")
def test_published_figures_of_the_world_banks_programs() -> None:
    frame = csv.read_csv(FIXTURE)
    line = float(np.mean(frame["welfare"].to_numpy()))
    assert line == pytest.approx(3617167.627, abs=1e-3)
    said = {"welfare": "welfare", "line": line, "weight": "weight"}
    assert estimates(fgt(frame, **said)) == [
        pytest.approx(published, abs=1e-6) for published in (0.7333513, 0.3957584, 0.2534849)
    ]
    with pytest.raises(Unfit, match="1 rows have no welfare above 0"):
        watts(frame, **said)
    assert estimates(watts(frame, **said, zero="no_part")) == [pytest.approx(0.6899868, abs=1e-6)]
    assert estimates(gini(frame, welfare="welfare", weight="weight")) == [pytest.approx(0.5147999, abs=1e-6)]


def test_small_cases_by_hand() -> None:
    zeros = pa.table({"y": [0.0] * 10})
    assert estimates(fgt(zeros, welfare="y", line=12)) == [1.0, 1.0, 1.0]
    assert estimates(gini(pa.table({"y": [0.0] * 99 + [100.0]}), welfare="y")) == [pytest.approx(0.99)]
    assert estimates(gini(pa.table({"y": [5.0] * 7}), welfare="y")) == [pytest.approx(0.0, abs=1e-12)]
    # Incomes in fen against 2,952 yuan: exactly on the line is not below it.
    three = pa.table({"y": [295_200, 295_199, 147_600], "z": [295_200] * 3})
    found = fgt(three, welfare="y", line="z")
    assert estimates(found) == [
        pytest.approx(2 / 3), pytest.approx((1 / 295_200 + 0.5) / 3), pytest.approx(((1 / 295_200) ** 2 + 0.25) / 3),
    ]  # fmt: skip
    assert estimates(watts(three, welfare="y", line="z")) == [
        pytest.approx((np.log(295_200 / 295_199) + np.log(2)) / 3)
    ]


def test_groups_are_domains_of_the_whole_design() -> None:
    frame = pa.table(
        {
            "y": [1, 9, 1, 9, 1, 1, 9, 9],
            "place": ["a", "b"] * 4,
            "h": [1, 1, 1, 1, 2, 2, 2, 2],
            "p": [1, 1, 2, 2, 3, 3, 4, 4],
        }
    )
    found = fgt(frame, welfare="y", line=5, alpha=0, by="place", stratum="h", psu="p").to_pylist()
    assert [(row["place"], row["estimate"], row["rows"]) for row in found] == [
        (None, 0.5, 8),
        ("a", 0.75, 4),
        ("b", 0.25, 4),
    ]
    # By hand: within "a" the units 1, 2, 3 hold one poor each, unit 4 none; linearised (y - 3/4) / 4 by unit.
    u = np.array([0.25, 0.25, 0.25, -0.75]) / 4
    variance = sum(2 * ((part - part.mean()) ** 2).sum() for part in (u[:2], u[2:]))
    assert found[1]["se"] == pytest.approx(np.sqrt(variance))


@pytest.mark.parametrize("kind", ["text", "arrow categories", "pandas categories", "polars categories"])
def test_a_group_that_is_not_known_is_told_apart_from_the_whole(kind: str) -> None:
    place = pa.array(["a", None, "b", None])
    frame: Any = pa.table(
        {"y": [1, 1, 9, 9], "place": place.dictionary_encode() if "arrow" in kind else place}
    )
    if "pandas" in kind:
        frame = frame.to_pandas().astype({"place": "category"})
    elif "polars" in kind:
        frame = pl.from_arrow(frame).with_columns(pl.col("place").cast(pl.Categorical))  # type: ignore[union-attr]
    found = fgt(frame, welfare="y", line=5, alpha=np.int64(0), by="place").to_pylist()
    assert [(row["place"], row["whole"], row["estimate"], row["rows"]) for row in found] == [
        (None, True, 0.5, 4), ("a", False, 1.0, 1), ("b", False, 0.0, 1), (None, False, 0.5, 2),
    ]  # fmt: skip


def test_nobody_below_the_line_is_not_certainly_nobody() -> None:
    one = watts(pa.table({"y": [9.0] * 20}), welfare="y", line=5).to_pylist()[0]
    assert (one["estimate"], one["low"]) == (0.0, 0.0) and np.isnan(one["high"])
    one = fgt(pa.table({"y": [9.0] * 20}), welfare="y", line=5, alpha=0).to_pylist()[0]
    assert (one["estimate"], one["low"]) == (0.0, 0.0) and one["high"] == pytest.approx(1 - 0.025 ** (1 / 20))


def jackknife(frame: pa.Table, measure: Any) -> float:
    """Standard error by leaving out one first-stage unit of a stratum after the other."""
    h, p, w = (frame[name].to_numpy() for name in ("h", "p", "w"))
    whole, variance = measure(w), 0.0
    for stratum in np.unique(h):
        units = np.unique(p[h == stratum])
        n = len(units)
        for unit in units:
            here = h == stratum
            left = np.where(here & (p == unit), 0.0, np.where(here, w * n / (n - 1), w))
            variance += (n - 1) / n * (measure(left) - whole) ** 2
    return float(np.sqrt(variance))


def test_errors_agree_with_leaving_units_out() -> None:
    rng = np.random.default_rng(20161130)
    n = 3000
    effect = rng.normal(0, 0.4, 60)
    unit = rng.integers(0, 60, n)
    frame = pa.table(
        {
            "y": np.round(np.exp(rng.normal(8, 0.8, n) + effect[unit])), "p": unit, "h": unit // 15, "w": rng.uniform(1, 4, n),
        }
    )  # fmt: skip
    design = {"welfare": "y", "weight": "w", "stratum": "h", "psu": "p"}

    def again(which: Any, **more: Any) -> Any:
        def measure(w: Any) -> float:
            other = frame.set_column(frame.column_names.index("w"), "w", [w])
            return float(which(other, **design, **more).to_pylist()[0]["estimate"])

        return measure

    for which, more in ((fgt, {"line": 2952.0, "alpha": 1}), (watts, {"line": 2952.0}), (gini, {})):
        told = which(frame, **design, **more).to_pylist()[0]["se"]  # type: ignore[operator]
        assert told == pytest.approx(jackknife(frame, again(which, **more)), rel=0.03), which


@given(
    st.lists(st.integers(1, 10**9), min_size=2, max_size=40),
    st.integers(1, 10**9),
    st.randoms(use_true_random=False),
)
def test_what_must_hold_of_any_incomes(incomes: list[int], line: int, random: Any) -> None:
    frame = pa.table({"y": incomes})
    head, gap, squared = estimates(fgt(frame, welfare="y", line=line))
    assert 0 <= squared <= gap <= head <= 1
    assert head == pytest.approx(sum(y < line for y in incomes) / len(incomes))
    g = estimates(gini(frame, welfare="y"))[0]
    assert -1e-9 <= g < 1
    shuffled = random.sample(incomes, len(incomes))
    assert estimates(gini(pa.table({"y": shuffled}), welfare="y"))[0] == pytest.approx(g, abs=1e-9)
    # Of the same everybody, twice: nothing changes.
    assert estimates(gini(pa.table({"y": incomes * 2}), welfare="y"))[0] == pytest.approx(g, abs=1e-9)


def test_what_cannot_be_measured_is_said() -> None:
    for y, more, says in (
        ([1.0, None], {}, "missing"),
        ([1.0, -2.0], {"gini": True}, "not defined"),
        ([1.0, 2.0], {"line": 0}, "above 0"),
        ([1.0, 2.0], {"line": float("inf")}, "finite"),
        ([1.0, float("-inf")], {}, "1 rows have a y without end"),
        ([1.0, float("inf")], {"gini": True}, "without end"),
        ([1.0, 2.0], {"alpha": -1}, "0 or above"),
        ([1.0, 2.0], {"alpha": float("nan")}, "0 or above"),
    ):
        frame = pa.table({"y": pa.array(y)})
        with pytest.raises(Unfit, match=says):
            if more.pop("gini", None):
                gini(frame, welfare="y")
            else:
                fgt(frame, welfare="y", **{"line": 5, **more})
    drawn = pa.table({"y": [1.0, 9, 1], "h": [1, 1, 2], "p": ["a", None, "b"], "n": [1.0, float("nan"), 1.0]})
    for more, says in (
        ({"stratum": "h"}, "1 strata of h have one unit only"),
        ({"psu": "p"}, "1 rows have no p"),
        ({"stratum": "n"}, "1 rows have no n"),
        ({"missing": "ignore"}, "'refuse' or 'drop'"),
        ({"missing": "not_deprived"}, "'refuse' or 'drop'"),
    ):
        with pytest.raises(Unfit, match=says):
            fgt(drawn, welfare="y", line=5, **more)
    with pytest.raises(Unfit, match="no weights"):
        fgt(pa.table({"y": [1.0], "w": [-1.0]}), welfare="y", line=5, weight="w")
