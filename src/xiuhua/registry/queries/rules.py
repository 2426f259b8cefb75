"""What the rulebook says of one household now: outcomes, what fails, and the facts of its years. Live, from PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Max
from psycopg.rows import dict_row

from xiuhua.common.clock import beijing_today
from xiuhua.engine import Outcome, Seen, Selection, load
from xiuhua.registry.models import Household, PeriodRecord, Standing
from xiuhua.rulebook.models import Rule

ONE = "select %s::bigint as household_key"
# By kind of household, the family of rules that says when its help may end.
ENDS = {"registered": "exit", "watched": "removal"}
# What rests on other departments' lists: a lead until the household was heard, and after it nobody's business but the
# handlers' (`registry.see_leads`). Never in a file, a list of a village or an export.
OF_A_LIST = ("lead.", "redline.")
# What makes an exit doubtful points at officials: told to those who look into it (`registry.see_hollow`), nowhere else.
OF_AN_EXIT = ("hollow.",)
# Facts of a year that the household's page tells, besides those that a rule saw.
YEAR_FACTS = ("year_net_income_low_fen", "year_net_income_high_fen")
HOUSEHOLD_FACTS = ("net_income_per_head_low_fen", "net_income_per_head_fen", "members_least")
LIVING = (
    "house_area_m2", "house_structure", "house_built_year", "house_grade", "road_type", "road_distance_km",
    "has_life_power", "has_production_power", "fuel", "toilet", "water_litres_per_day", "water_minutes",
    "arable_mu", "forest_mu", "cooperative",
)  # fmt: skip


def of_the_pool(rule: str) -> bool:
    """Whether failing is a finding. How a household stands against a standard is shown at the household, and a candidate is
    a lead for the yearly adjustment: neither is a fault of the data."""
    return load().rules[rule].kind == "quality"


def family(name: str) -> list[Rule]:
    """Household rules of a family (exit, doubt, removal), in the order of the rulebook."""
    return [
        rule for rule in load().rules.values() if rule.grain == "household" and rule.id.startswith(f"{name}.")
    ]


def demands(name: str = "exit") -> list[Rule]:
    """The demands of a standard; what they are made of (water's four) is left out, see `parts`."""
    rules = family(name)
    return [rule for rule in rules if rule.veto] or rules


def parts(demand: Rule, name: str = "exit") -> list[Rule]:
    """What a demand is made of: the other rules of its family on the same matter."""
    if not demand.veto:
        return []
    return [rule for rule in family(name) if not rule.veto and rule.topic == demand.topic]


def data_day(village_code: str) -> date:
    """The day of the newest data of a village: the same for whoever looks. Today where nothing was computed yet."""
    newest = Standing.objects.filter(village_code=village_code).aggregate(day=Max("as_of"))["day"]
    return newest or beijing_today()


def day_of(household: Household, years: Iterable[PeriodRecord]) -> date:
    """The day of which one household's page speaks: that of its village's data; today, where somebody has entered a later year by
    hand since. years: the household's records."""
    village, today = data_day(household.village_code), beijing_today()
    by_hand = [one.period_end for one in years if one.brought_by is None and one.period_end <= today]
    return today if any(end > village for end in by_hand) else village


@dataclass(frozen=True)
class Failing:
    """A rule that fails, and of whom: a person of the household, a year, or the household itself."""

    outcome: Outcome
    person: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Year:
    """One year's record: facts by id, as values in fen or units, and the living conditions as they were seen."""

    year: int
    facts: dict[str, Any]
    living: list[Seen]


@dataclass(frozen=True)
class Judged:
    """Everything that rules and facts say of one household on a day."""

    as_of: date
    outcomes: dict[str, Outcome] = field(default_factory=dict)  # the household's own, by rule
    failing: list[Failing] = field(default_factory=list)  # outside of the standard
    facts: dict[str, Any] = field(default_factory=dict)
    years: list[Year] = field(default_factory=list)
    year: int | None = None  # the year of reference

    @property
    def leads(self) -> list[Outcome]:
        """Leads for the yearly adjustment and for monitoring: somebody looks, nothing is decided by them."""
        return [one for one in self.outcomes.values() if one.fails and one.rule.kind == "candidate"]


def mark_of(outcome: Outcome) -> str:
    """A mark of what a rule saw: the same values give the same mark, so that it shows when they change."""
    seen = "|".join(f"{one.fact}={one.value}" for one in sorted(outcome.facts, key=lambda one: one.fact))
    return hashlib.md5(seen.encode(), usedforsecurity=False).hexdigest()


def judge(household: int, *, kind: str, as_of: date) -> Judged:
    """Runs all rules in force on a day over one household, its people and its years: three queries.

    What rests on other departments' lists is left out: handlers see the hits themselves. So is what makes an exit doubtful.
    """
    standard = ENDS.get(kind, "")
    chosen = [
        rule.id
        for rule in load().rules.values()
        if rule.grain == "household"
        and rule.in_force(as_of)
        and not rule.id.startswith(OF_AN_EXIT)
        and (rule.id.split(".")[0] not in ENDS.values() or rule.id.startswith(f"{standard}."))
    ]
    selection, rows = _rows("household", household, as_of, chosen, HOUSEHOLD_FACTS)
    if not rows:
        return Judged(as_of)
    found = {one.rule.id: one for one in load().outcomes(rows[0], selection)}
    failing = [Failing(one) for id, one in found.items() if one.fails and of_the_pool(id)]
    years, more = _years(household, as_of)
    return Judged(
        as_of,
        found,
        failing + _of_people(household, as_of) + more,
        {name: rows[0][f"f__{name}"] for name in HOUSEHOLD_FACTS},
        years,
        rows[0].get("year"),
    )


@dataclass(frozen=True)
class Tried:
    """What one rule says of a household, or of one of its people or years."""

    outcome: Outcome
    person: int | None = None
    year: int | None = None


def try_rule(id: str, household: int, *, as_of: date) -> list[Tried]:
    """One rule by the rules and figures of a day, over what the register says now; empty where it speaks of no household.

    Raises KeyError for an unknown id.
    """
    grain = load().rules[id].grain
    if grain not in ("household", "person", "period"):
        return []
    selection, rows = _rows(grain, household, as_of, [id], ())
    return [
        Tried(
            load().outcome(id, row, selection),
            row.get("person_key") if grain == "person" else None,
            row.get("year") if grain == "period" else None,
        )
        for row in rows
    ]


def _of_people(household: int, as_of: date) -> list[Failing]:
    rules = [rule for rule in _in_force("person", as_of) if not rule.startswith(OF_A_LIST)]
    selection, rows = _rows("person", household, as_of, rules, None)
    return [
        Failing(one, person=row["person_key"])
        for row in rows
        for one in load().outcomes(row, selection)
        if one.fails and of_the_pool(one.rule.id)
    ]


def _years(household: int, as_of: date) -> tuple[list[Year], list[Failing]]:
    selection, rows = _rows("period", household, as_of, _in_force("period", as_of), (*YEAR_FACTS, *LIVING))
    years, failing = [], []
    for row in sorted(rows, key=lambda one: one["year"]):
        seen = {one.fact: one for one in load().facts_seen(row, selection)}
        years.append(
            Year(
                row["year"], {name: row[f"f__{name}"] for name in YEAR_FACTS}, [seen[name] for name in LIVING]
            )
        )
        failing += [
            Failing(one, year=row["year"])
            for one in load().outcomes(row, selection)
            if one.fails and of_the_pool(one.rule.id)
        ]
    return years, failing


def _in_force(grain: str, as_of: date) -> list[str]:
    return [r.id for r in load().rules.values() if r.grain == grain and r.in_force(as_of)]


@lru_cache(maxsize=64)
def _selection(grain: Any, as_of: date, rules: tuple[str, ...], facts: tuple[str, ...] | None) -> Selection:
    """The query is the same for every household of a day; writing it takes longer than running it."""
    return load().select("postgres", grain, as_of, wanted=ONE, rules=rules, facts=facts)


def _rows(
    grain: Any, household: int, as_of: date, rules: Iterable[str], facts: Iterable[str] | None
) -> tuple[Selection, list[dict[str, Any]]]:
    selection = _selection(grain, as_of, tuple(rules), None if facts is None else tuple(facts))
    connection.ensure_connection()
    # The household's own query is 90 KB, which PostgreSQL plans for ten times as long as it runs: with its key sent apart
    # from its text, the plan is kept (`prepare_threshold` of the connection says from which time on).
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=dict_row) as cursor,
    ):
        cursor.execute(selection.sql, [household])
        return selection, cursor.fetchall()
