"""The meaning of expressions in plain Python, one row at a time, with nothing taken from the engine.

A tree is a tuple: ("lit", value), ("name", prefix, name), ("figure", id), or (operation, tree, …). Unknown is None.
"""

from __future__ import annotations

import datetime as dt
import operator
from dataclasses import dataclass, field
from typing import Any

Tree = tuple[Any, ...]
COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
AGGREGATES = ("some", "every", "how_many", "known_count", "total", "least", "most")
SEEN = {"reported": 1, "checked": 2}
BELOW = {"household": "person", "village": "household", "county": "village"}
RECORD = {"previous": "period", "year": "village_year"}


@dataclass
class Facts:
    """Trees of facts by id, and the column that tells a column's evidence, by grain and name."""

    trees: dict[str, Tree]
    seen_by: dict[tuple[str, str], str | None]
    figures: dict[str, Any]


@dataclass
class Row:
    """One record with the records around it, seen from one grain."""

    grain: str
    data: dict[str, Any]
    facts: Facts
    as_of: dt.date
    around: dict[str, Row | None] = field(default_factory=dict)
    members: list[Row] = field(default_factory=list)

    @property
    def place(self) -> str:
        return str(self.data.get("village_code") or self.data["county_code"])


def text(tree: Tree) -> str:
    """The expression as it is written in a rulebook."""
    op, *args = tree
    if op == "lit":
        return _literal(args[0])
    if op == "name":
        return ".".join(one for one in args if one)
    if op == "figure":
        return f"figure('{args[0]}')"
    if op == "figure_in":
        return f"figure_in('{args[0]}', {text(args[1])})"
    if op in COMPARE or op in ARITHMETIC or op in ("and", "or"):
        return "(" + f" {op} ".join(text(one) for one in args) + ")"
    if op == "not":
        return f"(not {text(args[0])})"
    if op in ("is null", "is not null"):
        return f"({text(args[0])} {op})"
    if op in ("in", "not in"):
        return f"({text(args[0])} {op} ({', '.join(_literal(one) for one in args[1])}))"
    if op == "between":
        return f"({text(args[0])} between {text(args[1])} and {text(args[2])})"
    if op == "case":
        return f"case when {text(args[0])} then {text(args[1])} else {text(args[2])} end"
    return f"{op}({', '.join(text(one) for one in args)})"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return f"date({value.year}, {value.month}, {value.day})"
    return f"'{value}'" if isinstance(value, str) else str(value)


def value(tree: Tree, row: Row | None) -> Any:
    """The value of an expression for a row; of a row that is not there all is unknown."""
    if row is None:
        return None
    op, *args = tree
    if op == "lit":
        return args[0]
    if op == "name":
        return _name(args[0], args[1], row)
    if op == "figure":
        return row.facts.figures[args[0]](row.as_of.year, row.place)
    if op == "figure_in":
        year = value(args[1], row)
        return None if year is None else row.facts.figures[args[0]](year, row.place)
    if op in AGGREGATES:
        return over_members(op, [value(args[0], one) for one in row.members])
    if op in ("and", "or"):
        return _logic(op, [value(one, row) for one in args])
    if op == "case":
        return value(args[1] if value(args[0], row) is True else args[2], row)
    if op == "coalesce":
        return next((found for found in (value(one, row) for one in args) if found is not None), None)
    if op in ("is null", "is not null"):
        return (value(args[0], row) is None) == (op == "is null")
    if op == "as_of":
        return row.as_of
    if op in ("in", "not in"):
        found = value(args[0], row)
        return None if found is None else (found in args[1]) == (op == "in")
    given = [value(one, row) for one in args]
    if op == "between":
        tested, low, high = given
        sides = ((low, tested), (tested, high))
        return _logic("and", [None if None in side else side[0] <= side[1] for side in sides])
    return None if None in given else _known(op, given)


