"""Withheld counts by hand, and how long a county takes."""

from __future__ import annotations

import random
import time

import pytest

from xiuhua.engine.disclosure import TOTAL, protect


def test_a_small_count_takes_one_of_its_row_and_two_of_another_with_it() -> None:
    table = protect({"a": {"x": 1, "y": 30}, "b": {"x": 0, "y": 40}, "c": {"x": 9, "y": 8}})
    assert table.small == {("a", "x")}
    assert table.companions == {("a", "y"), ("c", "x"), ("c", "y")}
    assert table.shown["a"] == {"x": None, "y": None, TOTAL: 31}
    assert table.shown[TOTAL] == {"x": 10, "y": 78, TOTAL: 88}


def test_a_place_alone_under_another_is_withheld_in_both() -> None:
    table = protect({"village": {"x": 3, "y": 30}}, {"village": "township"})
    assert table.shown["township"]["x"] is None
    assert table.shown["township"] == table.shown["village"]


def test_five_times_one_are_not_told_by_their_sum() -> None:
    """Whoever knows that a withheld cell is at least one would know each of them from a total of five."""
    table = protect({name: {"x": 1, "y": 50} for name in "abcde"})
    assert table.shown[TOTAL]["x"] is None


def test_a_threshold_of_one_withholds_nothing() -> None:
    assert not protect({"a": {"x": 1}, "b": {"x": 2}}, threshold=1).withheld


def test_the_same_table_is_withheld_in_the_same_way_whatever_its_order() -> None:
    rows = {f"v{i}": {"x": i % 7, "y": 3 * i, "z": 60 - i} for i in range(20)}
    back = dict(reversed(list(rows.items())))
    assert protect(rows).withheld == protect(back).withheld


@pytest.mark.parametrize(
    ("counts", "above", "says"),
    [
        ({"a": {"x": -1}}, None, "negative"),
        ({"a": {TOTAL: 1}}, None, "total"),
        ({"a": {"x": 1}, "b": {"x": 1}}, {"a": "one", "b": "two"}, "several"),
        ({"a": {"x": 1}}, {"a": "b", "b": "a"}, "circle"),
        ({"a": {"x": 1}, "b": {"x": 1}}, {"a": "b", "b": "top"}, "lowest"),
    ],
)
def test_a_table_that_does_not_add_up_is_refused(counts, above, says) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=says):
        protect(counts, above)


def test_nobody_at_all_is_a_table_too() -> None:
    assert protect({}).shown == {}
    assert not protect({"a": {"x": 0}}).withheld


def test_a_county_of_three_hundred_villages_takes_seconds() -> None:
    chance = random.Random(7)
    counts = {f"v{i}": {part: chance.choice([0, 0, 1, 2, 3, 7, 20]) for part in "abcd"} for i in range(300)}
    above = {f"v{i}": f"t{i // 15}" for i in range(300)} | {f"t{i}": "county" for i in range(20)}
    begun = time.monotonic()
    table = protect(counts, above)
    assert time.monotonic() - begun < 30
    assert all(table.shown["county"].values())
