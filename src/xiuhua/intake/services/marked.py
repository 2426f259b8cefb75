"""Somebody wants the workbooks of a batch back, marked: an export for each file in which something was found."""

from __future__ import annotations

from xiuhua.accounts.models import Appointment
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.queries import mine, there
from xiuhua.files.services import ask
from xiuhua.files.terms import WORKING
from xiuhua.intake.models import Batch
from xiuhua.intake.queries.corrected import settled
from xiuhua.intake.queries.marked import files_to_mark
from xiuhua.intake.queries.own_rows import part_of
from xiuhua.intake.services.receive import NotNow
from xiuhua.places.scope import scope_of

KIND = "intake.marked"
SHARED = (
    "同一户编号的行分在两个乡镇，由县级办公室在原表里更正；请告诉县级办公室",
    "Rows of this household number lie in two townships; the county office puts them right in its workbook: tell it",
)


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
        export, fresh = _one(by, batch.pk, file, batch.place_code, language)
        everything.append(export)
        new += [export] if fresh else []
    return everything, new


def want_own_rows(
    *, by: Appointment, batch_id: int, household: str, language: str, file_name: str = ""
) -> tuple[Export, bool]:
    """Of a workbook that the office above brought: the asker's own part, marked, of the file in which a household stands (of
    several the one of that name); and whether it has to be enqueued. NotNow where there is none."""
    part = part_of(scope_of(by.place_code), batch_id=batch_id, household=household, file_name=file_name)
    if part.shared:
        raise NotNow(*SHARED)
    if part.file is None:
        raise NotNow(
            "上级导入的表格里没有这一户的行；把这一户填成一份表导入即可",
            "There is no row of this household in the workbook of the office above; take in a workbook of its rows",
        )
    return _one(by, batch_id, part.file, by.place_code, language)


def _one(
    by: Appointment, batch_id: int, file: StoredFile, place_code: str, language: str
) -> tuple[Export, bool]:
    """The export of one file, and whether it is new: what is there already or on its way is not made twice."""
    language = "en" if language.startswith("en") else "zh"
    params = {"batch": batch_id, "file": file.pk}
    known = mine(by).filter(kind=KIND, params=params, language=language, place_code=place_code).first()
    if known is not None and (known.step in WORKING or there(known)):
        return known, False
    title = {
        "zh": f"标注好的工作簿 · 第 {batch_id} 批 · {file.name}",
        "en": f"Marked workbook · batch {batch_id} · {file.name}",
    }
    wished = ask(by=by, kind=KIND, params=params, place_code=place_code, title=title, language=language)
    return wished.export, True
