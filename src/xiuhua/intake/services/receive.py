"""A batch arrives, is confirmed, stopped, resumed or thrown away. Each is an act of somebody and is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xiuhua.audit.services import Actor, recorded
from xiuhua.files.services import store
from xiuhua.intake.models import Batch, Purpose, Sheet, Step
from xiuhua.intake.services import read
from xiuhua.registry.services import Basis, Refused
from xiuhua.registry.services.listing import check_basis
from xiuhua.runtime.jobs import Work

WORK = Work(task="intake.advance", argument="batch_id", lock=0x7868_0002_0000_0000)
STOPPED = {"zh": "已按要求停止，可以继续", "en": "Stopped as asked; it can go on"}


class NotNow(Exception):
    """What was asked does not fit the step the batch is in; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Done:
    """A batch after an act."""

    batch: Batch

    @property
    def audit_subject(self) -> str:
        return f"batch:{self.batch.pk}"

    @property
    def audit_place(self) -> str:
        return self.batch.place_code


@recorded("intake.received")
def receive(
    *,
    by: Actor,
    place_code: str,
    uploads: Iterable[tuple[str, Iterator[bytes]]],
    data_date: date | None = None,
    and_merge: bool = False,
    purpose: Purpose = Purpose.INTAKE,
    listing: Basis | None = None,
) -> Done:
    """Keeps the files, encrypted, and makes the batch. uploads: (file name, pieces of content).

    and_merge: who brings the files answers for merging without a look at the preview. purpose: a comparison is read and
    held against the register, and never merged. listing: what other departments' lists among the files rest on; without
    it none of them is read.
    """
    if listing is not None:
        try:
            check_basis(listing)
        except Refused as why:
            raise NotNow(why.zh, why.en) from why
    files = [store(by=by, place_code=place_code, name=name, pieces=pieces) for name, pieces in uploads]
    if not files:
        raise NotNow("没有选择文件", "No file was chosen")
    return Done(
        Batch.objects.create(
            place_code=place_code,
            purpose=purpose,
            data_date=data_date,
            started_by=by.actor_name,
            started_post=by.post_name,
            listing=said_of(listing),
            merge_wanted_by=by.actor_name if and_merge else "",
            counts={"files": [f.pk for f in files]},
        )
    )


def said_of(listing: Basis | None) -> dict[str, str] | None:
    """A list's basis as its batch keeps it."""
    if listing is None:
        return None
    return {
        "basis": listing.basis.strip(),
        "purpose": listing.purpose.strip(),
        "expires_on": listing.expires_on.isoformat(),
    }


def _held(batch_id: int, *steps: Step) -> Batch:
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.step not in steps:
        now = Step(batch.step)
        raise NotNow(
            f"这一批现在是“{now.zh}”，不能这样做", f"The batch is at “{now.en}”; that cannot be done now"
        )
    return batch


@recorded("intake.columns_said")
def say_columns(*, by: Actor, batch_id: int, answers: dict[int, dict[int, str | None]]) -> Done:
    """What the asked columns are. answers: sheet id → {column: field key, or None for 'do not read'}."""
    batch = _held(batch_id, Step.MAPPING)
    for sheet in Sheet.objects.filter(batch=batch, pk__in=list(answers)):
        read.remember(batch, sheet, answers[sheet.pk], by=by.actor_name)
    if not read.must_ask(list(batch.sheets.all())):
        batch.step = Step.READING
        batch.save(update_fields=["step"])
    return Done(batch)


@recorded("intake.merge_wanted")
def want_merge(*, by: Actor, batch_id: int) -> Done:
    """Somebody has seen the preview and answers for merging."""
    batch = _held(batch_id, Step.PREVIEW)
    batch.merge_wanted_by = by.actor_name
    batch.save(update_fields=["merge_wanted_by"])
    return Done(batch)


@recorded("intake.stop_wanted")
def want_stop(*, by: Actor, batch_id: int) -> Done:
    """Stops at the next safe point, or here where nobody works at it; what is merged stays merged, the rest waits."""
    batch = _held(batch_id, Step.READING, Step.CHECKING, Step.MERGING, Step.MAPPING, Step.PREVIEW)
    if batch.step in (Step.MAPPING, Step.PREVIEW) or not WORK.lives(batch_id):
        batch.stopped_in, batch.step, batch.trouble = batch.step, Step.STOPPED, STOPPED
    else:
        batch.stop_wanted = True
    batch.save(update_fields=["stopped_in", "step", "stop_wanted", "trouble"])
    return Done(batch)


@recorded("intake.resumed")
def resume(*, by: Actor, batch_id: int) -> Done:
    """Goes on from the step it was stopped or failed in."""
    batch = _held(batch_id, Step.STOPPED, Step.FAILED)
    batch.step, batch.stopped_in, batch.trouble, batch.stop_wanted = (
        batch.stopped_in or Step.READING,
        "",
        None,
        False,
    )
    batch.save(update_fields=["step", "stopped_in", "trouble", "stop_wanted"])
    return Done(batch)
