"""Boundaries made small enough for a phone, so that neighbours stay neighbours: a line that two share loses the same corners in both."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from xiuhua.places.services.geojson import Point, Ring, Shape, corners, rings

# The corners of a whole county that a page carries.
MOST_CORNERS = 4_000
# A sheet's width in px: what is smaller cannot be seen anyhow.
SHEET_PX = 1_500
ROUNDS = 24


def simplified(shapes: Mapping[str, Shape], most: int = MOST_CORNERS) -> dict[str, Shape]:
    """The shapes of a county with at most about so many corners in all; islands and areas never vanish, small holes may."""
    every = [point for shape in shapes.values() for ring in rings(shape) for point in ring]
    if not every:
        return dict(shapes)
    wide = max(x for x, _y in every) - min(x for x, _y in every)
    high = max(y for _x, y in every) - min(y for _x, y in every)
    narrow = math.cos(math.radians(every[0][1] / 100_000))
    meet = _where_lines_meet(shapes)
    slack = max(wide, high) / SHEET_PX
    found = dict(shapes)
    for _round in range(ROUNDS):
        found = {code: _shape(shape, meet, slack, narrow) for code, shape in shapes.items()}
        if corners(found.values()) <= most:
            break
        slack *= 1.6
    return found


def _where_lines_meet(shapes: Mapping[str, Shape]) -> set[Point]:
    """Corners at which a line changes whose it is: they stay, and between them a line is simplified once for all."""
    owners: dict[tuple[Point, Point], list[int]] = defaultdict(list)
    every = [ring for shape in shapes.values() for ring in rings(shape)]
    for number, ring in enumerate(every):
        for a, b in _sides(ring):
            owners[(a, b) if a < b else (b, a)].append(number)
    meet: set[Point] = set()
    for ring in every:
        sides = _sides(ring)
        of = [owners[(a, b) if a < b else (b, a)] for a, b in sides]
        meet |= {sides[at][0] for at in range(len(sides)) if of[at] != of[at - 1]}
    return meet


def _sides(ring: Ring) -> list[tuple[Point, Point]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def _shape(shape: Shape, meet: set[Point], slack: float, narrow: float) -> Shape:
    kept = []
    for polygon in shape:
        outer, *holes = (_ring(ring, meet, slack, narrow) for ring in polygon)
        kept.append(
            [outer if len(outer) > 2 else _triangle(polygon[0]), *(hole for hole in holes if len(hole) > 2)]
        )
    return kept


def _ring(ring: Ring, meet: set[Point], slack: float, narrow: float) -> Ring:
    """A ring with fewer corners: each stretch between two meeting points by itself, from its lesser end."""
    fixed = [at for at, point in enumerate(ring) if point in meet]
    if len(fixed) < 2:
        # Begin and turn at corners that everybody who shares the ring finds, whichever way round it is written.
        first = fixed[0] if fixed else min(range(len(ring)), key=lambda at: ring[at])
        start = ring[first]
        far = max(range(len(ring)), key=lambda at: (math.dist(ring[at], start), ring[at]))
        fixed = sorted({first, far})
    out: Ring = []
    for at, begin in enumerate(fixed):
        end = fixed[(at + 1) % len(fixed)]
        stretch = ring[begin : end + 1] if begin < end else [*ring[begin:], *ring[: end + 1]]
        turned = stretch[0] > stretch[-1]
        line = _line(stretch[::-1] if turned else stretch, slack, narrow)
        out += (line[::-1] if turned else line)[:-1]
    return out


def _line(line: Ring, slack: float, narrow: float) -> Ring:
    """A line without the corners that lie nearer to it than `slack` (Douglas and Peucker); its ends stay."""
    keep = {0, len(line) - 1}
    open_ = [(0, len(line) - 1)]
    while open_:
        begin, end = open_.pop()
        (ax, ay), (bx, by) = line[begin], line[end]
        dx, dy = (bx - ax) * narrow, float(by - ay)
        long = math.hypot(dx, dy)
        worst, at = slack, -1
        for between in range(begin + 1, end):
            px, py = (line[between][0] - ax) * narrow, float(line[between][1] - ay)
            off = abs(dx * py - dy * px) / long if long else math.hypot(px, py)
            if off > worst:
                worst, at = off, between
        if at >= 0:
            keep.add(at)
            open_ += [(begin, at), (at, end)]
    return [line[at] for at in sorted(keep)]


def _triangle(ring: Ring) -> Ring:
    """What is left of an area too small to be seen: three of its corners, far from each other."""
    a = min(ring)
    b = max(ring, key=lambda point: (math.dist(point, a), point))
    return [
        a,
        b,
        max(ring, key=lambda c: (abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])), c)),
    ]
