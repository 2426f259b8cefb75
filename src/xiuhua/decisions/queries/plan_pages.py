"""What the pages of the exit plan show, in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Sheet
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import plans
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.readiness import below
from xiuhua.decisions.terms import Measure, Readiness, SheetKind, Verdict
from xiuhua.files.queries import way
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of

TONES = {Readiness.READY: "leaf", Readiness.UNKNOWN: "straw", Readiness.FAILS: "red", Readiness.DONE: "plain"}
VERDICTS = {Verdict.APPROVED: "leaf", Verdict.REFUSED: "red", Verdict.WITHDRAWN: "plain"}
ORDER = (Readiness.DONE, Readiness.READY, Readiness.UNKNOWN, Readiness.FAILS)


def list_url(code: str, **query: Any) -> str:
    """The households that a number of the plan counts."""
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return reverse("decisions:plan_list", args=[code]) + (f"?{asked}" if asked else "")


def year_says(year: int | None) -> str:
    return pgettext("planned", "%(year)s 年") % {"year": year} if year else _("未定年度")


def over() -> str:
    """What the plan is for when its programme is over; empty while it is not."""
    last = plans.over_since()
    if last is None:
        return ""
    return _(
        "脱贫退出到 %(last)s 年已经结束，现在不再排退出年度；这里的年度只用来补齐当年的计划记录。今天的监测对象达到标准、满了监测时间才消除风险，不排年度，没有指标，见“返贫监测”。"
    ) % {"last": last}


def place_page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of decisions/plan.html: what leaves in which year, how it stands, and what was wanted from above."""
    code, digits = place.code, below(place.code)
    found = plans.groups(scope_of(code), digits)
    first, last, ends = plans.programme()
    years = _years(code, found, first, last, ends)
    own_year = plans.place_year(code) if len(code) in (6, 12) else None
    columns = [one["year"] for one in years if one["year"] is not None]
    still = [one for one in found if one.state != Readiness.DONE]
    open_ones = sum(one.count for one in still)
    without = sum(one.count for one in still if one.year is None)
    piled = [one for one in years if one["piled"]]
    return {
        "cards": [
            {"label": _("未脱贫户"), "number": open_ones, "unit": {"zh": "户", "en": "households"}, "url": list_url(code)},
            {"label": _("已定退出年度"), "number": open_ones - without, "unit": {"zh": "户", "en": "households"}, "tone": "plain"},
            {"label": _("没有退出年度"), "number": without, "unit": {"zh": "户", "en": "households"}, "tone": "straw" if without else "leaf", "url": list_url(code, year="none") if without else None},
            {"label": _("现在各项达标"), "number": sum(one.count for one in still if one.state == Readiness.READY), "unit": {"zh": "户", "en": "households"}, "note": _("按现在的记录；退出时还要逐项核实"), "url": list_url(code, state=Readiness.READY.value)},
        ],
        "over": over(),
        "years": years,
        "piled": _("%(years)s 集中退出 %(n)s 户，是各年平均的两倍以上。请核对是不是赶期限；提前或推后都要写明理由、由另一个人批准。") % {"years": "、".join(one["says"] for one in piled), "n": f"{sum(one['total'] for one in piled):,}"} if piled else "",
        "places": _places(code, digits, found, columns) if len(code) < 12 else [],
        "columns": columns,
        "own": _own(place, own_year, first, last, by) if len(code) in (6, 12) else None,
        "deadline": plans.county_year(code),
        "pending": sheets(by, _filed(code, waiting=True)),
        "answered": sheets(by, _filed(code, waiting=False)),
        "target_form": _target_form(by, place, first, last),
        "may_plan": by.role in RIGHTS["decisions.plan"],
        "list_url": list_url(code, year="none") if without else list_url(code),
        "actions": [
            {"label": _("动态调整"), "url": reverse("decisions:adjustment", args=[code]), "icon": "visit"},
            {"label": _("办理进度"), "url": f"{reverse('decisions:board')}?place={code}", "icon": "clock"},
            *taken(by, "decisions.plan", place=code),
        ],
        "empty": None if found else {"title": _("没有未脱贫的户"), "sentence": _("滚动计划只列未脱贫户和返贫户。"), "actions": []},
    }  # fmt: skip


def taken(by: Appointment, kind: str, **query: Any) -> list[dict[str, Any]]:
    """The action that takes a list away as a file, for whoever may have it."""
    url = way(by, kind, **query)
    return [{"label": _("导出"), "url": url, "icon": "table"}] if url else []


