"""SQL of a tally: each record with its facts is computed once and kept, and all that reads it reads it there.

The layers are those of any selection (`engine.selecting`); here the lower ones become tables of a piece of the freeze, so that
persons are not computed again for their households, nor households for their villages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xiuhua.engine.library import Library
from xiuhua.engine.needs import Layer, Needs
from xiuhua.engine.nodes import Aggregate, Kind, Node, Ref, walk
from xiuhua.engine.selecting import NEXT, Query, Writing
from xiuhua.engine.tally.cells import Cell, Value

# In the order in which they can be computed.
GRAINS = ("person", "period", "household", "village", "county")
KINDS = ("registered", "watched", "other")
STATUSES = ("poor", "exited", "returned")
KEYS = {
    "person": ("person_key", "household_key", "village_code"),
    "period": ("household_key", "village_code", "year"),
    "household": ("household_key", "village_code"),
    "village": ("village_code", "county_code"),
    "county": ("county_code",),
}


@dataclass(frozen=True)
class Asked:
    """What is fetched of one grain: statements that make its table, and the query over it."""

    table: str
    sql: str
    columns: Mapping[Value, str | None]
    """The column of each value; None where a value bears no evidence."""


class TallyQuery(Query):
    """A query whose lower layers stand in tables already."""

    made: frozenset[str] = frozenset()
    used: Mapping[str, frozenset[str]] = {}

    def _person(self) -> str:
        return "t_person" if "person" in self.made else super()._person()

    def _household(self) -> str:
        return "t_household" if "household" in self.made else super()._household()

    def _village(self) -> str:
        return "t_village" if "village" in self.made else super()._village()

    def _years(self, scope: str, latest: str | None) -> str:
        if "period" not in self.made:
            return super()._years(scope, latest)
        before = " - 1" if scope == "previous" else ""
        sql = f"SELECT r.*\nFROM {latest} AS k\nJOIN t_period AS r ON r.household_key = k.household_key AND r.year = k.year{before}"
        self.queries.append((scope, sql))
        return scope

    def _carried(self, layer: Layer, alias: str) -> list[str]:
        return [f"{alias}.{name} AS {layer.scope}__{name}" for name in sorted(self.used[layer.scope])]


@dataclass
class Asking:
    """Writes the statements for some cells of a library."""

    library: Library
    cells: list[Cell]
    as_of: dt.date
    needs: Needs = field(init=False)

    def __post_init__(self) -> None:
        self.needs = Needs("household", self.library.names, self.library.nodes)
        for cell in self.cells:
            for value in cell.values():
                if value.form == "evidence":
                    self.needs.evidence(value.node, cell.grain)
                else:
                    self.needs.value(value.node, cell.grain)
        layers = self.needs.layers
        for layer in (layers["person"], layers["period"]):
            layer.above["household"] |= {"kind", "status"}
        layers["household"].columns |= {"kind", "status"}
        # A year's record is computed once, whether it is read as the reference year's or as the one before.
        before, period = layers["previous"], layers["period"]
        period.columns |= before.columns
        period.seens |= before.seens
        period.facts |= before.facts
        period.evidence |= before.evidence
        for scope in before.above:
            period.above[scope] |= before.above[scope]
            period.above_seens[scope] |= before.above_seens[scope]

    def grains(self) -> list[str]:
        """Grains that have something to count; persons and households always have."""
        asked = {cell.grain for cell in self.cells} | {"household", "person"}
        return [grain for grain in GRAINS if grain in asked or self._gathered(grain)]

    def _gathered(self, grain: str) -> bool:
        above = {"household": "village", "village": "county"}.get(grain)
        return grain == "period" or (above is not None and bool(self.needs.layers[above].aggregates))

    def asked(self, grain: str, relations: Mapping[str, str]) -> Asked:
        """The table of a grain and the query of its cells. relations: what stands for `rec_…` in FROM."""
        query = self._query(grain, relations)
        root = query.root()
        listed = [*KEYS[grain], *sorted(self._kept(grain))]
        if grain == "household" and any(query.uses(one) for one in ("period", "previous")):
            listed.append("year")
        table = f"CREATE TEMP TABLE t_{grain} AS\n{query.text(f'SELECT {NEXT.join(listed)} FROM {root}')}"
        writing = self._query(grain, relations).writer(self.needs.layers[grain])
        columns: dict[Value, str | None] = {}
        written: dict[str, str] = {}
        for cell in self.cells:
            if cell.grain != grain:
                continue
            for value in cell.values():
                if value in columns:
                    continue
                sql = value_sql(value, writing)
                columns[value] = None if sql is None else written.setdefault(sql, f"v{len(written)}")
        fetched = [f"{sql} AS {name}" for sql, name in written.items()]
        sql = f"SELECT {NEXT.join([*self._group(grain), *fetched])}\nFROM t_{grain}"
        return Asked(table, sql, columns)

    def _query(self, grain: str, relations: Mapping[str, str]) -> TallyQuery:
        needs = Needs(grain, self.library.names, self.library.nodes)
        needs.layers = self.needs.layers
        query = TallyQuery(self.library.prepared, needs, "duckdb", self.as_of, None, relations)
        query.made = frozenset(GRAINS[: GRAINS.index(grain)])
        query.used = {scope: self._read("household", scope) for scope in ("period", "previous")}
        return query

    def _group(self, grain: str) -> list[str]:
        if grain in ("village", "county"):
            return [f"{grain}_code"]
        prefix = "" if grain == "household" else "household__"
        return ["village_code", f"{prefix}c__kind", f"{prefix}c__status"]

    # -- which columns of a grain's table are read by anybody -------------------------------------------------------

    def _kept(self, grain: str) -> set[str]:
        found = set(self._read(grain, grain))
        if grain in ("person", "period"):
            found |= {"household__c__kind", "household__c__status"}
        if grain == "household":
            found |= {"c__kind", "c__status"}
        if grain == "period":
            found |= self._read("household", "period") | self._read("household", "previous")
        return found

    def _read(self, reader: str, scope: str) -> frozenset[str]:
        """Columns of the layer `scope` that cells and operations over its rows read, or the facts of a layer above."""
        found: set[str] = set()
        for node in self._nodes(reader, facts=reader != scope):
            found |= self._columns(node, reader, scope)
        if reader == scope:
            for owner, below in (("household", "person"), ("village", "household"), ("county", "village")):
                if below == scope:
                    for aggregate in self.needs.layers[owner].aggregates:
                        found |= self._columns(aggregate.arg, scope, scope)
                    if (
                        "seen" in self.needs.layers[scope].seens
                        and self.needs.layers[owner].aggregate_evidence
                    ):
                        found.add("s__seen")
        return frozenset(found)

    def _nodes(self, grain: str, facts: bool) -> Iterable[Node]:
        for cell in self.cells:
            if cell.grain == grain:
                yield from (value.node for value in cell.values())
        if facts:
            yield from (self.library.nodes[one] for one in self.needs.layers[grain].facts)
        above = {"household": "village"}.get(grain)
        if facts and above:
            yield from (one.arg for one in self.needs.layers[above].aggregates)

    def _columns(self, node: Node, reader: str, scope: str) -> set[str]:
        """Names of columns that stand in the table of `scope`, by which `reader` reads it."""
        found = set()
        layer = self.needs.layers[scope]
        for one in walk(node):
            if isinstance(one, Aggregate):
                if reader == scope:
                    number = layer.aggregates[one]
                    found.add(f"a{number}")
                    if one in layer.aggregate_evidence:
                        found.add(f"e{number}")
            elif isinstance(one, Ref):
                found |= self._of_ref(one, reader, scope)
        return found

    def _of_ref(self, ref: Ref, reader: str, scope: str) -> set[str]:
        layer = self.needs.layers[scope]
        if ref.scope != scope:
            if reader != scope:
                return set()
            # What the record's own layer joined from another: carried years, household, village, county.
            return self._joined(ref, scope)
        if ref.is_fact:
            return {f"f__{ref.name}"} | ({f"e__{ref.name}"} if ref.name in layer.evidence else set())
        seen = self.library.names.column(ref).seen
        return {f"c__{ref.name}"} | ({f"s__{seen}"} if seen in layer.seens else set())

    def _joined(self, ref: Ref, scope: str) -> set[str]:
        layer = self.needs.layers[scope]
        if (scope == "household" and ref.scope in ("period", "previous")) or ref.scope == "year":
            return {f"{ref.scope}__{one}" for one in self._of_ref(ref, ref.scope, ref.scope)}
        seen = self.library.names.column(ref).seen
        found = {f"{ref.scope}__c__{ref.name}"}
        if seen and seen in layer.above_seens.get(ref.scope, ()):
            found.add(f"{ref.scope}__s__{seen}")
        return found


def value_sql(value: Value, writing: Writing) -> str | None:
    """SQL of a value over its grain's last layer; None where it bears no evidence."""
    node = value.node
    if value.form == "evidence":
        return f"CAST({writing.evidence(node)} AS TINYINT)" if writing.bears_evidence(node) else None
    sql = writing.sql(node)
    if value.form == "known":
        return f"({sql} IS NOT NULL)"
    if value.form == "number":
        return f"CAST({sql} * 100 AS BIGINT)" if node.kind is Kind.DECIMAL else f"CAST({sql} AS BIGINT)"
    return sql
