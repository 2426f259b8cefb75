"""The units behind a figure: which households, persons, years or villages of a freeze were counted where.

They are read by the very cells that count them, so that a list has as many rows as its figure says, as long as it is read by the
rules that the tally was computed by. Within a county it takes about a second; above it one goes down first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xiuhua.engine.freezing import Freeze
from xiuhua.engine.library import Grain, Library, Selection, load
from xiuhua.engine.nodes import Node, Ref, walk
from xiuhua.engine.tally.asking import KEYS, Asking
from xiuhua.engine.tally.cells import (
    OUTCOMES,
    Cell,
    Flags,
    Known,
    OfRule,
    Parts,
    Read,
    Share,
    Yes,
)
from xiuhua.engine.tally.making import cells_of
from xiuhua.engine.tally.pieces import reader, sources

MEMORY = "1GB"
LEFT_OUT = ""
"""The lane of a row that a measure does not count at all."""
UNIT = {"person": "person_key", "period": "year"}
HOUSEHOLD_GRAINS = ("household", "person", "period")


class NoSuchFigure(KeyError):
    """No rule, fact or measure of that name is counted, or it has no such part."""


@dataclass(frozen=True)
class Units:
    """Rows of one rule, fact or measure. table: village_code, household_key (and person_key or year), kind, status, lane.

    Sorted by village and key. Of villages and counties: village_code or county_code and lane.
    """

    grain: str
    lanes: tuple[str, ...]
    table: pa.Table

    @property
    def unit(self) -> str | None:
        """The column that tells several units of one household apart."""
        return UNIT.get(self.grain)

    def of(self, lane: str, kinds: Collection[str] = (), statuses: Collection[str] = ()) -> pa.Table:
        """Rows of a lane, of some kinds and statuses of households; none named: of all."""
        mask = pc.equal(self.table.column("lane"), lane)
        for name, wanted in (("kind", kinds), ("status", statuses)):
            if wanted and name in self.table.column_names:
                mask = pc.and_(mask, pc.is_in(self.table.column(name), value_set=pa.array(sorted(wanted))))
        return self.table.filter(mask)


def units(
    freeze: Freeze, section: str, id: str, low: str, high: str, library: Library | None = None, lane: str = ""
) -> Units:
    """Every unit of the villages low <= code < high, with where it was counted.

    section: rules, facts or measures. A measure may count a row in several places: `lane` then says which one is meant, and of
    rules `checked` (holds, on checked evidence). high: `<last code>` with its last digit one higher, as a scope's.
    Raises NoSuchFigure; FreezeDamaged for files that cannot be read as the contract says.
    """
    library = library or load()
    cell = _cell(library, freeze, section, id)
    if lane and lane not in cell.lanes:
        raise NoSuchFigure(f"{section}.{id}: {lane}")
    if isinstance(cell, Flags) and not lane:
        raise NoSuchFigure(f"{section}.{id} counts a row several times: say where")
    table, read = _fetched(freeze, library, cell, low, high)
    keys = _keys(cell.grain)
    named = [name for name in (*keys, "kind", "status") if name in table.column_names]
    columns: dict[str, Any] = {name: table.column(name) for name in named}
    columns["lane"] = _counted(cell, lane, read, table.num_rows)
    made = pa.table(columns).sort_by([(name, "ascending") for name in keys])
    return Units(cell.grain, cell.lanes, made)


def _cell(library: Library, freeze: Freeze, section: str, id: str) -> Cell:
    for cell in cells_of(library, freeze.manifest.as_of):
        if (cell.section, cell.id) == (section, id):
            return cell
    raise NoSuchFigure(f"{section}.{id}")


def _keys(grain: str) -> tuple[str, ...]:
    if grain not in HOUSEHOLD_GRAINS:
        return KEYS[grain]
    return ("village_code", "household_key", *((UNIT[grain],) if grain in UNIT else ()))


class _Named(Asking):
    """An asking whose rows keep their names, where a tally needs but their groups."""

    def _group(self, grain: str) -> list[str]:
        if grain not in HOUSEHOLD_GRAINS:
            return list(KEYS[grain])
        of = "" if grain == "household" else "household__"
        return [*_keys(grain), f"{of}c__kind AS kind", f"COALESCE({of}c__status, 'none') AS status"]


def _fetched(freeze: Freeze, library: Library, cell: Cell, low: str, high: str) -> tuple[pa.Table, Read]:
    """Keys, kind and status of each unit, and the values that a cell reads of it."""
    asking = _Named(library, [cell], freeze.manifest.as_of)
    found = sources(freeze, {one.id: one for one in library.relations.values()}, low[:2], low, high)
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY}) as connection:
        for grain in asking.grains():
            asked = asking.asked(grain, found)
            connection.execute(asked.table)
            if grain == cell.grain:
                table = connection.execute(asked.sql).to_arrow_table()
                return table, reader(table, asked)
    raise NoSuchFigure(f"{cell.section}.{cell.id}")


def _counted(cell: Cell, lane: str, read: Read, rows: int) -> pa.Array:
    """The lane of each row."""
    if isinstance(cell, OfRule):
        return _rule(cell, lane, read, rows)
    if isinstance(cell, Parts):
        return _taken((*cell.lanes, LEFT_OUT), cell.codes(read))
    if isinstance(cell, Yes):
        # Codes are no, yes, unknown; lanes are true, false, unknown.
        return _taken(("false", "true", "unknown"), read(cell.values()[0]))
    if isinstance(cell, Known):
        return _taken(("unknown", "known"), read(cell.values()[0]))
    if isinstance(cell, Flags):
        return _flag(cell, lane, read, rows)
    known = np.ones(rows, bool)
    for value in cell.values():
        if value.form == "number":
            known &= read(value).known
    if isinstance(cell, Share) and cell.among is not None:
        meant = read(cell.values()[2])
        codes = np.where(meant == 0, np.uint8(2), np.where(known & (meant == 1), np.uint8(1), np.uint8(0)))
        return _taken(("unknown", "known", LEFT_OUT), codes)
    return _taken(("unknown", "known"), known.view(np.uint8))


def _rule(cell: OfRule, lane: str, read: Read, rows: int) -> pa.Array:
    if cell.holds is None:
        return _taken(OUTCOMES, np.full(rows, 3, np.uint8))
    codes = cell.outcomes(read)
    if lane == "checked":
        weakest = cell.weakest(read)
        if weakest is not None:
            codes = np.where((codes == 0) & (weakest == 2), np.uint8(4), codes)
    return _taken(OUTCOMES, codes)


def _flag(cell: Flags, lane: str, read: Read, rows: int) -> pa.Array:
    """A row may be counted under several statements: only the one that is asked for is told."""
    meant = read(cell.values()[-1]) if cell.among is not None else np.ones(rows, np.uint8)
    if lane in ("of", "unknown"):
        return _taken((LEFT_OUT, lane), (meant == (1 if lane == "of" else 2)).view(np.uint8))
    statement = cell.values()[cell.lanes.index(lane)]
    return _taken((LEFT_OUT, lane), ((read(statement) == 1) & (meant == 1)).view(np.uint8))


def _taken(names: tuple[str, ...], codes: NDArray[np.uint8]) -> pa.Array:
    return pa.array(names).take(pa.array(np.asarray(codes)))


def names_read(freeze: Freeze, section: str, id: str, library: Library | None = None) -> list[str]:
    """Facts and columns that a figure's own expressions name, as `Library.select` takes them."""
    library = library or load()
    cell = _cell(library, freeze, section, id)
    found: dict[str, None] = {}
    for value in cell.values():
        waiting: list[Node] = [value.node]
        while waiting:
            for one in walk(waiting.pop(0)):
                if isinstance(one, Ref):
                    found[one.name if one.scope == cell.grain else f"{one.scope}.{one.name}"] = None
    return list(found)


