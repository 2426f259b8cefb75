"""The part of an upper office's workbook that is about one area: its households' rows, and nothing of any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from xiuhua.files.models import StoredFile
from xiuhua.intake import books, marking, reading
from xiuhua.intake.models import Batch, Sheet, Sighting, StagedHousehold, StagedRow
from xiuhua.intake.queries.corrected import settled
from xiuhua.intake.queries.marked import Told
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.models import Place
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.places.terms import Level


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


def own_homes(batches: Iterable[int], area: Scope) -> QuerySet[StagedHousehold]:
    """Households of batches that are an area's alone: their village lies in it, and no row of theirs names a place outside.

    One number written for families of two areas is nobody's here: either would read the other's rows. Its county settles it.
    """
    outside = StagedRow.objects.filter(
        Q(village_code__lt=area.lo) | Q(village_code__gte=area.hi),
        batch=OuterRef("batch"),
        household_number=OuterRef("number"),
        book__in=books.ORDER,
    )
    # A village that nobody knows says by its township whose it is.
    astray = Sighting.objects.filter(
        batch=OuterRef("batch"),
        household_number=OuterRef("number"),
        rule=IntakeRule.VILLAGE_UNKNOWN,
        params__place__in=_other_townships(area),
    )
    inside = StagedHousehold.objects.filter(village_code__gte=area.lo, village_code__lt=area.hi)
    return inside.filter(~Exists(outside), ~Exists(astray), batch__in=list(batches))


@dataclass(frozen=True)
class Part:
    """What an area gets of a household's rows in a batch that an office above brought. file: where they stand, None where it gets
    nothing. shared: rows of the same number are somebody else's, so that nobody below their county gets any."""

    file: StoredFile | None
    shared: bool = False


def part_of(area: Scope, *, batch_id: int, household: str, file_name: str = "") -> Part:
    """Whether an area gets a household's rows; of several files the one of that name. Looks no further than its county."""
    with within(scope_of(area.place_code[:6])):
        batch = Batch.objects.filter(pk=batch_id).first()
        if batch is None or not (scope_of(batch.place_code).covers(area.place_code) and settled(batch)):
            return Part(None)
        rows = StagedRow.objects.filter(batch=batch, household_number=household)
        rows = rows.select_related("sheet__file").order_by("sheet_id")
        row = rows.filter(sheet__file__name=file_name).first() or rows.first()
        if row is not None and own_homes([batch.pk], area).filter(number=household).exists():
            return Part(row.sheet.file)
        return Part(None, rows.filter(village_code__gte=area.lo, village_code__lt=area.hi).exists())


def _other_townships(area: Scope) -> list[str]:
    """Names of the county's townships that lie outside an area, but for one that a township within bears too."""
    county = scope_of(area.place_code[:6])
    places = Place.objects.filter(code__gte=county.lo, code__lt=county.hi, level=Level.TOWNSHIP, until=None)
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for code, name in places.values_list("code", "name"):
        names[area.covers(code)].add(name)
    return sorted(names[False] - names[True])


def own_rows(batch: Batch, sheets: list[Sheet], workbook: reading.Workbook, area: Scope) -> OwnRows:
    """Cuts a workbook of a batch to the households that are an area's alone.

    Tables of places and whatever was not recognised are left out. Runs where the batch can be seen.
    """
    homes = frozenset(own_homes([batch.pk], area).values_list("number", flat=True))
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
