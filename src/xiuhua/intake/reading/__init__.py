"""Reading workbooks: open a file, find out what each sheet is, turn its cells into values and faults. No database."""

from xiuhua.common.identity import Identity, check_digit, identity

from .codes import CodeList, Words
from .headings import heading_key
from .headings import heading_key as normalised
from .layout import IGNORED, Layout, Unsure, confirm, detect, with_columns
from .opening import open_workbook
from .table import Fault, Parsed, letter, parse
from .values import shown
from .workbook import Cell, Sheet, Unreadable, Workbook

__all__ = [
    "IGNORED",
    "Cell",
    "CodeList",
    "Fault",
    "Identity",
    "Layout",
    "Parsed",
    "Sheet",
    "Unreadable",
    "Unsure",
    "Words",
    "Workbook",
    "check_digit",
    "confirm",
    "detect",
    "heading_key",
    "identity",
    "letter",
    "normalised",
    "open_workbook",
    "parse",
    "shown",
    "with_columns",
]
