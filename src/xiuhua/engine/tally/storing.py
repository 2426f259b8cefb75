"""The folder of a tally: figures of places in Parquet, and `tally.json`, written last.

`places/part-99.parquet`: townships and villages of a province. `places/above-99.parquet`: the province, its cities and counties.
`places/nation.parquet`. One row a place, kind and status: `counts` and `sums` are lists whose positions `tally.json` names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from xiuhua.engine.tally.asking import KINDS, STATUSES
from xiuhua.engine.tally.pieces import Block
from xiuhua.rulebook.models import LEVEL_OF_LENGTH

FORMAT = "xiuhua-tally-1"
NAME = "tally.json"
PLACES = "places"
NATION = "CN"
WRITING = ".writing"
IN_GROUP = 512
# Every name that a tally writes beside its manifest, whole or on its way.
WRITES = re.compile(r"(?:nation|(?:above|part)-\d{2})\.parquet(?:\.writing)?")
ALL = "all"
WORDS_OF_KIND = (*KINDS, ALL)
WORDS_OF_STATUS = (*STATUSES, "none", ALL)
SCHEMA = pa.schema(
    [
        pa.field("place_code", pa.string(), nullable=False),
        pa.field("level", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("counts", pa.list_(pa.field("element", pa.int32(), nullable=False)), nullable=False),
        pa.field("sums", pa.list_(pa.field("element", pa.int64(), nullable=False)), nullable=False),
    ]
)
# Mostly zeros and small numbers: split by byte they shrink to a third of what plain ones do.
WRITTEN = {
    "compression": "zstd",
    "use_dictionary": ["level", "kind", "status"],
    "column_encoding": {"counts.list.element": "BYTE_STREAM_SPLIT", "sums.list.element": "BYTE_STREAM_SPLIT"},
}


class TallyDamaged(Exception):
    """A folder that holds no finished tally, or not the one that was finished. The text begins with the file."""


class NotForTally(Exception):
    """A folder that a tally is not written into. `zh`: why, for who reads Chinese; the text is English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class TallyManifest(BaseModel):
    """`tally.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["xiuhua-tally-1"] = "xiuhua-tally-1"
    freeze: str
    """Id of the freeze."""
    freeze_sha256: str
    as_of: dt.date
    made_with: dict[str, str]
    contract: str
    rulebook: str
    further: dict[str, str] = {}
    facts: str
    engine: str
    parts: list[str]
    rows: int
    sha256: str
    """Over the canonical rows of all places, in order; and over the layout."""
    layout: list[dict[str, Any]]


def must_take(out: Path, freeze: Path) -> None:
    """NotForTally where a tally in `out` would lie in, at or above the freeze's folder, or among files of somebody else's.

    Good: a folder that is not there or empty, one of a tally, also of one that was broken off.
    """
    there, sealed = out.resolve(), freeze.resolve()
    if there == sealed or there in sealed.parents or sealed in there.parents:
        raise NotForTally(
            f"{out} 是数据快照的文件夹，或在它里面、上面：封存的内容不再添加，请另选一个文件夹",
            f"{out} is the folder of the snapshot, or lies in or above it: nothing is added to what is sealed, name another folder",
        )
    if not there.exists():
        return
    if not there.is_dir() or not _ours(there):
        raise NotForTally(
            f"{out} 里有别的内容，不是一份汇总，请另选一个文件夹",
            f"{out} holds something else than a tally: name another folder",
        )


def _ours(out: Path) -> bool:
    """Whether a folder holds a tally, or nothing but what one that was broken off left."""
    told = out / NAME
    if told.exists():
        try:
            said = json.loads(told.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(said, dict) and str(said.get("format", "")).startswith("xiuhua-tally-")
    names = {path.name for path in out.iterdir()} - {NAME + WRITING}
    places = out / PLACES
    return names <= {PLACES} and (
        not names or (places.is_dir() and all(WRITES.fullmatch(path.name) for path in places.iterdir()))
    )


def must_be_of(out: Path, sealed: str) -> None:
    """NotForTally where another freeze's tally lies in `out`, whole or in parts; `sealed`: the digest of the freeze to be tallied.

    `tally` itself begins anew there, for a folder that belongs to one freeze; whoever names one may have mistyped it.
    """
    said = json.loads(told.read_text(encoding="utf-8")) if (told := out / NAME).exists() else {}
    whose = [(said.get("freeze_sha256"), said.get("freeze"))]
    if (places := out / PLACES).is_dir():
        whose += [
            (marked(path).get("freeze"), None)
            for path in sorted(places.iterdir())
            if WRITES.fullmatch(path.name)
        ]
    other = next((id or digest for digest, id in whose if digest and digest != sealed), None)
    if other is not None:
        raise NotForTally(
            f"{out} 里是另一份数据快照（{other}）的汇总，没有动它：请另选一个文件夹，或先把它移走",
            f"{out} holds the tally of another snapshot ({other}), which was left as it is: name another folder, or move that one away",
        )


def level_of(code: str) -> str:
    return "nation" if code == NATION else LEVEL_OF_LENGTH[len(code)]


class Hash:
    """SHA-256 over canonical rows: place, kind and status as text, counts as 32 and sums as 64 bits each, least byte first."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self.rows = 0

    def add(self, block: Block) -> None:
        counts = np.ascontiguousarray(block.counts, "<i4")
        sums = np.ascontiguousarray(block.sums, "<i8")
        for at, place in enumerate(block.place):
            named = f"{place} {WORDS_OF_KIND[block.kind[at]]} {WORDS_OF_STATUS[block.status[at]]}\n"
            self._whole.update(named.encode())
            self._whole.update(counts[at].data)
            self._whole.update(sums[at].data)
        self.rows += len(block.place)

    def hexdigest(self) -> str:
        return self._whole.hexdigest()


