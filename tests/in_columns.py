"""A small register asked by the engine over columns, answering as the SQL engines do: one row a record, by column name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from xiuhua.engine import Library, Selection, freezing
from xiuhua.engine.evidence import Evidence
from xiuhua.engine.freezing.shape import order_of
from xiuhua.engine.nodes import Kind
from xiuhua.engine.outcomes import Result
from xiuhua.engine.selecting import KEYS
from xiuhua.engine.tally.cells import NO_EVIDENCE, OUTCOMES, OfRule
from xiuhua.engine.tally.columns import Columns
from xiuhua.engine.tally.frames import Frame
from xiuhua.engine.tally.linking import GRAINS, tied
from xiuhua.engine.tally.pieces import reader
from xiuhua.engine.vectors import EPOCH, Numbers, Texts, Vector, known

Rows = list[dict[str, Any]]


@dataclass
class ColumnsRegister:
    """`wanted` of a selection is not heard: it answers for every row."""

    loaded: Library
    tables: dict[str, Rows] = field(default_factory=dict)

    def fill(self, tables: dict[str, Rows]) -> None:
        self.tables = tables

    def rows(self, selection: Selection) -> Rows:
        frames = tied(self.loaded, selection.as_of, {grain: self._columns(grain) for grain in GRAINS})
        frame = frames[selection.grain]
        answer: dict[str, list[Any]] = {}
        keys = KEYS[selection.grain]
        for name in (*keys, *(() if selection.grain in ("village", "county") else ("village_code",))):
            answer[name] = plain(frame.columns.vector(name), Kind.TEXT, frame.rows)
        scope = {"household": "period", "village": "year"}.get(selection.grain)
        if scope and "year" in selection.columns:
            other, link = frame.up[scope]
            years = [*other.columns.keys("year").tolist(), None]
            answer["year"] = [years[at] if at >= 0 else None for at in link.at.tolist()]
        for name, ref in selection.shown.items():
            answer[f"f__{name}"] = plain(frame.value(ref), ref.kind, frame.rows)
            seen = frame.evidence(ref)
            answer[f"e__{name}"] = [0] * frame.rows if seen is None else shown(seen)
        for id in selection.rules:
            self._rule(id, selection, frame, answer)
        return [dict(zip(answer, values, strict=True)) for values in zip(*answer.values(), strict=True)]

    def _columns(self, grain: str) -> Columns:
        relation = self.loaded.relations[grain]
        names = [one.name for one in relation.columns]
        order = order_of(relation)
        given = sorted(self.tables.get(relation.id, []), key=lambda row: tuple(row[one] for one in order))
        schema = freezing.arrow_schema(relation)
        table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in given], schema)
        return Columns(relation, table, set(names))

    def _rule(self, id: str, selection: Selection, frame: Frame, answer: dict[str, list[Any]]) -> None:
        rule, nodes = self.loaded.rules[id], self.loaded.rule_nodes[id]
        cell = OfRule(
            "rules", id, rule.grain, OUTCOMES, (), nodes.holds, nodes.applies, tuple(nodes.because.values())
        )
        read = reader(frame)
        results = [Result[lane.upper()] for lane in OUTCOMES[:4]]
        if rule.in_force(selection.as_of):
            answer[f"r__{rule.column}"] = [results[one].value for one in cell.outcomes(read).tolist()]
        else:
            answer[f"r__{rule.column}"] = [Result.NOT_APPLICABLE.value] * frame.rows
        weakest = cell.weakest(read)
        answer[f"v__{rule.column}"] = [0] * frame.rows if weakest is None else shown(weakest)


def shown(evidence: Any) -> list[int]:
    return [int(Evidence.NONE) if one == NO_EVIDENCE else one for one in evidence.tolist()]


def plain(vector: Vector, kind: Kind, rows: int) -> list[Any]:
    """Values as Python has them, None where unknown."""
    if isinstance(vector, Texts):
        return [(*vector.words, None)[one] for one in vector.codes.tolist()]
    if not isinstance(vector, Numbers):
        return [(False, None, True)[one] for one in vector.tolist()]
    there = np.broadcast_to(known(vector), (rows,)).tolist()
    return [
        _number(one, kind, vector.scale) if its else None
        for one, its in zip(vector.value.tolist(), there, strict=True)
    ]


def _number(value: int, kind: Kind, scale: int) -> Any:
    if kind is Kind.DATE:
        return EPOCH + dt.timedelta(days=value)
    return Decimal(value).scaleb(-scale) if scale else value
