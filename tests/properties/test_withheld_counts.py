"""What a reader can find out who knows all that is shown, every sum, and the rule by which cells are withheld.

The reader here knows nothing of networks: the sums are written down as equations and a linear programme asks for the least and the
most that each withheld cell can be.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from xiuhua.engine.disclosure import TOTAL, Protected, protect

Cell = tuple[str, str]
counts = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 400))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """Villages under townships under a county, one to four of each, with one to four parts."""
    parts = [f"p{i}" for i in range(draw(st.integers(1, 4)))]
    leaves: dict[str, dict[str, int]] = {}
    above: dict[str, str] = {}
    for township in range(draw(st.integers(1, 3))):
        above[f"t{township}"] = "county"
        for village in range(draw(st.integers(1, 4))):
            name = f"t{township}v{village}"
            above[name] = f"t{township}"
            leaves[name] = {part: draw(counts) for part in parts}
    return leaves, above


def reader(
    table: Protected, above: dict[str, str], withheld: frozenset[Cell]
) -> dict[Cell, tuple[float, float]]:
    """Least and most of every withheld cell, from what is shown alone."""
    hidden = sorted(withheld)
    if not hidden:
        return {}
    at = {cell: index for index, cell in enumerate(hidden)}
    rows, right = [], []

    def equation(signed: list[tuple[Cell, int]], values: dict[Cell, int]) -> None:
        row, rest = np.zeros(len(hidden)), 0
        for cell, sign in signed:
            if cell in at:
                row[at[cell]] += sign
            else:
                rest -= sign * values[cell]
        rows.append(row)
        right.append(rest)

    values = {
        (place, part): n for place, parts in table.shown.items() for part, n in parts.items() if n is not None
    }
    # A cell shown again to see whether it was needed: its value is known to the reader then.
    values |= {cell: table._network.arcs[cell].value for cell in table.withheld - withheld}
    for place, parts in table.shown.items():
        equation([((place, part), 1 if part != TOTAL else -1) for part in parts], values)
    for over in set(above.values()):
        below = [place for place in table.shown if above.get(place) == over]
        for part in table.shown[over]:
            equation([((over, part), -1), *(((place, part), 1) for place in below)], values)
    found = {}
    for cell, index in at.items():
        one = np.zeros(len(hidden))
        one[index] = 1
        ends = []
        for sign in (1, -1):
            # Zeros are always shown, so that whatever is withheld is at least one.
            answer = linprog(sign * one, A_eq=np.array(rows), b_eq=np.array(right), bounds=(1, None))
            assert answer.status in (0, 3), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else float("inf"))
        found[cell] = (ends[0], ends[1])
    return found


several = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@several
@given(tables(), st.integers(2, 8))
def test_no_reader_can_pin_a_small_count_down(
    drawn: tuple[dict[str, dict[str, int]], dict[str, str]], threshold: int
) -> None:
    leaves, above = drawn
    table = protect(leaves, above, threshold)
    found = reader(table, above, table.withheld)
    for cell in table.small:
        true = table._network.arcs[cell].value
        assert found[cell][1] >= true + threshold - 1e-6, (cell, true, found[cell])
    for cell in table.companions:
        low, high = found[cell]
        assert high > low + 0.5, (cell, low, high)


@several
@given(tables())
def test_the_bounds_told_are_those_a_reader_finds(
    drawn: tuple[dict[str, dict[str, int]], dict[str, str]],
) -> None:
    table = protect(*drawn)
    for (place, part), (low, high) in reader(table, drawn[1], table.withheld).items():
        least, most = table.interval(place, part)
        assert least == pytest.approx(low, abs=1e-6)
        assert (float("inf") if most is None else most) == pytest.approx(high, abs=1e-6)


@several
@given(tables(), st.integers(2, 8))
def test_every_small_count_and_no_zero_is_withheld(
    drawn: tuple[dict[str, dict[str, int]], dict[str, str]], threshold: int
) -> None:
    leaves, above = drawn
    table = protect(leaves, above, threshold)
    for place, parts in leaves.items():
        for part, n in parts.items():
            if n == 0:
                assert table.shown[place][part] == 0
            elif n < threshold:
                assert table.shown[place][part] is None
            else:
                assert table.shown[place][part] in (n, None)


@several
@given(tables())
def test_no_companion_could_be_shown_by_itself(
    drawn: tuple[dict[str, dict[str, int]], dict[str, str]],
) -> None:
    """The bound on what is withheld: show any one companion, and some small cell is no longer held by the margin."""
    leaves, above = drawn
    table = protect(leaves, above)
    for one in table.companions:
        found = reader(table, above, table.withheld - {one})
        assert any(
            found[cell][1] < table._network.arcs[cell].value + table.threshold - 1e-6 for cell in table.small
        ), one


@given(tables())
def test_a_table_without_small_counts_is_shown_whole(
    drawn: tuple[dict[str, dict[str, int]], dict[str, str]],
) -> None:
    leaves, above = drawn
    large = {place: {part: n + 5 if n else 0 for part, n in one.items()} for place, one in leaves.items()}
    assert not protect(large, above).withheld
