"""A frame of whatever kind as columns, what is missing in it, and which rows belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Missing = Literal["refuse", "drop"]
Unknown = Literal["refuse", "drop", "deprived", "not_deprived"]


class Unfit(ValueError):
    """What was given cannot be measured: the sentence says why and what would do."""


def table_of(frame: Any) -> pa.Table:
    """Any frame that speaks Arrow (Arrow tables and batches, Polars, pandas from 2.2) as a table. Unfit for anything else."""
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    try:
        if hasattr(frame, "__arrow_c_stream__"):
            return pa.table(frame)
        if type(frame).__module__.startswith("pandas"):
            return pa.Table.from_pandas(frame, preserve_index=False)
    except (ValueError, TypeError) as wrong:  # a column twice, or one of several kinds
        raise Unfit(f"this frame cannot be read: {wrong}") from wrong
    raise Unfit(f"a {type(frame).__name__} is no frame: give an Arrow table, a Polars or a pandas frame")


def listed(what: str, names: Any) -> list[str]:
    """Names of columns as a list. Unfit for a text, which would be taken letter by letter, and for what is no list of names."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise Unfit(f"{what} is {names!r}: give a list of names of columns")
    found = list(names)
    if wrong := [one for one in found if not isinstance(one, str)]:
        raise Unfit(f"{what} has {wrong[0]!r}, which is no name of a column")
    return found


def keys_of(by: str | Sequence[str]) -> list[str]:
    """Columns that make groups: one name, or several."""
    keys = [by] if isinstance(by, str) else listed("by", by)
    if len(set(keys)) < len(keys):
        raise Unfit(f"by names a column twice: {', '.join(keys)}")
    return keys


def chosen(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """Those columns, categories as the values they stand for. Unfit when one is not there, or there twice."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if not isinstance(name, str):
            raise Unfit(f"{name!r} is no name of a column")
        if table.column_names.count(name) > 1:
            raise Unfit(f"the frame has {table.column_names.count(name)} columns {name}: rename all but one")
    lacking = [name for name in wanted if name not in table.column_names]
    if lacking:
        raise Unfit(f"no column {', '.join(lacking)} in the frame; it has {', '.join(table.column_names)}")
    table = table.select(wanted)
    for at, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(at, table.column_names[at], _decoded(column))
    return table


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # Arrow does not decode to views of text, in which Polars keeps its categories.
    kind = column.type.value_type
    kind = pa.string() if kind == pa.string_view() else kind
    chunks = [
        pa.DictionaryArray.from_arrays(
            one.indices, pa.array(one.dictionary.to_pylist(), kind)
        ).dictionary_decode()
        for one in column.chunks
    ]
    return pa.chunked_array(chunks, kind)


def absent(column: pa.ChunkedArray) -> Flags:
    """Of which rows a column says nothing."""
    return np.asarray(pc.is_null(column, nan_is_null=True).combine_chunks())


def must_be(missing: str, known: Sequence[str]) -> None:
    """Unfit for a word that does not say what to do with missing values: it would be taken for another."""
    if missing not in known:
        raise Unfit(f"missing={missing!r} says nothing here: say {' or '.join(map(repr, known))}")


def complete(table: pa.Table, names: Sequence[str], missing: Missing) -> tuple[pa.Table, Flags]:
    """The table and which of its rows have all the named columns. Unfit where something is missing and not to be dropped."""
    must_be(missing, get_args(Missing))
    lacks = np.zeros(table.num_rows, dtype=bool)
    told = []
    for name in dict.fromkeys(names):
        here = absent(table[name])
        if here.any():
            told.append(f"{name}: {int(here.sum())}")
            lacks |= here
    if told and missing == "refuse":
        raise Unfit(
            f"missing values ({', '.join(told)}): say missing='drop' to leave these rows out, or fill them beforehand"
        )
    return table, ~lacks


def numbers(table: pa.Table, name: str) -> Floats:
    """A column as floats, missing as nan. Unfit for text."""
    column = table[name]
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    if not (
        pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
        or pa.types.is_decimal(column.type)
    ):
        raise Unfit(f"{name} is {column.type}, not a number")
    try:
        values: Floats = pc.cast(column, pa.float64()).to_numpy().astype(np.float64)
    except pa.ArrowInvalid as wrong:
        raise Unfit(
            f"{name} has numbers beyond 9,007,199,254,740,992, which cannot be told apart exactly: give it in a larger unit"
        ) from wrong
    return values


def codes(table: pa.Table, names: Sequence[str]) -> tuple[Whole, list[tuple[Any, ...]]]:
    """For each row the number of its combination of values, and the combinations in order of first appearance.

    A missing value is a value of its own (None): rows are not lost because somebody's group is not known.
    """
    at: Whole = np.zeros(table.num_rows, dtype=np.int64)
    keys: list[tuple[Any, ...]] = [()]
    for name in names:
        try:
            encoded = pc.dictionary_encode(table[name].combine_chunks(), null_encoding="encode")
        except pa.ArrowNotImplementedError as wrong:
            raise Unfit(f"{name} is {table[name].type}: rows cannot be put together by it") from wrong
        one = np.asarray(encoded.indices).astype(np.int64)
        values = encoded.dictionary.to_pylist()
        joined, first, inverse = np.unique(at * len(values) + one, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        keys = [(*keys[int(joined[i]) // len(values)], values[int(joined[i]) % len(values)]) for i in order]
        at = rank[inverse].astype(np.int64)
    return at, keys


@dataclass(frozen=True)
class Group:
    """Rows that are measured together: `key` by column name, `rows` as flags over the whole frame; whether it is all of them."""

    key: dict[str, Any]
    rows: Flags
    whole: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """What a line of a result says of it."""
        return {**self.key, "whole": self.whole}


def groups(table: pa.Table, by: Sequence[str], among: Flags) -> list[Group]:
    """The whole first (every key None), then each group of `by`, sorted by its values; whose value is missing make a group too."""
    found = [Group(dict.fromkeys(by), among, whole=True)]
    if by:
        at, keys = codes(table, by)
        order = sorted(range(len(keys)), key=lambda i: tuple((v is None, str(type(v)), v) for v in keys[i]))
        for i in order:
            rows = among & (at == i)
            if rows.any():
                found.append(Group(dict(zip(by, keys[i], strict=True)), rows))
    return found
