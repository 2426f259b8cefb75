"""What cannot be measured is said in words, whatever was given: no letters taken for columns, no error of another library."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from xiuhua.engine.measures import Unfit, alkire_foster, alkire_foster_change, fgt, gini, watts

LACKS = {
    "a": [1, 1, 0, 1],
    "b": [0, 1, 0, 0],
    "year": [2014, 2014, 2017, 2017],
    "village": ["e", "w", "e", "w"],
}
INCOMES = {"income": [1000, 2000, 3000, 4000], "own": [1.0, 2.0, 3.0, 4.0], "many": [[1], [2], [3], [4]]}
TWICE = pa.Table.from_arrays([pa.array([1, 0]), pa.array([0, 1])], ["a", "a"])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"indicators": "ab"}, "indicators is 'ab': give a list"),
        ({"indicators": 2}, "indicators is 2: give a list"),
        ({"indicators": ["a", 2]}, "has 2, which is no name"),
        ({"indicators": {"health": "ab"}}, "the dimension health is 'ab'"),
        ({"weights": "12"}, "weights is '12': give a number for each"),
        ({"weights": 5}, "weights is 5: give a number for each"),
        ({"weights": {"a": 1, 2: 1}}, "weights and indicators differ: 2, b"),
        ({"weights": [Fraction(1, 2**64 - 1), Fraction(1, 2**31 - 1)]}, "no common unit that 63 bits hold"),
        ({"weights": [1, 2**64]}, "no common unit that 63 bits hold"),
        ({"by": 3}, "by is 3: give a list"),
        ({"by": ["village", None]}, "by has None, which is no name"),
        ({"by": ["village", "village"]}, "by names a column twice: village, village"),
        ({"psu": 7}, "7 is no name of a column"),
    ],
)
def test_of_deprivations(more: dict[str, Any], says: str) -> None:
    given = {"indicators": ["a", "b"], "k": "1/2"} | more
    with pytest.raises(Unfit, match=says):
        alkire_foster(pa.table(LACKS), **given)
    with pytest.raises(Unfit, match=says):
        alkire_foster_change(pa.table(LACKS), time="year", **given)


def test_weights_that_are_large_and_round_are_weights() -> None:
    one, other = (
        alkire_foster(pa.table(LACKS), indicators=["a", "b"], k="1/2", weights=weights)
        for weights in ([1, 2], [2**64, 2**65])
    )
    assert one == other


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"line": None}, "a line is a number, or a column with each row's own, and not None"),
        ({"line": [2000]}, r"and not \[2000\]"),
        ({"alpha": "1"}, "alpha is a number, 0 or above, or a list of them, and not '1'"),
        ({"alpha": ["1"]}, "alpha is a number"),
        ({"alpha": []}, r"alpha is a number, 0 or above, or a list of them, and not \[\]"),
        ({"alpha": None}, "and not None"),
        ({"alpha": [0, -1]}, "and not -1"),
        ({"welfare": None}, "None is no name of a column"),
        ({"by": "many"}, r"many is list<item: int64>: rows cannot be put together by it"),
    ],
)
def test_of_a_welfare(more: dict[str, Any], says: str) -> None:
    with pytest.raises(Unfit, match=says):
        fgt(pa.table(INCOMES), **({"welfare": "income", "line": 2500} | more))


def test_numbers_that_floats_cannot_tell_apart() -> None:
    frame = pa.table({"income": [1, 2**53 + 1]})
    for act in (
        lambda: fgt(frame, welfare="income", line=2),
        lambda: watts(frame, welfare="income", line=2),
        lambda: gini(frame, welfare="income"),
    ):
        with pytest.raises(Unfit, match="income has numbers beyond 9,007,199,254,740,992"):
            act()


@pytest.mark.parametrize("frame", [TWICE, pd.DataFrame([[1, 0], [0, 1]], columns=["a", "a"])])
def test_a_column_twice(frame: Any) -> None:
    with pytest.raises(Unfit, match=r"2 columns a: rename|cannot be read: Duplicate column names"):
        alkire_foster(frame, indicators=["a"], k=1)
    with pytest.raises(Unfit, match=r"2 columns a: rename|cannot be read: Duplicate column names"):
        fgt(frame, welfare="a", line=1)
