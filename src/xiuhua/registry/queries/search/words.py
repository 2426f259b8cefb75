"""What was typed, made comparable, and whether it may be written down."""

from __future__ import annotations

import re
import unicodedata

ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]|\d{17}[\dX]\d{2}|\d{17}[\dX]\d{4}")
PHONE = re.compile(r"1\d{10}|0\d{9,11}")
PRIVATE = re.compile(rf"(?<!\d)(?:{ID_NUMBER.pattern}|{PHONE.pattern})(?![\dX])")
NUMBER = re.compile(r"[A-Z]{0,4}\d{4,}[\dA-Z-]*")
# The number of a household that came out of a division: that of the one divided, a dash, which part.
DIVIDED = re.compile(r"[A-Z]{0,4}\d{4,}[\dA-Z]*(?:-\d{1,2})+")
PREFIX_DIGITS = 6


def clean(text: str) -> str:
    """What was typed without stray spaces, full-width characters and a small x; of a number without dashes, but for the one that
    belongs to it."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    dashed = re.sub(r"\s", "", plain).upper()
    joined = dashed.replace("-", "")
    if DIVIDED.fullmatch(dashed) and not private(joined):
        return dashed
    return joined if joined[:1].isdigit() or NUMBER.fullmatch(joined) else plain


def numbers(text: str) -> list[str]:
    """The numbers that a cleaned text may stand for: as typed, without dashes, and with the dash that cleaning took from what
    may be private."""
    if "-" in text:
        return [text, text.replace("-", "")]
    return [text, f"{text[:-1]}-{text[-1]}", f"{text[:-2]}-{text[-2:]}"]


def private(text: str) -> bool:
    """Whether a cleaned text holds what may be an ID number or a phone: such a one must stay out of addresses and logs."""
    return bool(PRIVATE.search(text.upper()))


def private_part(text: str) -> str:
    """The number in a text that holds one, whatever stands around it."""
    found = PRIVATE.search(text.upper())
    return found[0] if found else ""


def after(text: str) -> str:
    """The first text in C order that does not begin with this one."""
    code = ord(text[-1]) + 1
    return text[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else min(code, 0x10FFFF))


def splits(text: str) -> list[tuple[str, str]]:
    """Ways to read several words as somebody at a place: (who, where)."""
    words = text.split()
    if len(words) < 2:
        return []
    return list(dict.fromkeys([(" ".join(words[:-1]), words[-1]), (" ".join(words[1:]), words[0])]))
