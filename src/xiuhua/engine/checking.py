"""Everything of rulebook, facts and records put together, and refused at load where it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from xiuhua.engine.names import GRAIN_OF_SCOPE, ExpressionError, Names
from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node, Ref, refs, walk
from xiuhua.engine.parsing import parse
from xiuhua.facts.models import Fact
from xiuhua.rulebook.models import Marked, Rule, Says

Result = TypeVar("Result")


@dataclass(frozen=True)
class RuleNodes:
    """A rule's checked expressions, and the facts and columns shown with its outcome by the name they are shown under."""

    applies: Node | None
    holds: Node
    because: dict[str, Ref]
    shown: dict[str, Ref]
    """`because` and those which only the sentence names."""


def at(entry: Marked, key: str, work: Callable[[], Result]) -> Result:
    """Runs a check and puts file and line of the entry's key before what it complains of."""
    try:
        return work()
    except ExpressionError as problem:
        raise entry.where.error(f"{getattr(entry, 'id', '')}: {problem}", key) from problem


def fact_nodes(names: Names) -> dict[str, Node]:
    """Every fact's expression, of the type it says. Raises RulebookError."""
    return {fact.id: at(fact, "value", partial(_fact_node, fact, names)) for fact in names.facts.values()}


def _fact_node(fact: Fact, names: Names) -> Node:
    node = parse(fact.value, fact.scope, names)
    if node.kind != fact.type and not (node.kind is Kind.INTEGER and fact.type == "decimal"):
        raise ExpressionError(f"the value is {node.kind}, the fact says {fact.type}")
    return node


def rule_nodes(rule: Rule, names: Names, placeholders: list[str]) -> RuleNodes:
    """A rule's expressions. Raises RulebookError."""
    # `null` alone: nothing on record can say it yet. Not known, whatever the record says; never met by being left out.
    holds = (
        UNSAID
        if rule.holds.strip() == "null"
        else at(rule, "holds", lambda: _boolean(rule.holds, rule.grain, names))
    )
    text = rule.applies
    applies = at(rule, "applies", lambda: _boolean(text, rule.grain, names)) if text is not None else None
    because = at(
        rule, "because", lambda: {shown_as(one): name_ref(one, rule.grain, names) for one in rule.because}
    )
    more = at(
        rule, "fails", lambda: {shown_as(one): name_ref(one, rule.grain, names) for one in placeholders}
    )
    at(rule, "about", lambda: _pointed(rule, names))
    at(rule, "member", lambda: _member(rule, names))
    return RuleNodes(applies, holds, because, {**because, **more})


UNSAID = Literal(None, Kind.BOOLEAN)


def _pointed(rule: Rule, names: Names) -> None:
    for name in rule.about:
        if not any(relation.column(name) for relation in names.relations.values()):
            raise ExpressionError(f"no record has a column `{name}` to point to")


def _member(rule: Rule, names: Names) -> None:
    if rule.member is None:
        return
    if rule.grain != "household":
        raise ExpressionError(f"only a rule of a household picks a member, this is one of a {rule.grain}")
    if names.resolve("person", "", rule.member).kind is not Kind.BOOLEAN:
        raise ExpressionError(f"`{rule.member}` does not say yes or no of a person")


def _boolean(text: str, scope: str, names: Names) -> Node:
    node = parse(text, scope, names)
    if node.kind is not Kind.BOOLEAN:
        raise ExpressionError(f"a rule needs a boolean, this is {node.kind}")
    return node


def shown_as(name: str) -> str:
    """A fact's or column's name in columns of a result: `period.house_grade` is `period__house_grade`."""
    return name.replace(".", "__")


def name_ref(text: str, scope: str, names: Names) -> Ref:
    """The fact or column that a plain name means. Raises ExpressionError."""
    prefix, _, name = text.rpartition(".")
    return names.resolve(scope, prefix, name)


def depths(names: Names, nodes: Mapping[str, Node]) -> dict[str, int]:
    """How many facts of its own grain lie below each fact, at most, plus one. Raises RulebookError on a circle."""
    found: dict[str, int] = {}

    def depth(fact: Fact, path: tuple[str, ...]) -> int:
        if fact.id in path:
            circle = " → ".join((*path[path.index(fact.id) :], fact.id))
            raise fact.where.error(f"facts turn in a circle: {circle}", "value")
        if fact.id not in found:
            below = [
                depth(names.facts[ref.name], (*path, fact.id))
                for ref in refs(nodes[fact.id])
                if ref.is_fact and names.facts[ref.name].grain == fact.grain
            ]
            found[fact.id] = 1 + max(below, default=0)
        return found[fact.id]

    for fact in names.facts.values():
        depth(fact, ())
    return found


