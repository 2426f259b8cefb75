"""Villages counted from their households: what is kept of them, and what is told while nothing is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.engine import load
from xiuhua.registry.models import Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Edge

# A status of our own counts; where nobody has decided yet, what the files report, as the facts do.
STATUS = """coalesce((select x.status from registry_statusentry x where x.household_id = h.id order by x.id desc limit 1),
  h.status_reported)"""
# Watched by our own decision, or where nobody has decided yet, by what the files say.
WATCHED = """coalesce((select x.watch_class from registry_watchentry x where x.household_id = h.id order by x.id desc limit 1) <> 'none',
  h.kind = 'watched')"""
# Of an exited household the year of exit: of our own decision; taken over, as the files report it (as the fact year_of_exit, and of
# each exit the rate of return). What an appeal gave back is no exit of its day.
EXITED_ON = """(select case x.basis when 'case' then x.since end from registry_statusentry x
  where x.household_id = {household} and x.status = 'exited' and left(x.case_number, 1) <> 'A' order by x.id desc limit 1)"""
EXIT_YEAR = f"coalesce(extract(year from {EXITED_ON.format(household='h.id')})::int, h.exit_year)"
POOR = "status in ('poor', 'pre_exit', 'returned')"
BAND_FEN = 250_00
BANDS = 28
# A heap just above the line is the oldest sign of figures made to fit.
NEAR_LINE_FEN = 50_00
FIGURES = (
    "households",
    "watched",
    "registered",
    "people",
    "poor",
    "poor_people",
    "exited",
    "fails",
    "unknown",
    "doubt",
)

NUMBERS = f"""
with every as materialized (
  select h.village_code, h.kind, s.as_of, coalesce(s.members, h.members_reported) as people,
    case when h.kind = 'registered' then {STATUS} end as status, h.kind = 'registered' as ours, {WATCHED} as watched,
    s.exit_fails && %(demands)s::varchar[] as fails, s.exit_unknown && %(demands)s::varchar[] as unknown, cardinality(s.doubts) > 0 as doubt
  from registry_household h left join registry_standing s on s.household_id = h.id where h.village_code = any(%(villages)s) and h.ended_on is null)
select village_code, max(as_of), count(*), count(*) filter (where watched), count(*) filter (where ours),
  coalesce(sum(people) filter (where ours), 0), count(*) filter (where ours and {POOR}),
  coalesce(sum(people) filter (where ours and {POOR}), 0), count(*) filter (where ours and status = 'exited'),
  count(*) filter (where ours and fails), count(*) filter (where ours and unknown), count(*) filter (where ours and doubt)
from every group by 1 order by 1
"""
LINES = f"""
select h.village_code, u.key, count(*) from registry_household h left join registry_standing s on s.household_id = h.id
cross join lateral (
  select 'fails:' || unnest(s.exit_fails) as key union all select 'unknown:' || unnest(s.exit_unknown)
  union all select 'doubt:' || unnest(s.doubts) union all select 'cause:' || coalesce(h.main_cause, '')
  union all select 'exit:' || coalesce({EXIT_YEAR}::text, '') where {STATUS} = 'exited') u
where h.village_code = any(%(villages)s) and h.kind = 'registered' and h.ended_on is null group by 1, 2
"""
REGISTERED = """select h.id as household_key from registry_household h
where h.village_code = any(%(villages)s) and h.kind = 'registered' and h.ended_on is null"""
# Exited households within a band's width above the line: of its first part, and of the rest.
ABOVE = """o.f__exit_state = 'exited' and o.f__net_income_per_head_counted_fen >= o.f__poverty_line_fen
  and o.f__net_income_per_head_counted_fen < o.f__poverty_line_fen + %(width)s"""
# Incomes below nothing are no band: they are -1, and told apart.
SPREAD = """
select o.village_code, case when o.f__net_income_per_head_counted_fen < 0 then -1 else least(o.f__net_income_per_head_counted_fen / %(width)s, %(last)s) end as band,
  count(*) filter (where coalesce(o.f__exit_state, 'poor') <> 'exited'), count(*) filter (where o.f__exit_state = 'exited'),
  count(*) filter (where {above} and o.f__net_income_per_head_counted_fen < o.f__poverty_line_fen + %(near)s),
  count(*) filter (where {above} and o.f__net_income_per_head_counted_fen >= o.f__poverty_line_fen + %(near)s),
  count(*) filter (where o.f__exit_state = 'exited' and o.f__net_income_per_head_counted_fen < o.f__poverty_line_fen), max(o.year)
