"""Which cells a library has: one for every rule, every fact and every measure, in a fixed order."""

from __future__ import annotations

import datetime as dt

from xiuhua.engine.door import Library
from xiuhua.engine.nodes import Kind, Node, Ref
from xiuhua.engine.tally.cells import (
    OTHER,
    OUTCOMES,
    Cell,
    Flags,
    Gap,
    Known,
    Number,
    OfRule,
    Parts,
    Share,
    Yes,
)
from xiuhua.facts.models import Fact

YEARS = tuple(range(2010, 2041))


def cells_of(library: Library, as_of: dt.date) -> list[Cell]:
    """Rules, then facts, then measures, each by id."""
    cells: list[Cell] = [_rule(library, id, as_of) for id in sorted(library.rules)]
    cells += [of_fact(library, library.facts[id]) for id in sorted(library.facts)]
    return cells + [
        of_measure(library, id) for id in sorted(library.measures) if library.measures[id].in_force(as_of)
    ]


def _rule(library: Library, id: str, as_of: dt.date) -> OfRule:
    rule, nodes = library.rules[id], library.rule_nodes[id]
    if not rule.in_force(as_of):
        return OfRule("rules", id, rule.grain, OUTCOMES)
    because = tuple(nodes.because.values())
    return OfRule("rules", id, rule.grain, OUTCOMES, (), nodes.holds, nodes.applies, because)


def of_fact(library: Library, fact: Fact) -> Cell:
    """Three-valued where it says yes or no, by code where it is coded, by year for years, else a sum or only known."""
    node = Ref(fact.grain, fact.id, Kind(fact.type), True)
    if fact.type == "boolean":
        return Yes("facts", fact.id, fact.grain, ("true", "false", "unknown"), (), node)
    if fact.type == "text" and (codes := codes_of(library, node)):
        return Parts("facts", fact.id, fact.grain, (*codes, OTHER, "unknown"), (), node)
    if fact.unit == "year":
        lanes = (*(str(one) for one in YEARS), OTHER, "unknown")
        return Parts("facts", fact.id, fact.grain, lanes, (), node, None, YEARS)
    if fact.type in ("integer", "decimal"):
        return Number("facts", fact.id, fact.grain, ("known", "unknown"), ("sum",), node)
    return Known("facts", fact.id, fact.grain, ("known", "unknown"), (), node)


def of_measure(library: Library, id: str) -> Cell:
    """By its form."""
    measure, its = library.measures[id], library.measure_nodes[id]
    nodes, among = its.nodes, its.nodes.get("among")
    if measure.form == "share":
        return Share(
            "measures",
            id,
            measure.grain,
            ("known", "unknown"),
            ("of", "per"),
            among,
            nodes["of"],
            nodes["per"],
        )
    if measure.form == "gap":
        sums = ("persons", "poor", "gap", "gap2")
        return Gap(
            "measures",
            id,
            measure.grain,
            ("known", "unknown"),
            sums,
            nodes["of"],
            nodes["line"],
            nodes["persons"],
        )
    if measure.form == "flags":
        lanes = (*its.parts, "of", "unknown")
        return Flags(
            "measures", id, measure.grain, lanes, (), among, tuple(its.statements[name] for name in its.parts)
        )
    if measure.bands is not None:
        edges, step = measure.bands.edges, measure.bands.step
        return Parts(
            "measures", id, measure.grain, (*its.parts, "unknown"), (), nodes["of"], among, edges, step
        )
    if nodes["of"].kind is Kind.INTEGER:
        numbers = tuple(int(name) for name in its.parts)
        return Parts(
            "measures", id, measure.grain, (*its.parts, OTHER, "unknown"), (), nodes["of"], among, numbers
        )
    return Parts("measures", id, measure.grain, (*its.parts, OTHER, "unknown"), (), nodes["of"], among)


def codes_of(library: Library, node: Node) -> tuple[str, ...]:
    """The codes that a text can be, in their order; empty where it has none."""
    words = library.vocabularies.id_of(node)
    return tuple(library.vocabularies.words(words)) if words else ()
