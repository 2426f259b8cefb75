"""What the rulebook says of one village or county now: outcomes of its own rules, live, from PostgreSQL.

A village reads its list, its yearly form and its households; a county its villages. No other village is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.db import connection
from django.db.models import Max

from xiuhua.common.clock import beijing_today
from xiuhua.engine import Outcome, Selection, load
from xiuhua.places.scope import current_scope, scope_of, within
from xiuhua.places.terms import Level, level_of
from xiuhua.registry.models import Standing

PLANNED = "select set_config('enable_nestloop', %s, true), set_config('jit', %s, true)"
OF_PLACES: dict[Level, Literal["village", "county"]] = {Level.VILLAGE: "village", Level.COUNTY: "county"}


@dataclass(frozen=True)
class OfAPlace:
    """Outcomes of a place's rules in force on a day, in the order of the rulebook; none where it has no rules."""

    as_of: date
    outcomes: list[Outcome] = field(default_factory=list)
    # The year of a village's form that they rest on.
    year: int | None = None


def standards(place_code: str, as_of: date | None = None) -> OfAPlace:
    """Runs the rules of a village (12 digits) or county (6 digits) of the acting area. as_of: the newest data's day where
    it is not given; no outcome for other levels and for places that are not known."""
    day = as_of or newest_day(place_code)
    grain = OF_PLACES.get(level_of(place_code))
    if grain is None:
        return OfAPlace(day)
    selection = _selection(grain, day)
    if not current_scope().covers(place_code):
        return OfAPlace(day)
    # Seen as the place itself: what is read is then a range of the register, whoever asks.
    with within(scope_of(place_code)), connection.cursor() as cursor, _by_hashing(cursor):
        cursor.execute(selection.sql, [place_code])
        names = [column.name for column in cursor.description]
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return OfAPlace(day)
    return OfAPlace(day, load().outcomes(rows[0], selection), rows[0].get("year"))


@contextmanager
def _by_hashing(cursor: Any) -> Iterator[None]:
    """For the length of one query: under row-level security the planner expects a row or two of every table, and would hold
    each household of a county against each row of its members."""
    cursor.execute("select current_setting('enable_nestloop'), current_setting('jit')")
    before = cursor.fetchone()
    cursor.execute(PLANNED, ["off", "off"])
    yield
    cursor.execute(PLANNED, before)


def newest_day(place_code: str) -> date:
    """The day of the newest data of a place, of which it is judged. Today where nothing was computed yet."""
    area = scope_of(place_code)
    mine = Standing.objects.filter(village_code__gte=area.lo, village_code__lt=area.hi)
    return mine.aggregate(day=Max("as_of"))["day"] or beijing_today()


@lru_cache(maxsize=32)
def _selection(grain: Literal["village", "county"], as_of: date) -> Selection:
    """The query is the same for every place of a day; writing it takes longer than running it."""
    rules = [one.id for one in load().rules.values() if one.grain == grain and one.in_force(as_of)]
    return load().select("postgres", grain, as_of, wanted=f"select %s::text as {grain}_code", rules=rules)
