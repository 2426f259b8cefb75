"""Reads of places: what a code or a name of the past means today, and changes that wait."""

from __future__ import annotations

from django.db.models import QuerySet

from xiuhua.places.models import Place, PlaceChange


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
