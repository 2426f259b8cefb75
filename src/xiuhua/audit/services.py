"""Recording an act, in the same transaction as the act itself."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import connection, transaction

from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_now

P = ParamSpec("P")
R = TypeVar("R")


class Actor(Protocol):
    """Who acts: an appointment of `accounts`, or the operator of the server."""

    @property
    def actor_name(self) -> str: ...
    @property
    def post_name(self) -> str: ...
    @property
    def place_code(self) -> str: ...


def book_of(place_code: str) -> str:
    """The chain an act belongs to: its county's, or the nation's for anything higher."""
    return place_code[:6] if len(place_code) >= 6 and place_code[:6].isdigit() else "CN"


def record(
    *,
    by: Actor,
    action: str,
    subject: str = "",
    place_code: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Adds an entry to the chain. `detail` is shown to auditors: codes and counts, never an ID number."""
    place = place_code or by.place_code
    return Entry.objects.create(
        book=book_of(place),
        number=0,  # number, previous and digest are set by the database, in order
        at=beijing_now(),
        actor=by.actor_name,
        post=by.post_name,
        place_code=place,
        action=action,
        subject=subject,
        detail=detail or {},
        previous="",
        digest="",
    )


def recorded(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a service as an act of the field: one transaction, `by=` required, one audit entry.

    The service says what the entry is about by returning an object with `audit_subject` and `audit_detail`
    (both optional), or nothing.
    """

    def mark(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs.get("by")
            if by is None:
                raise TypeError(f"{service.__qualname__} needs by=")
            with transaction.atomic():
                result = service(*args, **kwargs)
                record(
                    by=by,  # type: ignore[arg-type]
                    action=action,
                    subject=getattr(result, "audit_subject", ""),
                    place_code=getattr(result, "audit_place", None),
                    detail=getattr(result, "audit_detail", {}),
                )
            return result

        act.recorded_action = action  # type: ignore[attr-defined]
        return act

    return mark


def broken_links(book: str) -> list[int]:
    """Numbers of entries of a book that do not follow from the one before; empty when the chain is whole."""
    with connection.cursor() as cursor:
        cursor.execute("select number from audit_check(%s)", [book])
        return [row[0] for row in cursor.fetchall()]


def head(book: str) -> str:
    """The newest hash of a book, for freezes, notices and the daily printed digest; empty when nothing happened."""
    newest = Entry.objects.filter(book=book).order_by("-number").first()
    return newest.digest if newest else ""
