"""Counting deprivations: a case by hand, the cut-off's edge in exact numbers, a published survey, what is missing."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as csv
import pytest

from xiuhua.engine.measures import Unfit, alkire_foster, alkire_foster_change

DATA = Path(__file__).resolve().parents[3] / "shared" / "reference" / "data"
NESTED = {
    "health": ["d_nutr", "d_cm"],
    "education": ["d_satt", "d_educ"],
    "living": ["d_elct", "d_sani", "d_wtr", "d_hsg", "d_ckfl", "d_asst"],
}
TEN = [name for names in NESTED.values() for name in names]
# Five people, four deprivations of equal weight: the three with two or more are poor at k = 1/2.
FIVE = {
    "a": [1, 1, 0, 1, 0],
    "b": [0, 1, 0, 0, 1],
    "c": [1, 1, 0, 1, 0],
    "d": [0, 1, 0, 0, 0],
    "village": ["east", "east", "west", "west", "west"],
}


def told(found: pa.Table, measure: str, indicator: str | None = None, **key: Any) -> dict[str, Any]:
    """The one row of a result that is meant."""
    rows = [
        row
        for row in found.to_pylist()
        if row["measure"] == measure
        and row["indicator"] == indicator
        and all(row[k] == v for k, v in key.items())
    ]
    assert len(rows) == 1, (measure, indicator, key)
    return rows[0]


def test_a_case_by_hand() -> None:
    found = alkire_foster(pa.table(FIVE), indicators=["a", "b", "c", "d"], k="1/2", by="village")
    whole = {"village": None}
    # Scores 2, 4, 0, 2, 1 of 4. Poor: three of five; their shares 0.5, 1, 0.5.
    assert told(found, "H", **whole)["estimate"] == pytest.approx(3 / 5)
    assert told(found, "A", **whole)["estimate"] == pytest.approx(2 / 3)
    assert told(found, "M0", **whole)["estimate"] == pytest.approx(2 / 5)
    for indicator, all_, poor in (("a", 3, 3), ("b", 2, 1), ("c", 3, 3), ("d", 1, 1)):
        assert told(found, "headcount", indicator, **whole)["estimate"] == pytest.approx(all_ / 5)
        assert told(found, "censored_headcount", indicator, **whole)["estimate"] == pytest.approx(poor / 5)
        share = told(found, "contribution", indicator, **whole)["estimate"]
        assert share == pytest.approx((poor / 5 / 4) / (2 / 5))
    # Groups make up the whole, weighted by their people.
    east, west = ({"village": name} for name in ("east", "west"))
    assert told(found, "M0", **east)["estimate"] == pytest.approx(3 / 4)
    assert told(found, "M0", **west)["estimate"] == pytest.approx(1 / 6)
    assert told(found, "population_share", **east)["estimate"] == pytest.approx(2 / 5)
    assert pytest.approx(2 / 5) == 2 / 5 * 3 / 4 + 3 / 5 * 1 / 6


# Five people, four deprivations of equal weight, two groups: made here to the published figures of a textbook case, in
# which three are poor at one half.
TEXTBOOK = {
    "a": [1, 0, 1, 0, 1],
    "b": [0, 1, 0, 1, 0],
    "c": [1, 0, 1, 1, 0],
    "d": [0, 0, 1, 0, 0],
    "group": [1, 1, 2, 2, 2],
}


def test_a_textbook_s_case() -> None:
    found = alkire_foster(pa.table(TEXTBOOK), indicators=["a", "b", "c", "d"], k="1/2", by="group")
    whole = {"group": None}
    for measure, published in (("M0", 0.35), ("H", 0.6), ("A", 0.5833)):
        assert told(found, measure, **whole)["estimate"] == pytest.approx(published, abs=5e-5)
    for measure, published in (
        ("headcount", (0.6, 0.4, 0.6, 0.2)),
        ("censored_headcount", (0.4, 0.2, 0.6, 0.2)),
    ):
        estimates = [told(found, measure, one, **whole)["estimate"] for one in "abcd"]
        assert estimates == pytest.approx(published)
    for group, m0, share in ((1, 0.25, 0.4), (2, 0.4166, 0.6)):
        assert told(found, "M0", group=group)["estimate"] == pytest.approx(m0, abs=1e-4)
        assert told(found, "population_share", group=group)["estimate"] == pytest.approx(share)


@pytest.mark.parametrize(
    ("k", "poor"),
    [(20, 978), (25, 939), (33, 873), (40, 690), (50, 576), (60, 334), (66, 238), (75, 85), (100, 1)],
)
def test_who_stands_on_the_cut_off_is_poor_whatever_a_float_makes_of_it(k: int, poor: int) -> None:
    patterns = pa.table(
        dict(zip(TEN, np.array(list(product([0, 1], repeat=10)), dtype=np.int8).T, strict=True))
    )
    as_floats = {name: (1 / 6 if i < 4 else 1 / 18) for i, name in enumerate(TEN)}
    as_words = ["1/6"] * 4 + ["1/18"] * 6
    for weights in (None, as_floats, as_words):
        indicators: Any = NESTED if weights is None else TEN
        for cut in (k, k / 100, Fraction(k, 100), f"{k}/100"):
            found = alkire_foster(patterns, indicators=indicators, weights=weights, k=cut)
            assert told(found, "H")["estimate"] * 1024 == pytest.approx(poor, abs=1e-9), (weights, cut)


def test_a_third_is_not_thirty_three_percent() -> None:
    patterns = pa.table(
        {name: [1 if i in poor else 0 for poor in ((0, 1), (0,))] for i, name in enumerate("abc")}
    )
    # One of three weighs 33.3 %: at 33 % the second is poor, and at 1/3 too, being on it; at 34 % no more.
    for k, share in ((33, 1.0), ("1/3", 1.0), (1 / 3, 1.0), (34, 0.5)):
        found = alkire_foster(patterns, indicators=["a", "b", "c"], k=k)
        assert told(found, "H")["estimate"] == pytest.approx(share), k


@pytest.mark.skipif(not DATA.is_dir(), reason="the published survey does not lie beside the project")
@pytest.mark.parametrize("kind", ["arrow", "polars", "pandas"])
def test_a_published_survey(kind: str) -> None:
    frame: Any = csv.read_csv(
        DATA / "syn_cdta.csv.gz", convert_options=csv.ConvertOptions(null_values=["NA", ""])
    )
    frame = {"arrow": lambda t: t, "polars": pl.from_arrow, "pandas": lambda t: t.to_pandas()}[kind](frame)
    design = {"stratum": "stratum", "psu": "psu", "weight": "weight"}
    with pytest.raises(Unfit, match=r"d_nutr: 82.*d_satt: 37"):
        alkire_foster(frame, indicators=NESTED, k=33, by="t", **design)
    found = alkire_foster(frame, indicators=NESTED, k=33, by="t", missing="drop", **design)
    published = {
        ("M0", 1): (0.14241622600, 0.00248591763, 0.13760345, 0.14736856),
        ("M0", 2): (0.09395129498, 0.00195460667, 0.09018221, 0.09786096),
        ("H", 1): (0.33521657250, 0.00554180863, 0.32442178, 0.34618649),
        ("H", 2): (0.23082072567, 0.00473817305, 0.22164674, 0.24025721),
        ("A", 1): (0.42484840378, 0.00185974916, 0.42120012, 0.42850489),
        ("A", 2): (0.40703145141, 0.00193457348, 0.40323768, 0.41083634),
    }
    for (measure, time), (estimate, se, low, high) in published.items():
        one = told(found, measure, t=time)
        assert one["estimate"] == pytest.approx(estimate, abs=1e-8)
        assert one["se"] == pytest.approx(se, abs=1e-7)
        assert (one["low"], one["high"]) == (pytest.approx(low, abs=1e-7), pytest.approx(high, abs=1e-7))
    change = alkire_foster_change(
        frame, indicators=NESTED, k=33, time="t", year="year", missing="drop", **design
    ).to_pylist()
    by_kind = {(row["measure"], row["change"]): row for row in change if row["indicator"] is None}
    fall = by_kind["H", "absolute"]
    assert fall["estimate"] == pytest.approx(0.23082072567 - 0.33521657250, abs=1e-8)
    # The two times are other units of the same strata here: nearly, but not quite, independent.
    assert fall["se"] == pytest.approx(np.hypot(0.00554180863, 0.00473817305), rel=0.1)
    assert by_kind["H", "absolute_per_year"]["estimate"] == pytest.approx(fall["estimate"] / 8.5, abs=1e-12)
    yearly = by_kind["H", "relative_per_year"]["estimate"]
    assert (1 + yearly) ** 8.5 == pytest.approx(0.23082072567 / 0.33521657250, abs=1e-8)


def test_the_error_of_a_change_by_hand() -> None:
    """Four first-stage units in two strata, two rows of each at both times: poor 2, 1, 1, 0 of two, then 1, 1, 0, 0."""
    rows = [
        {
            "h": "x" if unit < 2 else "z",
            "p": unit,
            "t": time,
            "year": 2014 + 2 * time,
            "poor": int(at < poor[time]),
        }
        for unit, poor in enumerate([(2, 1), (1, 1), (1, 0), (0, 0)])
        for time in (0, 1)
        for at in (0, 1)
    ]
    found = alkire_foster_change(
        pa.Table.from_pylist(rows), indicators=["poor"], k=1, time="t", year="year", stratum="h", psu="p"
    )  # fmt: skip
    by_kind = {row["change"]: row for row in found.to_pylist() if row["measure"] == "H"}
    # Each unit's part of H by time is (poor - 2 H) / 8. The change: -1/16, 1/16 | -1/16, 1/16; within a stratum of two,
    # variance is the square of their difference. Relative: 0, 1/8 | -1/8, 0. A year: 1/2 ** 1/2 / 2 * (0, 1/4 | -1/4, 0).
    for change, estimate, se in (
        ("absolute", -1 / 4, np.sqrt(2) / 8),
        ("absolute_per_year", -1 / 8, np.sqrt(2) / 16),
        ("relative", -1 / 2, np.sqrt(2) / 8),
        ("relative_per_year", np.sqrt(1 / 2) - 1, 1 / 8),
    ):
        assert by_kind[change]["estimate"] == pytest.approx(estimate, abs=1e-12), change
        assert by_kind[change]["se"] == pytest.approx(se, abs=1e-12), change


def test_what_is_missing_is_never_quietly_not_poor() -> None:
    frame = pa.table({"a": [1, None, 0, 1], "b": [1, 1, 0, None]})
    with pytest.raises(Unfit, match="missing"):
        alkire_foster(frame, indicators=["a", "b"], k=1)
    shares = {
        missing: told(alkire_foster(frame, indicators=["a", "b"], k=1, missing=missing), "H")
        for missing in ("drop", "deprived", "not_deprived")  # type: ignore[arg-type]
    }
    assert shares["drop"]["estimate"] == pytest.approx(1 / 2) and shares["drop"]["rows"] == 2
    assert shares["deprived"]["estimate"] == pytest.approx(3 / 4)
    assert shares["not_deprived"]["estimate"] == pytest.approx(1 / 4)
    nan = pd.DataFrame({"a": [1.0, np.nan], "b": [1.0, 1.0]})
    with pytest.raises(Unfit, match="'refuse' or 'drop' or 'deprived' or 'not_deprived'"):
        alkire_foster(frame, indicators=["a", "b"], k=1, missing="ignore")  # type: ignore[arg-type]
    with pytest.raises(Unfit, match="a: 1"):
        alkire_foster(nan, indicators=["a", "b"], k=1)


def test_nobody_found_is_not_certainly_nobody() -> None:
    frame = pa.table({"a": [0] * 60, "b": [0] * 60})
    one = told(alkire_foster(frame, indicators=["a", "b"], k=1), "H")
    assert one["estimate"] == 0 and one["low"] == 0
    assert one["high"] == pytest.approx(1 - 0.025 ** (1 / 60))
    assert np.isnan(told(alkire_foster(frame, indicators=["a", "b"], k=1), "A")["estimate"])


def test_the_frame_stays_as_it_was() -> None:
    frame = pd.DataFrame(FIVE)
    before = frame.copy()
    alkire_foster(frame, indicators=["a", "b", "c", "d"], k=50)
    assert frame.equals(before)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"k": 0}, "no share"),
        ({"k": 101}, "no share"),
        ({"k": "much"}, "not a number"),
        ({"weights": [1, 2]}, "2 weights for 4"),
        ({"weights": {"a": 1}}, "differ"),
        ({"weights": [1, 1, 1, 0]}, "above 0"),
        ({"indicators": ["a", "a"]}, "each one once"),
        ({"indicators": ["a", "z"]}, "no column z"),
        ({"indicators": ["a", "village"]}, "not a number"),
        ({"psu": "village"}, "one unit only"),
    ],
)
def test_what_cannot_be_measured_is_said(more: dict[str, Any], says: str) -> None:
    frame = pa.table({**FIVE, "stratum": ["x", "x", "y", "y", "y"]})
    if "psu" in more:
        more = {**more, "stratum": "stratum"}
        frame = frame.set_column(frame.column_names.index("village"), "village", [["p", "p", "q", "r", "r"]])
    with pytest.raises(Unfit, match=says):
        alkire_foster(frame, **{"indicators": ["a", "b", "c", "d"], "k": 50, **more})
    with pytest.raises(Unfit, match="no frame"):
        alkire_foster([1, 2], indicators=["a"], k=1)
