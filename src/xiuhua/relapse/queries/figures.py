"""The rulebook's figures of days and amounts, for a place on a day."""

from __future__ import annotations

from datetime import date

from xiuhua.engine import load
from xiuhua.rulebook.figures import value


def whole_number(figure: str, day: date, place_code: str) -> int:
    """A figure as a whole number; LookupError where the rulebook has none for the place and day."""
    found = value(load().figures[figure], day, place_code[:6])
    if found is None:
        raise LookupError(f"{figure} has no value for {place_code} on {day}")
    return int(str(found.value))
