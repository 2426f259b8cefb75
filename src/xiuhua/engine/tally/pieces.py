"""A part of a freeze cut into pieces of whole counties, each small enough to be computed in memory, and one piece computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from xiuhua.engine.freezing import Freeze, FreezeDamaged, arrow_schema
from xiuhua.engine.freezing.shape import TYPES, place_column
from xiuhua.engine.tables import TYPES as SQL_TYPES
from xiuhua.engine.tally.asking import KINDS, STATUSES, Asked, Asking
from xiuhua.engine.tally.cells import UNKNOWN, Cell, Counter, Numbers, Value, layout
from xiuhua.facts.models import Relation

HOUSEHOLDS = 200_000
"""In a piece, unless one county alone has more."""
ALL_KINDS, ALL_STATUSES = len(KINDS), len(STATUSES) + 1


@dataclass(frozen=True)
class Piece:
    """Counties of a part: villages with low <= code < high."""

    part: str
    low: str
    high: str
    households: int


@dataclass(frozen=True)
class Block:
    """Counted groups: one row a place, kind and status. kind 3 and status 4 are all."""

    place: NDArray[np.str_]
    kind: NDArray[np.int64]
    status: NDArray[np.int64]
    counts: NDArray[np.int64]
    sums: NDArray[np.int64]


def sources(
    freeze: Freeze, relations: Mapping[str, Relation], part: str, low: str, high: str
) -> dict[str, str]:
    """What stands for each relation in FROM: rows of a range of villages (or counties), columns of today's contract.

    A column that an older freeze does not have is not known there. Raises FreezeDamaged for one of another type.
    """
    return {one.id: _source(freeze, one, part, low, high) for one in relations.values()}


def _source(freeze: Freeze, relation: Relation, part: str, low: str, high: str) -> str:
    paths = freeze.paths(relation.id, part)
    had = _columns(paths[0], relation) if paths else frozenset()
    listed = ", ".join(
        one.name if one.name in had else f"CAST(NULL AS {SQL_TYPES['duckdb'][one.type]}) AS {one.name}"
        for one in relation.columns
    )
    if not paths:
        return f"(SELECT {listed} WHERE FALSE)"
    place = place_column(relation)
    low = low[:6] if place == "county_code" else low
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"(SELECT {listed} FROM read_parquet([{files}], hive_partitioning = false) WHERE {place} >= '{low}' AND {place} < '{high}')"


def _columns(path: Path, relation: Relation) -> frozenset[str]:
    schema = pq.read_schema(path)
    for field in arrow_schema(relation):
        at = schema.get_field_index(field.name)
        column = relation.column(field.name)
        assert column is not None
        if at < 0 and column.required:
            raise FreezeDamaged(f"{relation.id}/{path.name}", f"has no column {field.name}")
        if at >= 0 and schema.field(at).type not in (TYPES[column.type], pa.large_string()):
            raise FreezeDamaged(
                f"{relation.id}/{path.name}",
                f"{field.name} is {schema.field(at).type}, the contract says {column.type}",
            )
    return frozenset(schema.names)


def pieces_of(freeze: Freeze, part: str, households: int = HOUSEHOLDS) -> list[Piece]:
    """The part's counties in order, as many in a piece as keep it under `households`."""
    paths = freeze.paths("rec_household", part)
    counties: list[tuple[str, int]] = []
    if paths:
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        with duckdb.connect(config={"threads": 1}) as connection:
            counties = connection.execute(
                f"SELECT village_code[:6] AS county, COUNT(*) FROM read_parquet([{files}]) GROUP BY 1 ORDER BY 1"
            ).fetchall()
    starts, total = [(part, 0)], 0
    for county, count in counties:
        if total and total + count > households:
            starts[-1] = (starts[-1][0], total)
            starts.append((county, 0))
            total = 0
        total += count
    starts[-1] = (starts[-1][0], total)
    ends = [code for code, _ in starts[1:]] + [part[:-1] + chr(ord(part[-1]) + 1)]
    return [Piece(part, low, high, count) for (low, count), high in zip(starts, ends, strict=True)]


def compute(connection: duckdb.DuckDBPyConnection, freeze: Freeze, asking: Asking, piece: Piece) -> Block:
    """All cells of one piece, by village (village and county rules by county as well), kind and status."""
    relations = {one.id: one for one in asking.library.relations.values()}
    found = sources(freeze, relations, piece.part, piece.low, piece.high)
    at, counts, sums = layout(asking.cells)
    blocks, made = [], []
    try:
        for grain in asking.grains():
            asked = asking.asked(grain, found)
            connection.execute(asked.table)
            made.append(grain)
            table = connection.execute(asked.sql).to_arrow_table()
            if table.num_rows:
                cells = [cell for cell in asking.cells if cell.grain == grain]
                blocks.append(_counted(grain, table, asked, cells, at, (counts, sums)))
    finally:
        for grain in made:
            connection.execute(f"DROP TABLE t_{grain}")
    return gathered(blocks, counts, sums)


