"""Reads of the exit plan: how many households are planned for which year and how they stand, in the database, by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import PlanTarget, Procedure
from xiuhua.decisions.queries.readiness import by_hashing
from xiuhua.decisions.terms import Measure
from xiuhua.places.scope import Scope, scope_of
from xiuhua.registry.queries.counting import POOR, STATUS
from xiuhua.registry.queries.rules import demands

PLAN = """plan as materialized (
  select distinct on (l.household_id) l.household_id, l.year, a.at, l.sheet_id from decisions_planline l
  join decisions_sheetanswer a on a.sheet_id = l.sheet_id and a.verdict = 'approved'
  where l.place_code >= %(lo)s and l.place_code < %(hi)s and l.household_id is not null order by l.household_id, a.id desc)"""
HOMES = f"""homes as materialized (
  select h.id, h.number, h.head_name, h.village_code, {STATUS} as status, coalesce(s.members, h.members_reported) as people,
    s.exit_fails, s.exit_unknown, s.exit_fails && %(demands)s::varchar[] as fails,
    s.household_id is null or s.exit_unknown && %(demands)s::varchar[] as unknown
  from registry_household h left join registry_standing s on s.household_id = h.id
  where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.kind = 'registered' and h.ended_on is null)"""
STATE = "case when h.status = 'exited' then 'done' when h.fails then 'fails' when h.unknown then 'unknown' else 'ready' end"
# Who is still to leave, and who left and stood on the plan.
ON_IT = f"(h.{POOR} or (h.status = 'exited' and p.year is not null))"
GROUPED = f"""with {PLAN}, {HOMES}
select left(h.village_code, %(digits)s), p.year, {STATE}, count(*) from homes h left join plan p on p.household_id = h.id
where {ON_IT} group by 1, 2, 3"""
LISTED = f"""with {PLAN}, {HOMES}
select h.id, h.number, h.head_name, h.village_code, h.status, h.people, h.exit_fails, h.exit_unknown, p.year, p.at, {STATE} as state,
  count(*) over () as total from homes h left join plan p on p.household_id = h.id
where {ON_IT} and (%(year)s = '' or coalesce(p.year::text, 'none') = %(year)s) and (%(state)s = '' or {STATE} = %(state)s)
order by h.village_code, h.id limit %(size)s offset %(skip)s"""
VILLAGES = """
select distinct on (l.place_code) l.place_code, l.year from decisions_planline l
join decisions_sheetanswer a on a.sheet_id = l.sheet_id and a.verdict = 'approved'
where l.place_code >= %(lo)s and l.place_code < %(hi)s and l.household_id is null and length(l.place_code) = 12
order by l.place_code, a.id desc"""
PENDING = """
select l.household_id, l.year, l.sheet_id from decisions_planline l
where l.household_id = any(%s) and not exists (select 1 from decisions_sheetanswer a where a.sheet_id = l.sheet_id)"""


@dataclass(frozen=True)
class Group:
    """Households of a place below, planned for one year (None: for none), that stand alike."""

    place: str
    year: int | None
    state: str
    count: int


@dataclass(frozen=True)
class Line:
    """A household on the plan, or missing from it."""

    id: int
    number: str
    head_name: str | None
    village_code: str
    status: str | None
    people: int | None
    exit_fails: list[str] | None
    exit_unknown: list[str] | None
    year: int | None
    at: Any
    state: str
    total: int


def _values(area: Scope, **more: Any) -> dict[str, Any]:
    return {"lo": area.lo, "hi": area.hi, "demands": [rule.id for rule in demands()], **more}


def groups(area: Scope, digits: int) -> list[Group]:
    """All households of an area that are on the plan or ought to be, by place of so many digits."""
    with by_hashing() as cursor:
        cursor.execute(GROUPED, _values(area, digits=digits))
        return [Group(*row) for row in cursor.fetchall()]


def lines(area: Scope, *, year: str = "", state: str = "", size: int = 100, skip: int = 0) -> list[Line]:
    """Households of an area by planned year (`none`: no year) and by how they stand; each knows how many there are in all."""
    with by_hashing() as cursor:
        cursor.execute(LISTED, _values(area, year=year, state=state, size=size, skip=skip))
        return [Line(*row) for row in cursor.fetchall()]


def pending(homes: Iterable[int]) -> dict[int, tuple[int | None, int]]:
    """Years that wait for approval, by household: the year and its sheet."""
    with connection.cursor() as cursor:
        cursor.execute(PENDING, [list(homes)])
        return {home: (year, sheet) for home, year, sheet in cursor.fetchall()}


def villages(area: Scope) -> dict[str, int]:
    """The planned years of villages of an area, where one was approved."""
    with connection.cursor() as cursor:
        cursor.execute(VILLAGES, {"lo": area.lo, "hi": area.hi})
        return {code: year for code, year in cursor.fetchall() if year}


def place_year(code: str) -> int | None:
    """The planned year of a village or county itself, as far as the acting area sees it."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_planned(null, %s)", [code])
        found: int | None = cursor.fetchone()[0]
        return found


def place_year_last(code: str) -> int | None:
    """The last year that was approved for a village or county, also where it was taken off the plan since."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_planned_last(null, %s)", [code])
        found: int | None = cursor.fetchone()[0]
        return found


def county_year(code: str) -> int | None:
    """The planned year of the county that a place lies in: a deadline for all in it, whoever asks."""
    if len(code) < 6:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select decisions_deadline(%s)", [code])
        found: int | None = cursor.fetchone()[0]
        return found


def targets(code: str) -> dict[tuple[int, str], PlanTarget]:
    """What was set for a place from above, by year and measure; the newest counts."""
    told: dict[tuple[int, str], PlanTarget] = {}
    for one in PlanTarget.objects.filter(place_code=code).order_by("pk"):
        told[(one.year, one.measure)] = one
    return told


def below_sums(code: str, digits: int) -> dict[tuple[int, str], int]:
    """The targets of the places below one added up, by year and measure."""
    area = scope_of(code)
    told: dict[tuple[str, int, str], int] = {}
    for one in PlanTarget.objects.filter(place_code__gte=area.lo, place_code__lt=area.hi).order_by("pk"):
        if len(one.place_code) == digits and one.place_code != code:
            told[(one.place_code, one.year, one.measure)] = one.count
    sums: dict[tuple[int, str], int] = {}
    for (_place, year, measure), count in told.items():
        sums[(year, measure)] = sums.get((year, measure), 0) + count
    return sums


def programme() -> tuple[int, int, int | None]:
    """The first and last year that may be planned, and the year by which the programme ends (None: it does not)."""
    today = beijing_today()
    found = Procedure.objects.filter(kind="household_exit").order_by("-since", "-pk").first()
    until = found.until if found is not None else None
    if found is not None and until is not None and until < today:
        # A programme of the past: its last five years, so that the records of that time can be completed.
        return max(found.since.year, until.year - 4), until.year, until.year
    last = today.year + 5
    return today.year, min(last, until.year) if until else last, until.year if until else None


def over_since() -> int | None:
    """The last year of a programme that is over: nobody is planned to leave any more, and its years are only there so that the records
    of that time can be completed. None while it goes on."""
    _first, last, ends = programme()
    return last if ends is not None and ends < beijing_today().year else None


def piled(counts: dict[int, int], years: int) -> set[int]:
    """Years in which at least twice as many leave as on the average of the years there are: haste, or a plan not made."""
    total = sum(counts.values())
    return {year for year, n in counts.items() if years > 1 and n * years >= 2 * total and n >= 5}


HOUSEHOLDS = Measure.HOUSEHOLDS.value
