"""The columns linkage reads, and what two names have in common."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("key", pa.int64()),
        ("name", pa.string()),
        ("birth_date", pa.date32()),
        ("sex", pa.string()),
        ("village", pa.string()),
        # A keyed hash of the ID number, never the number; whether the number itself holds together.
        ("id_mark", pa.string()),
        ("id_valid", pa.bool_()),
    ]
)


class Agreement(enum.StrEnum):
    """What two rows say of one matter. Not known on one side is neither agreement nor difference."""

    SAME = "same"
    NEAR = "near"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


def people(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as the table that linkage reads; what a row does not say is not known. KeyError without a key."""
    listed = [{**dict.fromkeys(SCHEMA.names), **row} for row in rows]
    if any(row["key"] is None for row in listed):
        raise KeyError("key")
    return pa.Table.from_pylist([{name: row[name] for name in SCHEMA.names} for row in listed], SCHEMA)


def checked(table: pa.Table) -> pa.Table:
    """The table with exactly the columns linkage reads. KeyError for a missing one, ValueError for a key given twice."""
    if missing := [name for name in SCHEMA.names if name not in table.column_names]:
        raise KeyError(", ".join(missing))
    table = table.select(SCHEMA.names).cast(SCHEMA)
    if len(table["key"].unique()) != len(table):
        raise ValueError("a key is given twice")
    return table


@lru_cache(maxsize=200_000)
def reading(name: str) -> str:
    """How a name is read, without tones: 张三 → zhang san. A clerk who types by sound writes another character of the same reading."""
    from pypinyin import Style, lazy_pinyin

    return " ".join(lazy_pinyin(name, style=Style.NORMAL))


def within_one_edit(one: str, other: str) -> bool:
    """Whether one character written otherwise, left out or added makes the two names the same."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return one[at + (len(one) == len(other)) :] == other[at + 1 :]
