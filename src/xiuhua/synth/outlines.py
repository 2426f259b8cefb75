"""Invented boundaries: a county around its villages, cut so that each village has the ground that lies nearest to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from xiuhua.synth.shapes import County

Point = tuple[float, float]
AROUND_KM = 4.0
KM_PER_DEGREE = 111.2
CORNERS = 14
DIGITS = 5


def outlines(county: County) -> dict[str, Any]:
    """A GeoJSON FeatureCollection: the county, and its villages by code. The same county gives the same boundaries.

    Villages at one and the same point share no ground: only the first of them gets any.
    """
    narrow = math.cos(math.radians(county.villages[0].latitude))
    at = {village.code: (village.longitude * narrow, village.latitude) for village in county.villages}
    own = {
        code: point
        for number, (code, point) in enumerate(at.items())
        if point not in list(at.values())[:number]
    }
    border = _border(list(own.values()))
    found = [_feature(county.code, county.name, border, narrow)]
    names = {village.code: village.name for village in county.villages}
    for code, point in own.items():
        ground = border
        for other in own.values():
            if other != point:
                ground = _nearer(ground, point, other)
        found.append(_feature(code, names[code], ground, narrow))
    return {"type": "FeatureCollection", "features": found}


def _feature(code: str, name: str, ring: Sequence[Point], narrow: float) -> dict[str, Any]:
    corners = [[round(x / narrow, DIGITS), round(y, DIGITS)] for x, y in ring]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
    }


def _border(points: Sequence[Point]) -> list[Point]:
    """The hull of circles around all points: a county has room around its villages."""
    wide = AROUND_KM / KM_PER_DEGREE
    turns = [2 * math.pi * step / CORNERS for step in range(CORNERS)]
    return _hull(
        [(x + wide * math.cos(turn), y + wide * math.sin(turn)) for x, y in points for turn in turns]
    )


def _hull(points: Sequence[Point]) -> list[Point]:
    """The smallest convex ring around points, counter-clockwise."""
    half: list[list[Point]] = []
    for way in (sorted(set(points)), sorted(set(points), reverse=True)):
        line: list[Point] = []
        for point in way:
            while len(line) > 1 and _turn(line[-2], line[-1], point) <= 0:
                line.pop()
            line.append(point)
        half.append(line[:-1])
    return half[0] + half[1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _nearer(ring: Sequence[Point], one: Point, other: Point) -> list[Point]:
    """The part of a convex ring that lies nearer to one point than to the other."""

    def off(point: Point) -> float:
        return math.dist(point, one) ** 2 - math.dist(point, other) ** 2

    kept: list[Point] = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        before, after = off(a), off(b)
        if before <= 0:
            kept.append(a)
        if (before < 0 < after) or (after < 0 < before):
            part = before / (before - after)
            kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
    return kept
