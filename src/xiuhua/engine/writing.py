"""Checked expression to SQL that gives the same value, to the digit, in PostgreSQL and in DuckDB.

Where the two differ (division, rounding, ages, texts in order, `least` with a null) only forms on which they agree are
written, so that most SQL is the same text for both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal as OneOf

from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node, Ref
from xiuhua.rulebook.figures import effective
from xiuhua.rulebook.models import Figure, Scalar

Dialect = OneOf["postgres", "duckdb"]
DIALECTS: tuple[Dialect, ...] = ("postgres", "duckdb")
VILLAGE = "village_code"


def literal(value: Scalar | None) -> str:
    """A constant as both engines read it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


class Writer:
    """Writes expressions of one layer of a query: one grain, one day, one engine."""

    def __init__(
        self,
        as_of: dt.date,
        figures: Mapping[str, Figure],
        column: Callable[[Ref], str],
        aggregate: Callable[[Aggregate], str],
        place: str = VILLAGE,
    ) -> None:
        self.as_of = as_of
        self.figures = figures
        self.column = column
        self.aggregate = aggregate
        self.place = place

    def sql(self, node: Node) -> str:
        """SQL of an expression; composite ones in brackets."""
        if isinstance(node, Literal):
            return literal(node.value)
        if isinstance(node, Ref):
            return self.column(node)
        if isinstance(node, Aggregate):
            return self.aggregate(node)
        if isinstance(node, FigureAt):
            return self._figure(node)
        if isinstance(node, Case):
            whens = " ".join(
                f"WHEN {self.sql(condition)} THEN {self._value(result)}" for condition, result in node.whens
            )
            return f"(CASE {whens} ELSE {self._value(node.default)} END)"
        return self._call(node)

    def _value(self, node: Node) -> str:
        """As `sql`, with whole numbers 64 bits wide, so that no product or sum of small ones overflows."""
        if isinstance(node, Literal) and node.kind is Kind.INTEGER:
            return f"CAST({literal(node.value)} AS BIGINT)"
        return self.sql(node)

    def _call(self, node: Call) -> str:
        op = node.op
        if op in ("and", "or"):
            return "(" + f" {op.upper()} ".join(self.sql(one) for one in node.args) + ")"
        if op in ("=", "<>", "<", "<=", ">", ">="):
            return f"({self.sql(node.args[0])} {op} {self.sql(node.args[1])})"
        if op in ("+", "-", "*"):
            return f"({self._value(node.args[0])} {op} {self._value(node.args[1])})"
        return getattr(self, f"_{op}")(node.args)

    def _not(self, args: tuple[Node, ...]) -> str:
        only = args[0]
        if isinstance(only, Call) and only.op == "is_null":
            return f"({self.sql(only.args[0])} IS NOT NULL)"
        if isinstance(only, Call) and only.op == "in":
            return self._in(only.args, "NOT IN")
        return f"(NOT {self.sql(only)})"

    def _is_null(self, args: tuple[Node, ...]) -> str:
        return f"({self.sql(args[0])} IS NULL)"

    def _in(self, args: tuple[Node, ...], word: str = "IN") -> str:
        items = ", ".join(self.sql(one) for one in args[1:])
        return f"({self.sql(args[0])} {word} ({items}))"

    def _neg(self, args: tuple[Node, ...]) -> str:
        return f"(- {self._value(args[0])})"

    def _coalesce(self, args: tuple[Node, ...]) -> str:
        return f"COALESCE({', '.join(self._value(one) for one in args)})"

    def _abs(self, args: tuple[Node, ...]) -> str:
        return f"ABS({self._value(args[0])})"

    def _least_of(self, args: tuple[Node, ...]) -> str:
        return self._all_known("LEAST", args)

    def _greatest_of(self, args: tuple[Node, ...]) -> str:
        return self._all_known("GREATEST", args)

    def _all_known(self, function: str, args: tuple[Node, ...]) -> str:
        """Both engines' LEAST leaves nulls out; ours is unknown when one of them is."""
        known = " AND ".join(f"{self.sql(one)} IS NOT NULL" for one in args if not isinstance(one, Literal))
        inner = f"{function}({', '.join(self._value(one) for one in args)})"
        return f"(CASE WHEN {known} THEN {inner} END)" if known else inner

    def _ratio_at_least(self, args: tuple[Node, ...]) -> str:
        part, whole, percent = (self._value(one) for one in args)
        return f"(CASE WHEN {whole} <> 0 THEN {part} * 100 >= {percent} * {whole} END)"

    def _div(self, args: tuple[Node, ...]) -> str:
        """Rounded down also below zero. PostgreSQL's `/` and DuckDB's `//` cut off, and both lack a floor on integers;
        taking off the remainder first leaves a division without one, which DuckDB's `//` and `/` of PostgreSQL share."""
        number, by = (self._value(one) for one in args)
        divisor = f"NULLIF({by}, 0)"
        remainder = f"MOD(MOD({number}, {divisor}) + {divisor}, {divisor})"
        return f"(({number} - {remainder}) {self.divide} {divisor})"

    divide = "/"

    def _year_of(self, args: tuple[Node, ...]) -> str:
        return self._part("YEAR", args[0])

    def _part(self, part: str, node: Node) -> str:
        day = self.as_of if isinstance(node, Call) and node.op == "as_of" else None
        if isinstance(node, Literal) and isinstance(node.value, dt.date):
            day = node.value
        if day is not None:
            return f"CAST({getattr(day, part.lower())} AS BIGINT)"
        return f"CAST(EXTRACT({part} FROM {self.sql(node)}) AS BIGINT)"

    def _years_between(self, args: tuple[Node, ...]) -> str:
        """Full years as people count them: the birthday itself completes one; of 29 February, 1 March does."""
        years = f"{self._part('YEAR', args[1])} - {self._part('YEAR', args[0])}"
        before, after = (f"{self._part('MONTH', one)} * 100 + {self._part('DAY', one)}" for one in args)
        return f"({years} - (CASE WHEN {after} < {before} THEN 1 ELSE 0 END))"

    def _days_between(self, args: tuple[Node, ...]) -> str:
        return f"CAST({self.sql(args[1])} - {self.sql(args[0])} AS BIGINT)"

    def _as_of(self, args: tuple[Node, ...]) -> str:
        return literal(self.as_of)

    def _listed(self, args: tuple[Node, ...]) -> str:
        code, codes = (self.sql(one) for one in args)
        return f"(STRPOS(',' || {codes} || ',', ',' || {code} || ',') > 0)"

    def _figure(self, node: FigureAt) -> str:
        """A CASE over the ranges of codes below the places that set values of their own, longest first."""
        figure = self.figures[node.figure]
        places = sorted({one.place for one in figure.places}, key=lambda place: (-len(place), place))
        branches = [(place, self._series(figure, node, place)) for place in places]
        nation = self._series(figure, node, "")
        branches = [(place, value) for place, value in branches if value != nation or len(branches) > 1]
        if not branches:
            return nation
        whens = " ".join(f"WHEN {below(place, self.place)} THEN {value}" for place, value in branches)
        return f"(CASE {whens} ELSE {nation} END)"

    def _series(self, figure: Figure, node: FigureAt, place: str) -> str:
        if node.year is None:
            found = effective(figure, self.as_of, place)
            return self._figure_value(found[0].value if found else None, node.kind)
        years = sorted(
            {
                one.year
                for one in (*figure.values, *figure.places)
                if one.year is not None and _here(one, place)
            }
        )
        whens = []
        for year in years:
            found = effective(figure, dt.date(year, 12, 31), place)
            if found:
                whens.append(f"WHEN {year} THEN {self._figure_value(found[0].value, node.kind)}")
        if not whens:
            return self._figure_value(None, node.kind)
        return f"(CASE {self.sql(node.year)} {' '.join(whens)} END)"

    def _figure_value(self, value: Scalar | None, kind: Kind) -> str:
        types = {
            Kind.INTEGER: "BIGINT",
            Kind.DECIMAL: "NUMERIC(18, 6)",
            Kind.BOOLEAN: "BOOLEAN",
            Kind.DATE: "DATE",
        }
        return f"CAST({literal(value)} AS {types.get(kind, 'VARCHAR')})"


class DuckdbWriter(Writer):
    """DuckDB's `/` is of floats; its integer division is `//`."""

    divide = "//"


WRITERS: dict[Dialect, type[Writer]] = {"postgres": Writer, "duckdb": DuckdbWriter}


def _here(one: object, place: str) -> bool:
    """Whether a value, the nation's or a place's, can hold in a place."""
    return place.startswith(getattr(one, "place", ""))


def below(place: str, column: str = VILLAGE) -> str:
    """Codes of villages in a place, as a range: index-friendly, leakproof, the same in collation C and DuckDB."""
    after = place[:-1] + chr(ord(place[-1]) + 1)
    return f"({column} >= '{place}' AND {column} < '{after}')"
