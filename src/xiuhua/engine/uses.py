"""What rests on what: the facts, columns and figures that a rule or a fact reads, and the rules and facts that use one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xiuhua.engine.door import Library
from xiuhua.engine.nodes import Aggregate, FigureAt, Node, Ref, walk


@dataclass(frozen=True)
class Reads:
    """What an expression names itself, in the order in which it names it, without what lies below its facts."""

    facts: tuple[Ref, ...]
    columns: tuple[Ref, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Users:
    """Ids of those that rest on something, directly or through facts, in the order of the rulebook."""

    rules: tuple[str, ...]
    facts: tuple[str, ...]


def reads(nodes: Iterable[Node | None]) -> Reads:
    """What some expressions name themselves; None among them is nothing."""
    facts: dict[Ref, None] = {}
    columns: dict[Ref, None] = {}
    figures: dict[str, None] = {}
    waiting = [node for node in nodes if node is not None]
    while waiting:
        for one in walk(waiting.pop(0)):
            if isinstance(one, Ref):
                (facts if one.is_fact else columns)[one] = None
            elif isinstance(one, Aggregate):
                waiting.append(one.arg)
            elif isinstance(one, FigureAt):
                figures[one.figure] = None
    return Reads(tuple(facts), tuple(columns), tuple(figures))


def of_rule(library: Library, rule: str) -> Reads:
    """What a rule names. KeyError for an unknown id."""
    nodes = library.rule_nodes[rule]
    return reads([nodes.applies, nodes.holds, *nodes.shown.values()])


def of_fact(library: Library, fact: str) -> Reads:
    """What a fact names. KeyError for an unknown id."""
    return reads([library.nodes[fact]])


def users_of_fact(library: Library, fact: str) -> Users:
    """Rules and facts that rest on a fact."""
    names = {one: {ref.name for ref in of_fact(library, one).facts} for one in library.facts}
    resting = {fact}
    while more := {
        one for one, named in names.items() if one not in resting and not resting.isdisjoint(named)
    }:
        resting |= more
    return Users(
        tuple(
            one for one in library.rules if any(ref.name in resting for ref in of_rule(library, one).facts)
        ),
        tuple(one for one in library.facts if one in resting and one != fact),
    )


def users_of_figure(library: Library, figure: str) -> Users:
    """Rules that rest on a figure, and facts that name it themselves."""
    return Users(
        tuple(one for one in library.rules if figure in library.figures_of(one)),
        tuple(one for one in library.facts if figure in of_fact(library, one).figures),
    )
