"""Where households stand against the exit standards today: by the engine for some, by what the rules last said for an area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from xiuhua.engine import Selection, load
from xiuhua.places.terms import parent_of
from xiuhua.registry.models import Household
from xiuhua.registry.queries.rules import data_day, demands
from xiuhua.registry.queries.standards import standards
from xiuhua.rulebook.models import Rule

WANTED = "select unnest(%s::bigint[]) as household_key"
# Under row-level security the planner expects a row or two of every table, and would hold each household against each person.
PLANNED = "select set_config('enable_nestloop', %s, true), set_config('jit', 'off', true)"


@contextmanager
def by_hashing() -> Iterator[Any]:
    """A cursor for one query over an area, whose tables are joined whole; what was set is put back."""
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, ["off"])
        yield cursor
        cursor.execute(PLANNED, ["on"])


@dataclass(frozen=True)
class Stands:
    """What the exit standards say of one household on a day: ids of rules that fail, are not known, hold by a form alone."""

    as_of: date
    fails: list[str]
    unknown: list[str]
    unchecked: list[str]

    @property
    def ready(self) -> bool:
        """Whether every standard holds and was checked: what an exit itself will ask for."""
        return not (self.fails or self.unknown or self.unchecked)

    def told(self) -> dict[str, Any]:
        """As a line of a plan keeps it."""
        return {
            "as_of": self.as_of.isoformat(),
            "fails": self.fails,
            "unknown": self.unknown,
            "unchecked": self.unchecked,
        }


@lru_cache(maxsize=16)
def _selection(as_of: date) -> Selection:
    rules = [rule.id for rule in demands() if rule.in_force(as_of)]
    return load().select("postgres", "household", as_of, wanted=WANTED, rules=rules)


def stands(homes: Iterable[int]) -> dict[int, Stands]:
    """By household of the acting area, as of the day of its village's data; one query a day of data."""
    villages = dict(Household.objects.filter(pk__in=list(homes)).values_list("pk", "village_code"))
    days: dict[date, list[int]] = {}
    of_village = {code: data_day(code) for code in set(villages.values())}
    for pk, code in villages.items():
        days.setdefault(of_village[code], []).append(pk)
    told: dict[int, Stands] = {}
    for day, keys in days.items():
        selection = _selection(day)
        with by_hashing() as cursor:
            cursor.execute(selection.sql, [keys])
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            outcomes = load().outcomes(row, selection)
            told[row["household_key"]] = Stands(
                day,
                [one.rule.id for one in outcomes if one.code.word == "fails"],
                [one.rule.id for one in outcomes if one.code.word == "not_known"],
                [
                    one.rule.id
                    for one in outcomes
                    if one.code.word == "holds" and one.evidence.name.lower() != "checked"
                ],
            )
    return told


def of_place(code: str) -> dict[str, Any]:
    """What the exit standards of a village or county say now, as a line of a plan keeps it. A county takes seconds."""
    found = standards(code)
    wanted = [one for one in found.outcomes if one.rule.kind == "standard"] or found.outcomes
    return Stands(
        found.as_of,
        [one.rule.id for one in wanted if one.code.word == "fails"],
        [one.rule.id for one in wanted if one.code.word == "not_known"],
        [],
    ).told()


def says(rule: str, language: str) -> str:
    """A standard in its own words."""
    found: Rule | None = load().rules.get(rule)
    return found.says.says(language) if found else rule


def below(code: str) -> int:
    """Digits of the places below one: a county's townships, a township's villages; of a village, its own."""
    return {2: 4, 4: 6, 6: 9}.get(len(code), 12) if parent_of(code) is not None else 2
