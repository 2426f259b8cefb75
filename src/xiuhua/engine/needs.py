"""What a selection has to read: only the columns, facts and aggregates that the asked rules and facts lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiuhua.engine.names import BELOW, Names
from xiuhua.engine.nodes import Aggregate, Node, Ref, aggregates, parts, walk

# Records that a layer reads columns of and no facts: those above it, and of a household how it was let out.
ABOVE = ("household", "exit", "village", "county")
LAYERS = ("household", "person", "period", "previous", "village", "year", "county")
# Records of a year that the layer of their owner reads, with the facts they have.
YEARS = {"household": ("period", "previous"), "village": ("year",)}


@dataclass
class Layer:
    """Needs of one record: person, household, period (reference year), previous (year before), village, year (a village's
    reference year) or county."""

    scope: str
    columns: set[str] = field(default_factory=set)
    seens: set[str] = field(default_factory=set)
    above: dict[str, set[str]] = field(default_factory=lambda: {one: set() for one in ABOVE})
    above_seens: dict[str, set[str]] = field(default_factory=lambda: {one: set() for one in ABOVE})
    facts: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)
    aggregates: dict[Aggregate, int] = field(default_factory=dict)
    aggregate_evidence: set[Aggregate] = field(default_factory=set)


class Needs:
    """Collects needs, following facts to the records below them.

    nodes: every fact's expression by id. grain: of the rows asked for.
    """

    def __init__(self, grain: str, names: Names, nodes: Mapping[str, Node]) -> None:
        self.grain = grain
        self.names = names
        self.nodes = nodes
        self.layers = {scope: Layer(scope) for scope in LAYERS}

    @property
    def root(self) -> Layer:
        return self.layers[self.grain]

    def value(self, node: Node, scope: str) -> None:
        """All that the value of an expression in a layer's scope needs."""
        for one in walk(node):
            if isinstance(one, Ref):
                self._ref(one, scope)
        for one in aggregates(node):
            self.layers[scope].aggregates.setdefault(one, len(self.layers[scope].aggregates) + 1)
            self.value(one.arg, BELOW[scope])

    def _ref(self, ref: Ref, scope: str) -> None:
        layer, target = self._target(ref, scope)
        if not ref.is_fact:
            if target is None:
                layer.above[ref.scope].add(ref.name)
            else:
                target.columns.add(ref.name)
        elif target is not None and ref.name not in target.facts:
            target.facts.add(ref.name)
            self.value(self.nodes[ref.name], target.scope)

    def _target(self, ref: Ref, scope: str) -> tuple[Layer, Layer | None]:
        """The layer that reads, and the layer that owns what is read; None for a record joined from above."""
        layer = self.layers[scope]
        if ref.scope == scope or (scope == "previous" and ref.scope == "period"):
            return layer, layer
        if ref.scope in YEARS.get(scope, ()):
            return layer, self.layers[ref.scope]
        return layer, None

    def evidence(self, node: Node, scope: str) -> None:
        """All that the evidence of an expression needs; its conditions' values are needed by its value already."""
        self.value(node, scope)
        self._evidence(node, scope)

    def _evidence(self, node: Node, scope: str) -> None:
        if isinstance(node, Ref):
            self._ref_evidence(node, scope)
        elif isinstance(node, Aggregate):
            below = BELOW[scope]
            self.layers[scope].aggregate_evidence.add(node)
            self._evidence(node.arg, below)
            if "seen" in {column.name for column in self.names.relations[below].columns}:
                self.layers[below].seens.add("seen")
        else:
            for part in parts(node):
                self._evidence(part, scope)

    def _ref_evidence(self, ref: Ref, scope: str) -> None:
        layer, target = self._target(ref, scope)
        if ref.is_fact:
            if target is not None and ref.name not in target.evidence:
                target.evidence.add(ref.name)
                self._evidence(self.nodes[ref.name], target.scope)
            return
        seen = self.names.column(ref).seen
        if seen and target is None:
            layer.above_seens[ref.scope].add(seen)
        elif seen and target is not None:
            target.seens.add(seen)
