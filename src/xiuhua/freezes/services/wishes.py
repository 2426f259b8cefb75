"""Somebody has a freeze taken, stops it, lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_today
from xiuhua.files.services import NotNow
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.terms import WORKING, Step
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Standing
from xiuhua.runtime.jobs import Work

__all__ = ["NotNow", "Wished", "data_day", "resume", "take", "want_stop"]

WORK = Work(task="freezes.work", argument="freeze_id", lock=0x7868_0004_0000_0000)


@dataclass(frozen=True)
class Wished:
    """A freeze after an act of somebody."""

    freeze: Freeze
    audit_detail: dict[str, Any] = field(default_factory=dict)

    @property
    def audit_subject(self) -> str:
        return f"freeze:{self.freeze.pk}"

    @property
    def audit_place(self) -> str:
        return self.freeze.place_code


def data_day(place_code: str) -> date:
    """The day that rules are asked for in an area: that of its newest data, as its pages judge it; today without any."""
    area = scope_of(place_code)
    newest = Standing.objects.filter(village_code__gte=area.lo, village_code__lt=area.hi)
    return newest.aggregate(day=Max("as_of"))["day"] or beijing_today()


@recorded("freezes.asked")
def take(*, by: Actor, place_code: str, reason: str = "", as_of: date | None = None) -> Wished:
    """Asks for a freeze of an area; the caller enqueues its taking (tasks.go_on) in the same transaction.

    as_of: the day that rules are asked for; None: that of the newest data. NotNow outside of the acting area, without a
    reason, for a place that is none, or while one of this area is being taken.
    """
    if not scope_of(by.place_code).covers(place_code):
        raise NotNow("这个地方不在您的区划内", "This place is not in your area")
    if not Place.objects.filter(code=place_code, until__isnull=True).exists():
        raise NotNow("没有这个行政区划", "There is no such place")
    if not reason.strip():
        raise NotNow("请写明用途", "Say what it is for")
    with _one_at_a_time():
        freeze = Freeze.objects.create(
            place_code=place_code,
            as_of=as_of or data_day(place_code),
            reason=reason.strip()[:200],
            asked_by=by.actor_name,
            asked_post=by.post_name[:200],
            post_id=getattr(by, "post_id", None),
        )
    return Wished(freeze, {"area": place_code, "as_of": freeze.as_of.isoformat(), "reason": freeze.reason})


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """NotNow where a freeze of the area is being taken, also by somebody who asks at the same moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as why:
        if "freeze_one_at_a_time" not in str(why):
            raise
        raise NotNow(
            "本区划的一份数据快照正在生成，完成后再生成下一份",
            "A snapshot of this area is being taken; another can follow once it is done",
        ) from why


def _held(by: Actor, freeze_id: int, *steps: Step) -> Freeze:
    """A freeze of the acting area, its row held. Freeze.DoesNotExist for one of another area or from above."""
    area = scope_of(by.place_code)
    found = Freeze.objects.filter(place_code__gte=area.lo, place_code__lt=area.hi)
    freeze = found.select_for_update().get(pk=freeze_id)
    if freeze.step not in steps:
        now = Step(freeze.step)
        raise NotNow(
            f"这份数据快照现在是“{now.zh}”，不能这样做",
            f"The snapshot is at “{now.en}”; that cannot be done now",
        )
    return freeze


@recorded("freezes.stop_wanted")
def want_stop(*, by: Actor, freeze_id: int) -> Wished:
    """Stops the work at its next safe point, or here where nobody does it. Records that are sealed stay; half a freeze never does."""
    freeze = _held(by, freeze_id, *WORKING)
    if freeze.step == Step.WAITING or not WORK.lives(freeze_id):
        freeze.step = Step.STOPPED
    else:
        freeze.stop_wanted = True
    freeze.save(update_fields=["step", "stop_wanted"])
    return Wished(freeze)


@recorded("freezes.resumed")
def resume(*, by: Appointment, freeze_id: int) -> Wished:
    """Goes on: with the tally where the records are sealed, else the records are taken anew, as they are then. The caller enqueues.

    NotNow while another of the area is being taken.
    """
    freeze = _held(by, freeze_id, Step.STOPPED, Step.FAILED)
    freeze.step, freeze.done, freeze.total, freeze.stop_wanted, freeze.trouble = (
        Step.WAITING,
        0,
        0,
        False,
        None,
    )
    with _one_at_a_time():
        freeze.save(update_fields=["step", "done", "total", "stop_wanted", "trouble"])
    return Wished(freeze)
