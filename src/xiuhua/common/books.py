"""What a workbook of the field is: its columns, their kinds, and the words offices use for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "name",
    "place",
    "household_number",
    "person_number",
    "id_number",
    "phone",
    "integer",
    "decimal",
    "yuan",
    "yesno",
    "code",
    "date",
    "year",
]
Grain = Literal["county", "village", "village_year", "household", "person", "period"]


@dataclass(frozen=True)
class Field:
    """One column that a book may have.

    `key` names the value once read; `synonyms` are other headings seen for it; `codes` names a code list of the
    rulebook; `low` and `high` bound numbers (inclusive), in the unit of the heading.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    grain: Grain
    synonyms: tuple[str, ...] = ()
    codes: str | None = None
    required: bool = False
    low: int | None = None
    high: int | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Book:
    """One kind of workbook: what it is called and the columns it may have."""

    id: str
    zh: str
    en: str
    grain: Grain
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """The column of that key; KeyError when the book has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    @property
    def required(self) -> tuple[Field, ...]:
        """Columns without which a row cannot be placed."""
        return tuple(field for field in self.fields if field.required)
