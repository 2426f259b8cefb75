"""Checked expressions: what remains of a text once every name, type and operation in it is known."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


class Kind(enum.StrEnum):
    """Types of values. NOTHING is the literal null, which takes the type of the branches beside it."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    NOTHING = "nothing"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; None is null."""

    value: bool | int | Decimal | str | dt.date | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Ref:
    """A column or a fact. `scope` is the record it belongs to: person, household, period, previous, village."""

    scope: str
    name: str
    kind: Kind
    is_fact: bool


@dataclass(frozen=True, slots=True)
class Call:
    """An operation: `and or not = <> < <= > >= + - * neg is_null in` or one of the engine's own."""

    op: str
    args: tuple[Node, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Case:
    """`case when … then … else …`; without else the default is null."""

    whens: tuple[tuple[Node, Node], ...]
    default: Node
    kind: Kind


@dataclass(frozen=True, slots=True)
class FigureAt:
    """A figure on the day asked for, or (`year` given) in a year."""

    figure: str
    year: Node | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An operation over the current members of a household; `arg` is in the person's scope."""

    op: str
    arg: Node
    kind: Kind


Node = Literal | Ref | Call | Case | FigureAt | Aggregate


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes directly below; an aggregate's argument belongs to another scope and is not among them."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Case):
        return (*(part for when in node.whens for part in when), node.default)
    if isinstance(node, FigureAt) and node.year is not None:
        return (node.year,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it in its own scope."""
    yield node
    for part in parts(node):
        yield from walk(part)


def refs(node: Node) -> Iterator[Ref]:
    """Columns and facts that the node reads in its own scope."""
    return (one for one in walk(node) if isinstance(one, Ref))


def aggregates(node: Node) -> Iterator[Aggregate]:
    return (one for one in walk(node) if isinstance(one, Aggregate))


def figures(node: Node) -> Iterator[FigureAt]:
    """Figures that the node reads, also inside aggregates."""
    for one in walk(node):
        if isinstance(one, FigureAt):
            yield one
        if isinstance(one, Aggregate):
            yield from figures(one.arg)
