"""By which day a freeze was judged, said where a live page would judge by another, and rules that it could not ask on that day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.engine import load
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Counts, Figures
from xiuhua.places.models import Place
from xiuhua.places.terms import NATION
from xiuhua.registry.queries.rules import demands
from xiuhua.rulebook.models import Rule

COUNTY = 6
# Of so many days it is told how many villages are of each.
TOLD = 4


def not_asked(freeze: Freeze, rule: Rule, counts: Counts) -> str:
    """Why a freeze's counts of a rule are no counts of it: it was not in force on the day, or not in the rulebook; else empty.

    counts: of a place in which somebody could be asked.
    """
    if counts.asked:
        return ""
    day = freeze.as_of
    if day < rule.since:
        return _("%(since)s 起施行；快照按 %(day)s 判断，这一天还没有施行") % {
            "since": rule.since,
            "day": day,
        }
    if rule.until is not None and day > rule.until:
        return _("施行到 %(until)s；快照按 %(day)s 判断，这一天已经停用") % {"until": rule.until, "day": day}
    return "" if counts.not_applicable else _("这份快照所用的规则里没有这一条")


def demands_not_asked(freeze: Freeze, own: Figures, kind: str) -> dict[str, str]:
    """Demands of leaving poverty that a freeze did not ask at a place, by id, and why."""
    if not own.households(kind=kind):
        return {}
    told = {one.id: not_asked(freeze, one, own.rule(one.id, kind=kind)) for one in demands()}
    return {id: why for id, why in told.items() if why}


def of_figure(freeze: Freeze, place: Place, rule: str | None, own: Figures) -> list[dict[str, Any]]:
    """What stands above an opened figure (rule: the one it counts): that its rule was not asked, or by which day it was judged."""
    known = load().rules
    if rule is not None and rule in known and own and (why := not_asked(freeze, known[rule], own.rule(rule))):
        return [{"tone": "straw", "title": _("没有判断"), "sentence": why, "actions": None}]
    return of_place(freeze, place)


def of_place(freeze: Freeze, place: Place) -> list[dict[str, Any]]:
    """What stands above a place's frozen figures: the day of the rules where somebody named it, or where live pages judge the
    place's villages by other days. Nothing for freezes of before their villages' days were kept."""
    if freeze.of_other_day:
        sentence = _(
            "这份快照按 %(day)s 的规则判断，不是数据自己的日期：这一天没有施行的规则没有判断，标准和数值也是这一天的。"
        )
        default = {"label": _("看默认的数字"), "url": reverse("workbench:place", args=[place.code])}
        return [_notice("straw", sentence % {"day": freeze.as_of}, [default])]
    days = villages_by_day(freeze, place)
    if not days or set(days) == {freeze.as_of}:
        return []
    sentence = _(
        "各村数据的日期：%(days)s。快照一律按 %(day)s 判断，实时页面按各村自己的日期判断，两边的数会有不同。"
    )
    return [_notice("plain", sentence % {"days": _in_words(days), "day": freeze.as_of}, None)]


def villages_by_day(freeze: Freeze, place: Place) -> dict[date, int]:
    """How many villages' data were of which day, newest first, when the freeze was asked for; of a township or village those of its
    county. {} where it was not kept."""
    found: Counter[date] = Counter()
    within = "" if place.code == NATION else place.code[:COUNTY]
    for county, days in (freeze.days or {}).items():
        if county.startswith(within):
            found.update({date.fromisoformat(day): villages for day, villages in days.items()})
    return dict(sorted(found.items(), reverse=True))


def _in_words(days: dict[date, int]) -> str:
    told = [
        ngettext("%(day)s（%(n)s 个村）", "%(day)s（%(n)s 个村）", n) % {"day": day, "n": f"{n:,}"}
        for day, n in list(days.items())[:TOLD]
    ]
    more = len(days) - len(told)
    if more > 0:
        told.append(ngettext("另有 %(n)s 个日期", "另有 %(n)s 个日期", more) % {"n": more})
    return _("、").join(told)


def _notice(tone: str, sentence: str, actions: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {"tone": tone, "title": "", "sentence": sentence, "actions": actions}
