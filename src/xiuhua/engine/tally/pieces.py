"""A part of a freeze cut into pieces of whole counties, each small enough to be computed in memory, and one piece computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from xiuhua.engine.freezing import Freeze
from xiuhua.engine.library import Library
from xiuhua.engine.nodes import Kind, Ref
from xiuhua.engine.tally.asking import GRAINS, KINDS, STATUSES, needs_of
from xiuhua.engine.tally.cells import Cell, Counter, Value, layout
from xiuhua.engine.tally.frames import Frame
from xiuhua.engine.tally.linking import frames_of, needed
from xiuhua.engine.vectors import Numbers, Texts, known

HOUSEHOLDS = 100_000
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


def pieces_of(freeze: Freeze, part: str, households: int = HOUSEHOLDS) -> list[Piece]:
    """The part's counties in order, as many in a piece as keep it under `households`."""
    counties: dict[str, int] = {}
    for path in freeze.paths("rec_household", part):
        with pq.ParquetFile(path, read_dictionary=["village_code"]) as file:
            for group in range(file.metadata.num_row_groups):
                codes = file.read_row_group(group, columns=["village_code"]).column(0)
                for code, count in zip(*_counts(codes), strict=True):
                    counties[code[:6]] = counties.get(code[:6], 0) + count
    starts, total = [(part, 0)], 0
    for county, count in sorted(counties.items()):
        if total and total + count > households:
            starts[-1] = (starts[-1][0], total)
            starts.append((county, 0))
            total = 0
        total += count
    starts[-1] = (starts[-1][0], total)
    ends = [code for code, _ in starts[1:]] + [part[:-1] + chr(ord(part[-1]) + 1)]
    return [Piece(part, low, high, count) for (low, count), high in zip(starts, ends, strict=True)]


def _counts(codes: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    counted = codes.combine_chunks().value_counts()
    return counted.field("values").to_pylist(), counted.field("counts").to_pylist()


@dataclass(frozen=True)
class Plan:
    """What is counted, and of which columns."""

    freeze: Freeze
    library: Library
    as_of: dt.date
    cells: list[Cell]
    columns: Mapping[str, set[str]]

    @classmethod
    def of(cls, freeze: Freeze, library: Library, cells: list[Cell]) -> Plan:
        return cls(freeze, library, freeze.manifest.as_of, cells, needed(needs_of(library, cells)))


def compute(plan: Plan, piece: Piece) -> Block:
    """All cells of one piece, by village (of counties' rules by county), kind and status. Raises FreezeDamaged."""
    frames = frames_of(plan.freeze, plan.library, plan.as_of, plan.columns, piece.part, piece.low, piece.high)
    at, counts, sums = layout(plan.cells)
    blocks = []
    for grain in GRAINS:
        frame = frames.get(grain)
        if frame is not None and frame.rows:
            cells = [cell for cell in plan.cells if cell.grain == grain]
            blocks.append(_counted(frame, cells, at, (counts, sums)))
    return gathered(blocks, counts, sums)


def _counted(
    frame: Frame, cells: list[Cell], at: Mapping[tuple[str, str], tuple[int, int]], size: tuple[int, int]
) -> Block:
    places, kinds, statuses, counter = _groups(frame)
    counts = np.zeros((counter.width, size[0]), np.int64)
    sums = np.zeros((counter.width, size[1]), np.int64)
    if frame.grain in ("household", "person"):
        counts[:, 0 if frame.grain == "household" else 1] = counter.rows()
    read = reader(frame)
    for cell in cells:
        count_at, sum_at = at[cell.section, cell.id]
        found, more = cell.counts(read, counter)
        counts[:, count_at : count_at + len(cell.lanes)] = found
        for number, one in enumerate(more):
            sums[:, sum_at + number] = one
    return Block(places, kinds, statuses, counts, sums)


def _groups(frame: Frame) -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.int64], Counter]:
    """Groups of the rows that exist, and which of them each row belongs to."""
    words, place = np.asarray(frame.places.words, dtype=str), frame.places.codes.astype(np.int64)
    if frame.grain in ("village", "county"):
        alls = (np.full(len(words), ALL_KINDS), np.full(len(words), ALL_STATUSES))
        there = np.flatnonzero(np.bincount(place, minlength=len(words)))
        dense = np.zeros(len(words), np.int64)
        dense[there] = np.arange(len(there))
        return words[there], *(one[there] for one in alls), Counter(dense[place], len(there))
    kind = _coded(frame, "kind", KINDS, KINDS.index("other"))
    status = _coded(frame, "status", STATUSES, len(STATUSES))
    wide = place * 12 + kind * 4 + status
    there = np.flatnonzero(np.bincount(wide, minlength=len(words) * 12))
    dense = np.zeros(len(words) * 12, np.int64)
    dense[there] = np.arange(len(there))
    return words[there // 12], there // 4 % 3, there % 4, Counter(dense[wide], len(there))


def _coded(frame: Frame, name: str, known_words: tuple[str, ...], otherwise: int) -> NDArray[np.int64]:
    """The household's kind or status of each row, as its number."""
    texts = frame.ref(Ref("household", name, Kind.TEXT, False))
    assert isinstance(texts, Texts)
    numbers = [known_words.index(word) if word in known_words else otherwise for word in texts.words]
    return np.array([*numbers, otherwise], np.int64)[texts.codes]


def reader(frame: Frame) -> Callable[[Value], Any]:
    """Values of a frame as cells read them."""

    def read(value: Value) -> Any:
        if value.form == "evidence":
            return frame.evidence(value.node)
        vector = frame.value(value.node)
        if value.form == "known":
            return np.asarray(known(vector)).view(np.uint8)
        return whole(vector) if isinstance(vector, Numbers) else vector

    return read


def whole(numbers: Numbers) -> Numbers:
    """Decimals in hundredths, and 0 where nothing is known."""
    value, there = numbers.value, known(numbers)
    if numbers.scale > 2:
        raise OverflowError("a decimal that is summed has at most two digits behind the point")
    return Numbers(np.where(there, numbers.at_scale(2) if numbers.scale else value, 0), there)


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
