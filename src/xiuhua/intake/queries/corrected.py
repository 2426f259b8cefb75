"""What the pages say of marking and of corrected workbooks that came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from xiuhua.intake.models import Batch, StagedRow, Step

Both = dict[str, str]
MOST_ROWS = 12
# From the preview on the findings of a batch do not change any more.
SETTLED = (Step.PREVIEW, Step.MERGING, Step.DONE)


def both(zh: str, en: str) -> Both:
    """A bilingual value."""
    return {"zh": zh, "en": en}


def settled(batch: Batch) -> bool:
    """Whether what was found in a batch is complete: it can be marked."""
    return batch.step in SETTLED or batch.stopped_in in SETTLED


def mark_actions(batch: Batch, *, bring: bool, primary: bool = False) -> list[dict[str, Any]]:
    """The way to the marked workbook, where there is something to mark and the post may have it."""
    if not bring or not settled(batch) or not batch.sightings.exclude(sheet=None).exists():
        return []
    label = both("下载标注好的工作簿", "Get the marked workbook")
    url = reverse("intake:mark", args=[batch.pk])
    return [{"label": label, "url": url, "post": True, "icon": "table", "primary": primary}]


def correction(batch: Batch) -> dict[str, Any] | None:
    """The line on a batch that corrects earlier ones: how many rows changed, what was put right, what is still open."""
    told = batch.counts.get("corrects")
    if not told:
        return None
    numbers = told["batches"]
    zh, en = "、".join(f"第 {n} 批" for n in numbers), ", ".join(f"batch {n}" for n in numbers)
    changed, right, still, left = (
        told["changed"],
        told["put_right"],
        told["open"],
        batch.counts.get("left", 0),
    )
    gone = told["removed"]
    sentence = both(
        f"改动 {changed:,} 行{f'，删去 {gone:,} 行' if gone else ''}；{right:,} 个问题已改正，{still:,} 个还没有。"
        + (f"没有改动的 {left:,} 户不再并入，登记保持不变。" if left else ""),
        f"{changed:,} rows changed{f', {gone:,} taken out' if gone else ''}; {right:,} findings put right, {still:,} still open."
        + (f" {left:,} households that nobody touched are left as the register has them." if left else ""),
    )
    known = Batch.objects.filter(pk__in=numbers).values_list("pk", flat=True)
    actions = [
        {"label": both(f"看第 {n} 批", f"See batch {n}"), "url": reverse("intake:batch", args=[n])}
        for n in known
    ]
    return {
        "title": both(f"更正{zh}", f"Corrects {en}"),
        "sentence": sentence,
        "actions": actions,
        "tone": "straw" if still else "leaf",
    }


def touched(batch: Batch, households: Iterable[str]) -> dict[str, Both]:
    """Household -> the rows that the office changed in the corrected workbook."""
    found: dict[str, list[str]] = defaultdict(list)
    for sheet in batch.sheets.exclude(changes=None):
        rows = {*sheet.changes["changed"], *sheet.changes["added"]} if sheet.changes else set()
        staged = StagedRow.objects.filter(sheet=sheet, household_number__in=list(households)).order_by("row")
        for row, number in staged.values_list("row", "household_number"):
            if row in rows and number:
                found[number].append(f"{sheet.name} {row}" if batch.sheets.count() > 1 else str(row))
    return {number: _rows(rows) for number, rows in found.items()}


def _rows(rows: list[str]) -> Both:
    more = len(rows) - MOST_ROWS
    listed = rows[:MOST_ROWS]
    return both(
        f"改动的行：{'、'.join(listed)}{f' 等 {len(rows)} 行' if more > 0 else ''}",
        f"Rows changed: {', '.join(listed)}{f' and {more} more' if more > 0 else ''}",
    )
