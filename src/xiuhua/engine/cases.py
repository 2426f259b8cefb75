"""Whether the cases of rules can be run, and whether every rule has one for each outcome it can have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from xiuhua.engine.checking import UNSAID, RuleNodes
from xiuhua.engine.known import Knowing
from xiuhua.engine.names import Names
from xiuhua.engine.nodes import Node
from xiuhua.engine.outcomes import Result
from xiuhua.facts.models import Column, Fact, Relation
from xiuhua.rulebook.cases import Case, Hamlet, Home, Row, RuleCases, read_cases
from xiuhua.rulebook.marked import RulebookError
from xiuhua.rulebook.models import Rule, Scalar

EXPECTS = {
    "household": ("expect",),
    "person": ("expect", "expect_members"),
    "period": ("expect", "expect_periods"),
    "village": ("expect",),
    "county": ("expect",),
}
# Parts of a case that go with the grain of its rule; the others would say nothing.
PARTS: dict[str, tuple[str, ...]] = {
    "village": ("village", "years", "homes", "county"),
    "county": ("county", "villages"),
}
OF_A_HOUSEHOLD = ("household", "members", "periods", "exit", "village")
ALL_PARTS = ("household", "members", "periods", "exit", "village", "years", "homes", "county", "villages")


def possible(nodes: RuleNodes, names: Names, facts: Mapping[str, Node]) -> list[Result]:
    """Outcomes of a rule in force. It can be unknown only where what it reads can be."""
    knowing = Knowing(names, facts)
    found = [Result.HOLDS, Result.FAILS]
    unknown = False
    if nodes.applies is not None:
        found.insert(0, Result.NOT_APPLICABLE)
        unknown = knowing.may_be_unknown(nodes.applies)
    if nodes.holds == UNSAID:
        # What nothing on record can say yet is not known, whatever the record says.
        return [one for one in found if one is Result.NOT_APPLICABLE] + [Result.NOT_KNOWN]
    known = knowing.when_true(nodes.applies) if nodes.applies is not None else frozenset()
    if unknown or knowing.may_be_unknown(nodes.holds, known):
        found.append(Result.NOT_KNOWN)
    return found


def check(
    folder: Path,
    rules: Mapping[str, Rule],
    relations: Mapping[str, Relation],
    facts: Mapping[str, Fact],
    outcomes: Callable[[str], Iterable[Result]],
) -> None:
    """Raises RulebookError for the first fault of the cases in a folder, or the first rule that lacks one."""
    shown: dict[str, set[str]] = {id: set() for id in rules}
    for entry in read_cases(folder):
        rule = rules.get(entry.rule)
        if rule is None:
            raise entry.where.error(f"unknown rule {entry.rule}", "rule")
        for index, case in enumerate(entry.cases):
            fault = _fault(case, rule, relations, facts)
            if fault:
                path, message = fault
                raise entry.where.error(f"{entry.rule}, {case.name}: {message}", "cases", index, *path)
            if rule.in_force(case.as_of):
                shown[rule.id] |= case.expected
    short = {id: [one.word for one in outcomes(id) if one.word not in shown[id]] for id in rules}
    lacking = [(rules[id], words) for id, words in short.items() if words]
    if lacking:
        said = [
            f"{rule.where.at('id')}: rule {rule.id} has no case for {', '.join(words)}"
            for rule, words in lacking
        ]
        place, _, message = said[0].partition(": ")
        raise RulebookError(place, "\n".join([message, *said[1:]]))


def _fault(
    case: Case, rule: Rule, relations: Mapping[str, Relation], facts: Mapping[str, Fact]
) -> tuple[tuple[str | int, ...], str] | None:
    for path, row, grain in rows(case):
        for name, value in row.items():
            fault = _cell(relations[grain].column(name), value)
            if fault:
                return (*path, name), f"{relations[grain].id}.{name}: {fault}"
        if grain in ("period", "village_year") and not isinstance(row.get("year"), int):
            return path, "a year's record needs its year"
    for part in ALL_PARTS:
        if getattr(case, part) and part not in PARTS.get(rule.grain, OF_A_HOUSEHOLD):
            return (part,), f"a case of a {rule.grain} has no {part}"
    given = [key for key in ("expect", "expect_members", "expect_periods") if getattr(case, key) is not None]
    if len(given) != 1 or given[0] not in EXPECTS[rule.grain]:
        return (), f"give one of {', '.join(EXPECTS[rule.grain])}"
    count = {"expect_members": len(case.members), "expect_periods": len(case.periods)}.get(given[0])
    if count is not None and len(getattr(case, given[0])) != count:
        return (given[0],), f"{given[0]} must name an outcome for each of {count}"
    if given == ["expect"] and rule.grain == "person" and len(case.members) != 1:
        return ("expect",), "with several members use expect_members"
    if given == ["expect"] and rule.grain == "period" and not case.periods:
        return ("periods",), "a rule of a year's record needs one"
    for name in case.facts:
        if name not in facts or facts[name].grain != rule.grain:
            return ("facts", name), f"no fact {name} of grain {rule.grain}"
    if case.facts and given != ["expect"]:
        return ("facts",), "facts go with expect"
    return None


At = tuple[str | int, ...]


def rows(case: Case) -> list[tuple[At, Row, str]]:
    """A case's rows with their place in the file and the grain of their relation."""
    found: list[tuple[At, Row, str]] = _home((), case)
    if case.village is not None or case.years or case.homes:
        found += _hamlet((), Hamlet(village=case.village or {}, years=case.years, homes=case.homes))
    if case.exit is not None:
        found.append((("exit",), case.exit, "exit"))
    if case.county is not None:
        found.append((("county",), case.county, "county"))
    for index, one in enumerate(case.villages):
        found += _hamlet(("villages", index), one)
    return found


def _home(at: At, home: Home | Case) -> list[tuple[At, Row, str]]:
    found: list[tuple[At, Row, str]] = [((*at, "household"), home.household, "household")]
    found += [((*at, "members", index), row, "person") for index, row in enumerate(home.members)]
    return found + [((*at, "periods", index), row, "period") for index, row in enumerate(home.periods)]


def _hamlet(at: At, one: Hamlet) -> list[tuple[At, Row, str]]:
    found: list[tuple[At, Row, str]] = [((*at, "village"), one.village, "village")]
    found += [((*at, "years", index), row, "village_year") for index, row in enumerate(one.years)]
    for index, home in enumerate(one.homes):
        found += _home((*at, "homes", index), home)
    return found


def _cell(column: Column | None, value: Scalar | None) -> str | None:
    if column is None:
        return "no such column"
    if value is None:
        return None
    fits = {
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "decimal": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "text": isinstance(value, str),
        "date": isinstance(value, dt.date),
    }
    if not fits[column.kind]:
        return f"`{value}` is not {column.kind}"
    if column.values and value not in column.values:
        return f"`{value}` is not one of {' '.join(column.values)}"
    return None


def by_day(
    entries: Iterable[RuleCases], rules: Mapping[str, Rule]
) -> dict[tuple[str, dt.date], list[tuple[RuleCases, int]]]:
    """Cases that one query can answer: those of one grain and one day."""
    found: dict[tuple[str, dt.date], list[tuple[RuleCases, int]]] = {}
    for entry in entries:
        for index, case in enumerate(entry.cases):
            found.setdefault((rules[entry.rule].grain, case.as_of), []).append((entry, index))
    return found
