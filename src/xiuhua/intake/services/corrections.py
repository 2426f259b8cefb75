"""A corrected workbook that comes back: what the office changed in it, and that only this is taken.

A workbook that we marked names the file it was marked for. Its sheets are compared with that file's, row by row. Of the
households in it those are worked on again that have a changed row, that were held back before, or whose findings are
others now; what has been merged and nobody touched is left, so that an old copy of it takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection

from xiuhua.common.sealing import blind
from xiuhua.files.models import StoredFile
from xiuhua.files.services import content
from xiuhua.intake import books, reading
from xiuhua.intake.marking import sheet_title
from xiuhua.intake.models import Batch, Change, Sheet, Sighting, StagedHousehold, StagedRow, Step
from xiuhua.intake.queries.own_rows import own_homes
from xiuhua.intake.reading.difference import Difference, difference
from xiuhua.places.scope import scope_of, within

NOT_WORK = "mended"  # noted, and waits for nobody


@contextmanager
def _at_the_origin(batch: Batch) -> Iterator[None]:
    """The area in which a file may lie that a batch corrects: for a township's it is often its county's, and the township has
    that very file in its hands. Whose files these are, the stamp's seal says; nothing else of the county is read here."""
    with within(scope_of(batch.place_code[:6])):
        yield


def link(batch: Batch, sheets: Iterable[Sheet], workbooks: Mapping[int, reading.Workbook]) -> None:
    """Says of each sheet which one it corrects, where its workbook names a file of this area, or of the county around it."""
    with _at_the_origin(batch):
        _link(batch, sheets, workbooks)


def _link(batch: Batch, sheets: Iterable[Sheet], workbooks: Mapping[int, reading.Workbook]) -> None:
    for sheet in sheets:
        workbook = workbooks[sheet.file_id]
        origin = reading.Origin.read(workbook.origin, blind) if workbook.origin else None
        if origin is None or not sheet.book or sheet.corrects_id:
            continue
        taken: list[str] = []
        there = Sheet.objects.filter(batch_id=origin.batch, file_id=origin.file).order_by("position")
        for old in there:
            if not _around(old, batch):
                break  # of another township: its households are none of this one's
            taken.append(sheet_title(old.name, taken))
            if sheet.name in (old.name, taken[-1]) and old.book == sheet.book and old.staged:
                sheet.corrects = old
                sheet.save(update_fields=["corrects"])


def _around(old: Sheet, batch: Batch) -> bool:
    """Whether a sheet was brought for the batch's place, for one within it or for one around it."""
    return scope_of(old.place_code).covers(batch.place_code) or scope_of(batch.place_code).covers(
        old.place_code
    )


def _wider(sheet: Sheet) -> bool:
    """Whether a linked sheet corrects one that was brought for more than its own place."""
    assert sheet.corrects is not None
    return len(sheet.corrects.place_code) < len(sheet.place_code)


def note_changes(batch: Batch, workbooks: Mapping[int, reading.Workbook]) -> None:
    """Compares each linked sheet's rows with those it came from, and gives findings without a household their old marks."""
    with _at_the_origin(batch):
        _note_changes(batch, workbooks)


def _note_changes(batch: Batch, workbooks: Mapping[int, reading.Workbook]) -> None:
    old_books: dict[int, reading.Workbook] = {}
    for sheet in batch.sheets.exclude(corrects=None).select_related("corrects"):
        old = sheet.corrects
        assert old is not None and old.header_row is not None and sheet.header_row is not None
        if old.file_id not in old_books:
            file = StoredFile.objects.get(pk=old.file_id)
            old_books[old.file_id] = reading.open_workbook(file.name, content(file))
        here, there = _page(workbooks[sheet.file_id], sheet), _page(old_books[old.file_id], old)
        if here is None or there is None:
            continue
        keys = [
            field.key
            for field in books.BOOKS[sheet.book].fields
            if field.kind in ("household_number", "person_number", "year")
            or field.key in ("name", "village_code")
        ]
        found = difference(
            (here, sheet.header_row, sheet.columns), (there, old.header_row, old.columns), keys
        )
        _keep(sheet, found)
        _same_marks(sheet, old, found)


