"""What a query reads of a record, and how many records below become one value of the record above."""

from __future__ import annotations

from collections.abc import Iterable

from xiuhua.engine.evidence import code
from xiuhua.engine.needs import Layer
from xiuhua.engine.nodes import Aggregate, Literal
from xiuhua.facts.models import Relation


def sorted_by(layer: Layer) -> list[Aggregate]:
    return sorted(layer.aggregate_evidence, key=lambda one: layer.aggregates[one])


def columns(
    relation: Relation, names: Iterable[str], seens: Iterable[str], alias: str, prefix: str
) -> list[str]:
    """`c__` columns of a record as they are (integers 64 bits wide) and `s__` evidence as small numbers."""
    listed = []
    for name in sorted(names):
        column = relation.column(name)
        value = f"{alias}.{name}"
        if column is not None and column.type == "integer":
            value = f"CAST({value} AS BIGINT)"
        listed.append(f"{value} AS {prefix}c__{name}")
    return listed + [f"{code(f'{alias}.{seen}')} AS {prefix}s__{seen}" for seen in sorted(seens)]


def gathered(aggregate: Aggregate, value: str) -> str:
    """SQL aggregate over the records below an owner, unknown ones kept apart (see `decoded`)."""
    op = aggregate.op
    if op in ("some", "every"):
        # true 2, unknown 1, false 0: the highest decides `some`, the lowest `every`.
        return f"{'MAX' if op == 'some' else 'MIN'}(CASE WHEN {value} THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END)"
    if op == "how_many" and aggregate.arg == Literal(True, aggregate.arg.kind):
        return "COUNT(*)"
    if op == "known_count":
        return f"COUNT(CASE WHEN {value} THEN 1 END)"
    all_known = f"COUNT({value}) = COUNT(*)"
    if op == "how_many":
        return f"CASE WHEN {all_known} THEN COUNT(CASE WHEN {value} THEN 1 END) END"
    function = {"total": "SUM", "least": "MIN", "most": "MAX"}[op]
    total = f"{function}({value})"
    if op == "total" and aggregate.kind == "integer":
        total = f"CAST({total} AS BIGINT)"
    return f"CASE WHEN {all_known} THEN {total} END"


def decoded(aggregate: Aggregate, column: str, key: str) -> str:
    """What the aggregate means for an owner, also for one without a record below it (no row: null)."""
    if aggregate.op in ("some", "every"):
        return f"(NULLIF({column}, 1) = 2)"
    if aggregate.op in ("least", "most"):
        return column
    return f"(CASE WHEN m.{key} IS NULL THEN 0 ELSE {column} END)"
