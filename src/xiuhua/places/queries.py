"""Reads of places: what a code or a name of the past means today, and changes that wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from xiuhua.common.asking import ask
from xiuhua.places.models import Outline, Place, PlaceChange
from xiuhua.places.scope import Scope
from xiuhua.places.terms import Level

# What the newest list says of each village that is there now.
RURAL = """
select left(p.code, %(digits)s), sum(r.rural_persons)::bigint, count(*) filter (where r.rural_persons is null)
from places_place p left join lateral (
  select rural_persons from places_villagerecord where village_code = p.code and rural_persons is not null
  order by as_of desc limit 1) r on true
where p.level = 'village' and p.until is null and p.code >= %(lo)s and p.code < %(hi)s group by 1
"""

# Where the villages lie that are there now, so many of each county: a nation has too many to read all. A median, so that one
# slip of the pen moves nobody.
MIDDLES = """
select left(v.code, %(digits)s), percentile_cont(0.5) within group (order by v.longitude), percentile_cont(0.5) within group (order by v.latitude)
from places_place c cross join lateral (
  select code, longitude, latitude from places_place
  where code > c.code and code < c.code || ':' and level = 'village' and until is null and longitude is not null and latitude is not null
  limit %(most)s) v
where c.level = 'county' and c.until is null and c.code >= %(lo)s and c.code < %(hi)s group by 1
"""
OF_A_COUNTY = {2: 9}  # by the length of the codes that are asked for: of a nation's provinces


NAMES = "select code, name from places_place where code = any(%(asked)s)"


def names_of(codes: Iterable[str | None]) -> dict[str, str]:
    """Names of places by code; of what is no place's code, none. Nearly every list asks it, so in the database's own words."""
    asked = list({code for code in codes if code})
    if not asked:
        return {}
    return dict(ask(NAMES, {"asked": asked}))


def successors(county_code: str) -> dict[str, str]:
    """Codes of a county that ended -> the code that holds now, over several changes."""
    step = dict(
        Place.objects.filter(code__startswith=county_code, successor__isnull=False).values_list(
            "code", "successor_id"
        )
    )
    found = {}
    for code in step:
        now, seen = code, set()
        while now in step and now not in seen:
            seen.add(now)
            now = step[now]
        found[code] = now
    return found


def holding_now(code: str) -> str:
    """The code that a code means today, over several changes; itself where it stands, or where nobody knows it."""
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        code = Place.objects.filter(code=code).values_list("successor", flat=True).first() or code
    return code


def former_names(county_code: str) -> list[tuple[str, str]]:
    """(former name, code that holds now) of a county's villages and townships."""
    now = successors(county_code)
    changes = PlaceChange.objects.filter(county_code=county_code, granted=True).order_by("id")
    names = [(name, now.get(code, code)) for name, code in changes.values_list("old_name", "new_code")]
    ended = Place.objects.filter(code__in=list(now)).values_list("name", "code")
    return names + [(name, now[code]) for name, code in ended]


def changes_of(code: str) -> QuerySet[PlaceChange]:
    """Changes of a place and of what lies below it, newest first; those that wait among them."""
    return PlaceChange.objects.filter(old_code__startswith=code)


@dataclass(frozen=True)
class Rural:
    """Rural persons of a place by its newest village lists, and how many of its villages no list counted."""

    persons: int = 0
    unknown: int = 0


def rural_persons(area: Scope, *, digits: int) -> dict[str, Rural]:
    """Rural persons of the places of an area, by codes of a length."""
    with connection.cursor() as cursor:
        cursor.execute(RURAL, {"lo": area.lo, "hi": area.hi, "digits": digits})
        return {code: Rural(persons or 0, unknown) for code, persons, unknown in cursor.fetchall()}


def outlines_of(area: Scope, *, level: Level | None = None) -> dict[str, Outline]:
    """The newest boundary of each place of an area that is there now, by code; places of which nobody brought one are not in it.

    level: of places of one level alone.
    """
    found = (
        Outline.objects.filter(place_id__gte=area.lo, place_id__lt=area.hi, place__until__isnull=True)
        .select_related("place").order_by("place_id", "-as_of").distinct("place_id")
    )  # fmt: skip
    return {one.place_id: one for one in (found.filter(place__level=level) if level else found)}


def middles_of(area: Scope, *, digits: int) -> dict[str, tuple[float, float]]:
    """The middle of the villages of each place of an area, longitude and latitude, by codes of a length; of places whose villages
    are on no list with coordinates nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            MIDDLES, {"lo": area.lo, "hi": area.hi, "digits": digits, "most": OF_A_COUNTY.get(digits, 1000)}
        )
        return {code: (float(x), float(y)) for code, x, y in cursor.fetchall()}


def villages_of(area: Scope) -> list[Place]:
    """The villages of an area that are there now, with where they lie."""
    return list(
        Place.objects.filter(code__gte=area.lo, code__lt=area.hi, level=Level.VILLAGE, until__isnull=True)
    )
