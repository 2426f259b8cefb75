"""Numbers that may be somebody's, covered where they stand in a text that is kept in the clear: a file's name, a heading."""

from __future__ import annotations

import re
import unicodedata

from xiuhua.common.identity import EARLIEST_BIRTH, birth_date, check_digit, well_formed

# An ID (15, 17 with X, 18 and more digits), an account, a mobile phone; a date with its time has 14 digits and stays.
NUMBER = re.compile(r"(?<!\d)(?:\d{15,}[Xx]?|1[3-9]\d{9})(?!\d)")


def covered(text: str) -> str:
    """The text with each such number as stars; other digits and letters as they were."""
    plain = unicodedata.normalize("NFKC", text)
    # Full-width digits count as digits; a text without any such number is not touched at all.
    return NUMBER.sub(lambda found: "*" * len(found[0]), plain) if NUMBER.search(plain) else text


# What may be an ID number, phone or account, also in groups; amounts and dates are shorter, or written otherwise.
NUMBERS = re.compile(r"\d{7}|(?<!\d)\d{3,4}(?:[ -]\d{4}){2}|(?<!\d)\d{6} ?\d{4}")


def holds_numbers(text: str) -> bool:
    """Whether words hold what may be somebody's ID number, phone or account."""
    return bool(NUMBERS.search(unicodedata.normalize("NFKC", text)))


_RUN = re.compile(r"\d{11,}X?")
_BETWEEN = re.compile(r"[\s\-_.·—]")


def revealing(text: str) -> bool:
    """Whether a name, a place or a key of a household or person holds somebody's ID number or mobile phone.

    Keys are long numbers too, so it looks closer than `covered`: at the birth date and the check digit. Fifteen digits are an
    old ID only where they tell of a birth from 1940 on: village codes with a number behind them have the same length.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    runs = {*_RUN.findall(plain), *_RUN.findall(_BETWEEN.sub("", plain))}
    return any(_somebodys(run) for run in runs)


def _somebodys(run: str) -> bool:
    if len(run) % 11 == 0 and all(_is_mobile(run[at : at + 11]) for at in range(0, len(run), 11)):
        return True
    if len(run) == 15:
        return run[6] >= "4" and birth_date(run) is not None
    first = run[:18]
    if len(first) < 18 or not well_formed(first):
        return False
    born = birth_date(first)
    if born is None or born < EARLIEST_BIRTH:
        return False
    return well_formed(run) or check_digit(first[:17]) == first[17]


def _is_mobile(digits: str) -> bool:
    return digits[0] == "1" and "3" <= digits[1] <= "9"
