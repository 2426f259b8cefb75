"""What the portal may read of notices, and its named writes.

No area is opened for it: a policy shows publications that hang today, and the doors of the database take an objection, say how
one stands, and count how often somebody comes. What is sent is recorded by its door.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from xiuhua.common.sealing import blind, seal
from xiuhua.notices.models import Publication
from xiuhua.notices.services.receipts import due_for, hash_of, new_code
from xiuhua.notices.services.refusing import in_words
from xiuhua.places.terms import NATION

# In one hour, from one address; and against one notice, from all together.
OBJECTIONS, LOOKS, OF_A_NOTICE = 5, 30, 60


@dataclass(frozen=True)
class Sent:
    """An objection that was taken in: its receipt, shown this once, and the day by which it is answered."""

    receipt: str = field(repr=False)
    due_on: date


@dataclass(frozen=True)
class Standing:
    """How an objection stands, for whoever holds its receipt."""

    matter: dict[str, str]
    came_on: date
    due_on: date | None
    answered_on: date | None
    upheld: bool | None
    answer: str


class TooOften(Exception):
    """So many came from one address, or against one notice, that the door closes for an hour."""


def hanging() -> QuerySet[Publication]:
    """Notices that hang today and may have a page."""
    return Publication.objects.all()


def one(slug: str) -> Publication | None:
    """One of them; None when it does not hang (any more)."""
    return Publication.objects.filter(slug=slug).first()


def may_come(*, address: str, day: date, what: str, most: int) -> bool:
    """Counts somebody who comes, known for a day by a keyed hash of the address; false when it is too often."""
    with connection.cursor() as cursor:
        cursor.execute("select notices_knock(%s, %s, %s)", [blind(f"knock {day} {address}"), what, most])
        return bool(cursor.fetchone()[0])


def object_to(*, slug: str, said: str, who: str, address: str, day: date) -> Sent:
    """Takes an objection in from the page, sealed before it leaves this process. TooOften, or CannotHang where nothing hangs."""
    if not (
        may_come(address=address, day=day, what="object", most=OBJECTIONS)
        and may_come(address=f"notice {slug}", day=day, what="objected", most=OF_A_NOTICE)
    ):
        raise TooOften
    code, found = new_code(), one(slug)
    due = due_for(found.place_code if found else NATION)
    with in_words(), connection.cursor() as cursor:
        cursor.execute(
            "select notices_object(%s, %s, %s, %s, %s)",
            [slug, seal(said.strip()), seal(who.strip()) if who.strip() else None, hash_of(code), due],
        )
    return Sent(code, due)


def standing(*, code: str, address: str, day: date) -> Standing | None:
    """How the objection of a receipt stands; None for a code that is none. TooOften when somebody tries one after another."""
    if not may_come(address=address, day=day, what="look", most=LOOKS):
        raise TooOften
    told = hash_of(code)
    with connection.cursor() as cursor:
        cursor.execute("select * from notices_receipt(%s)", [told])
        row: tuple[Any, ...] | None = cursor.fetchone() if told else None
    return Standing(*_read(row)) if row else None


def _read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (json.loads(row[0]) if isinstance(row[0], str) else row[0], *row[1:])
