"""Points of the earth drawn on a sheet: where each stands, how large it is, and where its name finds room.

Plain arithmetic on plain values: a page draws its map on the server, so that it needs no script, no tile and no font.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

KM_PER_DEGREE = 111.2
LEAST_RADIUS = 12.0  # a circle of 24 px is the least that a finger and a number need
FONT = 12.5
RING = 4.0  # around a circle there may be another
LINE = 16.0
CELL = 48.0
# Room around the circles for names, and at the foot for the scale.
SIDE, ABOVE, FOOT = 26.0, 22.0, 18.0
# Farther from the middle than this many times the usual distance, a point is taken for a slip of the pen.
FAR = 6.0
NEAR_KM = 40.0
ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Spot:
    """One place to draw. `size` gives the area of its circle; `weight` says whose name comes first when room is short."""

    key: str
    name: str
    longitude: float
    latitude: float
    size: int
    weight: float = 0.0


@dataclass(frozen=True)
class Land:
    """An area to draw beneath the circles: rings of (longitude, latitude), not closed."""

    key: str
    rings: Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Mark:
    """A circle in px of the sheet, and its name: `at` (x, baseline, anchor), or None where it found no room."""

    key: str
    x: float
    y: float
    r: float
    at: tuple[float, float, str] | None


@dataclass(frozen=True)
class Sheet:
    """What is drawn: marks in the order of drawing (large ones first), the scale, and who stands too far off to be drawn."""

    width: int
    height: int
    marks: list[Mark] = field(default_factory=list)
    scale_px: int = 0
    scale_km: int = 0
    largest: float = 0.0
    far: list[str] = field(default_factory=list)
    # Key of an area to its outline as the data of an SVG path, in the order they were given.
    lands: dict[str, str] = field(default_factory=dict)

    @property
    def nameless(self) -> int:
        """How many circles have no name beside them."""
        return sum(1 for mark in self.marks if mark.at is None)


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class _Taken:
    """Boxes that are taken, found by the cells of the sheet that they lie in."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, _Box]]] = defaultdict(list)

    def _around(self, box: _Box) -> Iterable[tuple[int, int]]:
        for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
            for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
                yield column, row

    def add(self, key: str, box: _Box) -> None:
        for cell in self._around(box):
            self._cells[cell].append((key, box))

    def free(self, key: str, box: _Box) -> bool:
        """Whether nobody else's box is met."""
        return not any(
            whose != key and box.meets(other)
            for cell in self._around(box)
            for whose, other in self._cells.get(cell, ())
        )


def draw(spots: Sequence[Spot], *, width: int, height: int, lands: Sequence[Land] = ()) -> Sheet:
    """Draws spots on a sheet in px: circles by size, no name over another name or circle; areas lie beneath.

    The sheet is as wide as asked and as high as spots and areas want, at most `height` and at least half of it.
    """
    narrow = _narrowing(spots)
    flat = {spot.key: _on_the_flat((spot.longitude, spot.latitude), narrow) for spot in spots}
    far = _far(flat)
    near = [spot for spot in spots if spot.key not in far]
    if not near:
        return Sheet(width, height, far=sorted(far))
    shown = {spot.key: flat[spot.key] for spot in near}
    ground = {
        land.key: [[_on_the_flat(point, narrow) for point in ring] for ring in land.rings] for land in lands
    }
    corners = [point for rings in ground.values() for ring in rings for point in ring]
    sides = _sides([*shown.values(), *corners])
    height = _height(sides, width, height, LEAST_RADIUS)
    largest = max(14.0, min(30.0, math.sqrt(width * height / len(near)) * 0.2))
    most = max(spot.size for spot in near)
    radius = {
        spot.key: max(LEAST_RADIUS, largest * math.sqrt(spot.size / most)) if most else LEAST_RADIUS
        for spot in near
    }
    fit = _fitted(sides, width, height, largest)
    at = {key: fit.of(point) for key, point in shown.items()}
    by_size = sorted(near, key=lambda spot: (-radius[spot.key], spot.key))
    at = _apart([spot.key for spot in by_size], at, radius)
    names = _names(sorted(near, key=lambda spot: (-spot.weight, spot.key)), at, radius, width, height)
    km = next((one for one in reversed(ROUND) if one * fit.per_km <= width / 4), 0)
    return Sheet(
        width,
        height,
        [Mark(one.key, *at[one.key], radius[one.key], names.get(one.key)) for one in by_size],
        round(km * fit.per_km),
        km,
        largest,
        sorted(far),
        {key: _path(rings, fit) for key, rings in ground.items()},
    )


def _narrowing(spots: Sequence[Spot]) -> float:
    """How much shorter a degree of longitude is than one of latitude; a county is small enough for the earth to be flat."""
    return math.cos(math.radians(median(spot.latitude for spot in spots))) if spots else 1.0


def _on_the_flat(point: tuple[float, float], narrow: float) -> tuple[float, float]:
    """Kilometres east and south."""
    return point[0] * KM_PER_DEGREE * narrow, -point[1] * KM_PER_DEGREE


def _path(rings: Sequence[Sequence[tuple[float, float]]], fit: _Fit) -> str:
    """Rings as the data of an SVG path, in steps of half a px; two that share a line are drawn on one and the same."""
    parts = []
    for ring in rings:
        halves = [(round(x * 2), round(y * 2)) for x, y in map(fit.of, ring)]
        steps = [halves[0]]
        steps += [point for before, point in pairwise(halves) if point != before]
        moves = [f"{(x - was_x) / 2:g} {(y - was_y) / 2:g}" for (was_x, was_y), (x, y) in pairwise(steps)]
        parts.append(f"M{steps[0][0] / 2:g} {steps[0][1] / 2:g}l{' '.join(moves)}z" if moves else "")
    return "".join(parts)


