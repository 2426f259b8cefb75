"""Reads that every page asks: their values go apart from their words, so that the database keeps the plan instead of making it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections


def ask(
    sql: str, values: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS, binary: bool = False
) -> list[tuple[Any, ...]]:
    """All rows of one SELECT on the request's own connection and in its transaction. sql: `%(name)s` for each of `values`. binary: numbers come
    as they are stored, not written out: for long lists of them.

    Django's own cursor writes the values into the words, so that no two statements are alike. Otherwise it is asked as that one asks: on
    a connection that is looked at first once a request, as the server may have been started anew; what is wrong comes as Django has it.
    """
    its = connections[using]
    its.validate_no_broken_transaction()
    if not its.in_atomic_block:  # where it was looked at
        its.close_if_health_check_failed()
    its.ensure_connection()
    with its.wrap_database_errors, psycopg.Cursor(its.connection) as cursor:
        return cursor.execute(sql, values, binary=binary).fetchall()


def ask_first(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """`ask`, for what a request asks before anything else and may ask twice: that it is answered says that the connection lives. One that
    has died since the last request is opened anew, and asked again."""
    its: Any = connections[DEFAULT_DB_ALIAS]
    if its.in_atomic_block or its.health_check_done or its.connection is None:
        return ask(sql, values)
    its.health_check_done = True
    try:
        return ask(sql, values)
    except (OperationalError, InterfaceError):
        if its.is_usable():  # something else was wrong
            raise
        its.close()
        return ask(sql, values)


class Single(NamedTuple):
    """A SELECT of one value, to be asked with others by one statement: each alone costs its way to the database and back."""

    sql: str
    values: Mapping[str, Any]


NONE = Single("select 0", {})  # where there is nothing to count


def ask_together(parts: Iterable[Single]) -> list[Any]:
    """The value of each part, in their order. What two parts call by one name is one value: ValueError where it is not."""
    asked, values = list(parts), dict[str, Any]()
    for one in asked:
        for name, value in one.values.items():
            if values.setdefault(name, value) != value:
                raise ValueError(f"two parts of one statement say two things by {name}")
    return list(ask(f"select {', '.join([f'({one.sql})' for one in asked])}", values)[0]) if asked else []
