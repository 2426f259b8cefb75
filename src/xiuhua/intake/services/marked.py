"""Somebody wants the workbooks of a batch back, marked: an export for each file in which something was found."""

from __future__ import annotations

from xiuhua.accounts.models import Appointment
from xiuhua.files.models import Export
from xiuhua.files.queries import mine, there
from xiuhua.files.services import ask
from xiuhua.files.terms import WORKING
from xiuhua.intake.models import Batch
from xiuhua.intake.queries.corrected import settled
from xiuhua.intake.queries.marked import files_to_mark
from xiuhua.intake.services.receive import NotNow

KIND = "intake.marked"


def want_marked(*, by: Appointment, batch_id: int, language: str) -> tuple[list[Export], list[Export]]:
    """(all exports, those that are new and have to be enqueued). What is there already or on its way is not made twice."""
    batch = Batch.objects.get(pk=batch_id)
    if not settled(batch):
        raise NotNow("校验完以后才能标注", "It can be marked once it is checked")
    files = files_to_mark(batch)
    if not files:
        raise NotNow("这一批没有要标注的地方", "There is nothing to mark in this batch")
    language = "en" if language.startswith("en") else "zh"
    everything, new = [], []
    for file in files:
        params = {"batch": batch.pk, "file": file.pk}
        known = mine(by).filter(kind=KIND, params=params, language=language).first()
        if known is not None and (known.step in WORKING or there(known)):
            everything.append(known)
            continue
        title = {
            "zh": f"标注好的工作簿 · 第 {batch.pk} 批 · {file.name}",
            "en": f"Marked workbook · batch {batch.pk} · {file.name}",
        }
        wished = ask(
            by=by,
            kind=KIND,
            params=params,
            place_code=batch.place_code,
            title=title,
            language=language,
        )
        everything.append(wished.export)
        new.append(wished.export)
    return everything, new
