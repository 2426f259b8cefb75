"""Rows into Parquet, a file for each relation and province, never more than a group of rows in memory for each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.engine.freezing.manifest import MANIFEST
from xiuhua.engine.freezing.shape import (
    RowsRefused,
    arrow_schema,
    check_order,
    fitted,
    part_of,
    place_column,
)
from xiuhua.facts.models import Relation

# Small enough that reading one county leaves most of a province alone, large enough to compress.
ROWS_IN_GROUP = 32_768
WRITING = ".writing"


class Stream:
    """One file on its way. Groups of rows are cut at the same places however the rows arrive, so that bytes are too."""

    def __init__(self, relation: Relation, path: Path) -> None:
        self.relation = relation
        self.path = path
        self.unfinished = path.with_name(path.name + WRITING)
        self.last: tuple[object, ...] | None = None
        self.rows = 0
        self._held: list[pa.Table] = []
        self._count = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        # A dictionary of sums of money is made in vain: half again as slow to write, and larger.
        words = [one.name for one in relation.columns if one.type in ("text", "date")]
        self._file = pq.ParquetWriter(
            self.unfinished,
            arrow_schema(relation),
            compression="zstd",
            use_dictionary=words,
            store_schema=False,
            store_decimal_as_integer=True,
        )

    def take(self, rows: pa.Table) -> None:
        self.last = check_order(self.relation, rows, self.last)
        self._held.append(rows)
        self._count += rows.num_rows
        self.rows += rows.num_rows
        while self._count >= ROWS_IN_GROUP:
            self._group()

    def _group(self) -> None:
        held = pa.concat_tables(self._held)
        rest = held.slice(ROWS_IN_GROUP)
        self._file.write_table(held.slice(0, ROWS_IN_GROUP).combine_chunks(), row_group_size=ROWS_IN_GROUP)
        self._held, self._count = ([rest] if rest.num_rows else []), rest.num_rows

    def finish(self) -> None:
        """All rows on the disk and the file under its name."""
        while self._count:
            self._group()
        self._file.close()
        with self.unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        self.unfinished.replace(self.path)

    def drop(self) -> None:
        self._file.close()
        self.unfinished.unlink(missing_ok=True)


class Writer:
    """Takes rows of the relations; made by `writer`."""

    def __init__(self, folder: Path, relations: Mapping[str, Relation]) -> None:
        self.folder = folder
        self.relations = relations
        self._streams: dict[tuple[str, str], Stream] = {}
        self._finished: set[tuple[str, str]] = set()

    def write(self, relation: str, part: str, rows: pa.RecordBatch | pa.Table) -> None:
        """Rows of one relation and part (two digits; `00` for rec_place), sorted by place, household and key.

        Within a relation a part may not be taken up again once `finish` was called for it. Raises RowsRefused for rows
        outside the contract, out of order or of another part; KeyError for an unknown relation.
        """
        its = self.relations[relation]
        if not rows.num_rows:
            return
        table = fitted(its, rows)
        codes = table.column(place_column(its))
        for code in (codes[0].as_py(), codes[-1].as_py()):
            if part_of(its, code) != part:
                raise RowsRefused(f"{relation}: {code} does not belong to the part {part}")
        key = (relation, part)
        if key in self._finished:
            raise RowsRefused(f"{relation}: the part {part} is finished already")
        if key not in self._streams:
            self._streams[key] = Stream(its, self.folder / relation / f"part-{part}.parquet")
        self._streams[key].take(table)

    def write_all(self, relation: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Sorted rows of all parts one after the other, cut into parts; returns how many there were."""
        its = self.relations[relation]
        column = place_column(its)
        count, current = 0, None
        for batch in batches:
            at = 0
            codes = batch.column(column)
            while at < batch.num_rows:
                part = part_of(its, codes[at].as_py())
                end = _end(its, codes, at, part)
                if current not in (None, part):
                    self.finish(relation, str(current))
                current = part
                self.write(relation, part, batch.slice(at, end - at))
                at = end
            count += batch.num_rows
        if current is not None:
            self.finish(relation, current)
        return count

    def finish(self, relation: str, part: str) -> None:
        """The part is complete: its file gets its name and its memory is free."""
        stream = self._streams.pop((relation, part), None)
        if stream is not None:
            stream.finish()
            self._finished.add((relation, part))

    def close(self) -> None:
        """Finishes what is open. A relation without a row has no file."""
        for relation, part in list(self._streams):
            self.finish(relation, part)

    def drop(self) -> None:
        for stream in self._streams.values():
            stream.drop()
        self._streams.clear()


def _end(relation: Relation, codes: pa.Array, at: int, part: str) -> int:
    """Where the rows of a part end in sorted codes, by halving."""
    low, high = at, len(codes)
    if part_of(relation, codes[high - 1].as_py()) == part:
        return high
    while low < high:
        middle = (low + high) // 2
        if part_of(relation, codes[middle].as_py()) == part:
            low = middle + 1
        else:
            high = middle
    return low


@contextmanager
def writer(folder: Path, relations: Mapping[str, Relation]) -> Iterator[Writer]:
    """Writes rows of `relations` (by name, see `relations_of`) below `folder`, which may not be sealed.

    Several writers, of one process or many, may write different parts of one folder. On leaving, every file is complete under
    its name; on an error what was open is gone. Raises RowsRefused where the folder is a freeze already.
    """
    if (folder / MANIFEST).exists():
        raise RowsRefused("this folder is a sealed freeze; nothing is added to it")
    folder.mkdir(parents=True, exist_ok=True)
    writing = Writer(folder, relations)
    try:
        yield writing
        writing.close()
    except BaseException:
        writing.drop()
        raise
