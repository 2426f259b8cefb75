"""Small freezes of invented records, any number of households, made by DuckDB from a seed: every column of the contract has
values, wrong ones and none at all. They are for computing, not for looking at: `synth` invents people that make sense.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from xiuhua.engine import Library, freezing, load
from xiuhua.facts.models import Column, Relation

AS_OF = dt.date(2017, 12, 31)
IN_VILLAGE, IN_TOWNSHIP, IN_COUNTY = 60, 10, 20
FIRST_COUNTY = 990101


def make_freeze(
    folder: Path,
    households: int,
    seed: int = 1,
    provinces: int = 1,
    library: Library | None = None,
    in_village: int = IN_VILLAGE,
) -> freezing.Freeze:
    """A sealed freeze with that many households, spread over the provinces 99, 98, …"""
    library = library or load()
    relations = freezing.relations_of(library.relations)
    each = -(-households // provinces)
    with freezing.writer(folder, relations) as writer:
        places = []
        for number in range(provinces):
            part = str(99 - provinces + 1 + number)
            connection = duckdb.connect(config={"threads": 2})
            _base(connection, part, min(each, households - each * number), seed + number, in_village)
            for relation in library.relations.values():
                writer.write_all(relation.id, _rows(connection, relation, library, seed))
            places += _places(connection, part)
        rows = sorted([("CN", "全国", "nation"), *places])
        columns = [pa.array(one) for one in zip(*rows, strict=True)]
        writer.write("rec_place", "00", pa.table(dict(zip(("code", "name", "level"), columns, strict=True))))
    freezing.seal(
        folder,
        area=("CN", "全国"),
        as_of=AS_OF,
        taken_at=dt.datetime(2018, 1, 5, 8, tzinfo=dt.UTC),
        taken_by="test",
        id="00000000-0000-4000-8000-000000000001",
        synthetic=True,
        seed=seed,
    )
    return freezing.open_freeze(folder)


def _base(connection: duckdb.DuckDBPyConnection, part: str, households: int, seed: int, size: int) -> None:
    """Villages, households, persons and years as bare keys."""
    in_county = IN_TOWNSHIP * IN_COUNTY
    connection.execute(f"""
        CREATE TABLE base_village AS SELECT v, '{part}' || printf('%02d%02d', 1 + v // {in_county * 40}, 1 + v // {in_county} % 40)
            || printf('%03d%03d', 1 + v // {IN_TOWNSHIP} % {IN_COUNTY}, 1 + v % {IN_TOWNSHIP}) AS village_code
        FROM range({-(-households // size)}) AS r(v);
        CREATE TABLE base_household AS SELECT h // {size} AS v, h, hash(h, {seed}, '{part}') >> 2 AS household_key
        FROM range({households}) AS r(h);
        CREATE TABLE base_person AS SELECT v, household_key, m, hash(h, m, {seed}, '{part}') >> 2 AS person_key
        FROM base_household, range(8) AS r(m) WHERE m < (hash(h, 5) % 7) OR (m < 3 AND hash(h, 6) % 20 > 0);
        CREATE TABLE base_period AS SELECT v, household_key, 2014 + y AS year, household_key + y AS k
        FROM base_household, range(4) AS r(y) WHERE y = 3 AND hash(h, 7) % 25 > 0 OR hash(h, y, 8) % 4 = 0;
        CREATE TABLE base_exit AS SELECT v, household_key, household_key + 9 AS k FROM base_household WHERE hash(h, 10) % 3 = 0;
        CREATE TABLE base_village_year AS SELECT v, 2015 + y AS year, hash(v, y) AS k
        FROM base_village, range(4) AS r(y) WHERE hash(v, y, 9) % 3 > 0;
        CREATE TABLE base_county AS SELECT DISTINCT village_code[:6] AS county_code FROM base_village;
    """)


def _rows(
    connection: duckdb.DuckDBPyConnection, relation: Relation, library: Library, seed: int
) -> Iterator[pa.RecordBatch]:
    key = {
        "rec_village": "hash(village_code)",
        "rec_county": "hash(county_code)",
        "rec_household": "household_key",
        "rec_person": "person_key",
    }
    source = {"rec_village": "base_village", "rec_county": "base_county"}.get(
        relation.id, f"base_{relation.grain} JOIN base_village USING (v)"
    )
    base = key.get(relation.id, "k")
    listed = [
        f"{_value(relation, column, library, f'hash({base}, {number}, {seed})')} AS {column.name}"
        for number, column in enumerate(relation.columns)
    ]
    order = ", ".join(freezing.shape.order_of(relation))
    sql = f"SELECT {', '.join(listed)} FROM {source} ORDER BY {order}"
    yield from connection.execute(sql).to_arrow_reader(100_000)


def _value(relation: Relation, column: Column, library: Library, chance: str) -> str:
    """SQL of a value by its column, one in eleven unknown."""
    if column.name in ("village_code", "household_key", "person_key", "year"):
        type_of = {"bigint": "BIGINT", "integer": "INTEGER"}.get(column.type, "VARCHAR")
        return f"CAST({column.name} AS {type_of})"
    if relation.id == "rec_county" and column.name == "county_code":
        return "county_code"
    if column.name in ("township_code", "county_code"):
        return f"village_code[:{9 if column.name == 'township_code' else 6}]"
    if column.name == "kind":
        return f"(['registered','registered','registered','registered','watched','other'])[1 + ({chance} % 6)::INT]"
    if column.name == "relation":
        return f"CASE WHEN m = 0 THEN 'head' ELSE {_coded(column, library, chance)} END"
    return f"CASE WHEN {chance} % 11 > 0 THEN {_known(column, library, f'({chance} // 11)')} END"


def _known(column: Column, library: Library, chance: str) -> str:
    if column.codes or column.values:
        return _coded(column, library, chance)
    if column.type == "boolean":
        return f"({chance} % 5 > 0)"
    if column.type == "date":
        days = 30_000 if column.name == "birth_date" else 1_000
        return f"(DATE '{AS_OF}' - CAST({chance} % {days} AS INTEGER))"
    if column.type == "text":
        return f"'t' || ({chance} % 7)"
    if column.type == "decimal":
        return f"CAST(({chance} % 12000) / 100.0 AS DECIMAL(12, 2))"
    if column.type == "bigint":
        return f"CAST({chance} % 1_500_000 AS BIGINT)"
    low, high = {"year": (2013, 2019), "percent": (0, 100)}.get(column.unit or "", (0, 40))
    if column.unit == "person" and column.name != "rural_persons":
        high = 7
    if column.name.startswith("rural_"):
        low, high = 200, 2_000
    return f"CAST({low} + {chance} % {high - low} AS INTEGER)"


def _coded(column: Column, library: Library, chance: str) -> str:
    codes = list(column.values or ()) or [one.code for one in library.codes[column.codes or ""].codes]
    return f"([{', '.join(repr(one) for one in codes)}])[1 + ({chance} % {len(codes)})::INT]"


def _places(connection: duckdb.DuckDBPyConnection, part: str) -> list[tuple[str, str, str]]:
    levels = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
    codes = [one for (one,) in connection.execute("SELECT village_code FROM base_village").fetchall()]
    return [
        (code, f"地{code}", levels[len(code)]) for code in {code[:size] for code in codes for size in levels}
    ]
