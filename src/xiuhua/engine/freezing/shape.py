"""What rows a freeze takes: the relations of the contract, and one table of its own with the places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from xiuhua.facts.models import Column, Relation
from xiuhua.rulebook.models import Says

TYPES: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "decimal": pa.decimal128(12, 2),
    "text": pa.string(),
    "date": pa.date32(),
}
# Where a row belongs, the first of these that its relation has; its first two digits are the part.
PLACE_COLUMNS = ("village_code", "county_code", "code")
# The places of a freeze are few: all in one file, whatever province they lie in.
WHOLE = "00"


class RowsRefused(ValueError):
    """Rows outside the contract of records. The sentence names relation, column and what is wrong."""


def _column(name: str, zh: str, en: str) -> Column:
    return Column(name=name, type="text", required=True, says=Says(zh=zh, en=en))


# Names of places stand in no record that a rule reads, and a freeze must be read without our database.
PLACES = Relation(
    id="rec_place",
    grain="village",
    key=["code"],
    says=Says(zh="行政区划", en="Places"),
    columns=[
        _column("code", "代码", "Code"),
        _column("name", "名称", "Name"),
        _column("level", "层级", "Level"),
    ],
)


def relations_of(contract: Mapping[str, Relation]) -> dict[str, Relation]:
    """Relations of a freeze by name (`rec_household`), those of the contract (by grain) and the places."""
    return {one.id: one for one in (*contract.values(), PLACES)}


def place_column(relation: Relation) -> str:
    return next(name for name in PLACE_COLUMNS if relation.column(name))


def order_of(relation: Relation) -> tuple[str, ...]:
    """Columns that the rows of a file are sorted by: the place, then the household, then the rest of the key."""
    named = [
        place_column(relation),
        *(one for one in ("household_key",) if relation.column(one)),
        *relation.key,
    ]
    return tuple(dict.fromkeys(named))


def part_of(relation: Relation, code: str) -> str:
    """The file that a row of a place belongs to: its province's two digits."""
    return WHOLE if relation is PLACES else code[:2]


@cache
def _schema(columns: tuple[tuple[str, str, bool], ...]) -> pa.Schema:
    return pa.schema([pa.field(name, TYPES[type], nullable=not required) for name, type, required in columns])


def arrow_schema(relation: Relation) -> pa.Schema:
    """The contract's columns in its order: boolean, int32, int64, decimal128(12, 2), string, date32."""
    return _schema(tuple((one.name, one.type, one.required) for one in relation.columns))


def fitted(relation: Relation, rows: pa.RecordBatch | pa.Table) -> pa.Table:
    """The rows in the contract's types and order. Raises RowsRefused.

    Text may come dictionary-encoded or large; a decimal may come as exact text (as PostgreSQL's numeric does). Nothing else
    is converted, and a column that the contract does not know is refused: it could say who somebody is.
    """
    if isinstance(rows, pa.RecordBatch):
        rows = pa.Table.from_batches([rows])
    known = {one.name for one in relation.columns}
    extra = [name for name in rows.column_names if name not in known]
    if extra:
        raise RowsRefused(f"{relation.id} has no column {extra[0]}: it must not go into a freeze")
    columns = []
    for column in relation.columns:
        if column.name not in rows.column_names:
            raise RowsRefused(f"{relation.id}: the column {column.name} is missing")
        values = _typed(relation, column, rows.column(column.name))
        if column.required and values.null_count:
            raise RowsRefused(
                f"{relation.id}.{column.name}: {values.null_count} rows have no value, and it must have one"
            )
        columns.append(values)
    return pa.Table.from_arrays(columns, schema=arrow_schema(relation))


def _typed(relation: Relation, column: Column, values: pa.ChunkedArray) -> pa.ChunkedArray:
    wanted, given = TYPES[column.type], values.type
    if given == wanted:
        return values
    if isinstance(given, pa.BaseExtensionType):
        values = pa.chunked_array([one.storage for one in values.chunks], type=given.storage_type)
        given = values.type
    inner = given.value_type if pa.types.is_dictionary(given) else given
    is_text = pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)
    if pa.types.is_null(given) or (is_text and column.type in ("text", "decimal")):
        try:
            return pc.cast(values, wanted)
        except pa.ArrowInvalid as problem:
            raise RowsRefused(f"{relation.id}.{column.name}: {problem}") from problem
    raise RowsRefused(f"{relation.id}.{column.name} is {given}, the contract says {column.type} ({wanted})")


def check_order(relation: Relation, rows: pa.Table, before: tuple[object, ...] | None) -> tuple[object, ...]:
    """The key of the last row, once it is sure that all rows come after `before` and after each other. Raises RowsRefused.

    Reading one village of a nation rests on this order, and so does the sameness of a freeze taken twice.
    """
    names = order_of(relation)
    first = tuple(rows.column(name)[0].as_py() for name in names)
    if before is not None and first <= before:
        raise RowsRefused(
            f"{relation.id}: the row {_key(names, first)} does not come after {_key(names, before)}"
        )
    if rows.num_rows > 1:
        wrong, same = None, None
        for name in names:
            column = rows.column(name).combine_chunks()
            one, next_one = column[:-1], column[1:]
            less = pc.less(next_one, one)
            wrong = less if wrong is None else pc.or_(wrong, pc.and_(same, less))
            equal = pc.equal(one, next_one)
            same = equal if same is None else pc.and_(same, equal)
        wrong = pc.or_(wrong, same)
        if pc.any(wrong).as_py():
            at = pc.index(wrong, True).as_py() + 1
            row = tuple(rows.column(name)[at].as_py() for name in names)
            raise RowsRefused(f"{relation.id}: the row {_key(names, row)} stands twice or out of order")
    return tuple(rows.column(name)[-1].as_py() for name in names)


def _key(names: tuple[str, ...], values: tuple[object, ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