def _page(workbook: reading.Workbook, sheet: Sheet) -> reading.Sheet | None:
    return next((page for page in workbook.sheets if page.index == sheet.position), None)


def _keep(sheet: Sheet, found: Difference) -> None:
    sheet.changes = {
        "changed": found.changed,
        "added": found.added,
        "removed": _removed(sheet, found) if _wider(sheet) else found.removed,
        "same": found.same,
        "runs": found.runs,
    }
    sheet.save(update_fields=["changes"])


def _removed(sheet: Sheet, found: Difference) -> int:
    """How many rows of this area were taken out: those of others are not expected in a township's file."""
    old = sheet.corrects
    assert old is not None
    homes = own_homes([old.batch_id], scope_of(sheet.place_code))
    rows = StagedRow.objects.filter(sheet=old, household_number__in=homes.values("number"))
    return len(set(rows.values_list("row", flat=True)) - set(found.origin.values()))


def _same_marks(sheet: Sheet, old: Sheet, found: Difference) -> None:
    """A finding of a row without a household is known by where it stands: in the new file it is the one of the old row."""
    marks = {
        (seen.rule, seen.row, seen.field): seen.fingerprint
        for seen in Sighting.objects.filter(sheet=old, household_number="", person_number="")
    }
    for seen in Sighting.objects.filter(sheet=sheet, household_number="", person_number=""):
        mark = marks.get((seen.rule, found.origin.get(seen.row or 0), seen.field))
        if mark:
            Sighting.objects.filter(pk=seen.pk).update(fingerprint=mark)


def linked(batch: Batch) -> list[Sheet]:
    """The batch's sheets that correct earlier ones."""
    return list(batch.sheets.exclude(corrects=None).select_related("corrects__batch"))


def leave_the_rest(batch: Batch, looked_at: Iterable[str]) -> dict[str, Any]:
    """Leaves out of merging what nobody touched; returns what there is to say of the correction, nothing for other batches.

    looked_at: rules that the batch could have found again. Runs after the households are classified.
    """
    with _at_the_origin(batch):
        return _leave_the_rest(batch, looked_at)


def _leave_the_rest(batch: Batch, looked_at: Iterable[str]) -> dict[str, Any]:
    sheets = [sheet for sheet in linked(batch) if sheet.changes is not None]
    if not sheets:
        return {}
    before = _findings_before(sheets, batch, set(looked_at))
    now = set(batch.sightings.exclude(kind=NOT_WORK).values_list("fingerprint", flat=True))
    origins = {sheet.corrects.batch_id: sheet.corrects.batch for sheet in sheets if sheet.corrects}
    # A batch that was never merged has done nothing: all of the corrected file is work.
    if all(one.step == Step.DONE for one in origins.values()):
        _leave(batch, _worked_on(batch, sheets, list(origins)))
    return {
        "corrects": {
            "batches": sorted(origins),
            "changed": sum(
                len(sheet.changes["changed"]) + len(sheet.changes["added"])
                for sheet in sheets
                if sheet.changes
            ),
            "removed": sum(sheet.changes["removed"] for sheet in sheets if sheet.changes),
            "put_right": len(before - now),
            "open": len(before & now),
        }
    }


def _findings_before(sheets: list[Sheet], batch: Batch, rules: set[str]) -> set[str]:
    """Marks of what was to be done in the sheets that are corrected."""
    old = [sheet.corrects_id for sheet in sheets]
    batches = _batches(sheets)
    numbers = set(
        StagedRow.objects.filter(sheet__in=old).values_list("household_number", flat=True).distinct()
    )
    found = Sighting.objects.filter(batch__in=batches).exclude(kind=NOT_WORK)
    if any(_wider(sheet) for sheet in sheets):
        # Of a county's file a township answers for its own households.
        found = found.filter(household_number__in=_own(batch, batches))
    return {
        mark
        for mark, rule, sheet, number in found.values_list(
            "fingerprint", "rule", "sheet_id", "household_number"
        )
        if sheet in old or (sheet is None and number in numbers and rule in rules)
    }


