"""The headings of a file that an office once handed in, as the start of a layout of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from xiuhua.files.services import content
from xiuhua.intake import reading
from xiuhua.intake.models import Sheet
from xiuhua.registry.books import PERSON_EXPORT

OFFERED = 6


def sheets_with_people() -> list[Sheet]:
    """Sheets of people of registered households in the area, one a file, the newest first."""
    found: dict[str, Sheet] = {}
    for sheet in Sheet.objects.filter(book=PERSON_EXPORT.id, staged=True).order_by("-pk")[:200]:
        found.setdefault(sheet.file_name, sheet)
    return list(found.values())[:OFFERED]


def headings_of(sheet: Sheet) -> list[tuple[str, str]]:
    """The columns of a sheet from left to right: the field that each was taken for ('' for none of ours), its heading."""
    workbook = reading.open_workbook(sheet.file_name, content(sheet.file))
    page = next(page for page in workbook.sheets if page.index == sheet.position)
    row = page.cells[sheet.header_row or 0]
    fields = {column: key for key, column in sheet.columns.items()}
    return [
        (fields.get(at, ""), reading.shown(cell) if isinstance(cell, str) else "")
        for at, cell in enumerate(row)
        if at in fields or (isinstance(cell, str) and cell.strip())
    ]


def merged_since(moment: datetime) -> list[int]:
    """Batches of the acting place's county that were merged from a moment on, whoever brought them."""
    with connection.cursor() as cursor:
        cursor.execute("select intake_merged_since(%s)", [moment])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [int(row[0]) for row in found]
