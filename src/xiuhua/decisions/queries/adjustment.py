"""Reads of the yearly adjustment: the window, who the rules point at, and how far each of them is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.queries.readiness import by_hashing
from xiuhua.decisions.terms import Category
from xiuhua.engine import load
from xiuhua.places.scope import Scope
from xiuhua.registry.queries.standards import newest_day

# By which rules a category finds its candidates. A rule of no list here is shown at its household only.
RULES: dict[Category, tuple[str, ...]] = {
    Category.EXIT: ("adjust.ready_to_exit",),
    Category.ENTER: ("adjust.newly_poor",),
    Category.RETURNED: ("adjust.returned",),
    Category.WRONG: ("adjust.wrongly_listed", "adjust.wrong_exit"),
    Category.NATURAL: ("natural.members_more", "natural.members_fewer", "natural.household_gone"),
}
# By which kinds of proceedings a category is carried out; natural changes are cases of people.
KINDS: dict[Category, tuple[str, ...]] = {
    Category.EXIT: ("household_exit",),
    Category.ENTER: ("identification", "watch"),
    Category.RETURNED: ("return_to_poverty", "watch"),
    Category.WRONG: ("wrongly_listed", "return_to_poverty"),
    Category.NATURAL: (),
}
# Each household once a category; what was begun for it since the window opened, newest first, says how far it is.
# Where no window sets the year, each village's is that of its own data.
EVERY = """newest as (
  select c.place_code, case when %(open_always)s then max(c.year) else %(year)s end as year from decisions_candidate c
  where c.place_code >= %(lo)s and c.place_code < %(hi)s group by 1),
every as materialized (
  select c.place_code, c.household_id, c.category, coalesce(array_agg(distinct c.rule) filter (where c.stands), array_agg(distinct c.rule)) as rules,
    bool_or(c.stands) as stands from decisions_candidate c join newest n on n.place_code = c.place_code and n.year = c.year
  where c.place_code >= %(lo)s and c.place_code < %(hi)s and (%(found_by)s::date is null or c.first_on <= %(found_by)s) group by 1, 2, 3),
kinds as (select * from unnest(%(categories)s::text[], %(kinds)s::text[]) k(category, kind)),
begun as materialized (
  select distinct on (category, household_id) * from (
    select k.category, p.household_id, p.place_code, case when p.course = 'decided' or p.course = 'open' and p.effect_on is not null then 'decided' when p.course = 'open' then 'open' else 'refused' end as found, p.id, p.begun_at
    from decisions_proceeding p join kinds k on k.kind = p.kind
    where p.place_code >= %(lo)s and p.place_code < %(hi)s and p.household_id is not null and p.begun_at >= %(since)s and (%(until)s::date is null or p.begun_at < %(until)s)
    union all
    select 'natural', h.home, c.place_code, case c.state when 'accepted' then 'decided' when 'refused' then 'refused' when 'withdrawn' then 'refused' when 'undone' then 'refused' else 'open' end, null, s.at
    from decisions_case c cross join lateral unnest(c.households) h(home) join decisions_casestep s on s.case_id = c.id and s.number = 1
    where c.place_code >= %(lo)s and c.place_code < %(hi)s and c.state <> 'drafted' and s.at >= %(since)s and (%(until)s::date is null or s.at < %(until)s)) x
  order by category, household_id, begun_at desc, id desc nulls last, found),
looked as materialized (
  select distinct a.category, a.household_id from decisions_candidateanswer a
  where a.place_code >= %(lo)s and a.place_code < %(hi)s and a.year = %(year)s),
