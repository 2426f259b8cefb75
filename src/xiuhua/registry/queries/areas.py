"""Counts of an area: one statement each, whatever the number of places below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.engine import load
from xiuhua.places.scope import Scope
from xiuhua.registry.queries.rules import demands

# A status of our own counts; where nobody has decided yet, what the files report, as the facts do.
STATUS = """coalesce((select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1),
  h.status_reported)"""

TALLY = f"""
with every as (
  select left(h.village_code, %(digits)s) as code, count(*) as households
  from registry_household h where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.ended_on is null group by 1),
registered as (
  select left(h.village_code, %(digits)s) as code, {STATUS} as status, s.members, h.members_reported,
    s.exit_fails && %(demands)s::varchar[] as fails, s.exit_unknown && %(demands)s::varchar[] as unknown,
    cardinality(s.doubts) > 0 as doubt
  from registry_household h left join registry_standing s on s.household_id = h.id
  where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.kind = 'registered' and h.ended_on is null),
counted as (
  select code, count(*) as registered, sum(coalesce(members, members_reported)) as people,
    count(*) filter (where status in ('poor', 'pre_exit', 'returned')) as poor,
    sum(coalesce(members, members_reported)) filter (where status in ('poor', 'pre_exit', 'returned')) as poor_people,
    count(*) filter (where status = 'exited') as exited, count(*) filter (where fails) as fails,
    count(*) filter (where unknown) as unknown, count(*) filter (where doubt) as doubt
  from registered group by 1)
select e.code, e.households, coalesce(c.registered, 0), coalesce(c.people, 0), coalesce(c.poor, 0), coalesce(c.poor_people, 0),
  coalesce(c.exited, 0), coalesce(c.fails, 0), coalesce(c.unknown, 0), coalesce(c.doubt, 0)
from every e left join counted c on c.code = e.code order by 1
"""

BY_RULE = """
select what, rule, count(*) from (
  select u.what, u.rule from registry_household h join registry_standing s on s.household_id = h.id
  cross join lateral (
    select 'fails' as what, unnest(s.exit_fails) as rule union all
    select 'unknown', unnest(s.exit_unknown) union all
    select 'doubt', unnest(s.doubts)) u
  where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.kind = 'registered' and h.ended_on is null) found
group by 1, 2
"""

CAUSES = """
select main_cause, count(*) from registry_household
where village_code >= %(lo)s and village_code < %(hi)s and kind = 'registered' and ended_on is null and main_cause is not null
group by 1 order by 2 desc, 1
"""

REGISTERED = """select h.id as household_key from registry_household h
where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.kind = 'registered' and h.ended_on is null"""

SPREAD = """
select least(o.f__net_income_per_head_fen / %(width)s, %(last)s) as band,
  count(*) filter (where coalesce(o.f__exit_state, 'poor') <> 'exited'), count(*) filter (where o.f__exit_state = 'exited'), max(o.year)
from ({select}) o where o.f__net_income_per_head_fen >= 0 group by 1 order by 1
"""
BAND_FEN = 250_00
BANDS = 28


@dataclass(frozen=True)
class Tally:
    """Households of a place, and of those registered: people, statuses, and how they stand against the standard."""

    code: str
    households: int = 0
    registered: int = 0
    people: int = 0
    poor: int = 0
    poor_people: int = 0
    exited: int = 0
    fails: int = 0
    unknown: int = 0
    doubt: int = 0


def tallies(area: Scope, *, digits: int) -> list[Tally]:
    """One tally for each place below that has households, by the length of its code."""
    values = {"lo": area.lo, "hi": area.hi, "digits": digits, "demands": [rule.id for rule in demands()]}
    return [Tally(*row) for row in _all(TALLY, values)]


def total(code: str, tallies: list[Tally]) -> Tally:
    """The sum of several."""
    names = list(Tally.__dataclass_fields__)[1:]
    return Tally(code, *(int(sum(getattr(one, name) for one in tallies)) for name in names))


def by_rule(area: Scope) -> dict[str, dict[str, int]]:
    """Registered households by rule: {"fails": {rule: n}, "unknown": {...}, "doubt": {...}}."""
    found: dict[str, dict[str, int]] = {"fails": {}, "unknown": {}, "doubt": {}}
    for what, rule, n in _all(BY_RULE, {"lo": area.lo, "hi": area.hi}):
        found[what][rule] = n
    return found


def causes(area: Scope) -> list[tuple[str, int]]:
    """Main causes of registered households with their number, the most frequent first."""
    return [(code, n) for code, n in _all(CAUSES, {"lo": area.lo, "hi": area.hi})]


@dataclass(frozen=True)
class Spread:
    """Registered households by net income per head: rows of (lower edge in fen, poor, exited); the last row is open."""

    year: int
    rows: list[tuple[int, int, int]]


def spread(area: Scope, *, as_of: date) -> Spread | None:
    """How incomes are spread, from the same fact that the exit rule sees; None where no income is known."""
    selection = load().select(
        "postgres", "household", as_of, wanted=REGISTERED, rules=[], facts=["net_income_per_head_fen", "exit_state", "record_year"],
    )  # fmt: skip
    rows = _all(
        SPREAD.replace("{select}", selection.sql),
        {"lo": area.lo, "hi": area.hi, "width": BAND_FEN, "last": BANDS - 1},
    )
    if not rows:
        return None
    bands = {band: (poor, exited) for band, poor, exited, _year in rows}
    return Spread(
        max(row[3] for row in rows),
        [(band * BAND_FEN, *bands.get(band, (0, 0))) for band in range(min(bands), max(bands) + 1)],
    )


def newest_day(area: Scope) -> date | None:
    """The newest day that standings of an area speak of; reads all of them, so ask it of a township or below."""
    rows = _all(
        "select max(as_of) from registry_standing where village_code >= %(lo)s and village_code < %(hi)s",
        {"lo": area.lo, "hi": area.hi},
    )
    return rows[0][0] if rows else None


def _all(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