def _name(prefix: str, name: str, row: Row) -> Any:
    owner: Row | None = row.around.get(prefix) if prefix else row
    if owner is None:
        return None
    return value(row.facts.trees[name], owner) if name in row.facts.trees else owner.data.get(name)


def _logic(op: str, given: list[Any]) -> Any:
    decides = op == "or"
    if decides in [one for one in given if one is not None]:
        return decides
    return None if None in given else not decides


def _known(op: str, given: list[Any]) -> Any:
    if op in COMPARE:
        return COMPARE[op](*given)
    if op in ARITHMETIC:
        return ARITHMETIC[op](*given)
    if op == "ratio_at_least":
        return None if given[1] == 0 else given[0] * 100 >= given[2] * given[1]
    if op == "div":
        return None if given[1] == 0 else given[0] // given[1]
    if op == "years_between":
        first, last = given
        return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    if op == "days_between":
        return (given[1] - given[0]).days
    if op == "listed":
        return f",{given[0]}," in f",{given[1]},"
    plain = {
        "not": operator.not_,
        "abs": abs,
        "least_of": min,
        "greatest_of": max,
        "year_of": lambda day: day.year,
    }
    return plain[op](*given)


def over_members(op: str, given: list[Any]) -> Any:
    if op == "known_count":
        return given.count(True)
    if op in ("some", "every"):
        decides = op == "some"
        if not given:
            return None
        return decides if decides in given else None if None in given else not decides
    if None in given:
        return None
    if op == "how_many":
        return given.count(True)
    if op == "total":
        return sum(given)
    return (min if op == "least" else max)(given, default=None)


def evidence(tree: Tree, row: Row | None) -> int | None:
    """The weakest evidence of what decided; None where nothing that bears evidence was there."""
    if row is None:
        return None
    op, *args = tree
    if op == "name":
        return _name_evidence(args[0], args[1], row)
    if op in AGGREGATES:
        bears = _bears(args[0], row.facts, BELOW[row.grain])
        return _weakest(
            [evidence(args[0], one) if bears else SEEN.get(one.data.get("seen")) for one in row.members]
        )
    if op == "case":
        decided = args[1] if value(args[0], row) is True else args[2]
        return _weakest([evidence(args[0], row), evidence(decided, row)])
    if op == "coalesce":
        known = [one for one in args[:-1] if value(one, row) is not None]
        return evidence((known or args[-1:])[0], row)
    if op in ("lit", "figure"):
        return None
    if op == "figure_in":
        return evidence(args[1], row)
    return _weakest(
        [evidence(one, row) for one in args if isinstance(one, tuple) and one and isinstance(one[0], str)]
    )


def _name_evidence(prefix: str, name: str, row: Row) -> int | None:
    owner = row.around.get(prefix) if prefix else row
    if owner is None:
        return None
    if name in row.facts.trees:
        return evidence(row.facts.trees[name], owner)
    seen = row.facts.seen_by[owner.grain, name]
    return SEEN.get(owner.data.get(seen)) if seen else None


def _bears(tree: Tree, facts: Facts, grain: str) -> bool:
    """Whether anything in an expression about a member has evidence to bear at all."""
    op, *args = tree
    if op == "name":
        if args[1] in facts.trees:
            # The evidence of a fact is a column of its own, null where it bears none.
            return True
        return bool(facts.seen_by[RECORD.get(args[0], args[0] or grain), args[1]])
    if op in AGGREGATES:
        return True
    if op == "lit":
        return False
    return any(
        _bears(one, facts, grain)
        for one in args
        if isinstance(one, tuple) and one and isinstance(one[0], str)
    )


def _weakest(given: list[int | None]) -> int | None:
    return min((one for one in given if one is not None), default=None)


def outcome(applies: Tree | None, holds: Tree, row: Row) -> int:
    """0 not applicable, 1 holds, 2 fails, 3 not known."""
    asked = True if applies is None else value(applies, row)
    said = value(holds, row)
    if asked is False:
        return 0
    if said is None or asked is None:
        return 1 if said else 3
    return 1 if said else 2
