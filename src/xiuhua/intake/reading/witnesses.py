"""What the cells of a column look like: evidence for or against a guess from its heading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from xiuhua.common.books import Field

from .dates import date_of
from .headings import plain
from .workbook import Cell

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# With a birth date where it belongs: other numbers of 15 or 18 digits are about as frequent.
_ID = re.compile(rf"^\d{{8}}{_DAY}\d{{3}}$|^\d{{6}}(?:19|20)\d\d{_DAY}\d{{3}}[\dXx](?:\d{{2}}|\d{{4}})?$")
_PHONE = re.compile(r"^1[3-9]\d{9}(\.0+)?$")
_VILLAGE = re.compile(r"^\d{12}(\.0+)?$")
_NUMBER = re.compile(r"^-?[\d,]+(\.\d+)?(万|千)?元?%?$")
_FEWEST = 5
_MOST, _FEW = 0.7, 0.3


@dataclass(frozen=True)
class Witness:
    """Shares (0 to 1) of the filled cells that look like each kind; `filled` is their number."""

    filled: int
    ids: float
    phones: float
    village_codes: float
    numbers: float
    dates: float

    def strongly_for(self, field: Field) -> bool:
        """The cells can hardly be anything else."""
        if self.filled < _FEWEST:
            return False
        if field.kind == "id_number":
            return self.ids >= _MOST
        if field.kind == "phone":
            return self.phones >= _MOST
        return field.key == "village_code" and self.village_codes >= _MOST

    def against(self, field: Field) -> bool:
        """The cells can hardly be this field."""
        if self.filled < _FEWEST:
            return False
        if field.kind == "id_number":
            return self.ids < _FEW
        if field.kind == "phone":
            return self.phones < _FEW
        if field.kind == "date":
            return self.dates < _FEW
        if field.kind in ("integer", "decimal", "yuan", "year"):
            return self.numbers < _FEW or self.ids >= _MOST or self.phones >= _MOST
        if field.kind in ("name", "code", "yesno", "text"):
            return self.numbers >= _MOST or self.ids >= _MOST
        return False


def witness(cells: Iterable[Cell]) -> Witness:
    """Look at the cells of one column (a sample will do)."""
    filled = [cell for cell in cells if cell != ""]
    texts = [_text(cell) for cell in filled]

    def share(pattern: re.Pattern[str]) -> float:
        return sum(1 for text in texts if pattern.match(text)) / len(texts) if texts else 0.0

    return Witness(
        filled=len(texts),
        ids=share(_ID),
        phones=share(_PHONE),
        village_codes=share(_VILLAGE),
        numbers=share(_NUMBER),
        dates=sum(1 for cell in filled if date_of(cell)) / len(filled) if filled else 0.0,
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return plain(cell) if isinstance(cell, str) else str(cell)
