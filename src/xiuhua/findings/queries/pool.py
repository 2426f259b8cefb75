"""What waits, how much of it, where, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Least

from xiuhua.common.asking import Single
from xiuhua.common.clock import BEIJING, beijing_today
from xiuhua.findings.models import Finding
from xiuhua.findings.queries.weight import Part, lasting, passing, points, spreading, total
from xiuhua.findings.terms import Kind, State
from xiuhua.places.scope import Scope, ask_here

# What is refused keeps a household out of the register, so it comes first; what was put right waits for nobody.
RANKED = {Kind.REFUSED: 0, Kind.ASKED: 1, Kind.WARNED: 2, Kind.UNKNOWN: 3, Kind.MENDED: 4}


@dataclass(frozen=True)
class Chosen:
    """Which findings of an area: what is left empty does not narrow."""

    area: Scope
    kind: str = ""
    rule: str = ""
    household: str = ""
    state: str = ""
    owner: int | None = None
    overdue: bool = False
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Group:
    """Findings of one kind and rule, counted by the place below in which they lie, and why they come where they do."""

    kind: Kind
    rule: str
    count: int
    places: tuple[tuple[str, int], ...]
    households: int = 0
    people: int = 0
    overdue: int = 0
    oldest: date | None = None
    parts: tuple[Part, ...] = ()

    @property
    def weight(self) -> int:
        return total(list(self.parts))


def in_area(area: Scope) -> QuerySet[Finding]:
    """Findings of an area that are not closed. One whose village nobody knows lies at the county."""
    return Finding.objects.filter(place_code__gte=area.lo, place_code__lt=area.hi).exclude(state=State.CLOSED)


def waiting(area: Scope) -> QuerySet[Finding]:
    """Those that somebody still has to do something about."""
    return in_area(area).filter(state=State.OPEN)


def choose(chosen: Chosen) -> QuerySet[Finding]:
    """The findings that are meant, in no order."""
    found = in_area(chosen.area)
    for field in ("kind", "rule", "state"):
        if value := getattr(chosen, field):
            found = found.filter(**{field: value})
    if chosen.household:
        found = found.filter(household_number=chosen.household)
    if chosen.owner is not None:
        found = found.filter(owner_id=chosen.owner)
    if chosen.overdue:
        found = found.filter(state=State.OPEN, due_on__lt=beijing_today())
    return found.filter(pk__in=chosen.ids) if chosen.ids else found


# Household by household first: counting distinct ones over a large pool would sort all of it.
COUNTED = """
select kind, rule, place, sum(n)::bigint, count(nullif(household_number, '')), sum(people)::bigint, sum(late)::bigint, min(oldest), bool_or(exited)
from (select kind, rule, left(place_code, %s) as place, household_number, count(*) as n, count(nullif(person_number, '')) as people,
    count(*) filter (where due_on < %s) as late, min(found_at) as oldest, bool_or(exited) as exited
  from ({found}) f group by 1, 2, 3, 4) counted
group by 1, 2, 3
"""
COUNTING = ("kind", "rule", "place_code", "household_number", "person_number", "due_on", "found_at", "exited")


def groups(found: QuerySet[Finding], *, digits: int, place_code: str = "CN") -> list[Group]:
    """By kind and rule, the heaviest first; places by code of the given length. One query."""
    today = beijing_today()
    gathered: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for kind, rule, *told in _rows(COUNTED, found, COUNTING, digits, today):
        gathered.setdefault((kind, rule), []).append(tuple(told))
    made = [_group(Kind(kind), rule, rows, today, place_code) for (kind, rule), rows in gathered.items()]
    return sorted(made, key=lambda one: (-one.weight, RANKED[one.kind], -one.count, one.rule))


def _rows(
    sql: str, found: QuerySet[Finding], columns: tuple[str, ...], *values: Any
) -> list[tuple[Any, ...]]:
    """Rows of a query over some findings; `{found}` stands for them, after the other values."""
    inner, inside = found.order_by().values(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{found}", inner), [*values, *inside])
        return list(cursor.fetchall())


def _group(kind: Kind, rule: str, rows: list[tuple[Any, ...]], today: date, place_code: str) -> Group:
    places = sorted(((place, n) for place, n, *_rest in rows), key=lambda one: (-one[1], one[0]))
    households, people, late = (sum(row[at] for row in rows) for at in (2, 3, 4))
    oldest = day_of(min(row[5] for row in rows))
    parts: list[Part] = []
    if kind != Kind.MENDED:
        parts = [
            *lasting(kind, rule, exited=any(row[6] for row in rows), on=today, place_code=place_code),
            *passing(
                found_on=oldest,
                due=today - timedelta(days=1) if late else None,
                on=today,
                place_code=place_code,
            ),
            *spreading(households, on=today, place_code=place_code),
        ]
    count = sum(n for _place, n in places)
    return Group(kind, rule, count, tuple(places), households, people, late, oldest, tuple(parts))


def ordered(found: QuerySet[Finding], *, place_code: str = "CN") -> QuerySet[Finding]:
    """As a work list: the heaviest first, as it weighs today; then as found; with the owner's post."""
    today = beijing_today()
    weeks, week, overdue = (points(name, today, place_code) for name in ("weeks_most", "week", "overdue"))
    days = RawSQL("(%s::date - (found_at at time zone 'Asia/Shanghai')::date) / 7", [today], IntegerField())
    late = Case(When(due_on__lt=today, then=Value(overdue)), default=Value(0))
    return (
        found.annotate(rank=F("weight") + late + Least(days, Value(weeks)) * Value(week))
        .order_by("-rank", "rule", "id")
        .select_related("owner__place")
    )


def of_household(county_code: str, number: str) -> QuerySet[Finding]:
    """What is not closed of one household."""
    return ordered(
        Finding.objects.filter(
            household_number=number, place_code__gte=county_code, place_code__lt=county_code + ":"
        ).exclude(state=State.CLOSED)
    )


def parts_of(one: Finding) -> list[Part]:
    """Why a finding comes where it does, as of today."""
    today, county = beijing_today(), one.place_code[:6]
    return lasting(Kind(one.kind), one.rule, exited=one.exited, on=today, place_code=county) + passing(
        found_on=day_of(one.found_at), due=one.due_on, on=today, place_code=county
    )


@dataclass(frozen=True)
class Load:
    """What a post has on its desk."""

    count: int
    overdue: int
    oldest: date | None


# In the database's own words: putting the same statement together anew took longer than its answer.
OF_POST = """
select count(*), count(*) filter (where due_on < %(today)s), min(due_on) filter (where due_on < %(today)s)
from findings_finding where state = %(open)s and owner_id = %(post)s
"""


def of_post(post_id: int, *, today: date) -> Load:
    """Open findings that a post owns, and how many of them are past their day. One query."""
    [told] = ask_here(OF_POST, {"today": today, "open": State.OPEN.value, "post": post_id})
    return Load(*told)


# Around every page, with what else waits. State and limit stand in the words: a plan that is kept knows them.
ON_THE_DESK = """
select count(*) from (select from findings_finding where state = 'open' and owner_id = %(post)s limit {most:d}) found
"""


def on_the_desk(post_id: int, most: int) -> Single:
    """How many open findings a post owns, counted no further than `most`: no desk is looked at for how many thousands lie on it."""
    return Single(ON_THE_DESK.format(most=most), {"post": post_id})


def day_of(moment: datetime) -> date:
    """The day of a moment, as the office's calendar has it."""
    return moment.astimezone(BEIJING).date()
