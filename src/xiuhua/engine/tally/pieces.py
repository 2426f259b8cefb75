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

from xiuhua.engine.door import Library
from xiuhua.engine.freezing import Freeze
from xiuhua.engine.nodes import Kind, Ref
from xiuhua.engine.tally.asking import COUNTED_AS, GRAINS, KINDS, STATUS, STATUSES, needs_of
from xiuhua.engine.tally.cells import Cell, Counter, Value, layout
from xiuhua.engine.tally.frames import Frame
from xiuhua.engine.tally.linking import frames_of, needed
from xiuhua.engine.vectors import Numbers, Texts, known

HOUSEHOLDS = 100_000
"""In a piece, unless one county alone has more."""
KIND = Ref("household", "kind", Kind.TEXT, False)
ALL_KINDS, ALL_STATUSES = len(KINDS), len(STATUSES) + 1
WIDE = (ALL_KINDS + 1) * (ALL_STATUSES + 1)


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
    counts: NDArray[np.int32]
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
    loaded: Library
    as_of: dt.date
    cells: list[Cell]
    columns: Mapping[str, set[str]]

    @classmethod
    def of(cls, freeze: Freeze, library: Library, cells: list[Cell]) -> Plan:
        return cls(freeze, library, freeze.manifest.as_of, cells, needed(needs_of(library, cells)))


def compute(plan: Plan, piece: Piece) -> Block:
    """All cells of one piece, by village (of counties' rules by county), kind and status. Raises FreezeDamaged."""
    frames = frames_of(plan.freeze, plan.loaded, plan.as_of, plan.columns, piece.part, piece.low, piece.high)
    try:
        return _counted(plan, frames)
    finally:
        for frame in frames.values():
            frame.untie()


def _counted(plan: Plan, frames: Mapping[str, Frame]) -> Block:
    at, counts, sums = layout(plan.cells)
    groups = Groups.of({grain: frames[grain] for grain in GRAINS if grain in frames})
    width = len(groups.place)
    block = Block(
        groups.place,
        groups.kind,
        groups.status,
        np.zeros((width, counts), np.int32),
        np.zeros((width, sums), np.int64),
    )
    for grain, of in groups.of_rows.items():
        counter = Counter(of, width)
        if grain in ("household", "person"):
            block.counts[:, 0 if grain == "household" else 1] = counter.rows()
        read = reader(frames[grain])
        for cell in plan.cells:
            if cell.grain == grain:
                count_at, sum_at = at[cell.section, cell.id]
                found, more = cell.counts(read, counter)
                block.counts[:, count_at : count_at + len(cell.lanes)] = found
                for number, one in enumerate(more):
                    block.sums[:, sum_at + number] = one
    return block


@dataclass(frozen=True)
class Groups:
    """The places, kinds and statuses that occur in a piece, in order, and which of them each row of each record is of."""

    place: NDArray[np.str_]
    kind: NDArray[np.int64]
    status: NDArray[np.int64]
    of_rows: Mapping[str, NDArray[np.int64]]

    @classmethod
    def of(cls, frames: Mapping[str, Frame]) -> Groups:
        places = sorted({word for frame in frames.values() for word in frame.places.words})
        number = {word: at for at, word in enumerate(places)}
        wide = {grain: cls._wide(frame, number) for grain, frame in frames.items() if frame.rows}
        there = np.zeros(len(places) * WIDE, bool)
        for one in wide.values():
            there[one] = True
        found = np.flatnonzero(there)
        dense = np.zeros(len(there), np.int64)
        dense[found] = np.arange(len(found))
        words = np.asarray(places, dtype="U12")
        status = found % (ALL_STATUSES + 1)
        kind = found // (ALL_STATUSES + 1) % (ALL_KINDS + 1)
        return cls(words[found // WIDE], kind, status, {grain: dense[one] for grain, one in wide.items()})

    @staticmethod
    def _wide(frame: Frame, number: Mapping[str, int]) -> NDArray[np.int64]:
        """Place, kind and status of each row as one number."""
        place = (
            np.array([*(number[word] for word in frame.places.words), 0], np.int64)[frame.places.codes] * WIDE
        )
        if frame.grain in ("village", "county"):
            return place + ALL_KINDS * (ALL_STATUSES + 1) + ALL_STATUSES
        kind = _coded(frame, KIND, {one: at for at, one in enumerate(KINDS)}, KINDS.index("other"))
        numbers = {word: STATUSES.index(status) for word, status in COUNTED_AS.items()}
        return place + kind * (ALL_STATUSES + 1) + _coded(frame, STATUS, numbers, len(STATUSES))


def _coded(frame: Frame, of: Ref, number: Mapping[str, int], otherwise: int) -> NDArray[np.int64]:
    """The household's kind or status of each row, as its number."""
    texts = frame.ref(of)
    assert isinstance(texts, Texts)
    numbers = [number.get(word, otherwise) for word in texts.words]
    return np.array([*numbers, otherwise], np.int64)[texts.codes]


def reader(frame: Frame) -> Callable[[Value], Any]:
    """Values of a frame as cells read them."""

    def read(value: Value) -> Any:
        if value.form == "evidence":
            return frame.seen(value.node)
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
            np.zeros(0, "U12"), none, none, np.zeros((0, counts), np.int32), np.zeros((0, sums), np.int64)
        )
    place = np.concatenate([one.place for one in blocks])
    kind = np.concatenate([one.kind for one in blocks])
    status = np.concatenate([one.status for one in blocks])
    order = np.lexsort((status, kind, place))
    place, kind, status = place[order], kind[order], status[order]
    new = np.ones(len(order), bool)
    new[1:] = (place[1:] != place[:-1]) | (kind[1:] != kind[:-1]) | (status[1:] != status[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(order))
    return Block(
        place[starts],
        kind[starts],
        status[starts],
        _added([one.counts for one in blocks], order, starts, ends),
        _added([one.sums for one in blocks], order, starts, ends),
    )


def _added(
    matrices: list[NDArray[Any]], order: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[Any]:
    """Rows of each stretch added up; stretch by stretch, which numpy does ten times as fast as by `reduceat`."""
    whole = np.concatenate(matrices)
    found = np.empty((len(starts), whole.shape[1]), whole.dtype)
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        rows = order[start:end]
        if len(rows) == 1:
            found[at] = whole[rows[0]]
        else:
            np.add.reduce(whole[rows], axis=0, out=found[at])
    return found


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
