"""The head of a place's page: its name, how much lies in it, its marks, and what can be done there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.queries.proceedings import place_states
from xiuhua.places.models import Place, PlaceStatus, VillageRecord
from xiuhua.places.queries import changes_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries.areas import Tally
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import link, may
from xiuhua.workbench.queries.words import pill
from xiuhua.workbench.terms import Show


def head(by: Appointment, to: Way, place: Place, total: Tally, own: dict[str, Any]) -> dict[str, Any]:
    """Name, how much lies in it, how it stands against its own standards, and what can be done; own: of place_standards."""
    parts = []
    for level, n in _counted_below(place):
        if level == Level.COUNTY:
            parts.append(ngettext("%(n)s 个县", "%(n)s 个县", n) % {"n": n})
        elif level == Level.TOWNSHIP:
            parts.append(ngettext("%(n)s 个乡镇", "%(n)s 个乡镇", n) % {"n": n})
        elif level == Level.VILLAGE:
            parts.append(ngettext("%(n)s 个村", "%(n)s 个村", n) % {"n": n})
    counts = []
    if total.households:
        every = ngettext("住户 %(n)s 户", "住户 %(n)s 户", total.households)
        counts.append((every % {"n": f"{total.households:,}"}, Show.ALL))
        registered = ngettext("建档立卡 %(n)s 户", "建档立卡 %(n)s 户", total.registered)
        people = ngettext("%(n)s 人", "%(n)s 人", total.people)
        ours = {
            "households": registered % {"n": f"{total.registered:,}"},
            "people": people % {"n": f"{total.people:,}"},
        }
        counts.append((_("%(households)s %(people)s") % ours, Show.REGISTERED))
    return {
        "name": place.name if place.named else place.code,
        "level": place.level,
        "summary": " · ".join(parts),
        "counts": [{"label": label, "url": to(place.code, show)} for label, show in counts],
        "pills": [*_left(place), *_village_pills(place), *own.get("pills", [])],
        "actions": [
            {"label": label, "url": url, "icon": icon, "primary": icon == "freeze"}
            for label, url, icon, here in _offered(by, place, total)
            if url and here
        ],
    }


def _offered(by: Appointment, place: Place, total: Tally) -> list[tuple[str, str | None, str, bool]]:
    """What can be done at a place: how it is called, where, its icon, whether it makes sense here."""
    return [
        (_("生成数据快照"), _take(by, place), "freeze", total.households > 0),
        (_("住户名单"), link(by, "workbench:households", place.code), "household", total.households > 0),
        (_("材料与导出"), link(by, "workbench:papers", place.code), "file", total.households > 0),
        (_("导入表格"), link(by, "intake:new"), "intake", place.code == by.place_code),
        (_("办理程序"), _begin(by, place), "stamp", True),
        (_("部门名单"), link(by, "workbench:lists", place.code), "file", total.households > 0),
        (
            _("国家系统"),
            link(by, "workbench:national"),
            "table",
            place.code == by.place_code and total.registered > 0,
        ),
        (_("滚动计划"), link(by, "decisions:plan", place.code), "chart", total.registered > 0),
        (
            _("返贫率"),
            link(by, "relapse:returned"),
            "chart",
            place.code == by.place_code and total.registered > 0,
        ),
        (_("建库承接"), link(by, "workbench:opening", place.code), "stamp", place.level == Level.COUNTY),
        (
            _changes_waiting(place),
            link(by, "workbench:place_changes", place.code),
            "place",
            place.level == Level.COUNTY,
        ),
        (
            _("区划变更"),
            link(by, "workbench:change_place", place.code),
            "place",
            place.level in (Level.TOWNSHIP, Level.VILLAGE) and place.until is None,
        ),
    ]


def _begin(by: Appointment, place: Place) -> str | None:
    """The way to let a poor village or county leave, and to what was done for it."""
    leaves = place.level in (Level.VILLAGE, Level.COUNTY) and place_states(place.code) & {"poor", "exited"}
    return link(by, "decisions:begin_at", place.code) if leaves else None


def _take(by: Appointment, place: Place) -> str | None:
    """The way to have a freeze taken, at the county and above, of what lies in one's own area."""
    if place.level in (Level.TOWNSHIP, Level.VILLAGE) or not may(by, "freezes:take"):
        return None
    url = link(by, "freezes:list", place=place.code)
    return f"{url}#take" if url else None


def _changes_waiting(place: Place) -> str:
    waiting = (
        changes_of(place.code).filter(granted__isnull=True).count() if place.level == Level.COUNTY else 0
    )
    if not waiting:
        return _("区划变更")
    return ngettext("区划变更：%(n)s 项待确认", "区划变更：%(n)s 项待确认", waiting) % {"n": waiting}


def _counted_below(place: Place) -> Iterable[tuple[str, int]]:
    if place.level == Level.PROVINCE:
        area = scope_of(place.code)
        inside = Place.objects.filter(code__gte=area.lo, code__lt=area.hi, level=Level.COUNTY)
        return [(Level.COUNTY, inside.filter(until__isnull=True).count())]
    if place.level not in (Level.CITY, Level.COUNTY, Level.TOWNSHIP):
        return []
    area = scope_of(place.code)
    inside = Place.objects.filter(code__gt=place.code, code__lt=area.hi, until__isnull=True)
    counted = dict(inside.order_by().values_list("level").annotate(n=Count("code")))
    return [(level, counted[level]) for level in Level if level in counted]


def _left(place: Place) -> list[dict[str, str]]:
    """That a village or county has left, and since when; by which proceeding, the page of its procedures says."""
    entry = PlaceStatus.objects.filter(place=place).order_by("-pk").first()
    if entry is None:
        return []
    says = _("%(day)s 摘帽") if place.level == Level.COUNTY else _("%(day)s 出列")
    return [pill("leaf", says % {"day": entry.since})]


def _village_pills(place: Place) -> list[dict[str, str]]:
    if place.level != Level.VILLAGE:
        return []
    record = VillageRecord.objects.filter(village=place).order_by("-as_of").first()
    if record is None or not (record.poor_village or record.deep_poor_village):
        return []
    return [pill("straw", _("深度贫困村") if record.deep_poor_village else _("贫困村"))]
