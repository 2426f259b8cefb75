"""Resident ID numbers and disability-card numbers: their forms, check digit, and what they say of a person.

Forms: 15 (old) and 18 characters; 20 and 22 are disability cards, whose first 18 are the ID number, the 19th the
category and the 20th the grade (domain 1.1; check weights as there). Pure: nothing here stores or shows a number.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
EARLIEST_BIRTH = datetime.date(1895, 1, 1)

KINDS = {15: "resident15", 18: "resident18", 20: "disability20", 22: "disability22"}
# Those that carry an ID number written otherwise (`resident_number`).
CARRIES = ("resident15", "disability20", "disability22")
# Characters 19 and 20 as codes of the lists disability_category and disability_grade.
CATEGORIES = {
    "1": "sight",
    "2": "hearing",
    "3": "speech",
    "4": "limbs",
    "5": "intellect",
    "6": "mind",
    "7": "multiple",
}
GRADES = {grade: grade for grade in "1234"}


@dataclass(frozen=True)
class Identity:
    """What a number says: `kind` is a code of the list id_kind, `sex` male|female; None where it cannot be read."""

    kind: str
    valid: bool
    sex: str | None = None
    birth_date: datetime.date | None = None
    disability_category: str | None = None
    disability_grade: str | None = None


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to 17 digits (ASCII digits only)."""
    # ASCII digits start at 48 and the weights sum to 100: the offset is 4800, and 4800 % 11 == 4.
    return CHECK_DIGITS[(sum(map(mul, WEIGHTS, first_17.encode("ascii"))) - 4) % 11]


@functools.lru_cache(maxsize=65536)
def day(eight_digits: str) -> datetime.date | None:
    """A date written YYYYMMDD; None when no such day exists."""
    try:
        return datetime.date(int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:8]))
    except ValueError:
        return None


def well_formed(number: str) -> bool:
    """Right length and characters: digits, and an X only as the 18th."""
    size = len(number)
    if size not in KINDS or not number.isascii():
        return False
    if size == 15:
        return number.isdigit()
    return (
        number[:17].isdigit()
        and (number[17].isdigit() or number[17] == "X")
        and (size == 18 or number[18:].isdigit())
    )


def birth_date(number: str) -> datetime.date | None:
    """The birth date in a well-formed number; 15-character ones are all of the 1900s. None when no such day exists."""
    return day("19" + number[6:12] if len(number) == 15 else number[6:14])


def resident_number(number: str) -> str:
    """The ID number of 18 characters that a well-formed number carries: a disability card begins with it, 15 digits lack its century
    and its check digit. Any other number is itself."""
    if not well_formed(number) or len(number) == 18:
        return number
    if len(number) == 15:
        first_17 = f"{number[:6]}19{number[6:]}"
        return first_17 + check_digit(first_17)
    return number[:18]


def identity(number: str | None, *, on: datetime.date | None = None) -> Identity:
    """What a number (as `parse` gives it: no spaces, upper case) says; births after `on` make it invalid.

    An empty one is of kind none, an unreadable one of kind other; neither is valid.
    """
    if not number:
        return Identity("none", valid=False)
    if not well_formed(number):
        return Identity("other", valid=False)
    born = birth_date(number)
    sexed = number[14] if len(number) == 15 else number[16]
    valid = born is not None and born >= EARLIEST_BIRTH and not (on and born > on)
    if len(number) >= 18:
        valid = valid and number[17] == check_digit(number[:17])
    category = grade = None
    if len(number) >= 20:
        category = CATEGORIES.get(number[18])
        grade = GRADES.get(number[19])
        valid = valid and category is not None and grade is not None
    return Identity(
        kind=KINDS[len(number)],
        valid=valid,
        sex="male" if int(sexed) % 2 else "female",
        birth_date=born,
        disability_category=category,
        disability_grade=grade,
    )
