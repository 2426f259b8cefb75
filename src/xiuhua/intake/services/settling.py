"""What all rows of a household repeat in one sheet: its attribute, its cause, its bank account. Where they disagree, none
is taken and somebody is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiuhua.common.books import Book

Cells = Sequence[Any]
# Members may each give a phone of their own: the head's stands for the household.
EACH_OWN = frozenset({"phone"})


@dataclass(frozen=True)
class Disagreement:
    """Two rows (positions among the sheet's rows) of one household that say different things in a column."""

    household: str
    key: str
    at: int
    value: Any
    other: int
    before: Any


def repeated(book: Book) -> list[str]:
    """Columns of a book that say of each member's row what is true of the household; places are told by the village."""
    return [
        field.key
        for field in book.fields
        if field.grain == "household"
        and field.kind != "household_number"
        and (field.kind != "place" or field.key == "group")
    ]


def settle(
    columns: Mapping[str, Cells], keys: Iterable[str], households: Sequence[str | None], relations: Cells
) -> tuple[dict[str, Cells], list[Disagreement]]:
    """The columns with each household's first row saying what its rows agree on, and where they do not agree."""
    mine = [key for key in keys if key in columns]
    settled = dict(columns)
    found: list[Disagreement] = []
    written: dict[str, list[Any]] = {}
    for household, rows in _uneven(households, [columns[key] for key in mine]):
        for key in mine:
            column = columns[key]
            said = Counter(column[at] for at in rows if column[at] is not None)
            if not said:
                continue
            usual = said.most_common(1)[0][0]
            if len(said) > 1 and key in EACH_OWN:
                heads = (column[at] for at in rows if relations[at] == "head" and column[at] is not None)
                usual = next(heads, usual)
            elif len(said) > 1:
                other = next(at for at in rows if column[at] == usual)
                odd = next(at for at in rows if column[at] not in (None, usual))
                found.append(Disagreement(household, key, odd, column[odd], other, usual))
                usual = None
            if column[rows[0]] != usual:
                written.setdefault(key, list(column))[rows[0]] = usual
    return settled | written, found


def _uneven(households: Sequence[str | None], columns: Sequence[Cells]) -> Iterable[tuple[str, list[int]]]:
    """Households whose rows are not all alike, with the positions of their rows. Most are alike: one pass sets them aside."""
    variants = Counter(alike[0] for alike in set(zip(households, *columns, strict=True)))
    uneven = {household for household, count in variants.items() if count > 1 and household}
    rows: dict[str, list[int]] = defaultdict(list)
    if uneven:
        for at, household in enumerate(households):
            if household is not None and household in uneven:
                rows[household].append(at)
    return rows.items()