def _own(batch: Batch, origins: Iterable[int]) -> list[str]:
    """Numbers of the batch's households that in the corrected files of a wider place are its own, and nobody else's too."""
    known = own_homes(origins, scope_of(batch.place_code)).filter(
        number__in=batch.households.values("number")
    )
    return list(known.values_list("number", flat=True))


def _worked_on(batch: Batch, sheets: list[Sheet], origins: list[int]) -> set[str]:
    """Numbers of households that are work again."""
    found: set[str] = set()
    touched_here: set[str] = set()
    for sheet in sheets:
        assert sheet.changes is not None
        touched = {*sheet.changes["changed"], *sheet.changes["added"]}
        numbers = StagedRow.objects.filter(sheet=sheet).values_list("row", "household_number")
        touched_here |= {number for row, number in numbers if row in touched and number}
    found |= touched_here
    own = {sheet.pk for sheet in sheets}
    others = StagedRow.objects.filter(batch=batch).exclude(sheet__in=own)
    found |= {number for number in others.values_list("household_number", flat=True) if number}
    held = StagedHousehold.objects.filter(batch__in=origins, change=Change.HELD)
    found |= set(held.values_list("number", flat=True))
    before, now = _marks(origins), _marks([batch.pk])
    others_now = {number for number in {*before, *now} if before.get(number) != now.get(number)}
    if any(_wider(sheet) for sheet in sheets):
        # Whose village is not of this area nobody here has touched, though it is refused here.
        known = set(batch.households.exclude(village_code=None).values_list("number", flat=True))
        others_now &= known
        found -= set(held.values_list("number", flat=True)) - known - touched_here
    return found | others_now


def _marks(batches: list[int]) -> dict[str, frozenset[str]]:
    """Household -> marks of what is to be done about it."""
    found: dict[str, set[str]] = {}
    seen = Sighting.objects.filter(batch__in=batches).exclude(kind=NOT_WORK).exclude(household_number="")
    for number, mark in seen.values_list("household_number", "fingerprint"):
        found.setdefault(number, set()).add(mark)
    return {number: frozenset(marks) for number, marks in found.items()}


def _leave(batch: Batch, work: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake_stagedhousehold set change = %s, differences = '[]' where batch_id = %s and not (number = any(%s))",
            [Change.LEFT, batch.pk, list(work)],
        )


def gone(batch: Batch) -> list[str]:
    """Marks of findings in the corrected sheets that were looked at anew and not seen again.

    Of households that are work again; of rows without a household, put right or taken out; and of households that are no
    longer in the file and never got into the register. Whatever their rule: they stood in these very sheets. A part of a
    wider place's file is no word on what is not in it: there only the area's own households count that came back.
    """
    with _at_the_origin(batch):
        return _gone(batch)


def _gone(batch: Batch) -> list[str]:
    sheets = [sheet for sheet in linked(batch) if sheet.changes is not None]
    wide = [sheet for sheet in sheets if _wider(sheet)]
    whole = [sheet for sheet in sheets if not _wider(sheet)]
    staged = dict(batch.households.values_list("number", "change"))
    work = {number for number, change in staged.items() if change != Change.LEFT}
    unknown = StagedHousehold.objects.filter(batch__in=_batches(whole), known=None, merged_at=None)
    lost = unknown.exclude(number__in=list(staged)).values_list("number", flat=True)
    marks = _marks_in(whole, {"", *work, *lost})
    marks |= _marks_in(wide, work.intersection(_own(batch, _batches(wide))))
    return sorted(marks - set(batch.sightings.values_list("fingerprint", flat=True)))


def _batches(sheets: list[Sheet]) -> set[int]:
    """The batches whose sheets these correct."""
    return {sheet.corrects.batch_id for sheet in sheets if sheet.corrects}


def _marks_in(sheets: list[Sheet], numbers: set[str]) -> set[str]:
    """Marks of what was found in the sheets that these correct, of some households."""
    before = Sighting.objects.filter(sheet__in=[sheet.corrects_id for sheet in sheets])
    return set(before.filter(household_number__in=list(numbers)).values_list("fingerprint", flat=True))
