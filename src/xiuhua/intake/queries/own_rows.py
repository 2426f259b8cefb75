"""The part of an upper office's workbook that is about one area: its households' rows, and nothing of any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from xiuhua.intake import books, marking, reading
from xiuhua.intake.models import Batch, Sheet, StagedHousehold, StagedRow
from xiuhua.intake.queries.marked import Told
from xiuhua.places.scope import Scope


@dataclass(frozen=True)
class OwnRows:
    """The area's households, the sheets cut to their rows under their headings, and where each row kept stands now.

    at: (sheet's id, row before) -> row now, from 1.
    """

    homes: frozenset[str]
    sheets: list[reading.Sheet]
    at: Mapping[tuple[int, int], int]

    def moved(self, told: Told, titles: Mapping[int, str]) -> Told:
        """What is said of these households, at the rows where they stand now; a finding without a row keeps its line."""
        pages = {title: sheet for sheet, title in titles.items()}
        lines: list[marking.Line] = []
        for line in told.lines:
            now = self.at.get((pages.get(line.sheet, 0), line.row or 0))
            lines.append(replace(line, row=now, column=line.column if now else None))
        marks = [
            replace(mark, row=now)
            for mark in told.marks
            if (now := self.at.get((pages.get(mark.sheet, 0), mark.row)))
        ]
        return Told(marks, lines, Counter(line.tone for line in lines))


def own_rows(batch: Batch, sheets: list[Sheet], workbook: reading.Workbook, area: Scope) -> OwnRows:
    """Cuts a workbook of a batch to the households whose village, as the batch has it, lies in an area.

    Tables of places and whatever was not recognised are left out. Runs where the batch can be seen.
    """
    found = StagedHousehold.objects.filter(batch=batch, village_code__gte=area.lo, village_code__lt=area.hi)
    homes = frozenset(found.values_list("number", flat=True))
    pages = {page.index: page for page in workbook.sheets}
    cut: list[reading.Sheet] = []
    at: dict[tuple[int, int], int] = {}
    for sheet in sorted(sheets, key=lambda one: one.position):
        page = pages.get(sheet.position)
        if page is None or sheet.header_row is None or not sheet.staged or _of_places(sheet):
            continue
        staged = StagedRow.objects.filter(sheet=sheet, household_number__in=homes).order_by("row")
        rows = [row for row in staged.values_list("row", flat=True) if row <= len(page.cells)]
        if not rows:
            continue
        # A number merged over a household's rows stands in the first only; here in each.
        cells = _filled(page, sheet.header_row)
        top = sheet.header_row + 1
        cut.append(reading.Sheet(page.name, page.index, [*cells[:top], *(cells[row - 1] for row in rows)]))
        at |= {(sheet.pk, row): now for now, row in enumerate(rows, top + 1)}
    return OwnRows(homes, cut, at)


def _of_places(sheet: Sheet) -> bool:
    return sheet.is_list or books.BOOKS[sheet.book].grain in books.OF_PLACES


def _filled(page: reading.Sheet, header_row: int) -> list[list[reading.Cell]]:
    cells = [list(row) for row in page.cells]
    for (top, left), (bottom, right) in page.merged:
        if top > header_row and left == right:
            for row in range(top + 1, min(bottom + 1, len(cells))):
                if left < len(cells[row]) and cells[row][left] == "":
                    cells[row][left] = cells[top][left]
    return cells
