"""What the pages of freezes show: lists, one freeze in plain words, how far its work is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.engine.freezing import relations_of
from xiuhua.freezes.models import Forgetting, Freeze
from xiuhua.freezes.queries.figures import covering, since
from xiuhua.freezes.terms import CLOCK, WORKING, Step
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household

PAGE = 50
TONES = {Step.DONE: "leaf", Step.STOPPED: "straw", Step.FAILED: "red"}
Both = dict[str, str]


def both(zh: str, en: str) -> Both:
    """A bilingual value."""
    return {"zh": zh, "en": en}


def of_area(place_code: str) -> QuerySet[Freeze]:
    """Freezes that hold something of an area, newest first: of itself, of places in it, of what stands above it."""
    area = scope_of(place_code)
    inside = Q(place_code__gte=area.lo, place_code__lt=area.hi)
    return Freeze.objects.filter(inside | Q(place_code__in=covering(place_code))).select_related(
        "post__place"
    )


def state(freeze: Freeze) -> dict[str, Any]:
    """Where it stands, as a mark."""
    step = Step(freeze.step)
    return {"tone": TONES.get(step, "plain"), "label": both(step.zh, step.en)}


def ours(by: Appointment, freeze: Freeze) -> bool:
    """Whether its area lies in the acting one: of one from above, no more is told than which post had it taken."""
    return scope_of(by.place_code).covers(freeze.place_code)


def whose(by: Appointment, freeze: Freeze) -> Both | str:
    """Who had it taken: person and post within the acting area, the post alone from above."""
    if freeze.asked_by == CLOCK:
        return both("系统定时", "The system's clock")
    if freeze.post is None or ours(by, freeze):
        return freeze.asked_post
    return both(freeze.post.says("zh"), freeze.post.says("en"))


def rows(by: Appointment, found: list[Freeze]) -> list[dict[str, Any]]:
    """Freezes of a list."""
    names = _names(found)
    return [
        {
            "title": since(one) if one.taken_at else both("数据快照", "Snapshot"),
            "url": reverse("freezes:freeze", args=[one.pk]),
            "area": names.get(one.place_code, one.place_code),
            "households": _count(one, "rec_household"),
            "persons": _count(one, "rec_person"),
            "by": _short(whose(by, one)),
            "at": one.asked_at,
            "as_of": one.as_of,
            "digest": one.sha256[:12],
            "state": state(one),
            "percent": percent(one) if one.step in WORKING else None,
        }
        for one in found
    ]


def _short(who: Both | str) -> Both | str:
    return who.split(" · ")[0] if isinstance(who, str) else who


def _names(found: list[Freeze]) -> dict[str, str]:
    named = {one.place_code: one.area_name for one in found if one.manifest}
    missing = {one.place_code for one in found} - set(named)
    return named | names_of(missing)


def _count(freeze: Freeze, relation: str) -> int | None:
    held = (freeze.manifest or {}).get("relations", {})
    return held.get(relation, {}).get("rows", 0) if freeze.manifest else None


def percent(freeze: Freeze) -> int:
    """How far the present step is, 2 to 99."""
    return max(min(100 * freeze.done // freeze.total if freeze.total else 2, 99), 2)


def progress(freeze: Freeze) -> dict[str, Any] | None:
    """How far the work is; None when nobody works on it."""
    if freeze.step not in WORKING:
        return None
    step = Step(freeze.step)
    return {
        "percent": percent(freeze), "done": freeze.done, "total": freeze.total,
        "label": both(step.zh, step.en),
        "sentence": both("可以离开本页，做好后在“数据快照”里查看。", "You may leave this page; once done it is found under “Snapshots”."),
        "url": reverse("freezes:progress", args=[freeze.pk]),
    }  # fmt: skip


def page(by: Appointment, freeze: Freeze, *, here: bool) -> dict[str, Any]:
    """What the page of one freeze shows. here: whether its files still lie where the product keeps them."""
    name = _names([freeze]).get(freeze.place_code, freeze.place_code)
    mine = ours(by, freeze)
    manifest = freeze.manifest or {}
    stuck = freeze.step in (Step.STOPPED, Step.FAILED)
    return {
        "freeze": {
            "title": since(freeze) if freeze.taken_at else both("数据快照", "Snapshot"),
            "area": name,
            "pills": [state(freeze)],
            "as_of": freeze.as_of,
            "taken_at": freeze.taken_at,
            "by": whose(by, freeze),
            "asked_at": freeze.asked_at,
            "reason": freeze.reason if mine else "",
            "sha256": freeze.sha256,
            "id": str(freeze.freeze_id),
            "audit_head": manifest.get("audit_head"),
            "tally": (freeze.tally or {}).get("sha256"),
            "tallied_at": freeze.tallied_at,
            "place_code": freeze.place_code if mine else by.place_code,
            "pk": freeze.pk if freeze.step == Step.DONE else None,
        },
        "progress": progress(freeze),
        "trouble": freeze.trouble if stuck else None,
        "stop_url": reverse("freezes:stop", args=[freeze.pk]) if mine else None,
        "again_url": reverse("freezes:resume", args=[freeze.pk]) if stuck and mine else None,
        "again": both("继续汇总", "Go on with the tally")
        if manifest
        else both("重新取数", "Take the records anew"),
        "manifest_url": reverse("freezes:manifest", args=[freeze.pk]) if manifest else None,
        "relations": relations(manifest),
        "versions": versions(manifest, freeze.tally or {}),
        "here": here or not manifest,
    }


def forgettings(by: Appointment) -> list[dict[str, Any]]:
    """Links that wait to be destroyed and those that were, newest first. Of the latter nothing tells whose they were."""
    found = list(Forgetting.objects.all()[:PAGE])
    homes = Household.objects.in_bulk([one.household for one in found if one.household])
    names = names_of({one.village_code for one in found})
    return [
        {
            "village": names.get(one.village_code, one.village_code),
            "household": homes.get(one.household or 0),
            "reason": one.reason,
            "asked": {"by": one.asked_post, "at": one.asked_at},
            "confirmed": {"by": one.confirmed_post, "at": one.confirmed_at} if one.confirmed_at else None,
            "confirm_url": reverse("freezes:confirm_forgetting", args=[one.pk])
            if one.confirmed_at is None and one.asked_by != by.actor_name
            else None,
        }
        for one in found
    ]


def relations(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """What a freeze holds: each relation in words, its rows, its files with their digests."""
    words = {name: one.says for name, one in relations_of(load().relations).items()}
    found = []
    kept = manifest.get("relations", {})
    for name in sorted(kept, key=lambda name: [*words, name].index(name)):
        held, says = kept[name], words.get(name)
        files = [{**file, "size": filesizeformat(file["bytes"])} for file in held["files"]]
        found.append(
            {
                "name": name,
                "label": both(says.zh, says.en) if says else name,
                "rows": held["rows"],
                "files": files,
            }
        )
    return found


def versions(manifest: dict[str, Any], tally: dict[str, Any]) -> list[dict[str, Any]]:
    """By what it was made: digests of contract, rulebook, facts and engine, and versions of programs."""
    words = {
        "contract": both("记录约定", "Contract of records"),
        "rulebook": both("规则库", "Rulebook"),
        "facts": both("事实定义", "Facts"),
        "engine": both("计算程序", "Engine"),
    }
    found = [
        {
            "label": label,
            "value": manifest.get(key, "")[:16],
            # The tally says by which rules it was computed; a freeze tallied years later may have others.
            "tally": str(tally.get(key, ""))[:16]
            if tally.get(key, manifest.get(key)) != manifest.get(key)
            else "",
        }
        for key, label in words.items()
        if manifest.get(key)
    ]
    return found + [
        {"label": name, "value": version, "tally": ""}
        for name, version in manifest.get("made_with", {}).items()
    ]