def _counted(
    grain: str,
    table: pa.Table,
    asked: Asked,
    cells: list[Cell],
    at: Mapping[tuple[str, str], tuple[int, int]],
    size: tuple[int, int],
) -> Block:
    places, kinds, statuses, counter = _groups(grain, table)
    counts = np.zeros((counter.width, size[0]), np.int64)
    sums = np.zeros((counter.width, size[1]), np.int64)
    if grain in ("household", "person"):
        counts[:, 0 if grain == "household" else 1] = counter.rows()
    read = reader(table, asked)
    for cell in cells:
        count_at, sum_at = at[cell.section, cell.id]
        found, more = cell.counts(read, counter)
        counts[:, count_at : count_at + len(cell.lanes)] = found
        for number, one in enumerate(more):
            sums[:, sum_at + number] = one
    return Block(places, kinds, statuses, counts, sums)


def _groups(
    grain: str, table: pa.Table
) -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.int64], Counter]:
    """Groups of the rows that exist, and which of them each row belongs to."""
    codes = table.column(0).combine_chunks().dictionary_encode()
    words = np.asarray(codes.dictionary.to_pylist(), dtype=str)
    place = np.asarray(codes.indices, dtype=np.int64)
    if grain in ("village", "county"):
        alls = (np.full(len(words), ALL_KINDS), np.full(len(words), ALL_STATUSES))
        return words, *alls, Counter(place, len(words))
    kind = _index(table.column(1), KINDS, KINDS.index("other"))
    status = _index(table.column(2), STATUSES, len(STATUSES))
    wide = place * 12 + kind * 4 + status
    there = np.flatnonzero(np.bincount(wide, minlength=len(words) * 12))
    dense = np.zeros(len(words) * 12, np.int64)
    dense[there] = np.arange(len(there))
    return words[there // 12], there // 4 % 3, there % 4, Counter(dense[wide], len(there))


def _index(words: pa.ChunkedArray, known: tuple[str, ...], otherwise: int) -> NDArray[np.int64]:
    at = pc.fill_null(pc.index_in(words, value_set=pa.array(known)), otherwise)
    return np.asarray(at).astype(np.int64)


def reader(table: pa.Table, asked: Asked) -> Callable[[Value], Any]:
    """Values of a fetched table as cells read them, each made ready once."""
    ready: dict[Value, Any] = {}

    def read(value: Value) -> Any:
        if value not in ready:
            name = asked.columns[value]
            ready[value] = None if name is None else _ready(value, table.column(name))
        return ready[value]

    return read


def _ready(value: Value, column: pa.ChunkedArray) -> Any:
    if value.form == "text":
        return column
    if value.form in ("yes", "known"):
        return _plain(pc.cast(column, pa.uint8()), UNKNOWN).astype(np.uint8, copy=False)
    if value.form == "evidence":
        return _plain(pc.cast(column, pa.uint8()), 255).astype(np.uint8, copy=False)
    known = np.asarray(pc.is_valid(column))
    return Numbers(_plain(column, 0), known)


def _plain(column: pa.ChunkedArray, null: int) -> NDArray[Any]:
    return np.asarray(pc.fill_null(column, null))


def gathered(blocks: list[Block], counts: int, sums: int) -> Block:
    """Blocks put together: rows of one place, kind and status added up, in the order of places."""
    if not blocks:
        none = np.zeros(0, np.int64)
        return Block(
            np.zeros(0, "U12"), none, none, np.zeros((0, counts), np.int64), np.zeros((0, sums), np.int64)
        )
    place = np.concatenate([one.place for one in blocks])
    kind = np.concatenate([one.kind for one in blocks])
    status = np.concatenate([one.status for one in blocks])
    order = np.lexsort((status, kind, place))
    place, kind, status = place[order], kind[order], status[order]
    new = np.ones(len(order), bool)
    new[1:] = (place[1:] != place[:-1]) | (kind[1:] != kind[:-1]) | (status[1:] != status[:-1])
    starts = np.flatnonzero(new)
    return Block(
        place[starts],
        kind[starts],
        status[starts],
        np.add.reduceat(np.concatenate([one.counts for one in blocks])[order], starts, axis=0),
        np.add.reduceat(np.concatenate([one.sums for one in blocks])[order], starts, axis=0)
        if sums
        else np.zeros((len(starts), 0), np.int64),
    )


def rolled(block: Block, lengths: tuple[int, ...]) -> Block:
    """The block's places cut to each of the lengths of code and added up; 0 is the nation."""
    blocks = []
    for length in lengths:
        long_enough = np.char.str_len(block.place) >= length
        place = block.place[long_enough]
        cut = place.astype(f"U{length}") if length else np.full(len(place), "CN")
        blocks.append(
            Block(
                cut,
                block.kind[long_enough],
                block.status[long_enough],
                block.counts[long_enough],
                block.sums[long_enough],
            )
        )
    return gathered(blocks, block.counts.shape[1], block.sums.shape[1])
