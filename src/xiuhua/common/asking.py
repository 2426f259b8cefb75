"""Reads that every page asks: their values go apart from their words, so that the database keeps the plan instead of making it anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def ask(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one SELECT on the request's own connection and in its transaction. sql: `%(name)s` for each of `values`.

    Django's own cursor writes the values into the words, so that no two statements are alike. What is wrong comes as psycopg has it.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, values).fetchall()
