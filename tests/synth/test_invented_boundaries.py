"""Invented boundaries: they fill the county, no ground is two villages', each village lies on its own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from xiuhua.synth.county import invent
from xiuhua.synth.outlines import outlines


def area(ring: list[list[float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def inside(ring: list[list[float]], x: float, y: float) -> bool:
    sides = pairwise(ring)
    return (
        sum(
            (a[1] <= y) != (b[1] <= y) and x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for a, b in sides
        )
        % 2
        == 1
    )


@pytest.mark.parametrize(("households", "seed"), [(600, 2017), (3_000, 5)])
def test_villages_fill_their_county_and_lie_each_on_its_own_ground(households: int, seed: int) -> None:
    county = invent(seed, households)
    told = {
        one["properties"]["code"]: one["geometry"]["coordinates"][0] for one in outlines(county)["features"]
    }
    whole = told.pop(county.code)
    at = {village.code: (village.longitude, village.latitude) for village in county.villages}
    assert len(told) == len(set(at.values()))
    assert sum(map(area, told.values())) == pytest.approx(area(whole), rel=1e-3)
    assert all(inside(ring, *at[code]) and inside(whole, *at[code]) for code, ring in told.items())
    assert outlines(county) == outlines(invent(seed, households))
