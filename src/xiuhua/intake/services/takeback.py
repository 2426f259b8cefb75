"""A batch taken back as a whole: what it brought goes, what it changed is as before, what it found is closed, what it closed is
open again. Only while nothing stands on it; only by the county's office; with a reason. The batch stays in the list.

Each piece is one transaction and looks once more before it acts, so a killed job goes on where it stood, and something that
was done meanwhile stops it instead of being lost.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection

from xiuhua.audit.services import Actor, record, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.services.pairs import forget_batch
from xiuhua.findings import services as findings
from xiuhua.intake.models import Batch, Purpose, Step
from xiuhua.intake.queries import standing_on
from xiuhua.intake.queries.standing_on import Obstacle
from xiuhua.intake.services import restoring
from xiuhua.intake.services.operators import Operator
from xiuhua.intake.services.read import CannotTake
from xiuhua.intake.services.receive import Done, NotNow
from xiuhua.intake.services.told import told_as_before
from xiuhua.places.models import Place, VillageRecord
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household
from xiuhua.registry.services import compute_standings, take_back_lists

if TYPE_CHECKING:
    from xiuhua.intake.services.steps import Run

FIGURES = ("poor_village", "deep_poor_village", "rural_households", "rural_persons")


def corrected_by(batch: Batch) -> str:
    """The words with which a batch closes findings that it did not find again."""
    return f"第 {batch.pk} 批导入已更正"


def obstacles(batch: Batch) -> list[Obstacle]:
    """All that stands on a batch that was merged, whole or in part."""
    rows = Counter((model.__name__, by) for model, _row, by in restoring.changed_since(batch))
    later = standing_on.later_batches(batch)
    # What later batches changed is said by naming them.
    named = {one.batch for one in later}
    others = Counter({key: n for key, n in rows.items() if key[1] not in named or key[1] is None})
    return [
        *standing_on.busy(batch),
        *standing_on.statuses(batch),
        *later,
        *standing_on.changed(batch, others),
        *([] if later else standing_on.hung(batch)),
    ]


def may_be_taken_back(batch: Batch) -> bool:
    """Whether it was merged at all, to the end or up to where it was stopped."""
    merged = batch.step == Step.DONE or (
        batch.step in (Step.STOPPED, Step.FAILED) and batch.stopped_in == Step.MERGING
    )
    return merged and batch.purpose == Purpose.INTAKE


@recorded("intake.takeback_wanted")
def want_take_back(*, by: Actor, batch_id: int, why: str) -> Done:
    """The county's office wants a batch out of the register as a whole, and says why. The job does it."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if not may_be_taken_back(batch):
        raise NotNow(
            "这一批没有并入登记，不用撤回", "The batch is not in the register; there is nothing to take back"
        )
    if not why.strip():
        raise NotNow("请写明为什么撤回", "Say why it is taken back")
    if by.place_code != batch.place_code[:6]:
        raise NotNow("整批撤回由县级办理", "A batch is taken back by the county's own office")
    _alone_in(batch)
    if standing := obstacles(batch):
        first = standing[0]
        raise NotNow(f"{first.zh}。{first.next_zh}", f"{first.en}. {first.next_en}")
    batch.taken_back_by, batch.taken_back_post, batch.taken_back_why = (
        by.actor_name,
        by.post_name,
        why.strip()[:400],
    )
    batch.step, batch.stopped_in, batch.trouble, batch.done = Step.TAKING_BACK, "", None, 0
    batch.total = batch.households.exclude(merged_at=None).count()
    batch.save(
        update_fields=[
            "taken_back_by",
            "taken_back_post",
            "taken_back_why",
            "step",
            "stopped_in",
            "trouble",
            "done",
            "total",
        ]
    )
    return Done(batch)


