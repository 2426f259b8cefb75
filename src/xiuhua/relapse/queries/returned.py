"""How many of those that left poverty in a year returned (返贫率), by year of exit and by place; each number opens to its households."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.places.scope import Scope, scope_of
from xiuhua.registry.models import Household
from xiuhua.registry.queries.dated import STANDS
from xiuhua.relapse.queries.pages import chosen, may, names, places_below

KIND = "relapse.returned"
UNKNOWN = "unknown"  # taken over, and no record says in which year it left
# A household that moved away is counted where it lives now; one that nobody is left of, or that united with another, stays in the
# year in which it left. Each exit counts for itself; what an appeal took back is none.
COHORTS = f"""
with stood as (
  select e.id, e.household_id, e.status, e.since, e.basis, h.exit_year, h.village_code,
    lead(e.status) over (partition by e.household_id order by e.id) as then_status,
    lead(e.since) over (partition by e.household_id order by e.id) as then_since
  from registry_statusentry e join registry_household h on h.id = e.household_id
  where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.ended_because not in ('moved', 'undone') and {STANDS}),
watched as (select distinct on (w.household_id) w.household_id, w.watch_class from registry_watchentry w
  where w.village_code >= %(lo)s and w.village_code < %(hi)s order by w.household_id, w.id desc),
cohorts as (
  select s.household_id, s.village_code, case s.basis when 'case' then extract(year from s.since)::int else s.exit_year end as year,
    s.then_status = 'returned' as returned, s.then_since as returned_on, coalesce(w.watch_class, 'none') <> 'none' as watched
  from stood s left join watched w on w.household_id = s.household_id where s.status = 'exited')
"""
COUNTED = "count(*), count(*) filter (where returned), count(*) filter (where watched)"
BY_YEAR = f"{COHORTS} select year, {COUNTED} from cohorts group by 1 order by 1 desc nulls last"
OF_ONE = "where case when %(year)s = 0 then year is null else year = %(year)s end"
BY_PLACE = (
    f"{COHORTS} select left(village_code, %(digits)s), {COUNTED} from cohorts {OF_ONE} group by 1 order by 1"
)
ROWS = f"""{COHORTS} select household_id, returned_on, watched from cohorts {OF_ONE} and case %(which)s when 'watched' then watched else returned end
order by village_code, household_id limit {PAGE} offset %(first)s"""
DIGITS = {2: 4, 4: 6, 6: 9, 9: 12}


def returned(by: Appointment, area: Scope, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of relapse/returned.html. query: `year` of exit (or "unknown") opens a year, `which` its households that
    "returned" or are "watched", `place` one below the acting one, `page` a number."""
    below = places_below(by)
    place = query.get("place", "") if query.get("place", "") in below else ""
    within = scope_of(place) if place else area
    given: dict[str, Any] = {"lo": within.lo, "hi": within.hi}
    years = _years(given)
    for one in years:
        one["url"] = _address(year=one["key"], place=place)
    opened = next((one for one in years if one["key"] == query.get("year")), None)
    return {
        "place_name": by.post.place.name,
        "places": chosen(below, place),
        "place": place,
        "years": years,
        "actions": taken(by, KIND, place=place or by.place_code) if years else None,
        "opened": _opened(by, place or by.place_code, given, opened, {**query, "place": place}, below)
        if opened
        else None,
    }


def lines(code: str, year: str) -> Iterator[dict[str, Any]]:
    """A place's exits by year, or those of one year (or of "unknown") by the places below it, as the page tells them: place,
    label (of the year), exited, returned, share, watched."""
    area = scope_of(code)
    given = {"lo": area.lo, "hi": area.hi}
    years = _years(given)
    opened = next((one for one in years if one["key"] == year), None)
    if opened is None:
        name = names([code]).get(code, code)
        yield from ({**one, "place": name} for one in years)
        return
    found = _places(code, given, opened["key"])
    yield from ({**one, "place": one["label"], "label": opened["label"]} for one in found)


def label_of(year: str) -> str:
    """A year of exit in words; empty for what is none."""
    return _("承接的，年度不明") if year == UNKNOWN else year if year.isdecimal() else ""


def _years(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [_line(str(year or UNKNOWN), *counts) for year, *counts in _fetched(BY_YEAR, given)]
    return [{**one, "label": label_of(one["key"])} for one in found]


def _of(year: str) -> int:
    return 0 if year == UNKNOWN else int(year)


def _places(code: str, given: Mapping[str, Any], year: str) -> list[dict[str, Any]]:
    """Exits of a year by the places right below one; of a village, the village itself."""
    told = {**given, "year": _of(year), "digits": DIGITS.get(len(code), 12)}
    found = [_line(*row) for row in _fetched(BY_PLACE, told)]
    called = names(line["key"] for line in found)
    return [{**line, "label": called.get(line["key"], line["key"])} for line in found]


def _opened(
    by: Appointment,
    code: str,
    given: dict[str, Any],
    one: dict[str, Any],
    query: Mapping[str, str],
    below: Collection[str],
) -> dict[str, Any]:
    """One year of exit: by place below, and who it is, for those who work with them. below: places that can be chosen here."""
    # Where none returned, whoever is watched is what there is to look at.
    which = query.get("which", "")
    if which not in ("returned", "watched"):
        which = "watched" if one["watched"] and not one["returned"] else "returned"
    place = query.get("place", "")
    first, turned = pager(
        one[which],
        query.get("page", ""),
        lambda n: _address(year=one["key"], place=place, which=which, page=n),
    )
    sees = may(by, "relapse.see")
    wanted = {**given, "year": _of(one["key"]), "which": which, "first": first}
    found = _fetched(ROWS, wanted) if sees else []
    return {
        **one,
        "places": [
            {**line, "url": _address(year=one["key"], place=line["key"]) if line["key"] in below else None}
            for line in _places(code, given, one["key"])
        ]
        if len(code) < 12
        else [],
        "take_url": next((way["url"] for way in taken(by, KIND, place=code, year=one["key"])), None),
        "filters": [
            {
                "label": label,
                "count": one[key],
                "url": _address(year=one["key"], place=place, which=key),
                "current": key == which,
            }
            for key, label in (("returned", _("返贫的")), ("watched", _("现在监测的")))
        ],
        "which": which,
        "sees": sees,
        "rows": _rows(found),
        "pager": turned if sees else None,
    }


def _fetched(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _line(key: str, exited: int, back: int, watched: int) -> dict[str, Any]:
    """A line of the table; the share in tenths of a percent, rounded half up, as it is written."""
    tenths = (2000 * back + exited) // (2 * exited) if exited else 0
    return {
        "key": key,
        "exited": exited,
        "returned": back,
        "watched": watched,
        "share": f"{tenths // 10}.{tenths % 10}%",
    }


def _address(**kept: Any) -> str:
    said = {key: value for key, value in kept.items() if value}
    return f"{reverse('relapse:returned')}?{urlencode(said)}"


def _rows(found: list[tuple[int, Any, bool]]) -> list[dict[str, Any]]:
    homes = Household.objects.in_bulk([row[0] for row in found])
    villages = names(one.village_code for one in homes.values())
    return [
        {
            "head": homes[pk].head_name or _("户主不明"),
            "number": homes[pk].number,
            "village": villages.get(homes[pk].village_code, homes[pk].village_code),
            "url": reverse("workbench:household", args=[pk]),
            "on": on,
            "watched": watched,
        }
        for pk, on, watched in found
    ]
