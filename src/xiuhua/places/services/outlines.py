"""A county brings the boundaries of its places, dated and with their source; they are drawn beneath its map."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.models import Outline, Place
from xiuhua.places.queries import successors
from xiuhua.places.scope import scope_of
from xiuhua.places.services.geojson import CannotRead, Feature, Shape, corners, read
from xiuhua.places.services.simplifying import simplified
from xiuhua.places.terms import Level

NAMED = 5
KEYS = ("code", "place_code", "village_code", "xzqdm", "区划代码", "行政区划代码", "统计用区划代码", "代码")


@dataclass(frozen=True)
class Brought:
    """What a file of boundaries brought, or that the boundaries of a day were taken down."""

    county_code: str
    as_of: date
    places: int
    corners: int = 0
    given: int = 0
    digest: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def audit_subject(self) -> str:
        return f"place:{self.county_code}"

    @property
    def audit_place(self) -> str:
        return self.county_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        told = {
            "as_of": self.as_of.isoformat(),
            "places": self.places,
            "corners": self.corners,
            "given": self.given,
            "sha256": self.digest,
        }
        return {key: value for key, value in told.items() if value}


@recorded("places.outlines_taken")
def take_outlines(*, by: Actor, county_code: str, content: bytes, as_of: date, source: str) -> Brought:
    """The boundaries of a county's places from a GeoJSON file, made small, as they were on a day. CannotRead says why not.

    Each figure names its place by a code of this county, of today or of the past; several figures of one place are its
    parts. What another file said of the same place on the same day is replaced; of other days, all is kept.
    """
    if as_of > beijing_today():
        raise CannotRead("界线的日期不能在今天以后", "The boundaries cannot be of a day to come")
    features = read(content)
    shapes = _by_code(county_code, features)
    small = simplified(shapes)
    for code, shape in small.items():
        Outline.objects.update_or_create(
            place_id=code, as_of=as_of,
            defaults={
                "shape": [[[axis for point in ring for axis in point] for ring in polygon] for polygon in shape],
                "source": source.strip()[:200], "brought_by": by.actor_name, "brought_post": by.post_name, "brought_at": beijing_now(),
            },
        )  # fmt: skip
    levels = Place.objects.filter(code__in=small).values_list("level", flat=True)
    return Brought(
        county_code, as_of, len(small), corners(small.values()), corners(shapes.values()),
        hashlib.sha256(content).hexdigest(), {level: list(levels).count(level) for level in Level},
    )  # fmt: skip


@recorded("places.outlines_dropped")
def drop_outlines(*, by: Actor, county_code: str, as_of: date) -> Brought:
    """Takes the boundaries of a day down: what was there before is drawn again."""
    area = scope_of(county_code)
    found = Outline.objects.filter(place_id__gte=area.lo, place_id__lt=area.hi, as_of=as_of)
    return Brought(county_code, as_of, found.delete()[0])


def _by_code(county_code: str, features: Iterable[Feature]) -> dict[str, Shape]:
    area = scope_of(county_code)
    known = set(
        Place.objects.filter(code__gte=area.lo, code__lt=area.hi, until__isnull=True)
        .exclude(level=Level.GROUP)
        .values_list("code", flat=True)
    )
    now = {code: new for code, new in successors(county_code).items() if new in known} | {
        code: code for code in known
    }
    shapes: dict[str, Shape] = {}
    strange = []
    for one in features:
        code = _code(one.properties, now)
        if code is None:
            strange.append(f"{one.number}（{_said(one.properties)}）")
        else:
            shapes.setdefault(now[code], []).extend(one.shape)
    if strange:
        told = "、".join(strange[:NAMED])
        raise CannotRead(
            f"{len(strange)} 个图形没有本县现有区划的代码：第 {told} 个{'等' if len(strange) > NAMED else ''}。每个图形的属性里要有统计用区划代码（县 6 位、乡镇 9 位、村 12 位）",
            f"{len(strange)} figures bear no code of a place of this county: {told}. Each figure's properties need the place's code (6, 9 or 12 digits)",
        )
    return shapes


def _code(properties: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
    """The place that a figure's properties name: by a property that is called so, else by the longest code among them."""
    said = {
        str(key).lower(): str(value).strip().removesuffix(".0")
        for key, value in properties.items()
        if isinstance(value, str | int | float)
    }
    called = [said[key] for key in KEYS if said.get(key) in known]
    return next(iter(called), None) or max(
        (value for value in said.values() if value in known), key=len, default=None
    )


def _said(properties: Mapping[str, Any]) -> str:
    """What a figure calls itself, so that somebody finds it in the file."""
    texts = [str(value) for value in properties.values() if isinstance(value, str | int)]
    return next((one for one in texts if one.isdigit() and len(one) in (6, 9, 12)), next(iter(texts), "?"))[
        :30
    ]


def follow(code: str, new: str, *, united: bool, on: date) -> None:
    """The boundary of a place that gets another code goes with it; of one that is united, it becomes a part of the other's."""
    old = Outline.objects.filter(place_id=code).order_by("-as_of").first()
    if old is None:
        return
    there = Outline.objects.filter(place_id=new).order_by("-as_of").first()
    if united and there is None:
        return  # half a boundary would be a lie
    shape = [*(there.shape if united and there else []), *old.shape]
    Outline.objects.update_or_create(
        place_id=new, as_of=on,
        defaults={"shape": shape, "source": old.source, "brought_by": old.brought_by, "brought_post": old.brought_post, "brought_at": old.brought_at},
    )  # fmt: skip
