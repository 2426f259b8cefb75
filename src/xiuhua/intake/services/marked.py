"""Somebody wants the workbooks of a batch back, marked: an export for each file in which something was found."""

from __future__ import annotations

from xiuhua.accounts.models import Appointment
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.queries import mine, there
from xiuhua.files.services import ask
from xiuhua.files.terms import WORKING
from xiuhua.intake.models import Batch, StagedRow
from xiuhua.intake.queries.corrected import settled
from xiuhua.intake.queries.marked import files_to_mark
from xiuhua.intake.queries.own_rows import own_homes
from xiuhua.intake.services.receive import NotNow
from xiuhua.places.scope import scope_of, within

KIND = "intake.marked"


def want_marked(*, by: Appointment, batch_id: int, language: str) -> tuple[list[Export], list[Export]]:
    """(all exports, those that are new and have to be enqueued). What is there already or on its way is not made twice."""
    batch = Batch.objects.get(pk=batch_id)
    if not settled(batch):
        raise NotNow("校验完以后才能标注", "It can be marked once it is checked")
    files = files_to_mark(batch)
    if not files:
        raise NotNow("这一批没有要标注的地方", "There is nothing to mark in this batch")
    everything, new = [], []
    for file in files:
        export, fresh = _one(by, batch, file, batch.place_code, language)
        everything.append(export)
        new += [export] if fresh else []
    return everything, new


def want_own_rows(
    *, by: Appointment, batch_id: int, household: str, language: str, file_name: str = ""
) -> tuple[Export, bool]:
    """Of a workbook that the office above brought: the asker's own part, marked, of the file in which a household stands (of
    several the one of that name); and whether it has to be enqueued. NotNow where there is none."""
    area = scope_of(by.place_code)
    with within(scope_of(by.place_code[:6])):
        batch = Batch.objects.filter(pk=batch_id).first()
        if batch is None or not (scope_of(batch.place_code).covers(by.place_code) and settled(batch)):
            raise _no_row()
        rows = StagedRow.objects.filter(batch=batch, household_number=household)
        rows = rows.select_related("sheet__file").order_by("sheet_id")
        row = rows.filter(sheet__file__name=file_name).first() or rows.first()
        own = own_homes([batch.pk], area).filter(number=household).exists()
        here = rows.filter(village_code__gte=area.lo, village_code__lt=area.hi).exists()
    if here and not own:
        raise NotNow(
            "同一户编号的行分在两个乡镇，由县级办公室在原表里更正；请告诉县级办公室",
            "Rows of this household number lie in two townships; the county office puts them right in its workbook: tell it",
        )
    if row is None or not own:
        raise _no_row()
    return _one(by, batch, row.sheet.file, by.place_code, language)


def _no_row() -> NotNow:
    return NotNow(
        "上级导入的表格里没有这一户的行；把这一户填成一份表导入即可",
        "There is no row of this household in the workbook of the office above; take in a workbook of its rows",
    )


def _one(
    by: Appointment, batch: Batch, file: StoredFile, place_code: str, language: str
) -> tuple[Export, bool]:
    """The export of one file, and whether it is new: what is there already or on its way is not made twice."""
    language = "en" if language.startswith("en") else "zh"
    params = {"batch": batch.pk, "file": file.pk}
    known = mine(by).filter(kind=KIND, params=params, language=language, place_code=place_code).first()
    if known is not None and (known.step in WORKING or there(known)):
        return known, False
    title = {
        "zh": f"标注好的工作簿 · 第 {batch.pk} 批 · {file.name}",
        "en": f"Marked workbook · batch {batch.pk} · {file.name}",
    }
    wished = ask(by=by, kind=KIND, params=params, place_code=place_code, title=title, language=language)
    return wished.export, True
