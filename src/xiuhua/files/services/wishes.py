"""Somebody asks for an export, stops it, lets it go on; and what is past its day comes down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.files.models import Export
from xiuhua.files.queries import kinds, may_have, mine, past
from xiuhua.files.services.storing import remove
from xiuhua.files.terms import WORKING, Step
from xiuhua.places.scope import scope_of
from xiuhua.runtime.jobs import Work

WORK = Work(task="files.make", argument="export_id", lock=0x7868_0003_0000_0000)
# Shapes of an ID number and of a mobile phone.
PRIVATE = re.compile(r"(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})")


class NotNow(Exception):
    """What was asked cannot be done; says why and what to do in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en

    def says(self, language: str) -> str:
        """The sentence in the reader's language."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True)
class Wished:
    """An export after an act of somebody."""

    export: Export
    audit_detail: dict[str, Any] = field(default_factory=dict)

    @property
    def audit_subject(self) -> str:
        return f"export:{self.export.pk}"

    @property
    def audit_place(self) -> str:
        return self.export.place_code


@recorded("files.asked")
def ask(
    *,
    by: Appointment,
    kind: str,
    params: dict[str, Any],
    place_code: str,
    title: dict[str, str] | None = None,
    reason: str = "",
    language: str = "zh",
) -> Wished:
    """Asks for an export; the caller enqueues its making (tasks.go_on) in the same transaction.

    title: beyond the kind's own name, {"zh", "en"}. NotNow when the post may not have this kind, the place lies outside of
    its area, or it may only be asked for with a reason; ValueError for a number in `params`, which is a mistake of ours.
    """
    if not may_have(by, kind):
        raise NotNow(
            "您的职务不能要这种文件；如果工作需要，请向本县账号管理员提出",
            "Your post may not have this kind of file; if the work needs it, ask the account administrator",
        )
    if not scope_of(by.place_code).covers(place_code):
        raise NotNow("这个地方不在您的区划内", "This place is not in your area")
    maker = kinds()[kind]
    if maker.needs_reason and not reason.strip():
        raise NotNow("请写明用途", "Say what it is for")
    _nothing_private(params)
    export = Export.objects.create(
        kind=kind,
        params=params,
        place_code=place_code,
        title=title or {"zh": maker.zh, "en": maker.en},
        language="en" if language.startswith("en") else "zh",
        reason=reason.strip()[:200],
        asked_by=by.actor_name,
        asked_post=by.post_name[:200],
        post_id=by.post_id,
    )
    return Wished(export, {"kind": kind, "params": params, "reason": export.reason})


def _nothing_private(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _nothing_private(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _nothing_private(inner)
    elif PRIVATE.fullmatch(str(value)):
        raise ValueError("an export's params hold what looks like an ID number or a phone")


def _held(by: Appointment, export_id: int, *steps: Step) -> Export:
    """One's own export, its row held. Export.DoesNotExist for another's, as if it were not there."""
    export = mine(by).select_related(None).select_for_update().get(pk=export_id)
    if export.step not in steps:
        now = Step(export.step)
        raise NotNow(
            f"这份文件现在是“{now.zh}”，不能这样做", f"The file is at “{now.en}”; that cannot be done now"
        )
    return export


@recorded("files.stop_wanted")
def want_stop(*, by: Appointment, export_id: int) -> Wished:
    """Stops the making at its next safe point, or here where nobody makes it; nothing is left half made."""
    export = _held(by, export_id, *WORKING)
    if export.step == Step.WAITING or not WORK.lives(export_id):
        export.step = Step.STOPPED
    else:
        export.stop_wanted = True
    export.save(update_fields=["step", "stop_wanted"])
    return Wished(export)


@recorded("files.resumed")
def resume(*, by: Appointment, export_id: int) -> Wished:
    """Makes it after all: stopped, failed, or taken down since. The caller enqueues."""
    export = _held(by, export_id, Step.STOPPED, Step.FAILED, Step.DONE)
    if not may_have(by, export.kind):
        raise NotNow("您的职务不能再要这种文件", "Your post may no longer have this kind of file")
    if export.step == Step.DONE and export.expires_at and export.expires_at > beijing_now():
        raise NotNow("这份文件还在，可以直接下载", "The file is still there and can be fetched")
    export.step, export.done, export.total, export.stop_wanted, export.trouble = (
        Step.WAITING,
        0,
        0,
        False,
        None,
    )
    export.save(update_fields=["step", "done", "total", "stop_wanted", "trouble"])
    return Wished(export)


@recorded("files.taken_down")
def take_down(*, by: Actor, most: int = 500) -> Taken:
    """Removes the content of exports that are past their day, within the caller's scope; their rows stay."""
    gone = list(past().select_for_update(of=("self",), skip_locked=True).select_related("file")[:most])
    for export in gone:
        assert export.file is not None
        remove(export.file)
    return Taken(len(gone), {"exports": [export.pk for export in gone]})


@dataclass(frozen=True)
class Taken:
    """How many exports came down."""

    count: int
    audit_detail: dict[str, Any]