def _far(flat: dict[str, tuple[float, float]]) -> set[str]:
    """Who stands so far off that the number is wrong rather than the village: it would press all others together."""
    if len(flat) < 4:
        return set()
    middle = median(x for x, _y in flat.values()), median(y for _x, y in flat.values())
    away = {key: math.dist(point, middle) for key, point in flat.items()}
    limit = max(NEAR_KM, FAR * median(away.values()))
    return {key for key, distance in away.items() if distance > limit}


def _sides(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return min(xs), max(xs), min(ys), max(ys)


def _height(sides: tuple[float, float, float, float], width: int, most: int, largest: float) -> int:
    """The height at which what is drawn fills the width."""
    left, right, top, bottom = sides
    side, above = largest + SIDE, largest + ABOVE
    wanted = (bottom - top) / max(right - left, 0.5) * (width - 2 * side) + 2 * above + FOOT
    return round(min(most, max(most / 2, wanted)))


@dataclass(frozen=True)
class _Fit:
    """From kilometres to px: the same scale both ways."""

    per_km: float
    off_x: float
    off_y: float

    def of(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] * self.per_km + self.off_x, point[1] * self.per_km + self.off_y


def _fitted(sides: tuple[float, float, float, float], width: int, height: int, largest: float) -> _Fit:
    """What is drawn lies in the middle of the sheet."""
    left, right, top, bottom = sides
    side, above = largest + SIDE, largest + ABOVE
    room_x, room_y = width - 2 * side, height - 2 * above - FOOT
    # A single village, or several at one point, stand in the middle; no need to enlarge beyond a field's size.
    per_km = min(room_x / max(right - left, 0.5), room_y / max(bottom - top, 0.5))
    off_x = (width - (right - left) * per_km) / 2 - left * per_km
    off_y = (height - FOOT - (bottom - top) * per_km) / 2 - top * per_km
    return _Fit(per_km, off_x, off_y)


def _apart(
    keys: Sequence[str], at: dict[str, tuple[float, float]], radius: dict[str, float]
) -> dict[str, tuple[float, float]]:
    """Circles that would lie on one another's middle step aside, just so far that each can be met."""
    placed: dict[tuple[int, int], list[str]] = defaultdict(list)
    moved: dict[str, tuple[float, float]] = {}

    def room(key: str, x: float, y: float) -> float:
        """How far the circle is from meeting another; below nought it does."""
        column, row = int(x // CELL), int(y // CELL)
        return min(
            (
                math.dist((x, y), moved[other]) - (radius[key] + radius[other]) * 0.9
                for c in (column - 1, column, column + 1)
                for r in (row - 1, row, row + 1)
                for other in placed.get((c, r), ())
            ),
            default=CELL,
        )

    for key in keys:
        best, most = at[key], -math.inf
        for turn in range(30):
            angle, step = turn * 2.4, 6 + turn * 1.8 if turn else 0.0
            x, y = at[key][0] + step * math.cos(angle), at[key][1] + step * math.sin(angle)
            if (free := room(key, x, y)) > most:
                best, most = (x, y), free
            if most >= 0:
                break
        moved[key] = (round(best[0], 1), round(best[1], 1))
        placed[(int(best[0] // CELL), int(best[1] // CELL))].append(key)
    return moved


def inner_point(land: Land) -> tuple[float, float]:
    """A point that lies well within an area: in the middle of its widest part half way up its largest ring."""
    ring = max(land.rings, key=lambda ring: abs(_twice_the_area(ring)))
    level = (min(y for _x, y in ring) + max(y for _x, y in ring)) / 2
    crossings = sorted(
        ax + (level - ay) / (by - ay) * (bx - ax)
        for one in land.rings
        for (ax, ay), (bx, by) in pairwise([*one, one[0]])
        if (ay <= level) != (by <= level)
    )
    spans = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not spans:
        return ring[0]
    west, east = max(spans, key=lambda span: span[1] - span[0])
    return (west + east) / 2, level


def _twice_the_area(ring: Sequence[tuple[float, float]]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]))


def text_width(text: str) -> float:
    """About how wide a name is in px: a Chinese character as wide as high, others a little over half."""
    return sum(FONT if ord(one) > 0x2E7F else FONT * 0.58 for one in text)


def _names(
    spots: Sequence[Spot],
    at: dict[str, tuple[float, float]],
    radius: dict[str, float],
    width: int,
    height: int,
) -> dict[str, tuple[float, float, str]]:
    """A place for each name that finds one: below, above, right, left of its circle; the heaviest choose first."""
    taken = _Taken()
    for key, (x, y) in at.items():
        r = radius[key] + RING
        taken.add(key, _Box(x - r, y - r, x + r, y + r))
    found: dict[str, tuple[float, float, str]] = {}
    for spot in spots:
        (x, y), r, wide = at[spot.key], radius[spot.key] + RING + 1, text_width(spot.name)
        tries = (
            ("middle", x, x - wide / 2, y + r),
            ("middle", x, x - wide / 2, y - r - LINE),
            ("start", x + r, x + r, y - LINE / 2),
            ("end", x - r, x - r - wide, y - LINE / 2),
            ("start", x + r * 0.75, x + r * 0.75, y + r * 0.55),
            ("end", x - r * 0.75, x - r * 0.75 - wide, y + r * 0.55),
        )
        for anchor, text_x, left, top in tries:
            box = _Box(left - 2, top, left + wide + 2, top + LINE)
            inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
            if inside and taken.free(spot.key, box):
                taken.add(f"name of {spot.key}", box)
                found[spot.key] = (round(text_x, 1), round(top + LINE * 0.78, 1), anchor)
                break
    return found
