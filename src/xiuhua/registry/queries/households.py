"""Lists of households, turned by key: a page of a list costs the same at its beginning and at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from xiuhua.common.asked import year as whole_year
from xiuhua.places.scope import Scope
from xiuhua.registry.queries.counting import EXIT_YEAR, STATUS, WATCHED, of_band
from xiuhua.registry.queries.plans import in_order_of_index
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Edge

# Counting stops here: beyond it nobody turns pages, and a count must not grow with the country.
COUNTED_UP_TO = 10_000

# `decided` asks for each line: an `exists` may be made a list of all statuses of a nation.
SHOWN = f"""h.id, h.number, h.head_name, h.village_code, h.kind, h.main_cause, {STATUS} as status,
  (select true from registry_statusentry x where x.household_id = h.id limit 1) is not null as decided,
  coalesce(s.members, h.members_reported) as people, s.exit_fails, s.exit_unknown, s.doubts"""
FROM = "registry_household h left join registry_standing s on s.household_id = h.id"
REGISTERED = "h.kind = 'registered'"
WHERE = {
    "all": "true",
    "registered": REGISTERED,
    "watched": WATCHED,
    "other": "h.kind = 'other'",
    "poor": f"{REGISTERED} and {STATUS} in ('poor', 'pre_exit', 'returned')",
    "exited": f"{REGISTERED} and {STATUS} = 'exited'",
    # By decision of ours alone: whoever was wrongly listed is a household like any other.
    "removed": """h.id in (select e.household_id from registry_statusentry e where e.status = 'removed' and e.village_code >= %(lo)s
      and e.village_code < %(hi)s and not exists (select 1 from registry_statusentry n where n.household_id = e.household_id and n.id > e.id))""",
    "doubt": f"{REGISTERED} and cardinality(s.doubts) > 0",
    "unknown": f"{REGISTERED} and s.exit_unknown && %(demands)s::varchar[]",
    "fails": f"{REGISTERED} and s.exit_fails && %(demands)s::varchar[]",
}
RULE = {
    "fails": "%(rule)s = any(s.exit_fails)",
    "unknown": "%(rule)s = any(s.exit_unknown)",
    "doubt": "%(rule)s = any(s.doubts)",
}


@dataclass(frozen=True)
class Wanted:
    """Which households of an area: `show` is a key of WHERE; rule, cause and year of exit narrow it."""

    area: Scope
    show: str = "all"
    rule: str = ""
    cause: str = ""  # "none": nobody recorded one
    year: str = ""  # of exit; "none": nobody recorded which
    # Of income per head, as counting.of_band numbers them; households of `poor` or `exited`, and for `poor` whoever has not left.
    band: int | Edge | None = None

    def sql(self) -> str:
        # Households that ended are opened from what they became, by number or from a case; lists are of those that are.
        conditions = [
            "h.village_code >= %(lo)s and h.village_code < %(hi)s and h.ended_on is null",
            WHERE[self.show] if self.band is None else "h.id = any(%(keys)s::bigint[])",
        ]
        if self.rule and self.show in RULE:
            conditions.append(RULE[self.show])
        if self.cause:
            conditions.append("h.main_cause is null" if self.cause == "none" else "h.main_cause = %(cause)s")
        if self.year:
            conditions.append(f"{EXIT_YEAR} is null" if self.year == "none" else f"{EXIT_YEAR} = %(year)s")
        return " and ".join(conditions)

    def values(self) -> dict[str, Any]:
        return {
            "lo": self.area.lo,
            "hi": self.area.hi,
            "demands": [rule.id for rule in demands()],
            "rule": self.rule,
            "cause": self.cause,
            "year": whole_year(self.year) or 0,
            "keys": self.keys,
        }

    @cached_property
    def keys(self) -> list[int]:
        """Households of the band; computed, so once."""
        if self.band is None:
            return []
        return of_band(self.area.lo, self.area.hi, self.band, exited=self.show == "exited")


@dataclass(frozen=True)
class Line:
    """A household of a list. `status` counts for rules; it is our own only where `decided`."""

    id: int
    number: str
    head_name: str | None
    village_code: str
    kind: str
    main_cause: str | None
    status: str | None
    decided: bool
    people: int | None
    exit_fails: Sequence[str] | None
    exit_unknown: Sequence[str] | None
    doubts: Sequence[str] | None

    @property
    def key(self) -> str:
        """Where a list goes on after this one."""
        return f"{self.village_code}.{self.id}"


@dataclass(frozen=True)
class Page:
    """Some lines, and whether there are more before and after."""

    lines: list[Line]
    before: bool
    after: bool


def page(wanted: Wanted, *, size: int, after: str = "", before: str = "") -> Page:
    """The lines that follow (or precede) a key, by village and order of registration. ValueError for a key that is none."""
    key = before or after
    where, values = wanted.sql(), {**wanted.values(), "size": size + 1}
    if key:
        values["village"], values["id"] = _key(key)
        # Said twice: the first half is what the index of villages can use.
        where += (
            " and h.village_code <= %(village)s and (h.village_code < %(village)s or h.id < %(id)s)"
            if before
            else " and h.village_code >= %(village)s and (h.village_code > %(village)s or h.id > %(id)s)"
        )
    order = "h.village_code desc, h.id desc" if before else "h.village_code, h.id"
    with in_order_of_index(len(wanted.area.place_code) < 9):
        found = _lines(f"select {SHOWN} from {FROM} where {where} order by {order} limit %(size)s", values)
    more, lines = len(found) > size, found[:size]
    if before:
        return Page(lines[::-1], more, True)
    return Page(lines, bool(after), more)


def counts(wanted: Iterable[Wanted]) -> list[int]:
    """How many households each wants, up to COUNTED_UP_TO and one more; one statement for all."""
    parts, values = [], {}
    for at, one in enumerate(wanted):
        sql = (
            f"(select count(*) from (select 1 from {FROM} where {one.sql()} limit {COUNTED_UP_TO + 1}) c{at})"
        )
        for name, value in one.values().items():
            sql = sql.replace(f"%({name})s", f"%({name}{at})s")
            values[f"{name}{at}"] = value
        parts.append(sql)
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", values)
        return list(cursor.fetchone())


def by_numbers(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Line]:
    """Households by (county code, number); one that is not in the register, or not in the area, is not there."""
    asked = sorted(set(numbers))
    if not asked:
        return {}
    lines = _lines(
        f"""select {SHOWN} from {FROM}
        join unnest(%(counties)s::text[], %(numbers)s::text[]) as q(county, number) on h.county_code = q.county and h.number = q.number""",
        {"counties": [county for county, _ in asked], "numbers": [number for _, number in asked]},
    )
    return {(line.village_code[:6], line.number): line for line in lines}


def one(household: int) -> Line | None:
    """One household's line; None when there is none in the area."""
    found = _lines(f"select {SHOWN} from {FROM} where h.id = %(id)s", {"id": household})
    return found[0] if found else None


def _key(key: str) -> tuple[str, int]:
    village, _, number = key.partition(".")
    return village, int(number)


def _lines(sql: str, values: dict[str, Any]) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Line(*row) for row in cursor.fetchall()]
