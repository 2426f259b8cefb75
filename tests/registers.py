"""Small registers to ask the engine of: the contract's four relations, filled with given rows, in either engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import duckdb
import psycopg
import pyarrow as pa
from psycopg.rows import dict_row

from xiuhua.engine import Library, Selection

Rows = list[dict[str, Any]]
_numbers = count(1)
ARROW = {
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "decimal": pa.decimal128(12, 2),
    "text": pa.string(),
    "date": pa.date32(),
}


class Register(Protocol):
    def fill(self, tables: dict[str, Rows]) -> None: ...

    def rows(self, selection: Selection) -> Rows: ...


@dataclass
class DuckdbRegister:
    loaded: Library
    connection: duckdb.DuckDBPyConnection

    def fill(self, tables: dict[str, Rows]) -> None:
        """Replaces what was in the relations."""
        for relation in self.loaded.relations.values():
            schema = pa.schema([(one.name, ARROW[one.type]) for one in relation.columns])
            names = [one.name for one in relation.columns]
            given = tables.get(relation.id, [])
            table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in given], schema)
            self.connection.execute(f"DELETE FROM {relation.id}")
            self.connection.register("given", table)
            self.connection.execute(f"INSERT INTO {relation.id} SELECT * FROM given")
            self.connection.unregister("given")

    def rows(self, selection: Selection) -> Rows:
        found = self.connection.execute(selection.sql)
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@dataclass
class PostgresRegister:
    loaded: Library
    connection: psycopg.Connection[dict[str, Any]]

    def fill(self, tables: dict[str, Rows]) -> None:
        """Replaces what was in the relations."""
        for relation in self.loaded.relations.values():
            self.connection.execute(f"DELETE FROM {relation.id}")
            names = [one.name for one in relation.columns]
            with self.connection.cursor().copy(f"COPY {relation.id} FROM STDIN") as copy:
                for row in tables.get(relation.id, []):
                    copy.write_row([row.get(name) for name in names])

    def rows(self, selection: Selection) -> Rows:
        return list(self.connection.execute(selection.sql))


def duckdb_register(library: Library) -> DuckdbRegister:
    connection = duckdb.connect(config={"threads": 2})
    for statement in library.relation_ddl("duckdb"):
        connection.execute(statement)
    return DuckdbRegister(library, connection)


@contextmanager
def postgres_register(library: Library, server: Any) -> Iterator[PostgresRegister]:
    """Temporary tables in the test server's `postgres` database; gone with the connection."""
    with psycopg.connect(server.superuser, autocommit=True, row_factory=dict_row) as connection:
        schema = f"register_{next(_numbers)}"
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path TO {schema}")
        # Small tables: no time for compiling or for waiting on the disk.
        connection.execute("SET jit = off")
        try:
            for statement in library.relation_ddl("postgres"):
                connection.execute(statement)
            yield PostgresRegister(library, connection)
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")
