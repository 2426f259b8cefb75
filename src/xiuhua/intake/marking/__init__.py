"""An office's own workbook with its faults marked, and how it is known again when it comes back. No database, no Django.

An xlsx is changed in place: only the marked cells, their comments, one sheet and one property are added, and every other
byte of it stays what the office made. An xls or csv is written as an xlsx first. Nothing touches the disk.
"""

from .listing import Line
from .plain import NUMBER, TEXT, as_xlsx, sheet_title
from .workbook import CannotMark, Listing, Mark, mark

__all__ = [
    "NUMBER",
    "TEXT",
    "CannotMark",
    "Line",
    "Listing",
    "Mark",
    "as_xlsx",
    "mark",
    "sheet_title",
]
