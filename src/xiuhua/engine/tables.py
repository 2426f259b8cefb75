"""The contract's relations as tables of either engine, for freezes and tests."""

from __future__ import annotations

from xiuhua.engine.writing import Dialect
from xiuhua.facts.models import Relation

# Texts compare byte by byte in PostgreSQL as they do in DuckDB, so that ranges of codes mean the same.
TYPES: dict[Dialect, dict[str, str]] = {
    "postgres": {
        "boolean": "boolean",
        "integer": "integer",
        "bigint": "bigint",
        "decimal": "numeric(12, 2)",
        "text": 'text COLLATE "C"',
        "date": "date",
    },
    "duckdb": {
        "boolean": "BOOLEAN",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "decimal": "DECIMAL(12, 2)",
        "text": "VARCHAR",
        "date": "DATE",
    },
}


def ddl(relation: Relation, dialect: Dialect) -> str:
    """CREATE TABLE of one relation; PostgreSQL also gets its key."""
    types = TYPES[dialect]
    lines = [f"{one.name} {types[one.type]}{' NOT NULL' if one.required else ''}" for one in relation.columns]
    if dialect == "postgres":
        lines.append(f"PRIMARY KEY ({', '.join(relation.key)})")
    return f"CREATE TABLE {relation.id} (\n  " + ",\n  ".join(lines) + "\n)"
