"""Whether an expression can come out unknown at all, so that a rule is asked for a case of it only where one exists."""

from __future__ import annotations

from collections.abc import Mapping

from xiuhua.engine.names import Names
from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Literal, Node, Ref

NOTHING: frozenset[Node] = frozenset()
# Operations that are known wherever all they take is known.
STRICT = frozenset(
    ["not", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "neg", "in", "abs", "least_of", "greatest_of"]
) | frozenset(["years_between", "days_between", "year_of", "as_of", "listed"])


class Knowing:
    """Answers for one library; facts are looked into."""

    def __init__(self, names: Names, nodes: Mapping[str, Node]) -> None:
        self.names = names
        self.nodes = nodes

    def may_be_unknown(self, node: Node, known: frozenset[Node] = NOTHING) -> bool:
        """False only when no record can make the expression unknown. known: what is sure to be known."""
        if node in known:
            return False
        if isinstance(node, Literal):
            return node.value is None
        if isinstance(node, Ref):
            return self._ref(node, known)
        if isinstance(node, FigureAt):
            return True
        if isinstance(node, Aggregate):
            if node.op in ("some", "every", "least", "most"):
                return True
            return node.op != "known_count" and self.may_be_unknown(node.arg)
        if isinstance(node, Case):
            return self._case(node, known)
        return self._call(node, known)

    def _ref(self, ref: Ref, known: frozenset[Node]) -> bool:
        if not ref.is_fact:
            return not self.names.required(ref)
        # A fact of a year is unknown where that year has no record, whatever it says of records that exist.
        if self.names.facts[ref.name].grain == "period" and ref.scope == "previous":
            return True
        return self.may_be_unknown(self.nodes[ref.name], known if self._same(ref) else NOTHING)

    def _case(self, node: Case, known: frozenset[Node]) -> bool:
        for condition, result in node.whens:
            if self.may_be_unknown(result, known | self.when_true(condition)):
                return True
            known |= self.when_false(condition)
        return self.may_be_unknown(node.default, known)

    def _call(self, node: Call, known: frozenset[Node]) -> bool:
        if node.op == "is_null":
            return False
        if node.op == "coalesce":
            return all(self.may_be_unknown(one, known) for one in node.args)
        if node.op == "and":
            # `x is not null and x > 3`: where the first is false all is false, else x is known.
            for one in self._sure_first(node.args):
                if self.may_be_unknown(one, known):
                    return True
                known |= self.when_true(one)
            return False
        if node.op == "or":
            for one in self._sure_first(node.args):
                if self.may_be_unknown(one, known):
                    return True
                known |= self.when_false(one)
            return False
        if node.op in STRICT:
            return any(self.may_be_unknown(one, known) for one in node.args)
        return True

    def _sure_first(self, args: tuple[Node, ...]) -> list[Node]:
        """The order of `and` and `or` does not matter to their value; what is sure tells most of the others."""
        return sorted(args, key=self.may_be_unknown)

    def when_true(self, node: Node) -> frozenset[Node]:
        """What must be known where an expression came out true."""
        if isinstance(node, Call):
            if node.op == "and":
                return NOTHING.union(*(self.when_true(one) for one in node.args))
            if node.op == "or":
                return frozenset.intersection(*(self.when_true(one) for one in node.args))
            if node.op == "not":
                return self.when_false(node.args[0])
        if isinstance(node, Ref) and node.is_fact:
            return frozenset((node,)) | (
                self.when_true(self.nodes[node.name]) if self._same(node) else NOTHING
            )
        return self._taken(node)

    def when_false(self, node: Node) -> frozenset[Node]:
        """What must be known where an expression came out false."""
        if isinstance(node, Call):
            if node.op == "is_null":
                return self._taken(node.args[0])
            if node.op == "or":
                return NOTHING.union(*(self.when_false(one) for one in node.args))
            if node.op == "and":
                return frozenset.intersection(*(self.when_false(one) for one in node.args))
            if node.op == "not":
                return self.when_true(node.args[0])
        return self._taken(node)

    def _same(self, ref: Ref) -> bool:
        """Whether names in the fact's expression mean the same where the fact is read."""
        return ref.scope not in ("period", "previous")

    def _taken(self, node: Node) -> frozenset[Node]:
        """The expression itself, and all that it cannot do without."""
        if isinstance(node, Call):
            if node.op == "is_null":
                return NOTHING
            if node.op in STRICT or node.op in ("ratio_at_least", "div"):
                return frozenset((node,)).union(*(self._taken(one) for one in node.args))
        return frozenset((node,))
