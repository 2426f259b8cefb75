"""Getting a batch's workbook back, marked, and correcting it as somebody would in a spreadsheet program."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl

import people
from intake import taking
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.services import content, make
from xiuhua.files.terms import Step
from xiuhua.intake.marking.styles import FILLS
from xiuhua.intake.models import Batch
from xiuhua.intake.services.marked import want_marked
from xiuhua.places.scope import scope_of, within

RED, STRAW, LEAF = FILLS["red"], FILLS["straw"], FILLS["leaf"]
LIST = "错误清单"


def exports(batch: Batch, by: Appointment, language: str = "zh") -> list[Export]:
    """The batch's marked workbooks, made."""
    with within(scope_of(by.place_code)):
        wanted, _new = want_marked(by=by, batch_id=batch.pk, language=language)
    made = [make(one.pk, one.place_code) for one in wanted]
    assert [one.step for one in made] == [Step.DONE] * len(made), [one.trouble for one in made]
    return made


def marked(batch: Batch, by: Appointment, folder: Path, language: str = "zh") -> dict[str, Path]:
    """The marked workbooks on disk, by the name of the file handed in."""
    found = {}
    for one in exports(batch, by, language):
        with within(scope_of(batch.place_code)):
            name = StoredFile.objects.get(pk=one.params["file"]).name
            assert one.file is not None
            found[name] = folder / one.file.name
            found[name].write_bytes(content(one.file))
    return found


def cells(book: Any, colour: str) -> list[tuple[str, str]]:
    """(sheet, cell) of every cell of a colour, the list left out."""
    return [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        if sheet.title not in (LIST, "Findings")
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.patternType == "solid" and cell.fill.fgColor.rgb == colour
    ]


def corrected(
    path: Path,
    to: Path,
    right: Callable[[str, str], Any],
    colours: Iterable[str] = (RED,),
    *,
    drop: str = "重复",
) -> int:
    """Puts right exactly the cells of some colours and saves the workbook as Excel would; how many.

    drop: rows whose finding says this are taken out, as it tells one to.
    """
    book = openpyxl.load_workbook(path)
    wanted = [one for colour in colours for one in cells(book, colour)]
    for sheet, cell in wanted:
        book[sheet][cell].value = right(sheet, cell)
    said = {(line[1], int("".join(filter(str.isdigit, line[2])))) for line in listed(book) if drop in line[5]}
    for sheet, row in sorted(said, reverse=True):
        book[sheet].delete_rows(row)
    book.save(to)
    return len(wanted)


def listed(book: Any) -> list[tuple[str, ...]]:
    """The lines of the list of findings, below its headings."""
    rows = [tuple(str(cell or "") for cell in row) for row in book.worksheets[0].iter_rows(values_only=True)]
    at = next(n for n, row in enumerate(rows) if row[2] in ("单元格", "Cell"))
    return rows[at + 1 :]


def office(code: str = taking.COUNTY, username: str = "wang") -> Appointment:
    """An officer of a county whose places are made by its own village list."""
    for one, name in (("CN", "全国"), ("99", "示例省"), ("9905", "示例市"), (code, "桁墟县")):
        people.make_place(one, name)
    return people.person("王主任", username, code, Role.COUNTY_OFFICE)


KEYS = ("户编号", "人编号", "年度", "住户编号", "行政村编码")


def from_workbook(marked_path: Path, sound_path: Path) -> Callable[[str, str], Any]:
    """The right values: those of a sound workbook in the row that has the same numbers and the column of the same heading."""
    marked_book, sound = openpyxl.load_workbook(marked_path), openpyxl.load_workbook(sound_path)
    rows = {
        (sheet.title, _key(sheet, row, heads)): (sheet, row, heads)
        for sheet in sound.worksheets
        for heads in [_heads(sheet)]
        for row in range(1, sheet.max_row + 1)
    }

    def right(title: str, cell: str) -> Any:
        sheet = marked_book[title]
        heads = _heads(sheet)
        one = sheet[cell]
        heading = next(name for name, column in heads.items() if column == one.column)
        there, row, columns = rows[title, _key(sheet, one.row, heads)]
        return there.cell(row, columns[heading]).value

    return right


def _heads(sheet: Any) -> dict[str, int]:
    """The headings: the first of the rows on top with most words."""
    rows = [
        {str(cell.value): cell.column for cell in row if cell.value} for row in sheet.iter_rows(max_row=10)
    ]
    return max(rows, key=len)


def _key(sheet: Any, row: int, heads: dict[str, int]) -> tuple[str, ...]:
    return tuple(str(sheet.cell(row, heads[key]).value) for key in KEYS if key in heads)


def waiting(kind: str = "refused", place: str = taking.COUNTY) -> list[tuple[Any, ...]]:
    """Open findings of a kind: rule, household, file."""
    return taking.ask(
        "select rule, household_number, file_name from findings_finding where state = 'open' and kind = %s order by 1, 2",
        place,
        [kind],
    )


def opened(content_: bytes) -> Any:
    """A workbook of bytes."""
    return openpyxl.load_workbook(io.BytesIO(content_))
