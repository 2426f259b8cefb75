"""Every unit of a place with the part of a figure in which it was counted, so that two freezes can be held against each other,
and what rules and facts saw of some of them, with evidence, so that a list can show why. library, None: the freeze's own.

The rows of one part alone are `opening.households`; both ask the very cells that count. Within a county it takes about a second.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiuhua.engine.door import Grain, Library, Selection
from xiuhua.engine.freezing import Freeze, rulebook_of
from xiuhua.engine.tally.cells import OUTCOMES, Cell, Flags
from xiuhua.engine.tally.making import of_fact, of_measure
from xiuhua.engine.tally.opening import Opened, ask, meant, opened_figure, reader
from xiuhua.engine.tally.sources import sources

MEMORY = "1GB"
UNIT = {"person": "person_key", "period": "year"}
ORDER = ("county_code", "village_code", "household_key", "person_key", "year")
NAMES = {"rules": "rule", "measures": "measure", "facts": "fact"}
HOUSEHOLD_GRAINS = ("household", "person", "period")


class NoSuchFigure(KeyError):
    """No rule, fact or measure of that name is counted, or it has no such part."""


@dataclass(frozen=True)
class Units:
    """Rows of one rule, fact or measure. table: village_code, household_key (and person_key or year), kind, status, lane.

    Sorted by village and key. Of villages and counties: village_code or county_code and lane. A lane of its own, the empty
    one, is of rows that the figure does not count.
    """

    grain: str
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

    section: rules, facts or measures. lane: only this part, the rest is of none; needed where a row may be counted in several
    (statements of a measure, `checked` of a rule). high: `<last code>` with its last digit one higher, as a scope's.
    Raises NoSuchFigure; FreezeDamaged for files that cannot be read as the contract says.
    """
    library = library or rulebook_of(freeze)
    figure = _figure(library, freeze, section, id, lane)
    relations = sources(freeze, library.relations.values(), low[:2], low, high)
    sql, asked = ask(replace(figure, shown={}), relations)
    with _engine().cursor() as connection:
        table = connection.execute(sql).to_arrow_table()
    read = reader(table, asked)
    found = np.full(table.num_rows, "", dtype=object)
    for one in [lane] if lane else _apart(figure.cell):
        found[meant(figure.cell, one, read, table.num_rows)] = one
    keys = [name for name in table.column_names if not name.startswith("v_")]
    columns: dict[str, Any] = {name: table.column(name) for name in keys}
    for name, otherwise in (("kind", "other"), ("status", "none")):
        if name in columns:
            columns[name] = pc.fill_null(columns[name], otherwise)
    columns["lane"] = pa.array(found, pa.string())
    order = [name for name in ORDER if name in columns]
    made = pa.table(columns).sort_by([(name, "ascending") for name in order])
    return Units(figure.cell.grain, made)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One engine in memory a process: beginning one takes as long as a small county's question. It keeps nothing."""
    return duckdb.connect(config={"threads": 2, "memory_limit": MEMORY})


def _figure(library: Library, freeze: Freeze, section: str, id: str, lane: str) -> Opened:
    names: dict[str, str | None] = {"rule": None, "measure": None, "fact": None, NAMES[section]: id}
    try:
        lanes = _lanes(library, section, id)
        figure = opened_figure(library, **names, lane=lane or lanes[0], as_of=freeze.manifest.as_of)
    except (KeyError, ValueError) as wrong:
        raise NoSuchFigure(f"{section}.{id}: {lane}") from wrong
    if isinstance(figure.cell, Flags) and not lane:
        raise NoSuchFigure(f"{section}.{id} counts a row several times: say where")
    return figure


def _lanes(library: Library, section: str, id: str) -> tuple[str, ...]:
    """Parts of a figure. Raises KeyError for one that is not counted."""
    if section == "rules":
        return OUTCOMES
    return (of_fact(library, library.facts[id]) if section == "facts" else of_measure(library, id)).lanes


def _apart(cell: Cell) -> list[str]:
    """Lanes of which a row is in one and no other."""
    return [one for one in cell.lanes if one != "checked"]


def names_read(freeze: Freeze, section: str, id: str, library: Library | None = None) -> list[str]:
    """Facts and columns that a figure's own expressions name, as `Library.select` takes them."""
    library = library or rulebook_of(freeze)
    names: dict[str, str | None] = {"rule": None, "measure": None, "fact": None, NAMES[section]: id}
    lane = _lanes(library, section, id)[0]
    figure = opened_figure(library, **names, lane=lane, as_of=freeze.manifest.as_of)
    return [
        ref.name if ref.scope == figure.cell.grain else f"{ref.scope}.{ref.name}"
        for ref in figure.shown.values()
    ]


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
    library = library or rulebook_of(freeze)
    keys = sorted(set(rows.column("household_key").to_pylist()))
    villages = sorted(set(rows.column("village_code").to_pylist()))
    wanted = "SELECT unnest([" + ", ".join(str(int(key)) for key in keys) + "]::BIGINT[]) AS household_key"
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    names = ("household_key", *((UNIT[grain],) if grain in UNIT else ()))
    low, high = villages[0], villages[-1] + ":"
    selection = library.select(
        "duckdb",
        grain,
        freeze.manifest.as_of,
        wanted=wanted,
        relations=sources(freeze, library.relations.values(), low[:2], low, high),
        rules=list(rules),
        facts=list(facts),
    )
    with _engine().cursor() as connection:
        for row in connection.execute(selection.sql).to_arrow_table().to_pylist():
            found[tuple(row[name] for name in names)] = row
    told = zip(*(rows.column(name).to_pylist() for name in names), strict=True)
    return selection, [found.get(one) for one in told]