from ({select}) o where o.f__net_income_per_head_counted_fen is not null group by 1, 2
"""
# Registered households of villages in a band of incomes, exited or not; `least` is null below nothing, `most` without an end.
BAND = """
select o.household_key from ({select}) o where (coalesce(o.f__exit_state, 'poor') = 'exited') = %(exited)s
  and o.f__net_income_per_head_counted_fen >= coalesce(%(least)s, o.f__net_income_per_head_counted_fen)
  and o.f__net_income_per_head_counted_fen < coalesce(%(most)s, o.f__net_income_per_head_counted_fen + 1)
"""
# By the line of the year; whose income is not known may have left or not.
BY_EDGE = {
    Edge.UNDER: "o.f__exit_state = 'exited' and o.f__net_income_per_head_counted_fen < o.f__poverty_line_fen",
    Edge.NEAR: f"{ABOVE} and o.f__net_income_per_head_counted_fen < o.f__poverty_line_fen + %(near)s",
    Edge.UNKNOWN: "o.f__net_income_per_head_counted_fen is null",
}
DAYS = """
select h.village_code, max(s.as_of) from registry_household h left join registry_standing s on s.household_id = h.id
where h.village_code >= %(lo)s and h.village_code < %(hi)s and h.ended_on is null group by 1
"""
INCOME_FACTS = ("net_income_per_head_counted_fen", "exit_state", "record_year", "poverty_line_fen")


def counted(villages: Iterable[str], *, lines: bool = True) -> list[Tally]:
    """Counts of some villages, unsaved; a village without households counts nothing and is there all the same."""
    asked = sorted(set(villages))
    if not asked:
        return []
    now = beijing_now()
    days: dict[date, list[str]] = defaultdict(list)
    found = {code: Tally(village_code=code, counted_at=now, **dict.fromkeys(FIGURES, 0)) for code in asked}
    for code, day, *numbers in _all(NUMBERS, {"villages": asked, "demands": [rule.id for rule in demands()]}):
        for name, n in zip(FIGURES, numbers, strict=True):
            setattr(found[code], name, n)
        found[code].as_of = day
        days[day or beijing_today()].append(code)
    if lines:
        for code, key, n in _all(LINES, {"villages": asked}):
            found[code].lines[key] = n
        # Each village's incomes are seen on the day of its own data, as on the pages of its households.
        for day, those in days.items():
            _spread(found, those, day)
    return [found[code] for code in asked]


def _spread(found: dict[str, Tally], villages: list[str], as_of: date) -> None:
    selection = _incomes(as_of)
    values = {"villages": villages, "width": BAND_FEN, "last": BANDS - 1, "near": NEAR_LINE_FEN}
    sql = SPREAD.replace("{select}", selection.sql).replace("{above}", ABOVE)
    for code, band, poor, exited, near, beyond, under, year in _all(sql, values):
        village = found[code]
        named = "below_nothing" if band < 0 else f"band:{band}"
        village.lines[f"{named}:poor"], village.lines[f"{named}:exited"] = poor, exited
        for key, n in (("above:near", near), ("above:beyond", beyond), ("under:exited", under)):
            village.lines[key] = village.lines.get(key, 0) + n
        village.year = max(year, village.year or year)


def _incomes(as_of: date) -> Any:
    return load().select(
        "postgres", "household", as_of, wanted=REGISTERED, rules=[], facts=list(INCOME_FACTS)
    )


def of_band(lo: str, hi: str, band: int | Edge, *, exited: bool) -> list[int]:
    """Ids of an area's registered households whose income per head lies in a band; band -1: below nothing. Computes them all."""
    sql = BAND
    values: dict[str, Any] = {"exited": exited, "width": BAND_FEN, "near": NEAR_LINE_FEN}
    if isinstance(band, Edge):
        sql = f"select o.household_key from ({{select}}) o where {BY_EDGE[band]}"
    else:
        values["least"] = None if band < 0 else band * BAND_FEN
        values["most"] = 0 if band < 0 else None if band >= BANDS - 1 else (band + 1) * BAND_FEN
    days: dict[date, list[str]] = defaultdict(list)
    for code, day in _all(DAYS, {"lo": lo, "hi": hi}):
        days[day or beijing_today()].append(code)
    found: list[int] = []
    for day, villages in days.items():
        asked = sql.replace("{select}", _incomes(day).sql)
        found += [key for (key,) in _all(asked, {**values, "villages": villages})]
    return found


def _all(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