def take_back(run: Run, _batch: Batch) -> None:
    """The job: piece by piece, the last merged first, then what the batch said of villages and what it found."""
    while True:
        with run.taking_back() as held:
            _alone_in(held)
            piece = list(
                held.households.exclude(merged_at=None)
                .order_by("-id")
                .values_list("pk", flat=True)[: restoring.CHUNK]
            )
            if not piece:
                break
            if any(True for _ in restoring.changed_since(held, piece)) or standing_on.statuses(held):
                raise CannotTake(
                    "撤回到一半时，其余的户又有了别的改动，剩下的没有动。撤销那些改动后可以继续撤回",
                    "While it was being taken back the rest was changed by something else and is left as it is. Undo that, then go on",
                )
            try:
                again = restoring.take_back_piece(held, piece)
            except IntegrityError as why:
                raise CannotTake(
                    "其余的户上已有别的办理，剩下的没有动。撤销那些办理后可以继续撤回",
                    "Something else stands on the remaining households; they are left as they are. Undo it, then go on",
                ) from why
            for day, households in again.items():
                compute_standings(households=households, as_of=date.fromisoformat(day))
        with run.scoped():
            left = run.look().households.exclude(merged_at=None).count()
        run.progress(held.total - left, held.total)
    with run.taking_back() as held:
        _finish(held)


def _finish(batch: Batch) -> None:
    if n := restoring.left_over(batch):
        raise CannotTake(
            f"还有 {n} 条记录写着这一批，没有撤回；请与维护人员联系",
            f"{n} rows still name this batch and were not taken back; ask whoever keeps the system",
        )
    _villages_as_before(batch)
    told_as_before(batch)
    scope = scope_of(batch.place_code[:6])
    kept = Household.objects.filter(county_code=batch.place_code[:6]).values("number")
    gone = list(batch.households.exclude(number__in=kept).values_list("number", flat=True))
    findings.take_back(
        batch=batch.pk, found_since=batch.counts.get("published_at"), closed_with=corrected_by(batch), lo=scope.lo, hi=scope.hi,
        by=batch.taken_back_by, because=f"第 {batch.pk} 批导入已整批撤回", gone=gone,
    )  # fmt: skip
    by = Operator(batch.taken_back_by, batch.taken_back_post, batch.place_code)
    take_back_lists(by=by, batch=batch.pk, county_code=batch.place_code[:6])
    forget_batch(
        by=by, batch=batch.pk, county_code=batch.place_code[:6], because=f"第 {batch.pk} 批导入已整批撤回"
    )
    batch.step, batch.taken_back_at = Step.TAKEN_BACK, beijing_now()
    batch.save(update_fields=["step", "taken_back_at"])
    record(
        by=by, action="intake.taken_back", subject=f"batch:{batch.pk}", place_code=batch.place_code,
        detail={"households": batch.total, "why": batch.taken_back_why},
    )  # fmt: skip


def _alone_in(batch: Batch) -> None:
    """One merge or taking back of a county at a time, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('intake ' || %s, 0))", [batch.place_code[:6]]
        )


def refuse_while_taken_back(batch: Batch) -> None:
    """A batch does not begin to merge while another of its county is half out of the register."""
    _alone_in(batch)
    half = Batch.objects.filter(place_code__startswith=batch.place_code[:6]).exclude(pk=batch.pk)
    half = half.filter(step=Step.TAKING_BACK) | half.filter(
        step__in=(Step.FAILED, Step.STOPPED), stopped_in=Step.TAKING_BACK
    )
    if one := half.order_by("pk").first():
        raise CannotTake(
            f"第 {one.pk} 批正在撤回，撤回办完之后再并入",
            f"Batch {one.pk} is being taken back; merge when that is done",
        )


def remember_villages(batch: Batch, rows: list[dict[str, Any]]) -> None:
    """Notes what was known of the villages of a list before it is taken, so that it can be known again."""
    assert batch.data_date is not None
    codes = [row["code"] for row in rows]
    records = {
        one.village_id: {name: getattr(one, name) for name in FIGURES}
        for one in VillageRecord.objects.filter(village_id__in=codes, as_of=batch.data_date)
    }
    points = {
        code: [None if value is None else str(value) for value in point]
        for code, *point in Place.objects.filter(pk__in=codes).values_list("pk", "longitude", "latitude")
    }
    batch.counts["villages_before"] = {code: [records.get(code), points.get(code)] for code in codes}
    batch.save(update_fields=["counts"])


def _villages_as_before(batch: Batch) -> None:
    """Figures and coordinates of the list go; the names of places stay, others may point at them by now."""
    for code, (figures, point) in batch.counts.get("villages_before", {}).items():
        assert batch.data_date is not None
        mine = VillageRecord.objects.filter(village_id=code, as_of=batch.data_date)
        if figures is None:
            mine.delete()
        else:
            mine.update(**figures)
        longitude, latitude = point or (None, None)
        Place.objects.filter(pk=code).update(longitude=longitude, latitude=latitude)
