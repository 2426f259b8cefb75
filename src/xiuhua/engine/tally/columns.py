"""Columns of a relation in a range of places, out of Parquet into numpy, each read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from xiuhua.engine.freezing import FreezeDamaged, arrow_schema
from xiuhua.engine.freezing.shape import TYPES, place_column
from xiuhua.engine.vectors import UNKNOWN, Numbers, Texts, Vector, width, yes_or_no
from xiuhua.facts.models import Relation

SEEN = {"reported": 1, "checked": 2}
NO_EVIDENCE = 255


class Columns:
    """Rows of one relation. Made by `read_columns`."""

    def __init__(self, relation: Relation, table: pa.Table, names: set[str]) -> None:
        self.relation = relation
        self.names = names
        self.rows: int = table.num_rows
        self._table = table
        self._evidence: dict[str, NDArray[np.uint8]] = {}
        self._texts: dict[str, Texts] = {}

    def vector(self, name: str) -> Vector:
        """Raises KeyError for a column that was not asked for."""
        column = self.relation.column(name)
        if column is None or name not in self.names:
            raise KeyError(name)
        if column.type == "text":
            return self.texts(name)
        if name not in self._table.column_names:
            nothing = np.zeros(self.rows, np.int64)
            if column.type == "boolean":
                return np.full(self.rows, UNKNOWN, np.uint8)
            return Numbers(nothing, np.zeros(self.rows, bool), 2 if column.type == "decimal" else 0)
        values = _whole(self._table.column(name))
        there = _known(values)
        if column.type == "boolean":
            yes = _bits(values.buffers()[1], values.offset, len(values))
            return yes_or_no(yes, there)
        numbers = _numbers(values, column.type)
        if there is not None:
            numbers = np.where(there, numbers, 0)
        return Numbers(numbers, there, 2 if column.type == "decimal" else 0)

    def texts(self, name: str) -> Texts:
        if name not in self._texts:
            self._texts[name] = self._read_texts(name)
        return self._texts[name]

    def _read_texts(self, name: str) -> Texts:
        if name not in self.names:
            raise KeyError(name)
        if name not in self._table.column_names:
            return Texts(np.full(self.rows, -1, np.int8), ())
        column = self._table.column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        if column.num_chunks != 1:
            column = column.unify_dictionaries()
        values = _whole(column)
        words = tuple(values.dictionary.to_pylist())
        return Texts(np.asarray(values.indices.fill_null(-1)).astype(width(len(words)), copy=False), words)

    def evidence(self, name: str) -> NDArray[np.uint8]:
        """How the record was seen: 1 reported, 2 checked, 255 not."""
        if name not in self._evidence:
            texts = self.texts(name)
            table = np.array([*(SEEN.get(one, NO_EVIDENCE) for one in texts.words), NO_EVIDENCE], np.uint8)
            self._evidence[name] = table[texts.codes]
        return self._evidence[name]

    def keys(self, name: str) -> NDArray[np.int64]:
        found = self.vector(name)
        assert isinstance(found, Numbers)
        return found.value


def _whole(column: pa.ChunkedArray) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _bits(buffer: pa.Buffer, offset: int, rows: int) -> NDArray[np.bool_]:
    first = offset // 8
    bytes_ = np.frombuffer(buffer, np.uint8)[first : (offset + rows + 7) // 8]
    return np.unpackbits(bytes_, bitorder="little")[offset - first * 8 :][:rows].view(bool)


def _known(values: pa.Array) -> NDArray[np.bool_] | None:
    return _bits(values.buffers()[0], values.offset, len(values)) if values.null_count else None


def _numbers(values: pa.Array, type_: str) -> NDArray[np.int64]:
    width = {"bigint": np.int64, "integer": np.int32, "date": np.int32, "decimal": np.int64}[type_]
    words = 2 if type_ == "decimal" else 1
    found = np.frombuffer(values.buffers()[1], width)
    # A decimal is 128 bits wide in Arrow and never needs the upper half.
    return found[values.offset * words : (values.offset + len(values)) * words : words].astype(np.int64)


def read_columns(relation: Relation, path: Path | None, names: set[str], low: str, high: str) -> Columns:
    """Rows with low <= place < high. What an older freeze has no column for is unknown.

    Raises FreezeDamaged for a missing required column, another type, or rows out of order.
    """
    place = place_column(relation)
    names = names | {place, *relation.key, *(one for one in ("household_key",) if relation.column(one))}
    if path is None:
        schema = arrow_schema(relation)
        none = pa.table({one: pa.array([], schema.field(one).type) for one in sorted(names)})
        return Columns(relation, none, names)
    listed = [one for one in arrow_schema(relation).names if one in names]
    texts = [one.name for one in relation.columns if one.type == "text"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        schema = file.schema_arrow
        check_columns(relation, path, schema)
        at = schema.get_field_index(place)
        groups = [
            number
            for number in range(file.metadata.num_row_groups)
            if _meets(file.metadata.row_group(number).column(at).statistics, low, high)
        ]
        table = file.read_row_groups(
            groups, columns=[one for one in listed if one in schema.names], use_threads=False
        )
    codes = Columns(relation, table, names).texts(place)
    inside = np.array([*(low <= one < high for one in codes.words), False])[codes.codes]
    rows = np.flatnonzero(inside)
    if len(rows) and rows[-1] - rows[0] + 1 != len(rows):
        raise FreezeDamaged(
            f"{relation.id}/{path.name}", "its rows are not in the order of places", "各行不按区划排列"
        )
    return Columns(relation, table.slice(rows[0], len(rows)) if len(rows) else table.slice(0, 0), names)


def _meets(held: Any, low: str, high: str) -> bool:
    return held is None or not held.has_min_max or (held.min < high and held.max >= low)


def check_columns(relation: Relation, path: Path, schema: pa.Schema | None = None) -> pa.Schema:
    """The file's schema, whose columns are the contract's as far as it has them. Raises FreezeDamaged."""
    schema = schema or pq.read_schema(path)
    for column in relation.columns:
        at = schema.get_field_index(column.name)
        if at < 0:
            if column.required:
                raise FreezeDamaged(
                    f"{relation.id}/{path.name}", f"has no column {column.name}", f"没有 {column.name} 一列"
                )
            continue
        given = schema.field(at).type
        given = given.value_type if pa.types.is_dictionary(given) else given
        if given not in (TYPES[column.type], pa.large_string()):
            raise FreezeDamaged(
                f"{relation.id}/{path.name}",
                f"{column.name} is {given}, the contract says {column.type}",
                f"{column.name} 一列是 {given}，约定是 {column.type}",
            )
    return schema
