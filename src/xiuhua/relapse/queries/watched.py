"""Who is watched, in which class since when, and what that rests on: the county's opening, a procedure, a move, a family that changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.places.scope import Scope, scope_of
from xiuhua.registry.models import Household, WatchEntry
from xiuhua.registry.terms import Basis, WatchClass
from xiuhua.relapse.queries.households import decided_in
from xiuhua.relapse.queries.pages import chosen, may, names, places_below
from xiuhua.relapse.queries.said import said

FILE = "file"  # a file has it as watched, and its class was never decided
# The newest entry of each household; and those that only a file names.
WATCHED = """
with newest as (
  select distinct on (w.household_id) w.id, w.household_id, w.watch_class, w.basis from registry_watchentry w
  where w.village_code >= %(lo)s and w.village_code < %(hi)s order by w.household_id, w.id desc),
watched as (
  select o.village_code, o.id as household, n.id as entry, n.basis from newest n join registry_household o on o.id = n.household_id
  where n.watch_class <> 'none' and o.ended_on is null
  union all
  select o.village_code, o.id, null, 'file' from registry_household o
  where o.village_code >= %(lo)s and o.village_code < %(hi)s and o.kind = 'watched' and o.ended_on is null
    and not exists (select 1 from newest n where n.household_id = o.id))
"""
COUNTS = f"{WATCHED} select basis, count(*) from watched group by 1"
ROWS = f"""{WATCHED} select household, entry from watched where %(basis)s = '' or basis = %(basis)s
order by village_code, household limit {PAGE} offset %(first)s"""


def watched(by: Appointment, area: Scope, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of relapse/watched.html. query: `basis` what it rests on, `place` below the acting one, `page` a number."""
    below = places_below(by)
    place = query.get("place", "") if query.get("place", "") in below else ""
    within = scope_of(place) if place else area
    given: dict[str, Any] = {"lo": within.lo, "hi": within.hi}
    labels = _labels()
    basis = query.get("basis", "") if query.get("basis", "") in labels else ""

    def address(of: str, **more: int) -> str:
        kept = {"basis": of, "place": place, **more}
        return (
            f"{reverse('relapse:watched')}?{urlencode({key: value for key, value in kept.items() if value})}"
        )

    with connection.cursor() as cursor:
        cursor.execute(COUNTS, given)
        counts = dict(cursor.fetchall())
        counts[""] = sum(counts.values())
        first, turned = pager(counts.get(basis, 0), query.get("page", ""), lambda n: address(basis, page=n))
        cursor.execute(ROWS, {**given, "basis": basis, "first": first})
        found = cursor.fetchall()
    return {
        "place_name": by.post.place.name,
        "basis": basis,
        "filters": [
            {"label": label, "count": counts.get(key, 0), "url": address(key), "current": key == basis}
            for key, label in labels.items()
            if key in ("", Basis.OPENING, basis) or counts.get(key)
        ],
        "places": chosen(below, place),
        "actions": taken(by, "relapse.watched", place=place or by.place_code, basis=basis) if found else None,
        "rows": _rows(by, found),
        "pager": turned,
    }


def _labels() -> dict[str, str]:
    return {"": _("全部"), **{one.value: said(one) for one in Basis}, FILE: _("仅文件列为，类别未认定")}


def named(basis: str) -> str:
    """What the list is narrowed to, in words."""
    return _labels().get(basis, _("全部"))


def every(by: Appointment, area: Scope, basis: str) -> Iterator[dict[str, Any]]:
    """All watched households of an area, as the page lists them."""
    given: dict[str, Any] = {"lo": area.lo, "hi": area.hi, "basis": basis if basis in _labels() else ""}
    for first in itertools.count(0, PAGE):
        with connection.cursor() as cursor:
            cursor.execute(ROWS, {**given, "first": first})
            found = cursor.fetchall()
        yield from _rows(by, found)
        if len(found) < PAGE:
            return


def _rows(by: Appointment, found: list[tuple[int, int | None]]) -> list[dict[str, Any]]:
    """Watched households as their list shows them: a few queries, however many."""
    homes = Household.objects.in_bulk([household for household, _entry in found])
    entries = WatchEntry.objects.select_related("opening").in_bulk(
        [entry for _household, entry in found if entry is not None]
    )
    villages = names(one.village_code for one in homes.values())
    works = may(by, "relapse.work")
    told = []
    for household, key in found:
        home, entry = homes[household], entries[key] if key is not None else None
        # Not decided here, or decided of a family that is another now: to be visited and judged.
        asks = entry is None or entry.basis == Basis.FAMILY
        told.append(
            {
                "head": home.head_name or _("户主不明"),
                "number": home.number,
                "village": villages.get(home.village_code, home.village_code),
                "url": reverse("workbench:household", args=[home.pk]),
                "label": said(WatchClass(entry.watch_class)) if entry else "",
                "since": entry.since if entry else None,
                "basis": said(Basis(entry.basis)) if entry else "",
                "decided_url": decided_in(entry) if entry else "",
                "recorded_on": entry.recorded_at if entry else None,
                # Taken over: who signed for it, where the county's opening can be seen. Else the case or proceeding tells.
                "post": entry.opening.signed_post if entry and entry.opening else "",
                "ask_url": reverse("relapse:new", args=[home.pk]) if works and asks else "",
            }
        )
    return told
