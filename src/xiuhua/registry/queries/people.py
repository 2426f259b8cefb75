"""What of a person may be shown without opening anything: the age on a day, a number with its middle covered."""

from __future__ import annotations

from datetime import date

from xiuhua.common.sealing import CannotOpen, unseal
from xiuhua.registry.models import Person
from xiuhua.registry.permissions import RIGHTS

SHOWN_AT_EACH_END = 4


def sees_birth_dates(role: str) -> bool:
    """Whether a role is shown the day of birth, which with the ends of a number is the number: whoever may open one. The others
    are shown the age."""
    return role in RIGHTS["registry.open_id"]


def age_on(born: date | None, on: date) -> int | None:
    """Whole years on a day; None where the birth date is not known."""
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def masked(person: Person) -> str:
    """A person's number as `ends` shows it."""
    return ends(person.id_sealed)


def ends(sealed: bytes | memoryview | None) -> str:
    """The first and last four of a number, the rest as stars; empty where there is none or its key is not here. Whoever shows it
    shows no day of birth beside it: together they are the number."""
    if sealed is None:
        return ""
    try:
        plain = unseal(bytes(sealed))
    except CannotOpen:
        return ""
    hidden = max(len(plain) - 2 * SHOWN_AT_EACH_END, 4)
    return f"{plain[:SHOWN_AT_EACH_END]}{'*' * hidden}{plain[-SHOWN_AT_EACH_END:]}"
