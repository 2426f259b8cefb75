"""The part of the country that the acting person may see, as a range of place codes.

Two lines hold it. Here: a protected table asked without a scope raises, because an empty list or a zero would be a lie.
In the database: row-level security compares each row's place with `xiuhua.lo` and `xiuhua.hi`, set for one transaction
only (a plain SET would leak to the next request of the same connection).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections, models, transaction

from xiuhua.common.asking import Single, ask, ask_together
from xiuhua.places.terms import NATION, level_of

AFTER_NATION = "D"  # after every digit and after the nation's own code CN, in the C collation


class NoScope(Exception):
    """A protected table was asked without saying for which area."""


@dataclass(frozen=True)
class Scope:
    """The area of one place: codes from `lo` up to, not including, `hi`, in C order."""

    place_code: str
    lo: str
    hi: str

    def covers(self, code: str) -> bool:
        """Whether a place code lies in the area."""
        return self.lo <= code < self.hi


def scope_of(place_code: str) -> Scope:
    """The area of a place, all below it included. ValueError for what is no place code."""
    level_of(place_code)
    if place_code == NATION:
        return Scope(NATION, "0", AFTER_NATION)
    last = place_code[-1]
    return Scope(place_code, place_code, place_code[:-1] + chr(ord(last) + 1))


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """The acting scope; NoScope when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoScope(
            "a protected table was asked without a scope: wrap the call in places.scope.within(...)"
        )
    return scope


def ask_here(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """`ask`, of protected tables: NoScope outside of any area, as from their managers; row-level security cuts what it reads."""
    current_scope()
    return ask(sql, values)


def ask_together_here(parts: Iterable[Single]) -> list[Any]:
    """`ask_together`, of protected tables, as `ask_here`."""
    current_scope()
    return ask_together(parts)


@contextmanager
def within(
    scope: Scope, *, who: Mapping[str, Any] | None = None, read_only: bool = False, using: str = "default"
) -> Iterator[Scope]:
    """Runs a block in a transaction that sees one area; `who` goes into the history of every row it changes.

    Nested blocks replace the scope for their length. After an error the transaction is rolled back, and with it the
    settings; after success the outer block's settings are put back. What is asked for read only stays so to the end of
    the block's transaction or savepoint.
    """
    outer, connection = _current.get(), connections[using]
    # The settings are the transaction's own: in a new one nothing is set yet, and its end puts everything back.
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        before = _history(using) if nested else ("", "")
        history = (json.dumps(dict(who), default=str), str(uuid.uuid4())) if who is not None else before
        _set(using, scope.lo, scope.hi, *history, read_only=read_only)
        token = _current.set(scope)
        try:
            yield scope
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:
            _set(using, outer.lo if outer else "", outer.hi if outer else "", *before)


HISTORY = "select current_setting('pghistory.context_metadata', true), current_setting('pghistory.context_id', true)"


def _history(using: str) -> tuple[str, str]:
    """Who the outer block says is at work, and under which number."""
    metadata, context_id = ask(HISTORY, {}, using=using)[0]
    return metadata or "", context_id or ""


SET = """
select set_config('xiuhua.lo', %(lo)s, true), set_config('xiuhua.hi', %(hi)s, true),
  set_config('pghistory.context_metadata', %(metadata)s, true), set_config('pghistory.context_id', %(context)s, true)
"""
SET_READ_ONLY = f"{SET}, set_config('transaction_read_only', 'on', true)"


def _set(using: str, lo: str, hi: str, metadata: str, context_id: str, *, read_only: bool = False) -> None:
    values = {"lo": lo, "hi": hi, "metadata": metadata, "context": context_id}
    ask(SET_READ_ONLY if read_only else SET, values, using=using)


M = TypeVar("M", bound=models.Model)


class ScopedManager(models.Manager[M]):
    """The manager of every protected table: no scope, no query."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[M]:
        current_scope()
        return super().get_queryset()


PROTECT = """
alter table {table} enable row level security;
create policy area_read on {table} for select using (
  {column} >= (select places_scope_lo()) and {column} < (select places_scope_hi()));
create policy area_add on {table} for insert with check ({add});
create policy area_change on {table} for update using (
  {column} >= (select places_scope_lo()) and {column} < (select places_scope_hi()));
create policy area_remove on {table} for delete using (
  {column} >= (select places_scope_lo()) and {column} < (select places_scope_hi()));
"""

UNPROTECT = """
drop policy area_read on {table};
drop policy area_add on {table};
drop policy area_change on {table};
drop policy area_remove on {table};
alter table {table} disable row level security;
"""


def protect(table: str, column: str = "village_code", *, history: bool = False) -> tuple[str, str]:
    """SQL (forward, back) for a migration that puts a table under row-level security by its place column.

    Rows of a history table are written by triggers whoever acts, so adding to one is always allowed.
    """
    add = (
        "true"
        if history
        else f"{column} >= (select places_scope_lo()) and {column} < (select places_scope_hi())"
    )
    return PROTECT.format(table=table, column=column, add=add), UNPROTECT.format(table=table)
