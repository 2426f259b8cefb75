"""Numbers that may be somebody's, covered where they stand in a text that is kept in the clear: a file's name, a heading."""

from __future__ import annotations

import re
import unicodedata

# An ID (15, 17 with X, 18 and more digits), an account, a mobile phone; a date with its time has 14 digits and stays.
NUMBER = re.compile(r"(?<!\d)(?:\d{15,}[Xx]?|1[3-9]\d{9})(?!\d)")


def covered(text: str) -> str:
    """The text with each such number as stars; other digits and letters as they were."""
    plain = unicodedata.normalize("NFKC", text)
    # Full-width digits count as digits; a text without any such number is not touched at all.
    return NUMBER.sub(lambda found: "*" * len(found[0]), plain) if NUMBER.search(plain) else text
