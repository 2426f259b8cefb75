"""Measures that the rulebook declares, checked: their expressions, and the parts they fall into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from xiuhua.engine.checking import Vocabularies, at
from xiuhua.engine.names import ExpressionError, Names
from xiuhua.engine.nodes import Kind, Node
from xiuhua.engine.parsing import parse
from xiuhua.rulebook.models import Measure, Says

# Which keys a measure of each form must have; those of no form in the list may not stand there.
NEEDED = {
    "parts": ("of",),
    "flags": ("parts",),
    "share": ("of", "per"),
    "gap": ("of", "line", "persons"),
}
MAY = {"parts": ("among", "parts", "bands"), "flags": ("among",), "share": ("among",), "gap": ()}
KEYS = ("among", "of", "per", "line", "persons", "parts", "bands")
MANY = 200


@dataclass(frozen=True)
class MeasureNodes:
    """A measure's checked expressions by key, of its statements by id, and what its parts are called.

    parts: in order; for bands the lower edges as text, with none said.
    """

    nodes: Mapping[str, Node]
    statements: Mapping[str, Node] = field(default_factory=dict)
    parts: Mapping[str, Says | None] = field(default_factory=dict)


def measure_nodes(measure: Measure, names: Names, vocabularies: Vocabularies) -> MeasureNodes:
    """A measure's expressions. Raises RulebookError, whose text begins with file:line."""
    for key in NEEDED[measure.form]:
        if text_of(measure, key) is None:
            raise measure.where.error(f"{measure.id}: a measure of form {measure.form} needs `{key}`", "form")
    for key in KEYS:
        if text_of(measure, key) is not None and key not in (*NEEDED[measure.form], *MAY[measure.form]):
            raise measure.where.error(f"{measure.id}: a measure of form {measure.form} has no `{key}`", key)
    if measure.standard is not None and measure.standard.figure not in names.figures:
        raise measure.where.error(f"{measure.id}: unknown figure {measure.standard.figure}", "standard")
    nodes = {
        key: at(measure, key, partial(_expression, measure, key, names, vocabularies))
        for key in ("among", "of", "per", "line", "persons")
        if text_of(measure, key) is not None
    }
    statements: dict[str, Node] = {}
    if measure.form == "flags":
        statements = {
            name: at(measure, "parts", partial(_statement, measure, name, names, vocabularies))
            for name in measure.parts or ()
        }
    parts = at(measure, "of", partial(_parts, measure, nodes, vocabularies))
    return MeasureNodes(nodes, statements, parts)


def text_of(measure: Measure, key: str) -> Any:
    """What stands under a key of the measure's entry; None where it does not."""
    return getattr(measure, "of_" if key == "of" else key)


def _expression(measure: Measure, key: str, names: Names, vocabularies: Vocabularies) -> Node:
    node = parse(text_of(measure, key), measure.grain, names)
    vocabularies.check(node)
    return _of_kind(node, key, measure)


def _of_kind(node: Node, key: str, measure: Measure) -> Node:
    if key == "among":
        wanted: tuple[Kind, ...] = (Kind.BOOLEAN,)
    elif key == "of" and measure.form == "parts":
        wanted = (Kind.INTEGER,) if measure.bands else (Kind.TEXT, Kind.INTEGER)
    else:
        wanted = (Kind.INTEGER,)
    if node.kind not in wanted:
        raise ExpressionError(f"`{key}` is {node.kind}, it must be {' or '.join(wanted)}")
    return node


def _statement(measure: Measure, name: str, names: Names, vocabularies: Vocabularies) -> Node:
    part = (measure.parts or {})[name]
    if part.of is None:
        raise ExpressionError(f"the part {name} says no `of`: when is it true?")
    node = parse(part.of, measure.grain, names)
    vocabularies.check(node)
    if node.kind is not Kind.BOOLEAN:
        raise ExpressionError(f"the part {name} must say yes or no, it is {node.kind}")
    return node


def _parts(
    measure: Measure, nodes: Mapping[str, Node], vocabularies: Vocabularies
) -> Mapping[str, Says | None]:
    if measure.parts is not None:
        return {name: part.says for name, part in measure.parts.items()}
    if measure.form != "parts":
        return {}
    if measure.bands is not None:
        if len(measure.bands.edges) > MANY:
            raise ExpressionError(f"more than {MANY} bands")
        return dict.fromkeys(("-", *(str(edge) for edge in measure.bands.edges)))
    id = vocabularies.id_of(nodes["of"])
    if id is None:
        raise ExpressionError("has no code list: name its `parts`, or `bands` of numbers")
    return dict(vocabularies.words(id))
