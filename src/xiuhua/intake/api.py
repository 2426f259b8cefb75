"""Intake for programs: batches of the area, where each stands, what was found in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from xiuhua.common.api import USUAL_AT_ONCE, AtOnce, From, Key, Text, Words, answers, note_rows, words
from xiuhua.intake.models import Batch, Sighting, Step
from xiuhua.intake.queries.batches import step_of
from xiuhua.intake.queries.report import says
from xiuhua.places.queries import names_of

router = Router(tags=["intake"])
COUNTS = ("new", "changed", "unchanged", "held", "households")


class SheetOut(Schema):
    """A sheet of a batch's file."""

    file: str
    sheet: str
    book: str
    rows: int


class BatchOut(Schema):
    """A batch of files and where it stands."""

    id: int
    place_code: str
    step: str
    step_words: Words
    data_date: date | None
    started_post: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    findings: dict[str, int]
    trouble: Words | None


class Batches(Schema):
    """Batches, the newest first; ask again with `before=next` while it is there."""

    items: list[BatchOut]
    next: int | None


class OneBatch(BatchOut):
    """A batch with its sheets."""

    sheets: list[SheetOut]


class BatchFinding(Schema):
    """A finding at its cell; row and column count from 1."""

    id: int
    kind: str
    rule: str
    says: Words
    file: str | None
    sheet: str | None
    row: int | None
    column: int | None
    household_number: str | None
    person_number: str | None


class BatchFindings(Schema):
    """Findings of a batch in the order they were found."""

    items: list[BatchFinding]
    next: int | None


@router.get("/batches/", response=answers(Batches), url_name="batches", summary="导入批次 / Batches")
def batches(request: HttpRequest, before: From = 0, limit: AtOnce = USUAL_AT_ONCE) -> dict[str, Any]:
    found = Batch.objects.order_by("-id")
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    note_rows(request, len(rows[:limit]))
    return {
        "items": [_batch(one) for one in rows[:limit]],
        "next": rows[limit - 1].pk if len(rows) > limit else None,
    }


@router.get("/batches/{batch}/", response=answers(OneBatch), url_name="batch", summary="一批 / One batch")
def batch(request: HttpRequest, batch: Key) -> dict[str, Any]:
    one = _one(batch)
    sheets = [
        {"file": sheet.file_name, "sheet": sheet.name, "book": sheet.book, "rows": sheet.rows}
        for sheet in one.sheets.all()
    ]
    return {**_batch(one), "sheets": sheets}


@router.get(
    "/batches/{batch}/findings/",
    response=answers(BatchFindings),
    url_name="batch_findings",
    summary="一批的问题 / Findings of a batch",
)
def batch_findings(
    request: HttpRequest,
    batch: Key,
    kind: Text = "",
    rule: Text = "",
    after: From = 0,
    limit: AtOnce = USUAL_AT_ONCE,
) -> dict[str, Any]:
    found = Sighting.objects.filter(batch=_one(batch)).select_related("sheet").order_by("id")
    found = found.filter(kind=kind) if kind else found
    found = found.filter(rule=rule) if rule else found
    found = found.filter(pk__gt=after) if after else found
    rows = list(found[: limit + 1])
    codes = {str(value) for one in rows for value in one.params.values() if isinstance(value, str)}
    names = names_of(codes)
    note_rows(request, len(rows[:limit]))
    return {
        "items": [_finding(one, names) for one in rows[:limit]],
        "next": rows[limit - 1].pk if len(rows) > limit else None,
    }


def _one(batch: int) -> Batch:
    found = Batch.objects.filter(pk=batch).first()
    if found is None:
        raise Http404
    return found


def _batch(one: Batch) -> dict[str, Any]:
    step: Step = step_of(one)
    return {
        "id": one.pk,
        "place_code": one.place_code,
        "step": step.value,
        "step_words": words(step.zh, step.en),
        "data_date": one.data_date,
        "started_post": one.started_post,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "counts": {key: int(one.counts.get(key) or 0) for key in COUNTS},
        "findings": {key: int(n) for key, n in (one.counts.get("kinds") or {}).items()},
        "trouble": one.trouble,
    }


def _finding(one: Sighting, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "rule": one.rule,
        "says": says(one.rule, one.field, one.params, names),
        "file": one.sheet.file_name if one.sheet else None,
        "sheet": one.sheet.name if one.sheet else None,
        "row": one.row,
        "column": one.column,
        "household_number": one.household_number or None,
        "person_number": one.person_number or None,
    }