class Vocabularies:
    """Which codes a text can be, so that a misspelt one is refused and a good one is shown by its name."""

    def __init__(self, names: Names, nodes: Mapping[str, Node]) -> None:
        self.names = names
        self.nodes = nodes

    def id_of(self, node: Node) -> str | None:
        """A code list's id, or `grain.column` of a column with values of its own."""
        if isinstance(node, Ref):
            if node.is_fact:
                return self.names.facts[node.name].codes or self.id_of(self.nodes[node.name])
            column = self.names.column(node)
            if column.values:
                return f"{GRAIN_OF_SCOPE.get(node.scope, node.scope)}.{column.name}"
            return column.codes
        if isinstance(node, Case):
            return self._common([result for _, result in node.whens] + [node.default])
        if isinstance(node, Call) and node.op == "coalesce":
            return self._common(list(node.args))
        return None

    def _common(self, nodes: list[Node]) -> str | None:
        found = {self.id_of(one) for one in nodes if not isinstance(one, Literal)}
        return found.pop() if len(found) == 1 else None

    def words(self, id: str) -> Mapping[str, Says]:
        """Codes and their names. Raises ExpressionError where no such list was read."""
        grain, dot, name = id.partition(".")
        if dot:
            column = self.names.relations[grain].column(name)
            return column.values or {} if column else {}
        if id not in self.names.codes:
            raise ExpressionError(f"the rulebook has no code list {id}")
        return {code.code: Says(zh=code.zh, en=code.en) for code in self.names.codes[id].codes}

    def check(self, node: Node) -> None:
        """Raises ExpressionError where a coded text is compared with a word that is not one of its codes."""
        for one in walk(node):
            if isinstance(one, Call) and one.op in ("=", "<>", "in"):
                self._check_comparison(one)
            if isinstance(one, Aggregate):
                self.check(one.arg)

    def _check_comparison(self, node: Call) -> None:
        lists = {found for found in (self.id_of(one) for one in node.args) if found}
        for id in lists:
            words = self.words(id)
            for one in node.args:
                if isinstance(one, Literal) and one.value not in words:
                    known = " ".join(words)
                    raise ExpressionError(f"`{one.value}` is not a code of {id} (which has {known})")


def check_vocabularies(
    names: Names, nodes: Mapping[str, Node], rules: Mapping[str, tuple[Rule, RuleNodes]]
) -> None:
    """Every comparison of coded text, in facts and rules. Raises RulebookError."""
    words = Vocabularies(names, nodes)
    for id, node in nodes.items():
        fact = names.facts[id]
        if fact.codes:
            at(fact, "codes", partial(words.words, fact.codes))
        at(fact, "value", partial(words.check, node))
    for rule, checked in rules.values():
        at(rule, "holds", partial(words.check, checked.holds))
        if checked.applies is not None:
            at(rule, "applies", partial(words.check, checked.applies))


def figures_read(node: Node, nodes: Mapping[str, Node]) -> set[str]:
    """Ids of the figures that an expression rests on, through the facts it reads."""
    found: set[str] = set()
    waiting, done = [node], set()
    while waiting:
        for one in walk(waiting.pop()):
            if isinstance(one, Ref) and one.is_fact and one.name not in done:
                done.add(one.name)
                waiting.append(nodes[one.name])
            elif isinstance(one, Aggregate):
                waiting.append(one.arg)
            elif isinstance(one, FigureAt):
                found.add(one.figure)
    return found


def columns_read(node: Node, nodes: Mapping[str, Node]) -> list[str]:
    """Names of the record columns that an expression rests on, through the facts it reads, nearest first."""
    found: dict[str, None] = {}
    waiting, done = [node], set()
    while waiting:
        for one in walk(waiting.pop(0)):
            if isinstance(one, Ref) and not one.is_fact:
                found[one.name] = None
            elif isinstance(one, Ref) and one.name not in done:
                done.add(one.name)
                waiting.append(nodes[one.name])
            elif isinstance(one, Aggregate):
                waiting.append(one.arg)
    return list(found)
