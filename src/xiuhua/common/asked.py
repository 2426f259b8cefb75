"""Numbers that an address or a form brings. `²` and `٣` are digits to Python and none to the database: what is no number is None."""

from __future__ import annotations

from collections.abc import Iterable

# Within an integer of the database; within a key.
OF_A_NUMBER, OF_A_KEY = 9, 18


def number(text: str, *, most: int = OF_A_NUMBER) -> int | None:
    """What is typed as up to `most` ASCII digits, without a sign."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most else None


def key(text: str) -> int | None:
    """The key of a row, as an address or a form names it."""
    return number(text, most=OF_A_KEY)


def row_key(text: str) -> int:
    """The same for a look-up by key: what is none is 0, which is no row's."""
    return key(text) or 0


def keys(texts: Iterable[str]) -> list[int]:
    """Keys of rows; what is none is left out."""
    return [one for one in map(key, texts) if one is not None]


def year(text: str) -> int | None:
    """A year of four digits that a calendar has."""
    return (number(text) or None) if len(text) == 4 else None
