"""What a name, a place, a text or a key may not be: longer than the register's columns, or somebody's number in the wrong one."""

from __future__ import annotations

from xiuhua.common.books import Field
from xiuhua.common.covering import revealing
from xiuhua.intake.terms import IntakeRule

from .values import Read, Reader
from .workbook import Cell

# Characters, by key and else by kind. A person without a number is known by the household's and more behind it, in 40.
LONGEST = {
    "group": 40, "school_grade": 20, "other_causes": 60, "fuel": 40,
    "household_number": 30, "person_number": 30, "name": 60, "place": 60, "text": 200,
}  # fmt: skip
KINDS = frozenset({"household_number", "person_number", "name", "place", "text"})
# A long number by what it is, and sealed.
SEALED = "bank_account"
_SHORT = 11  # nothing below is too long, or anybody's number


def bounded(field: Field, reader: Reader) -> Reader:
    """The reader of a column, refusing what is too long for it or private. Neither is quoted."""
    if field.kind not in KINDS or field.key == SEALED:
        return reader
    most = LONGEST.get(field.key) or LONGEST[field.kind]
    # A place is looked up, and one that is not found is told without its digits; a group's or a new village's name is kept.
    kept = field.kind != "place" or field.key == "group" or (field.grain, field.key) == ("village", "village")

    def read(cell: Cell) -> Read:
        value, marks = reader(cell)
        if not isinstance(value, str) or len(value) < _SHORT:
            return value, marks
        if kept and revealing(value):
            return None, ((IntakeRule.NUMBER_MISPLACED, {}),)
        if len(value) > most:
            said = {"count": str(len(value)), "most": str(most)}
            return None, ((IntakeRule.TOO_LONG, said),)
        return value, marks

    return read
