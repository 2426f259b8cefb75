"""Text to checked expression: the SQL subset is a list of what is allowed; everything else is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp, parser, tokens
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from xiuhua.engine.names import BELOW, ExpressionError, Names, figure_kind
from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node

BOOLEAN, INTEGER, DECIMAL, TEXT, DATE = Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.DATE
NUMBER = (INTEGER, DECIMAL)
AGGREGATES = ("some", "every", "how_many", "known_count", "total", "least", "most")


class Plain(Dialect):
    """SQL without any function of its own, so that a call reads as nothing but its name and arguments."""

    class Tokenizer(tokens.Tokenizer):
        KEYWORDS = {
            word: kind
            for word, kind in tokens.Tokenizer.KEYWORDS.items()
            if word not in ("DIV", "DATE", "SOME", "ANY", "COMMENT", "FILTER")
        }

    class Parser(parser.Parser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}


COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}

# Operation: kinds its arguments may have (the last for all further ones), least number of arguments, kind of result.
OPERATIONS: dict[str, tuple[tuple[tuple[Kind, ...], ...], int | None, Kind | None]] = {
    "abs": ((NUMBER,), 1, None),
    "least_of": ((NUMBER,), None, None),
    "greatest_of": ((NUMBER,), None, None),
    "ratio_at_least": ((NUMBER,), 3, BOOLEAN),
    "div": (((INTEGER,),), 2, INTEGER),
    "years_between": (((DATE,),), 2, INTEGER),
    "days_between": (((DATE,),), 2, INTEGER),
    "year_of": (((DATE,),), 1, INTEGER),
    "as_of": ((), 0, DATE),
    "listed": (((TEXT,),), 2, BOOLEAN),
}


def parse(text: str, scope: str, names: Names) -> Node:
    """The checked expression that `text` means in a scope (person, household, period, previous, village, year, county).

    Raises ExpressionError saying what is outside the subset, unknown, or of the wrong type.
    """
    try:
        trees = sqlglot.parse(text, dialect=Plain)
    except SqlglotError as problem:
        raise ExpressionError(f"cannot be read: {str(problem).splitlines()[0]}") from problem
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("must be one expression")
    return Reading(scope, names).node(trees[0])


def common_kind(nodes: Sequence[Node], what: str) -> Kind:
    """The one type of several values; whole and decimal numbers make decimal. Raises ExpressionError."""
    kinds = {node.kind for node in nodes} - {Kind.NOTHING}
    if kinds == {INTEGER, DECIMAL}:
        return DECIMAL
    if len(kinds) != 1:
        raise ExpressionError(f"{what} mixes {' and '.join(sorted(kinds)) or 'nothing but null'}")
    return kinds.pop()


class Reading:
    """One pass over one tree."""

    def __init__(self, scope: str, names: Names) -> None:
        self.scope = scope
        self.names = names

    def node(self, tree: exp.Expr) -> Node:
        reader = self._readers().get(type(tree))
        if reader is not None:
            return reader(tree)
        if type(tree) in COMPARISONS:
            return self._comparison(COMPARISONS[type(tree)], self.node(tree.this), self.node(tree.expression))
        if type(tree) in ARITHMETIC:
            return self._arithmetic(
                ARITHMETIC[type(tree)], [self.node(tree.this), self.node(tree.expression)]
            )
        raise ExpressionError(f"`{tree.sql()}` is not allowed here ({type(tree).__name__})")

    def _readers(self) -> dict[type, Callable[[Any], Node]]:
        return {
            exp.Paren: lambda tree: self.node(tree.this),
            exp.And: lambda tree: self._logic("and", tree),
            exp.Or: lambda tree: self._logic("or", tree),
            exp.Not: self._not,
            exp.Is: self._is_null,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Neg: self._neg,
            exp.Case: self._case,
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Boolean: lambda tree: Literal(bool(tree.this), BOOLEAN),
            exp.Null: lambda tree: Literal(None, Kind.NOTHING),
            exp.Anonymous: self._call,
        }

    def _column(self, tree: exp.Column) -> Node:
        if any(part.args.get("quoted") for part in tree.parts) or len(tree.parts) > 2:
            raise ExpressionError(f"`{tree.sql()}`: names are plain words with at most one prefix")
        return self.names.resolve(self.scope, tree.table, tree.name)

    def _literal(self, tree: exp.Literal) -> Node:
        if tree.is_string:
            if "%" in tree.name:
                raise ExpressionError("no % in a text: drivers take it for a parameter")
            return Literal(tree.name, TEXT)
        if re.fullmatch(r"\d{1,18}", tree.name):
            return Literal(int(tree.name), INTEGER)
        if re.fullmatch(r"\d{1,12}\.\d{1,6}", tree.name):
            return Literal(Decimal(tree.name), DECIMAL)
        raise ExpressionError(f"`{tree.name}` is not a plain number")

    def _boolean(self, tree: exp.Expr) -> Node:
        node = self.node(tree)
        if node.kind is not BOOLEAN:
            raise ExpressionError(f"`{tree.sql()}` is {node.kind}, not boolean")
        return node

    def _logic(self, op: str, tree: exp.And | exp.Or) -> Node:
        """A chain of one connective as one node: long rules stay shallow."""
        args: list[Node] = []
        for side in (tree.this, tree.expression):
            node = self._boolean(side)
            args += node.args if isinstance(node, Call) and node.op == op else [node]
        return Call(op, tuple(args), BOOLEAN)

    def _not(self, tree: exp.Not) -> Node:
        return Call("not", (self._boolean(tree.this),), BOOLEAN)

    def _is_null(self, tree: exp.Is) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise ExpressionError("only `is null` and `is not null`: unknown must stay unknown")
        return Call("is_null", (self.node(tree.this),), BOOLEAN)

    def _comparison(self, op: str, left: Node, right: Node) -> Node:
        if Kind.NOTHING in (left.kind, right.kind):
            raise ExpressionError(f"null cannot be compared by {op}: use `is null`")
        kind = common_kind([left, right], f"`{op}`")
        if op not in ("=", "<>") and kind not in (*NUMBER, DATE):
            raise ExpressionError(f"{kind} has no order for `{op}`")
        return Call(op, (left, right), BOOLEAN)

    def _in(self, tree: exp.In) -> Node:
        if tree.args.get("query") or not tree.expressions:
            raise ExpressionError("`in` takes a list of literals")
        items = [self.node(one) for one in tree.expressions]
        if not all(isinstance(one, Literal) and one.value is not None for one in items):
            raise ExpressionError("`in` takes a list of literals")
        tested = self.node(tree.this)
        if common_kind([tested, *items], "`in`") is BOOLEAN:
            raise ExpressionError("`in` is not for booleans")
        return Call("in", (tested, *items), BOOLEAN)

    def _between(self, tree: exp.Between) -> Node:
        tested, low, high = (self.node(one) for one in (tree.this, tree.args["low"], tree.args["high"]))
        return Call(
            "and", (self._comparison(">=", tested, low), self._comparison("<=", tested, high)), BOOLEAN
        )

    def _neg(self, tree: exp.Neg) -> Node:
        node = self._arithmetic("neg", [self.node(tree.this)])
        only = node.args[0]
        if isinstance(only, Literal) and isinstance(only.value, int | Decimal):
            return Literal(-only.value, only.kind)
        return node

    def _arithmetic(self, op: str, args: list[Node]) -> Call:
        for one in args:
            if not one.kind.is_number:
                raise ExpressionError(f"`{op}` is for numbers, not for {one.kind}")
        return Call(op, tuple(args), common_kind(args, f"`{op}`"))

    def _case(self, tree: exp.Case) -> Node:
        if tree.this is not None:
            raise ExpressionError("write `case when … then …`, without a value behind case")
        whens = tuple((self._boolean(one.this), self.node(one.args["true"])) for one in tree.args["ifs"])
        default = self.node(tree.args["default"]) if tree.args.get("default") else Literal(None, Kind.NOTHING)
        kind = common_kind([*(result for _, result in whens), default], "`case`")
        return Case(whens, default, kind)

    def _call(self, tree: exp.Anonymous) -> Node:
        name = str(tree.this).lower()
        if name in AGGREGATES:
            return self._aggregate(name, tree.expressions)
        args = [self.node(one) for one in tree.expressions]
        if name == "coalesce":
            if len(args) < 2:
                raise ExpressionError("coalesce takes two values or more")
            return Call(name, tuple(args), common_kind(args, "coalesce"))
        if name == "date":
            return self._date(args)
        if name in ("figure", "figure_in"):
            return self._figure(name, args)
        if name not in OPERATIONS:
            raise ExpressionError(f"unknown function {name}")
        kinds, count, result = OPERATIONS[name]
        if len(args) != count if count is not None else len(args) < 2:
            raise ExpressionError(
                f"{name} takes {count if count is not None else 'two or more'} values, not {len(args)}"
            )
        for one in args:
            if one.kind not in kinds[0]:
                raise ExpressionError(f"{name} takes {' or '.join(kinds[0])}, not {one.kind}")
        return Call(name, tuple(args), result or common_kind(args, name))

    def _date(self, args: list[Node]) -> Node:
        numbers = [one.value for one in args if isinstance(one, Literal)]
        if len(args) != 3 or not all(isinstance(one, int) for one in numbers) or len(numbers) != 3:
            raise ExpressionError("date takes year, month and day as numbers")
        try:
            return Literal(dt.date(*(int(str(one)) for one in numbers)), DATE)
        except ValueError as problem:
            raise ExpressionError(f"no such day: {problem}") from problem

    def _figure(self, name: str, args: list[Node]) -> Node:
        first = args[0] if args else None
        if not isinstance(first, Literal) or not isinstance(first.value, str):
            raise ExpressionError(f"{name} takes the id of a figure in quotes")
        figure = self.names.figures.get(first.value)
        if figure is None:
            raise ExpressionError(f"unknown figure `{first.value}`")
        if len(args) != (1 if name == "figure" else 2):
            raise ExpressionError(f"{name} takes {'an id' if name == 'figure' else 'an id and a year'}")
        if name == "figure":
            return FigureAt(figure.id, None, figure_kind(figure))
        if figure.by != "year":
            raise ExpressionError(f"figure {figure.id} goes by date: figure_in is for figures by year")
        if args[1].kind is not INTEGER:
            raise ExpressionError(f"the year of figure_in is {args[1].kind}, not a whole number")
        return FigureAt(figure.id, args[1], figure_kind(figure))

    def _aggregate(self, name: str, trees: list[exp.Expr]) -> Node:
        if self.scope not in BELOW:
            raise ExpressionError(
                f"{name} counts members of a household, households of a village or villages of a county: only in facts"
                " and rules of these"
            )
        if len(trees) != 1:
            raise ExpressionError(f"{name} takes one value")
        arg = Reading(BELOW[self.scope], self.names).node(trees[0])
        if name in ("some", "every", "how_many", "known_count"):
            if arg.kind is not BOOLEAN:
                raise ExpressionError(f"{name} takes a boolean, not {arg.kind}")
            return Aggregate(name, arg, BOOLEAN if name in ("some", "every") else INTEGER)
        allowed = NUMBER if name == "total" else (*NUMBER, DATE)
        if arg.kind not in allowed:
            raise ExpressionError(f"{name} takes {' or '.join(allowed)}, not {arg.kind}")
        return Aggregate(name, arg, arg.kind)