def _years(
    code: str, found: list[plans.Group], first: int, last: int, ends: int | None
) -> list[dict[str, Any]]:
    """A row a year, with its parts as shares of the fullest one; those that pile up and the deadlines are marked."""
    counted: dict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    for one in found:
        counted[one.year][Readiness(one.state)] += one.count
    wanted, sums = plans.targets(code), plans.below_sums(code, below(code))
    asked = {year for year, _measure in (*wanted, *sums)}
    whole = {year: sum(parts.values()) for year, parts in counted.items() if year is not None}
    span = sorted({*range(first, last + 1), *whole, *asked})
    piled = plans.piled(whole, len(span))
    most = max(
        [*whole.values(), *(one.count for (_y, m), one in wanted.items() if m == Measure.HOUSEHOLDS), 1]
    )
    county, this_year = plans.county_year(code), beijing_today().year
    # A year that is over and held nothing says nothing.
    held = {*asked, *(year for year, n in whole.items() if n), county}
    shown = [one for one in span if one >= this_year or one in held] or span
    told = []
    for year in [*shown, *([None] if None in counted else [])]:
        parts, total = counted[year], sum(counted[year].values())
        target = wanted.get((year, plans.HOUSEHOLDS)) if year else None
        notes = []
        if year is not None and year == county:
            notes.append(_("本县摘帽年度"))
        if year is not None and year == ends:
            notes.append(_("政策期限"))
        told.append(
            {
                "year": year, "says": year_says(year), "total": total, "url": list_url(code, year=year or "none") if total else None,
                "parts": [{"state": state, "n": parts[state], "tone": TONES[state], "url": list_url(code, year=year or "none", state=state.value)} for state in ORDER],
                "bar": _bar(parts, most) if year else [], "piled": year in piled, "notes": notes, "none": year is None,
                "target": target.count if target else None, "basis": target.basis if target else "",
                "difference": total - target.count if target else None,
                "below": sums.get((year, plans.HOUSEHOLDS)) if year else None,
            }
        )  # fmt: skip
    return told


def _bar(parts: dict[str, int], most: int) -> list[dict[str, Any]]:
    """Pieces of one bar from left to right: where each begins and how wide it is, in percent of the fullest year."""
    told, begun = [], 0
    for state in ORDER:
        width = parts[state] * 1000 // most
        if parts[state]:
            told.append(
                {"x": f"{begun / 10:.1f}", "width": f"{max(width, 6) / 10:.1f}", "tone": TONES[state]}
            )
            begun += max(width, 6)
    return told


def _places(code: str, digits: int, found: list[plans.Group], columns: list[int]) -> list[dict[str, Any]]:
    counted: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for one in found:
        if one.state != Readiness.DONE or one.year is not None:
            counted[one.place][one.year] += one.count
            counted[one.place][one.state] += one.count
    names = names_of(counted)
    own = plans.villages(scope_of(code)) if digits == 12 else {}
    return [
        {
            "name": names.get(place, place), "url": reverse("decisions:plan", args=[place]),
            "cells": [{"year": year, "n": n[year], "url": list_url(place, year=year)} for year in columns],
            "none": n[None], "none_url": list_url(place, year="none"),
            "fails": n["fails"], "fails_url": list_url(place, state="fails"), "own": own.get(place),
        }
        for place, n in sorted(counted.items())
    ]  # fmt: skip


def _own(place: Place, year: int | None, first: int, last: int, by: Appointment) -> dict[str, Any]:
    """The year of the village or county itself, and the years that could be proposed."""
    return {
        "title": _("本村计划出列年度") if len(place.code) == 12 else _("本县计划摘帽年度"),
        "year": year,
        "sentence": _("由提出人写明理由，乡镇以上另一个人批准。") if len(place.code) == 12 else _("由上级规划确定：市、省的人批准后才作数。"),
        "years": [one for one in range(first, last + 1) if one != year],
        "may": by.role in RIGHTS["decisions.plan"],
    }  # fmt: skip


def _target_form(by: Appointment, place: Place, first: int, last: int) -> dict[str, Any] | None:
    """What an office may set for places below it, or for this one where it stands above it."""
    if by.role not in RIGHTS["decisions.plan_approve"]:
        return None
    found = []
    if by.place_code != place.code:
        found.append(place)
    if len(place.code) < 12:
        area, digits = scope_of(place.code), below(place.code)
        inside = Place.objects.filter(code__gte=area.lo, code__lt=area.hi).exclude(code=place.code)
        found += [one for one in inside.order_by("code") if len(one.code) == digits]
    return {"places": found, "years": range(first, last + 1), "measures": list(Measure)} if found else None


def _filed(code: str, *, waiting: bool) -> list[Sheet]:
    """Sheets of a place: those that wait, the oldest first, or what was answered last."""
    area = scope_of(code)
    found = Sheet.objects.filter(
        kind=SheetKind.PLAN, place_code__gte=area.lo, place_code__lt=area.hi, answer__isnull=waiting
    )
    listed = found.select_related("answer", "appointment__official").prefetch_related("lines")
    return list(listed.order_by("pk")[:100] if waiting else listed.order_by("-answer__pk")[:10])


def sheets(by: Appointment, found: list[Sheet]) -> list[dict[str, Any]]:
    """Sheets as a list shows them."""
    names = names_of({one.place_code for one in found})
    told = []
    for one in found:
        got = getattr(one, "answer", None)
        told.append(
            {
                "url": reverse("decisions:plan_sheet", args=[one.pk]),
                "place": names.get(one.place_code, one.place_code),
                "lines": len(one.lines.all()),
                "reason": one.reason,
                "by": one.appointment.says(language()),
                "at": one.at,
                "tone": VERDICTS[Verdict(got.verdict)] if got else "straw",
                "label": Verdict(got.verdict) if got else {"zh": "等待批准", "en": "Waiting for approval"},
                "mine": one.official_id == by.official_id,
            }
        )  # fmt: skip
    return told
