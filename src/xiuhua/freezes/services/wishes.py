"""Somebody has a freeze taken, stops it, lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.files.services import NotNow
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.services.days import data_days, reckon
from xiuhua.freezes.terms import WORKING, Step
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.runtime.jobs import Work

__all__ = ["NotNow", "Wished", "refused", "resume", "take", "want_stop"]

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


def refused(as_of: date) -> NotNow | None:
    """Why rules cannot be asked for a day; None where they can."""
    if as_of > (today := beijing_today()):
        return NotNow(
            f"规则不能按将来的日子判断：{as_of} 还没有到，今天是 {today}。不填就按数据自己的日期",
            f"Rules cannot be asked for a day to come: {as_of} is later than today, {today}. Without a day they are asked for the data's own",
        )
    first = min(rule.since for rule in load().rules.values())
    if as_of < first:
        return NotNow(
            f"{as_of} 还没有任何规则施行，最早的自 {first} 起。不填就按数据自己的日期",
            f"No rule was in force on {as_of}; the first is since {first}. Without a day they are asked for the data's own",
        )
    return None


@recorded("freezes.asked")
def take(*, by: Actor, place_code: str, reason: str = "", as_of: date | None = None) -> Wished:
    """Asks for a freeze of an area; the caller enqueues its taking (tasks.go_on) in the same transaction.

    as_of: the day that rules are asked for; None: that of the newest data as they are when the records are taken. Of another day than
    that it is no page's default.
    NotNow outside of the acting area, without a reason, for a place that is none, for a day to come or one before all rules,
    or while one of this area is being taken.
    """
    if not scope_of(by.place_code).covers(place_code):
        raise NotNow("这个地方不在您的区划内", "This place is not in your area")
    if not Place.objects.filter(code=place_code, until__isnull=True).exists():
        raise NotNow("没有这个行政区划", "There is no such place")
    if not reason.strip():
        raise NotNow("请写明用途", "Say what it is for")
    if as_of is not None and (why := refused(as_of)):
        raise why
    freeze = Freeze(
        place_code=place_code,
        day_named=as_of is not None,
        reason=reason.strip()[:200],
        asked_by=by.actor_name,
        asked_post=by.post_name[:200],
        post_id=getattr(by, "post_id", None),
    )
    reckon(freeze, data_days(place_code), as_of)
    with _one_at_a_time():
        freeze.save()
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
def resume(*, by: Actor, freeze_id: int) -> Wished:
    """Goes on: with the tally where the records are sealed, else the records are taken anew, as they are then and by their
    own day. The caller enqueues.

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
