"""Runs the cases of rules: all of them laid out as one small register, one query for each grain and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from xiuhua.engine.cases import by_day
from xiuhua.engine.library import Grain, Library, Selection
from xiuhua.engine.outcomes import Outcome
from xiuhua.engine.writing import Dialect
from xiuhua.rulebook.cases import Case, RuleCases, read_cases

VILLAGE = "990521001001"
Rows = list[dict[str, Any]]
Run = Callable[[Selection], Rows]


def laid_out(
    library: Library, entries: list[RuleCases]
) -> tuple[dict[str, Rows], dict[int, tuple[RuleCases, int]]]:
    """Rows of every relation by its name, and the case that each household key stands for.

    A case with a village of its own gets a code of its own, unless its household names one.
    """
    tables: dict[str, Rows] = {relation.id: [] for relation in library.relations.values()}
    keys: dict[int, tuple[RuleCases, int]] = {}
    names = {grain: relation.id for grain, relation in library.relations.items()}
    people = 0
    for entry in entries:
        for index, case in enumerate(entry.cases):
            key = len(keys) + 1
            keys[key] = entry, index
            own = f"9905{key:08d}" if case.village is not None else VILLAGE
            village = case.household.get("village_code") or own
            fixed = {"household_key": key, "village_code": village}
            tables[names["household"]].append({**case.household, **fixed})
            for row in case.members:
                people += 1
                tables[names["person"]].append({**row, **fixed, "person_key": people})
            tables[names["period"]] += [{**row, **fixed} for row in case.periods]
            if case.village is not None:
                tables[names["village"]].append({**case.village, "village_code": village})
    return tables, keys


def try_cases(
    library: Library, folder: Path, dialect: Dialect, fill: Callable[[dict[str, Rows]], None], run: Run
) -> list[str]:
    """What came out otherwise than the cases say, a line each with file:line; empty when all agree.

    fill: puts rows into the four relations. run: answers a selection as rows by column name.
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
    group: list[tuple[RuleCases, int, int]],
    run: Run,
) -> list[str]:
    rules = sorted({entry.rule for entry, _, _ in group})
    facts = sorted({name for entry, index, _ in group for name in entry.cases[index].facts})
    wanted = (
        "SELECT household_key FROM (VALUES "
        + ", ".join(f"({key})" for _, _, key in group)
        + ") AS k(household_key)"
    )
    selection = library.select(dialect, _grain(grain), as_of, wanted, rules=rules, facts=facts)
    rows: dict[int, Rows] = {}
    order = {"person": "person_key", "period": "year"}.get(grain, "household_key")
    for row in sorted(run(selection), key=lambda row: row[order]):
        rows.setdefault(row["household_key"], []).append(row)
    said = []
    for entry, index, key in group:
        fault = _differs(library, selection, entry, entry.cases[index], rows.get(key, []))
        if fault:
            said.append(f"{entry.where.at('cases', index)}: {entry.rule}, {entry.cases[index].name}: {fault}")
    return said


def _grain(grain: str) -> Grain:
    return "person" if grain == "person" else "period" if grain == "period" else "household"


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
