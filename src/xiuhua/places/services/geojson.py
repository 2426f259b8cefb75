"""A county's boundaries as they are handed in (GeoJSON): read and checked. Plain arithmetic, no library of geometry.

Corners are whole numbers of a hundred-thousandth of a degree, about a metre, so that neighbours share them exactly.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NoReturn

UNITS_A_DEGREE = 100_000
MOST_BYTES = 5_000_000
MOST_POINTS = 100_000
# Looks at squares and pairs of sides for crossings: a file that needs more is no boundary but a scribble.
MOST_LOOKS = 1_500_000
LONGITUDES, LATITUDES = (73.0, 136.0), (3.0, 54.0)
# Longitude and latitude of WGS 84 or of CGCS2000, which differ by less than what is drawn.
PLAIN_CRS = ("CRS84", "4326", "4490")

Point = tuple[int, int]
Ring = list[Point]  # not closed: the last corner is joined to the first
Shape = list[list[Ring]]  # polygons, each an outer ring and its holes


class CannotRead(Exception):
    """A file that is no boundary of this county; says in both languages why, and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Feature:
    """One figure of a file: which it is (from 1), what is said of it, its polygons."""

    number: int
    properties: dict[str, Any]
    shape: Shape


def read(content: bytes) -> list[Feature]:
    """The figures of a file; CannotRead when it is not JSON, too large, in another projection, or crosses itself."""
    if len(content) > MOST_BYTES:
        _too_large(f"{len(content) / 1e6:.1f} MB")
    told = _json(content)
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not features:
        raise CannotRead(
            "这不是 GeoJSON 要素集（FeatureCollection）：请在制图软件里导出为 GeoJSON",
            "This is no GeoJSON FeatureCollection: export it as GeoJSON from the mapping software",
        )
    _projection_named(told.get("crs"))
    found = [_feature(number, one) for number, one in enumerate(features, 1)]
    points = sum(len(ring) for one in found for ring in rings(one.shape))
    if points > MOST_POINTS:
        _too_large(f"{points:,}")
    looks = 0
    for one in found:
        for ring in rings(one.shape):
            looks = _crossing(one.number, ring, looks)
    return found


def rings(shape: Shape) -> Iterator[Ring]:
    """All rings of a shape."""
    for polygon in shape:
        yield from polygon


def _too_large(how: str) -> NoReturn:
    raise CannotRead(
        f"文件太大（{how}）：最多 {MOST_BYTES // 1_000_000} MB、{MOST_POINTS:,} 个坐标点，请先在制图软件里简化",
        f"The file is too large ({how}): at most {MOST_BYTES // 1_000_000} MB and {MOST_POINTS:,} corners; simplify it in the mapping software first",
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    # Nesting without end is an error of the parser, not of the reader.
    except (ValueError, RecursionError) as why:
        raise CannotRead(
            "读不出来：文件不是 JSON。请导出为 GeoJSON（UTF-8）再上传，不要上传 shp、kml 或压缩包",
            "It cannot be read: the file is not JSON. Export it as GeoJSON (UTF-8), not as shp, kml or an archive",
        ) from why


def _projection_named(crs: Any) -> None:
    if crs is None:
        return
    said = crs.get("properties") if isinstance(crs, dict) else None
    name = str(said.get("name", "") if isinstance(said, dict) else "")
    if re.split(r"[:/]", name)[-1] not in PLAIN_CRS:
        _other_projection(name[:60] or "?")


def _other_projection(how: str) -> NoReturn:
    raise CannotRead(
        f"坐标不是经纬度（{how}）：请按 CGCS2000 或 WGS84 的经度、纬度（度）重新导出",
        f"The coordinates are no longitude and latitude ({how}): export it again in degrees of CGCS2000 or WGS84",
    )


def _feature(number: int, told: Any) -> Feature:
    geometry = told.get("geometry") if isinstance(told, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if geometry is None or kind not in ("Polygon", "MultiPolygon"):
        raise CannotRead(
            f"第 {number} 个图形不是面（Polygon）：界线要闭合成面再导出",
            f"Figure {number} is no area (Polygon): close the boundary to an area before exporting",
        )
    given = geometry.get("coordinates")
    polygons = [given] if kind == "Polygon" else given
    try:
        shape = [[_ring(ring) for ring in polygon] for polygon in polygons]
    except (TypeError, ValueError, LookupError, OverflowError) as why:
        raise CannotRead(
            f"第 {number} 个图形的坐标读不出来", f"The coordinates of figure {number} cannot be read"
        ) from why
    # What is smaller than a metre is none: slips of the pen at corners.
    shape = [
        [ring for ring in polygon if len(ring) > 2] for polygon in shape if polygon and len(polygon[0]) > 2
    ]
    if not shape:
        raise CannotRead(f"第 {number} 个图形没有面积", f"Figure {number} has no area")
    properties = told.get("properties")
    return Feature(number, properties if isinstance(properties, dict) else {}, shape)


def _ring(given: Any) -> Ring:
    ring: Ring = []
    for position in given:
        point = _point(float(position[0]), float(position[1]))
        if not ring or ring[-1] != point:
            ring.append(point)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring


def _point(x: float, y: float) -> Point:
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError
    if LONGITUDES[0] <= x <= LONGITUDES[1] and LATITUDES[0] <= y <= LATITUDES[1]:
        return round(x * UNITS_A_DEGREE), round(y * UNITS_A_DEGREE)
    if LONGITUDES[0] <= y <= LONGITUDES[1] and LATITUDES[0] <= x <= LATITUDES[1]:
        raise CannotRead(
            "经度和纬度写反了：GeoJSON 先写经度、后写纬度，请重新导出",
            "Longitude and latitude are the wrong way round: GeoJSON has the longitude first; export it again",
        )
    _other_projection(f"{x:g}, {y:g}")


def _crossing(number: int, ring: Ring, looks: int) -> int:
    """CannotRead where two sides of a ring cross. Sides are met in the squares of a grid; returns how many looks it took."""
    n = len(ring)
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    square = max(max(xs) - min(xs), max(ys) - min(ys)) // max(1, math.isqrt(n) * 2) + 1
    met: dict[tuple[int, int], list[tuple[Point, Point, int]]] = defaultdict(list)
    for at, a in enumerate(ring):
        b = ring[(at + 1) % n]
        columns = range(min(a[0], b[0]) // square, max(a[0], b[0]) // square + 1)
        rows = range(min(a[1], b[1]) // square, max(a[1], b[1]) // square + 1)
        looks += len(columns) * len(rows)
        for where in product(columns, rows) if looks < MOST_LOOKS else ():
            near = met[where]
            looks += len(near)
            for c, d, other in near:
                if (at - other) % n not in (1, n - 1) and _cross(a, b, c, d):
                    _crosses_itself(number, a)
            near.append((a, b, at))
        if looks >= MOST_LOOKS:
            _too_large(f"第 {number} 个图形过于曲折 / figure {number} winds too much")
    return looks


def _crosses_itself(number: int, point: Point) -> NoReturn:
    near = ", ".join(f"{axis / UNITS_A_DEGREE:.4f}" for axis in point)
    raise CannotRead(
        f"第 {number} 个图形的边线自己相交（{near} 附近）：请在制图软件里做拓扑检查、修好再导出",
        f"The line of figure {number} crosses itself (near {near}): have the mapping software check and repair it, then export",
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> int:
    """To which side of the way from a to b a point lies: above nought left, below right."""
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def corners(shapes: Iterable[Shape]) -> int:
    """How many corners there are."""
    return sum(len(ring) for shape in shapes for ring in rings(shape))
