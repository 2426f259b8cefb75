"""What a household lives on, worked out in plain Python from what its forms say: the engine is held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Yuan a head and year, as the yearbook prints them; of 2017 as commonly said.
LINES = {2013: 2736, 2014: 2800, 2015: 2855, 2016: 2952, 2017: 2952}
PARTS = ("wage_fen", "business_fen", "property_fen", "transfer_fen")
TOLERANCE_FEN = 100


@dataclass(frozen=True)
class Living:
    """Bounds of a year's income of all and of members, income per head at most, and the year's line; fen, None: not known."""

    low: int | None
    high: int | None
    said: int | None
    agrees: bool | None
    least: int | None
    most: int | None
    line: int | None

    @property
    def per_head(self) -> int | None:
        """As figures count it: the lowest of all readings where they lie on one side of the line, else not known."""
        if self.low is None or self.high is None:
            return self.said
        if not self.least or not self.most:
            return None
        readings = [self.low // self.most, self.high // self.least]
        if self.agrees is False and self.said is not None:
            readings.append(self.said)
        return min(readings) if len(set(readings)) == 1 or self.below is not None else None

    @property
    def below(self) -> bool | None:
        """Whether the income is under the line, however it is taken; None where that makes a difference."""
        if (
            self.line is None
            or self.low is None
            or self.high is None
            or self.least is None
            or self.most is None
        ):
            return None
        told = [self.low < self.line * self.most, self.high < self.line * self.least]
        if self.agrees is False and self.said is not None:
            told.append(self.said < self.line)
        return told[0] if len(set(told)) == 1 else None

    @property
    def above(self) -> bool | None:
        """Whether the income is above the line, however it is taken; None where that makes a difference."""
        if self.line is None:
            return None
        if self.low is None or self.high is None:
            return None if self.said is None else self.said > self.line
        if self.least is None or self.most is None:
            return None
        for surely, contrary in (
            (self.low > self.line * self.most, lambda said: said <= self.line),
            (self.high <= self.line * self.least, lambda said: said > self.line),
        ):
            if surely:
                told = self.low > self.line * self.most
                return None if self.agrees is False and contrary(self.said) else told
        return None


def living(record: Mapping[str, Any] | None, counted: int, reported: int | None) -> Living:
    """Of the newest year's record (None: there is none), members on record and members that the form says."""
    if not counted:
        least = most = reported
    elif reported is None:
        least = most = counted
    else:
        least, most = min(counted, reported), max(counted, reported)
    if record is None:
        return Living(None, None, None, None, least, most, None)
    parts: int | None = None
    if all(record[one] is not None for one in (*PARTS, "business_cost_fen")):
        parts = sum(record[one] for one in PARTS) - record["business_cost_fen"]
    total, said = record["net_income_reported_fen"], record["net_income_per_head_reported_fen"]
    if total is None or (parts is not None and abs(parts - total) > TOLERANCE_FEN):
        known = [one for one in (parts, total) if one is not None]
    else:
        known = [total]
    low, high = (min(known), max(known)) if known else (None, None)
    agrees = None
    if None not in (said, low, least):
        agrees = (said + TOLERANCE_FEN) * most >= low and (said - TOLERANCE_FEN) * least <= high
    line = LINES.get(record["year"])
    return Living(low, high, said, agrees, least, most, None if line is None else 100 * line)


def gap(homes: list[Living]) -> Counter[str]:
    """Persons, poor persons and their gaps in millionths of the line, as a tally counts them; households known and not."""
    found: Counter[str] = Counter(persons=0, poor=0, gap=0, gap2=0, known=0, unknown=0)
    for home in homes:
        income, line, persons = home.per_head, home.line, home.least
        if income is None or line is None or persons is None:
            found["unknown"] += 1
            continue
        short = max(line - max(income, 0), 0) * 1_000_000 // line
        found.update(known=1, persons=persons, poor=persons if income < line else 0)
        found.update(gap=persons * short, gap2=persons * (short * short // 1_000_000))
    return found
