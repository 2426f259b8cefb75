"""Reads of exports: whose they are, and what there is of them. Nobody lists what was made for another."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.timezone import localtime

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now
from xiuhua.common.ways import way_to
from xiuhua.files.models import Export
from xiuhua.files.terms import WORKING, Step
from xiuhua.places.scope import scope_of


def mine(by: Appointment) -> QuerySet[Export]:
    """Exports that the acting person, or whoever held the same post, asked for and whose place lies in the acting area."""
    area = scope_of(by.place_code)
    return Export.objects.filter(
        Q(asked_by=by.actor_name) | Q(post_id=by.post_id), place_code__gte=area.lo, place_code__lt=area.hi
    ).select_related("file")


def kinds() -> dict[str, Any]:
    """The makers of all rooms by kind (config/exports.py, which names rooms that this one may not import)."""
    return dict(import_module(settings.EXPORTS).table())


def may_have(by: Appointment, kind: str) -> bool:
    """Whether a post may ask for and fetch exports of a kind; one that no room declares any more is nobody's."""
    maker = kinds().get(kind)
    return maker is not None and bool(import_module(settings.RIGHTS).may(by, maker.right))


def way(by: Appointment, kind: str, /, **query: Any) -> str | None:
    """The page that asks for a kind of export, or None where this post may not have it: what cannot be had is not offered."""
    rights = import_module(settings.RIGHTS)
    asking = rights.right_of("files:new")
    if not may_have(by, kind) or asking is None or not rights.may(by, asking):
        return None
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return way_to("files:new", kind) + (f"?{asked}" if asked else "")


def there(export: Export) -> bool:
    """Whether its content can be fetched now."""
    return bool(
        export.step == Step.DONE
        and export.file
        and not export.file.removed_at
        and export.expires_at
        and export.expires_at > beijing_now()
    )


def past() -> QuerySet[Export]:
    """Exports within the caller's scope that are past their day and whose content is still there."""
    return Export.objects.filter(
        expires_at__lte=beijing_now(), file__isnull=False, file__removed_at__isnull=True
    )


TONES = {
    Step.WAITING: "plain",
    Step.MAKING: "plain",
    Step.DONE: "leaf",
    Step.STOPPED: "straw",
    Step.FAILED: "red",
}
Both = dict[str, str]


def both(zh: str, en: str) -> Both:
    """A bilingual value."""
    return {"zh": zh, "en": en}


def state(export: Export) -> dict[str, Any]:
    """Where an export stands, as a mark."""
    if export.step == Step.DONE and not there(export):
        return {"tone": "plain", "label": both("已到期撤下", "Came down")}
    step = Step(export.step)
    return {"tone": TONES[step], "label": both(step.zh, step.en)}


def row(export: Export) -> dict[str, Any]:
    """One export of a list."""
    return {
        "title": export.title,
        "url": reverse("files:export", args=[export.pk]),
        "state": state(export),
        "file": export.file.name if export.file else "",
        "by": export.asked_post.split(" · ")[0] or export.asked_by,
        "at": export.asked_at,
        "until": export.expires_at if there(export) else None,
    }


def progress(export: Export) -> dict[str, Any] | None:
    """How far the making is; None when nobody works on it."""
    if export.step not in WORKING:
        return None
    step = Step(export.step)
    percent = 100 * export.done // export.total if export.total else 2
    return {
        "percent": max(min(percent, 99), 2), "done": export.done, "total": export.total,
        "label": both(step.zh, step.en),
        "sentence": both("可以离开本页，做好后在“交付文件”里下载。", "You may leave this page; once ready it is fetched from “Files for you”."),
        "url": reverse("files:progress", args=[export.pk]),
    }  # fmt: skip


def page(export: Export) -> dict[str, Any]:
    """What the page of one export shows."""
    asked = f"{export.asked_post or export.asked_by} · {localtime(export.asked_at):%Y-%m-%d %H:%M}"
    ready = None
    if there(export):
        assert export.file is not None and export.expires_at is not None
        ready = {
            "name": export.file.name,
            "size": filesizeformat(export.file.size_bytes),
            "until": export.expires_at,
            "url": reverse("files:download", args=[export.pk]),
        }
    return {
        "export": {"title": export.title, "under": asked, "pills": [state(export)], "reason": export.reason},
        "progress": progress(export),
        "stop_url": reverse("files:stop", args=[export.pk]),
        "ready": ready,
        "note": export.note if ready else None,
        "personal": (maker := kinds().get(export.kind)) is None or maker.personal,
        "trouble": export.trouble if export.step in (Step.STOPPED, Step.FAILED) else None,
        "again_url": reverse("files:resume", args=[export.pk])
        if ready is None and export.step not in WORKING
        else None,
    }