def seen(
    freeze: Freeze,
    grain: Grain,
    rows: pa.Table,
    rules: Collection[str] = (),
    facts: Collection[str] = (),
    library: Library | None = None,
) -> tuple[Selection, list[Mapping[str, Any] | None]]:
    """What rules and facts saw of some rows of `Units.table`, in their order, as `Library.outcome` and `facts_seen` take them.

    Of a few rows: their villages are read whole. grain: household, person or period.
    """
    library = library or load()
    keys = sorted(set(rows.column("household_key").to_pylist()))
    villages = sorted(set(rows.column("village_code").to_pylist()))
    wanted = "SELECT unnest([" + ", ".join(str(int(key)) for key in keys) + "]::BIGINT[]) AS household_key"
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    relations = {one.id: one for one in library.relations.values()}
    names = ("household_key", *((UNIT[grain],) if grain in UNIT else ()))
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY}) as connection:
        low, high = villages[0], villages[-1][:-1] + chr(ord(villages[-1][-1]) + 1)
        selection = library.select(
            "duckdb",
            grain,
            freeze.manifest.as_of,
            wanted=wanted,
            relations=sources(freeze, relations, low[:2], low, high),
            rules=list(rules),
            facts=list(facts),
        )
        for row in connection.execute(selection.sql).to_arrow_table().to_pylist():
            found[tuple(row[name] for name in names)] = row
    told = zip(*(rows.column(name).to_pylist() for name in names), strict=True)
    return selection, [found.get(one) for one in told]
