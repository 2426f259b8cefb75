"""Numbers of invented people: IDs with the never assigned region 99xxxx and phones that begin with 199."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from .shapes import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(first17: str) -> str:
    """The 18th character of an ID number (GB 11643)."""
    return _CHECK[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


class Numbers:
    """Hands out ID numbers and phones of one county, none twice.

    All IDs carry the county's own region code, so that neighbouring counties (other codes) can never share one by
    accident. `taken` are IDs that are in use already.
    """

    def __init__(self, code: str, rng: Random, taken: Iterable[str] = ()) -> None:
        self._code = code
        self._rng = rng
        self._ids = {number[:17] for number in taken}
        self._phones: set[int] = set()

    def id_number(self, birth: date, sex: Sex) -> str:
        """A valid 18-character ID of that birth date; the 17th digit is odd for men."""
        day = f"{self._code}{birth.year:04d}{birth.month:02d}{birth.day:02d}"
        odd = 1 if sex == "male" else 0
        for _ in range(2000):
            first17 = f"{day}{int(self._rng.random() * 500) * 2 + odd:03d}"
            if first17 not in self._ids:
                self._ids.add(first17)
                return first17 + check_digit(first17)
        raise ValueError(
            f"no free ID number left for {birth} in {self._code}: the county is too large for one code"
        )

    def disability_card(self, id_number: str) -> str:
        """The 20-character card of a disabled person: ID, category 1-7, grade 1-4."""
        return f"{id_number}{1 + int(self._rng.random() * 7)}{1 + int(self._rng.random() * 4)}"

    def phone(self) -> str:
        """An 11-digit phone number, 199xxxxxxxx."""
        while True:
            tail = int(self._rng.random() * 100_000_000)
            if tail not in self._phones:
                self._phones.add(tail)
                return f"199{tail:08d}"