told as (
  select coalesce(e.place_code, b.place_code) as place_code, coalesce(e.household_id, b.household_id) as household_id, coalesce(e.category, b.category) as category,
    e.household_id is not null as candidate, e.rules, b.id as proceeding,
    coalesce(b.found, case when l.household_id is not null then 'looked' when not e.stands then 'gone' else 'not_yet' end) as found
  from every e full join begun b on b.household_id = e.household_id and b.category = e.category
    left join looked l on l.household_id = e.household_id and l.category = e.category)"""
GROUPED = f"with {EVERY} select left(place_code, %(digits)s), category, found, count(*), count(*) filter (where candidate) from told group by 1, 2, 3"
LISTED = f"""with {EVERY}
select t.household_id, h.number, h.head_name, h.village_code, t.category, t.found, t.candidate, t.rules, t.proceeding, count(*) over () as total
from told t join registry_household h on h.id = t.household_id
where (%(category)s = '' or t.category = %(category)s) and (%(found)s = '' or t.found = %(found)s) and (not %(only)s or t.candidate) and t.category <> all (%(without)s::text[])
order by h.village_code, h.id, t.category limit %(size)s offset %(skip)s"""


@dataclass(frozen=True)
class Round:
    """An adjustment: its year, from when it counts, and whether procedures may begin today.

    until: the day from which what is begun belongs to the next; none: it is the newest. began: of an earlier one that was always open,
    the first day on which something was found in it.
    """

    year: int
    opens_on: date | None
    closes_on: date | None
    until: date | None = None
    began: date | None = None

    @property
    def since(self) -> date:
        """From which day on what was begun belongs to it: the opening, or the first of this year where it is always open."""
        return self.opens_on or self.began or date(beijing_today().year, 1, 1)

    @property
    def is_open(self) -> bool:
        today = beijing_today()
        return self.opens_on is None or self.closes_on is None or self.opens_on <= today <= self.closes_on


@dataclass(frozen=True)
class Group:
    """Households of a place below in one category that are equally far; `candidates`: those a rule points at."""

    place: str
    category: str
    found: str
    count: int
    candidates: int


@dataclass(frozen=True)
class Line:
    """A household of one category."""

    household: int
    number: str
    head_name: str | None
    village_code: str
    category: str
    found: str
    candidate: bool
    rules: list[str] | None
    proceeding: int | None
    total: int


def this_round(code: str) -> Round:
    """The round of a place's county: what was approved last, else always open in the year of the data."""
    with connection.cursor() as cursor:
        cursor.execute("select year, opens_on, closes_on from decisions_window_of(%s)", [code])
        found = cursor.fetchone()
    if found is None or found[0] is None:
        return Round(newest_day(code).year, None, None)
    return Round(*found)


def earlier_rounds(area: Scope, code: str) -> list[Round]:
    """The rounds before the one that is on, the newest first: those that had a window, or in which something was found."""
    now = this_round(code)
    with connection.cursor() as cursor:
        cursor.execute(
            """select coalesce(w.year, c.year), w.opens_on, w.closes_on, c.first_on from decisions_windows_of(%s) w
            full join (select year, min(first_on) as first_on from decisions_candidate where place_code >= %s and place_code < %s group by 1) c on c.year = w.year
            where coalesce(w.year, c.year) < %s order by 1 desc""",
            [code, area.lo, area.hi, now.year],
        )
        found, until = [], now.since
        for year, opens_on, closes_on, began in cursor.fetchall():
            found.append(Round(year, opens_on, closes_on, until, began))
            until = min(until, found[-1].since)
        return found


def round_of(area: Scope, code: str, year: str) -> Round:
    """The round of a year as an address has it; the one that is on where there is none."""
    return next((one for one in earlier_rounds(area, code) if str(one.year) == year), this_round(code))


def _values(area: Scope, one: Round, **more: Any) -> dict[str, Any]:
    pairs = [(category.value, kind) for category, kinds in KINDS.items() for kind in kinds]
    return {
        "lo": area.lo, "hi": area.hi, "since": one.since, "until": one.until, "year": one.year, "found_by": None, "open_always": one.opens_on is None and one.until is None, "categories": [pair[0] for pair in pairs],
        "kinds": [pair[1] for pair in pairs], **more,
    }  # fmt: skip


def groups(area: Scope, one: Round, digits: int, found_by: date | None = None) -> list[Group]:
    """How far the candidates and proceedings of an area are, by place of so many digits; found_by: without those found first after that day."""
    with by_hashing() as cursor:
        cursor.execute(GROUPED, _values(area, one, digits=digits, found_by=found_by))
        return [Group(*row) for row in cursor.fetchall()]


def lines(
    area: Scope, one: Round, *, category: str = "", found: str = "", only: bool = False, size: int = 50, skip: int = 0,
    without: Iterable[str] = (),
) -> list[Line]:  # fmt: skip
    """Households by category and by how far they are; `only`: those a rule points at. Each knows how many there are in all.

    without: categories whose households are not named to whoever asks.
    """
    values = _values(
        area, one, category=category, found=found, only=only, size=size, skip=skip, without=list(without)
    )
    with by_hashing() as cursor:
        cursor.execute(LISTED, values)
        return [Line(*row) for row in cursor.fetchall()]


def looked_for(area: Scope) -> tuple[date | None, Any]:
    """The day of the data of the newest look for candidates, and when it was; None where nobody looked yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select max(as_of), max(found_at) from decisions_candidate where place_code >= %s and place_code < %s",
            [area.lo, area.hi],
        )
        found: tuple[date | None, Any] = cursor.fetchone()
        return found


def rules_in_force(as_of: date) -> dict[str, Category]:
    """The rules that point at candidates on a day, with their categories."""
    known = load().rules
    return {
        rule: category
        for category, rules in RULES.items()
        for rule in rules
        if rule in known and known[rule].in_force(as_of)
    }
