"""What cells read of each record, and how a value is written where SQL answers it."""

from __future__ import annotations

from collections.abc import Iterable

from xiuhua.engine.door import Library
from xiuhua.engine.needs import Needs
from xiuhua.engine.nodes import Kind, Node, Ref
from xiuhua.engine.selecting import Writing
from xiuhua.engine.tally.cells import Cell, Value

KINDS = ("registered", "watched", "other")
STATUSES = ("poor", "exited", "returned")
# By which status a household is counted: what the live pages count too, a decision or else what the files report. Who is only
# marked to exit has not exited.
STATUS = Ref("household", "exit_state", Kind.TEXT, True)
COUNTED_AS = {"pre_exit": "poor"} | {one: one for one in STATUSES}
GRAINS = ("household", "person", "period", "village", "county")


def needs_of(library: Library, cells: Iterable[Cell]) -> Needs:
    """Everything that counting some cells has to read, by record."""
    needs = Needs("household", library.names, library.nodes)
    needs.value(STATUS, "household")
    for cell in cells:
        for value in cell.values():
            (needs.evidence if value.form == "evidence" else needs.value)(value.node, cell.grain)
    return needs


def status_of(library: Library) -> Node:
    """What a household's status is read from, over its own columns: records below it read these and no facts of it."""
    return library.nodes[STATUS.name]


def status_sql(sql: str) -> str:
    """The status by which a household is counted, from the SQL of `status_of`; null for none."""
    whens = " ".join(f"WHEN '{word}' THEN '{status}'" for word, status in COUNTED_AS.items())
    return f"CASE {sql} {whens} END"


def value_sql(value: Value, writing: Writing) -> str | None:
    """SQL of a value over its grain's last layer; None where it bears no evidence."""
    node = value.node
    if value.form == "evidence":
        known = f"CASE WHEN {writing.sql(node)} IS NOT NULL THEN {writing.evidence(node)} END"
        return f"CAST({known} AS TINYINT)" if writing.bears_evidence(node) else None
    sql = writing.sql(node)
    if value.form == "known":
        return f"({sql} IS NOT NULL)"
    if value.form == "number":
        return f"CAST({sql} * 100 AS BIGINT)" if node.kind is Kind.DECIMAL else f"CAST({sql} AS BIGINT)"
    return sql