def table_of(block: Block) -> pa.Table:
    """Rows as they are stored."""
    places = block.place.tolist()
    lists: list[pa.Array] = []
    for values, type_ in ((block.counts, np.int32), (block.sums, np.int64)):
        if values.size and int(np.abs(values).max()) > np.iinfo(type_).max:
            raise OverflowError("a count is larger than a tally holds")
        offsets = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
        lists.append(
            pa.ListArray.from_arrays(
                pa.array(offsets),
                pa.array(np.ascontiguousarray(values, type_).reshape(-1)),
                type=SCHEMA.field(4 + len(lists)).type,
            )
        )
    arrays = [
        pa.array(places, pa.string()),
        pa.array([level_of(code) for code in places], pa.string()),
        pa.array([WORDS_OF_KIND[one] for one in block.kind], pa.string()),
        pa.array([WORDS_OF_STATUS[one] for one in block.status], pa.string()),
        *lists,
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


class PlacesFile:
    """One file of places on its way; takes blocks in the order of places."""

    def __init__(self, path: Path, mark: dict[str, str]) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + WRITING)
        self.hash = Hash()
        self.mark = mark
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = pq.ParquetWriter(self.unfinished, SCHEMA, store_schema=False, **WRITTEN)

    def add(self, block: Block) -> None:
        self.hash.add(block)
        if len(block.place):
            self._file.write_table(table_of(block), row_group_size=IN_GROUP)

    def finish(self) -> None:
        said = {**self.mark, "rows": str(self.hash.rows), "sha256": self.hash.hexdigest()}
        self._file.add_key_value_metadata({f"xiuhua.{key}": value for key, value in said.items()})
        self._file.close()
        with self.unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        self.unfinished.replace(self.path)

    def drop(self) -> None:
        self._file.close()
        self.unfinished.unlink(missing_ok=True)


@contextmanager
def places_file(path: Path, mark: dict[str, str]) -> Iterator[PlacesFile]:
    """Complete under its name on leaving, or gone. mark: what it was computed from, kept in the file."""
    file = PlacesFile(path, mark)
    try:
        yield file
    except BaseException:
        file.drop()
        raise
    file.finish()


def marked(path: Path) -> dict[str, str]:
    """What a finished file of places says of itself; empty where there is none or it cannot be read."""
    try:
        found = pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return {}
    return {key.decode()[7:]: value.decode() for key, value in found.items() if key.startswith(b"xiuhua.")}


def block_of(table: pa.Table) -> Block:
    """Stored rows as they are counted with."""
    kind = np.array([WORDS_OF_KIND.index(one) for one in table.column("kind").to_pylist()], np.int64)
    status = np.array([WORDS_OF_STATUS.index(one) for one in table.column("status").to_pylist()], np.int64)
    lists = [
        np.asarray(table.column(name).combine_chunks().flatten()).reshape(table.num_rows, -1)
        for name in ("counts", "sums")
    ]
    return Block(np.array(table.column("place_code").to_pylist(), dtype="U12"), kind, status, *lists)


def finished(path: Path, mark: dict[str, str]) -> bool:
    """Whether a file of places was computed from what `mark` says, and its rows are still those that it says of itself."""
    said = marked(path)
    if not said.items() >= mark.items():
        return False
    whole = Hash()
    try:
        with pq.ParquetFile(path) as file:
            for at in range(file.metadata.num_row_groups):
                whole.add(block_of(file.read_row_group(at)))
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return False
    return (str(whole.rows), whole.hexdigest()) == (said.get("rows"), said.get("sha256"))


def read_manifest(out: Path) -> TallyManifest:
    """Raises TallyDamaged."""
    try:
        return TallyManifest.model_validate_json((out / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise TallyDamaged(f"{NAME}: is not there: this folder holds no finished tally") from missing
    except ValidationError as problem:
        first: Any = problem.errors()[0]
        raise TallyDamaged(f"{NAME}: is not of {FORMAT}: {first['loc']} {first['msg']}") from problem
