"""Three households in one workbook, marked and changed as a spreadsheet program would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from intake.marked_back import LIST, marked
from intake.reading.support import PERSON_HEADINGS
from intake.unit.small import household
from xiuhua.accounts.models import Appointment
from xiuhua.intake import reading
from xiuhua.intake.models import Batch

SECOND, THIRD = "9905210000002", "9905210000003"
NAME = "贫困人口信息表.xlsx"
LETTER = {heading: reading.letter(at) for at, heading in enumerate(PERSON_HEADINGS, 1)}


def at(heading: str, row: int) -> str:
    return f"{LETTER[heading]}{row}"


def three(**faulty: Any) -> list[list[Any]]:
    """Three households of two: the first with a cell of its head as given, the others sound. Rows 2 to 7."""
    return [
        *household(faulty, {}),
        *household({}, {}, number=SECOND),
        *household({}, {}, number=THIRD),
    ]


def changed(path: Path, to: Path, change: Callable[[Any], None]) -> Path:
    """The workbook changed and saved, as a spreadsheet program would."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(to)
    return to


def data(book: Any) -> Any:
    return next(sheet for sheet in book.worksheets if sheet.title not in (LIST, "Findings"))


def one(batch: Batch, officer: Appointment, folder: Path, language: str = "zh") -> Path:
    [path] = marked(batch, officer, folder, language).values()
    return path


def setting(heading: str, row: int, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        data(book)[at(heading, row)].value = value

    return change
