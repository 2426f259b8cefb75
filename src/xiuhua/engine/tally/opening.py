"""From a figure to the rows it counts: of one place, read and computed from the freeze alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xiuhua.engine.checking import shown_as
from xiuhua.engine.door import Library
from xiuhua.engine.freezing import Freeze, rulebook_of
from xiuhua.engine.needs import Needs
from xiuhua.engine.nodes import Ref, refs
from xiuhua.engine.selecting import NEXT, Query
from xiuhua.engine.tally.asking import status_of, status_sql, value_sql
from xiuhua.engine.tally.cells import NO_EVIDENCE, OUTCOMES, Cell, Flags, Gap, OfRule, Parts, Read, Value, Yes
from xiuhua.engine.tally.making import of_fact, of_measure
from xiuhua.engine.tally.pieces import pieces_of
from xiuhua.engine.tally.sources import sources
from xiuhua.engine.vectors import NO, UNKNOWN, YES, Numbers, Texts

NATION = "CN"
COUNTY = 6
KEYS = {
    "person": ("person_key", "household_key", "village_code"),
    "period": ("household_key", "village_code", "year"),
    "household": ("household_key", "village_code"),
    "village": ("village_code",),
    "county": ("county_code",),
}


def households(
    freeze: Freeze,
    place_code: str,
    *,
    rule: str | None = None,
    measure: str | None = None,
    fact: str | None = None,
    outcome: str | None = None,
    part: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    library: Library | None = None,
    limit: int | None = None,
) -> pa.Table:
    """The rows that a figure of a place counts, in the order of places and keys, with what it saw of each.

    Of a rule give the `outcome` (holds, fails, not_known, not_applicable; checked: of those that hold), of a fact or measure the
    `part` as a document names it: a code, a lower edge, a statement, true, false, known, unknown, of; of a poverty gap also poor.
    kind and status narrow as those of a document do; None and `all`: any. limit: at most so many rows, and no more is computed
    than they need. Columns: the keys of the grain (household_key, village_code; person_key, year, county_code), kind and status
    of the household, then `f__…`: the facts and columns seen, named as in a selection. Raises KeyError for an unknown id,
    ValueError for an outcome or part that there is not.
    """
    opened = opened_figure(
        library or rulebook_of(freeze), rule, measure, fact, outcome if rule else part, freeze.manifest.as_of
    )
    narrowed = {"kind": kind, "status": status}
    tables, count = [], 0
    for province, low, high in _ranges(freeze, place_code, opened.cell.grain):
        tables.append(_rows(freeze, opened, narrowed, (province, low, high)))
        count += tables[-1].num_rows
        if limit is not None and count >= limit:
            break
    if not tables:
        tables = [_rows(freeze, opened, narrowed, ("99", "99", "99"))]
    rows = pa.concat_tables(tables)
    return rows.slice(0, limit) if limit is not None else rows


@dataclass(frozen=True)
class Opened:
    """A figure, the lane of it that is wanted, and what is shown with each row."""

    loaded: Library
    as_of: dt.date
    cell: Cell
    lane: str
    shown: Mapping[str, Ref]


def opened_figure(
    library: Library,
    rule: str | None,
    measure: str | None,
    fact: str | None,
    lane: str | None,
    as_of: dt.date,
) -> Opened:
    if sum(one is not None for one in (rule, measure, fact)) != 1:
        raise ValueError("one figure is opened at a time: a rule, a measure or a fact")
    shown: dict[str, Ref] = {}
    if rule is not None:
        its, nodes = library.rules[rule], library.rule_nodes[rule]
        of_rule = OfRule(
            "rules", rule, its.grain, OUTCOMES, (), nodes.holds, nodes.applies, tuple(nodes.because.values())
        )
        if not its.in_force(as_of):
            of_rule = replace(of_rule, holds=None)
        cell: Cell = of_rule
        shown = dict(nodes.shown)
    elif measure is not None:
        cell = of_measure(library, measure)
        shown = {shown_as(_name(ref)): ref for value in cell.values() for ref in refs(value.node)}
    else:
        cell = of_fact(library, library.facts[str(fact)])
        shown = {cell.id: next(refs(cell.values()[0].node))}
    lanes = cell.lanes + (("poor",) if isinstance(cell, Gap) else ())
    if lane not in lanes:
        raise ValueError(f"{cell.id} has no part `{lane}`; it has {', '.join(lanes)}")
    return Opened(library, as_of, cell, lane, shown)


def _name(ref: Ref) -> str:
    return f"{ref.scope}.{ref.name}" if ref.scope in ("period", "previous", "year") else ref.name


def _ranges(freeze: Freeze, place: str, grain: str) -> Iterator[tuple[str, str, str]]:
    """Part, first and end of the villages to read; whole counties at a time where the place is larger than one."""
    if grain == "county" and len(place) > COUNTY:
        return
    if len(place) >= COUNTY:
        if place[:2] in freeze.parts:
            yield place[:2], place, place + ":"
        return
    prefix = "" if place == NATION else place
    for part in freeze.parts:
        if part.startswith(prefix[:2]):
            for piece in pieces_of(freeze, part):
                low, high = max(piece.low, prefix), min(piece.high, (prefix or "9") + ":")
                if low < high:
                    yield part, low, high


def _rows(
    freeze: Freeze, opened: Opened, narrowed: Mapping[str, str | None], found: tuple[str, str, str]
) -> pa.Table:
    sql, columns = ask(opened, sources(freeze, opened.loaded.relations.values(), *found))
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as connection:
        table = connection.execute(sql).to_arrow_table()
    mask = meant(opened.cell, opened.lane, reader(table, columns), table.num_rows)
    for name, otherwise in (("kind", "other"), ("status", "none")):
        word = narrowed[name]
        if word not in (None, "all") and name in table.column_names:
            mask &= np.asarray(pc.equal(pc.fill_null(table.column(name), otherwise), word))
    return table.select([one for one in table.column_names if not one.startswith("v_")]).filter(
        pa.array(mask)
    )


def ask(opened: Opened, relations: Mapping[str, str]) -> tuple[str, dict[Value, str | None]]:
    """One query: keys, kind and status, what is shown, and the values that tell which rows are meant."""
    library, cell = opened.loaded, opened.cell
    needs = Needs(cell.grain, library.names, library.nodes)
    for value in cell.values():
        (needs.evidence if value.form == "evidence" else needs.value)(value.node, cell.grain)
    for ref in opened.shown.values():
        needs.value(ref, cell.grain)
    keys = KEYS[cell.grain]
    listed = list(keys)
    if cell.grain == "household":
        needs.root.columns |= {"kind"}
        listed.append("c__kind AS kind")
    elif cell.grain in ("person", "period"):
        needs.root.above["household"] |= {"kind"}
        listed.append("household__c__kind AS kind")
    if cell.grain in ("household", "person", "period"):
        needs.value(status_of(library), cell.grain)
    query = Query(library.prepared, needs, "duckdb", opened.as_of, None, relations)
    root = query.root()
    writing = query.writer(needs.root)
    if cell.grain in ("household", "person", "period"):
        listed.append(f"{status_sql(writing.sql(status_of(library)))} AS status")
    listed += [f"{writing.sql(ref)} AS f__{name}" for name, ref in opened.shown.items()]
    columns: dict[Value, str | None] = {}
    for value in dict.fromkeys(cell.values()):
        sql = value_sql(value, writing)
        columns[value] = None if sql is None else f"v_{len(columns)}"
        if sql is not None:
            listed.append(f"{sql} AS {columns[value]}")
    order = "village_code, " if "village_code" in keys else ""
    text = query.text(f"SELECT {NEXT.join(listed)}\nFROM {root}\nORDER BY {order}{', '.join(keys)}")
    return text, columns


def reader(table: pa.Table, columns: Mapping[Value, str | None]) -> Read:
    """Values of a fetched table as cells read them."""

    def read(value: Value) -> Any:
        name = columns[value]
        if name is None:
            return None
        column = table.column(name).combine_chunks()
        if value.form == "text":
            codes = column.dictionary_encode()
            return Texts(np.asarray(codes.indices.fill_null(-1)), tuple(codes.dictionary.to_pylist()))
        if value.form == "number":
            return Numbers(np.asarray(column.fill_null(0)), np.asarray(column.is_valid()))
        number = np.asarray(column.cast(pa.uint8()).fill_null(NO_EVIDENCE))
        if value.form == "yes":
            return np.where(number == NO_EVIDENCE, np.uint8(UNKNOWN), number * np.uint8(YES))
        return number

    return read


def meant(cell: Cell, lane: str, read: Read, rows: int) -> NDArray[np.bool_]:
    """Which rows the lane counts."""
    if isinstance(cell, OfRule):
        if cell.holds is None:
            return np.full(rows, lane == "not_applicable")
        if lane == "checked":
            weakest = cell.weakest(read)
            checked = weakest == 2 if weakest is not None else np.zeros(rows, bool)
            return (cell.outcomes(read) == 0) & checked
        return cell.outcomes(read) == OUTCOMES.index(lane)
    if isinstance(cell, Parts):
        return cell.codes(read) == cell.lanes.index(lane)
    if isinstance(cell, Yes):
        return read(cell.values()[0]) == {"true": YES, "false": NO, "unknown": UNKNOWN}[lane]
    if isinstance(cell, Flags):
        meant = read(Value("yes", cell.among)) if cell.among is not None else np.full(rows, YES, np.uint8)
        if lane in ("of", "unknown"):
            return meant == (YES if lane == "of" else UNKNOWN)
        statement = cell.statements[cell.lanes.index(lane)]
        return (meant == YES) & (read(Value("yes", statement)) == YES)
    return _summed(cell, lane, read, rows)


def _summed(cell: Cell, lane: str, read: Read, rows: int) -> NDArray[np.bool_]:
    """Rows that went into a sum, or could not."""
    meant, known = np.ones(rows, bool), np.ones(rows, bool)
    numbers = []
    for value in cell.values():
        its = read(value)
        if value.form == "yes":
            meant = its != NO
            known &= its == YES
        elif value.form == "known":
            known &= its == 1
        else:
            numbers.append(its)
            known &= its.known
    if isinstance(cell, Gap):
        welfare, line, _ = numbers
        known &= line.value > 0
        if lane == "poor":
            return known & (welfare.value < line.value)
    return meant & (known if lane == "known" else ~known)
