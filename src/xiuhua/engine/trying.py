"""Runs the cases of rules: all of them laid out as one small register, one query for each grain and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from xiuhua.engine.cases import by_day
from xiuhua.engine.door import Grain, Library, Selection
from xiuhua.engine.outcomes import Outcome
from xiuhua.engine.writing import Dialect
from xiuhua.rulebook.cases import Case, Home, RuleCases, read_cases

VILLAGE = "990521001001"
Rows = list[dict[str, Any]]
Run = Callable[[Selection], Rows]


@dataclass
class Laying:
    """Rows of every relation by its name, as cases are laid out one after the other."""

    tables: dict[str, Rows]
    names: Mapping[str, str]
    homes: int = 0
    people: int = 0

    def add(self, grain: str, *rows: Mapping[str, Any]) -> None:
        self.tables[self.names[grain]] += [dict(row) for row in rows]

    def home(self, home: Case | Home, village: str) -> int:
        """A household with its members and years; returns its key."""
        self.homes += 1
        fixed = {"household_key": self.homes, "village_code": village}
        self.add("household", {**home.household, **fixed})
        for row in home.members:
            self.people += 1
            self.add("person", {**row, **fixed, "person_key": self.people})
        self.add("period", *({**row, **fixed} for row in home.periods))
        if isinstance(home, Case) and home.exit is not None:
            self.add("exit", {**home.exit, **fixed})
        return self.homes

    def village(self, row: Mapping[str, Any], years: Rows, homes: Sequence[Home], code: str) -> None:
        """A village with its years and households."""
        above = {"township_code": code[:9], "county_code": code[:6]}
        self.add("village", {**row, **above, "village_code": code})
        self.add("village_year", *({**one, "village_code": code} for one in years))
        for home in homes:
            for _ in range(home.times):
                self.home(home, code)


def laid_out(
    library: Library, entries: list[RuleCases]
) -> tuple[dict[str, Rows], dict[int | str, tuple[RuleCases, int]]]:
    """Rows of every relation by its name, and the case that each household key, village or county code stands for.

    A case with a village of its own gets a code of its own, unless its household names one; a case of a village or a county
    has a county of its own.
    """
    names = {grain: relation.id for grain, relation in library.relations.items()}
    laid = Laying({name: [] for name in names.values()}, names)
    keys: dict[int | str, tuple[RuleCases, int]] = {}
    for entry in entries:
        grain = library.rules[entry.rule].grain
        for index, case in enumerate(entry.cases):
            county = f"98{len(keys) + 1:04d}"
            if grain == "village":
                code = f"{county}001001"
                laid.village(case.village or {}, case.years, case.homes, code)
                keys[code] = entry, index
            elif grain == "county":
                for number, one in enumerate(case.villages, 1):
                    laid.village(one.village, one.years, one.homes, f"{county}001{number:03d}")
                keys[county] = entry, index
            else:
                own = f"9905{len(keys) + 1:08d}" if case.village is not None else VILLAGE
                village = str(case.household.get("village_code") or own)
                keys[laid.home(case, village)] = entry, index
                if case.village is not None:
                    laid.village(case.village, [], [], village)
            if case.county is not None or grain == "county":
                laid.add("county", {**(case.county or {}), "county_code": county})
    return laid.tables, keys


def try_cases(
    library: Library, folder: Path, dialect: Dialect, fill: Callable[[dict[str, Rows]], None], run: Run
) -> list[str]:
    """What came out otherwise than the cases say, a line each with file:line; empty when all agree.

    fill: puts rows into the relations. run: answers a selection as rows by column name.
    """
    entries = read_cases(folder)
    tables, keys = laid_out(library, entries)
    fill(tables)
    key_of = {(id(entry), index): key for key, (entry, index) in keys.items()}
    said: list[str] = []
    for (grain, as_of), group in by_day(entries, library.rules).items():
        said += _day(
            library,
            dialect,
            grain,
            as_of,
            [(entry, index, key_of[id(entry), index]) for entry, index in group],
            run,
        )
    return said


def _day(
    library: Library,
    dialect: Dialect,
    grain: str,
    as_of: dt.date,
    group: list[tuple[RuleCases, int, int | str]],
    run: Run,
) -> list[str]:
    rules = sorted({entry.rule for entry, _, _ in group})
    facts = sorted({name for entry, index, _ in group for name in entry.cases[index].facts})
    named = {"village": "village_code", "county": "county_code"}.get(grain, "household_key")
    wanted = f"SELECT {named} FROM (VALUES {', '.join(f'({key!r})' for _, _, key in group)}) AS k({named})"
    selection = library.select(dialect, cast(Grain, grain), as_of, wanted, rules=rules, facts=facts)
    rows: dict[int | str, Rows] = {}
    order = {"person": "person_key", "period": "year"}.get(grain, named)
    for row in sorted(run(selection), key=lambda row: row[order]):
        rows.setdefault(row[named], []).append(row)
    said = []
    for entry, index, key in group:
        fault = _differs(library, selection, entry, entry.cases[index], rows.get(key, []))
        if fault:
            said.append(f"{entry.where.at('cases', index)}: {entry.rule}, {entry.cases[index].name}: {fault}")
    return said


def _differs(library: Library, selection: Selection, entry: RuleCases, case: Case, rows: Rows) -> str | None:
    expected: list[Any] = [
        *(case.expect_members or case.expect_periods or ()),
        *([case.expect] if case.expect else ()),
    ]
    if case.expect_periods:
        # Rows come in the order of years, expectations in the order of the case's periods.
        order = sorted(range(len(case.periods)), key=lambda one: int(str(case.periods[one]["year"])))
        expected = [expected[one] for one in order]
    if case.expect and selection.grain == "period":
        rows = [row for row in rows if row["year"] <= case.as_of.year][-1:]
    outcomes = [_outcome(library, selection, entry.rule, row) for row in rows]
    found = [one.code.word for one in outcomes]
    if found != expected:
        return f"expected {' '.join(expected)}, came out {' '.join(found)} ({_seen(outcomes)})"
    if case.evidence and any(one.evidence.name.lower() != case.evidence for one in outcomes):
        return f"expected evidence {case.evidence}, came out {' '.join(one.evidence.name.lower() for one in outcomes)}"
    for name, value in case.facts.items():
        if rows[0][f"f__{name}"] != value:
            return f"expected {name} {value}, came out {rows[0][f'f__{name}']}"
    return None


def _outcome(library: Library, selection: Selection, rule: str, row: Mapping[str, Any]) -> Outcome:
    return next(one for one in library.outcomes(row, selection) if one.rule.id == rule)


def _seen(outcomes: list[Outcome]) -> str:
    return "; ".join(", ".join(f"{fact.fact}={fact.value}" for fact in one.facts) for one in outcomes)
