"""How well a value is known: the weakest of the evidence behind what decided it.

Evidence is a small number: 0 none, 1 reported (据表), 2 checked (已核); null means that nothing evidence-bearing was there.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from xiuhua.engine.nodes import Aggregate, Call, Case, Node, Ref, parts

Atoms = frozenset[str]
NONE: Atoms = frozenset()


class Evidence(enum.IntEnum):
    NONE = 0
    REPORTED = 1
    CHECKED = 2

    def says(self, language: str) -> str:
        """The field's short word."""
        words = {0: ("没有记录", "not on record"), 1: ("据表", "reported"), 2: ("已核", "checked")}
        return words[self.value][1 if language.startswith("en") else 0]


def code(column: str) -> str:
    """SQL: the text of a `seen` column as a small number; null where nothing was seen."""
    return f"(CASE {column} WHEN 'checked' THEN 2 WHEN 'reported' THEN 1 END)"


def weakest(atoms: Atoms) -> str:
    """SQL of the weakest of several; both engines' LEAST leaves nulls out. NULL for none."""
    if not atoms:
        return "CAST(NULL AS INTEGER)"
    return next(iter(atoms)) if len(atoms) == 1 else f"LEAST({', '.join(sorted(atoms))})"


class EvidenceWriter:
    """Evidence of expressions in one layer.

    of_ref: SQL of the evidence of a column or fact, or None where it has none to bear (keys, codes of places).
    of_aggregate: the same for an operation over members. sql: writes conditions.
    """

    def __init__(
        self,
        of_ref: Callable[[Ref], str | None],
        of_aggregate: Callable[[Aggregate], str],
        sql: Callable[[Node], str],
    ) -> None:
        self.of_ref = of_ref
        self.of_aggregate = of_aggregate
        self.sql = sql

    def atoms(self, node: Node) -> Atoms:
        """What bears the evidence of a value; the weakest of them counts."""
        if isinstance(node, Ref):
            found = self.of_ref(node)
            return frozenset((found,)) if found else NONE
        if isinstance(node, Aggregate):
            return frozenset((self.of_aggregate(node),))
        if isinstance(node, Case):
            return self._case(node)
        if isinstance(node, Call) and node.op == "coalesce":
            return self._coalesce(node)
        return frozenset().union(*(self.atoms(part) for part in parts(node)))

    def _case(self, node: Case) -> Atoms:
        """The branch that decided, and the conditions asked until then."""
        asked: Atoms = NONE
        branches: list[tuple[str, Atoms]] = []
        for condition, result in node.whens:
            asked |= self.atoms(condition)
            branches.append((self.sql(condition), asked | self.atoms(result)))
        return _one_of(branches, asked | self.atoms(node.default))

    def _coalesce(self, node: Call) -> Atoms:
        branches = [(f"{self.sql(one)} IS NOT NULL", self.atoms(one)) for one in node.args[:-1]]
        return _one_of(branches, self.atoms(node.args[-1]))


def _one_of(branches: list[tuple[str, Atoms]], default: Atoms) -> Atoms:
    if all(atoms == default for _, atoms in branches):
        return default
    whens = " ".join(f"WHEN {condition} THEN {weakest(atoms)}" for condition, atoms in branches)
    return frozenset((f"(CASE {whens} ELSE {weakest(default)} END)",))
