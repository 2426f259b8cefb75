"""What the pages of the yearly adjustment show, in the reader's language. Every number leads to the households it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import number as typed
from xiuhua.decisions.models import Sheet
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import adjustment
from xiuhua.decisions.queries.adjustment import Group, Line, Round
from xiuhua.decisions.queries.apart import kin_among
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import sheets, taken
from xiuhua.decisions.queries.readiness import below
from xiuhua.decisions.terms import Category, Found, SheetKind
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of

PAGE = 50
TONES = {Found.NOT_YET: "straw", Found.GONE: "plain", Found.LOOKED: "plain", Found.OPEN: "straw", Found.DECIDED: "leaf", Found.REFUSED: "plain"}  # fmt: skip
WHAT = {
    Category.EXIT: ("达到全部退出标准，走退出程序", "Meets every standard: the exit procedure"),
    Category.ENTER: ("未建档而低于标准，入户核查", "Not registered and short of the standard: visit"),
    Category.RETURNED: ("已脱贫而有标准不达标，急难先帮扶", "Exited and falls short: help first"),
    Category.WRONG: (
        "在册而明显高于标准，或退出当年就不达标",
        "Listed well above the line, or let out too early",
    ),
    Category.NATURAL: ("登记人数对不上，按人口变更办理", "Numbers of members differ: changes of people"),
}
# Why a rule points at somebody, in few words; the household's own page tells what the rule saw.
WHY = {
    "adjust.ready_to_exit": ("六项标准都达标", "Meets all six standards"),
    "adjust.newly_poor": ("没有建档，收入或保障低于标准", "Not registered, and short of the standard"),
    "adjust.returned": ("脱贫以后有标准不达标", "A standard is missed after the exit"),
    "adjust.wrongly_listed": ("在册，连续两年明显高于标准", "Listed, and clearly above the standard for two years"),
    "adjust.wrong_exit": ("退出当年就有标准不达标", "A standard was missed in the very year of exit"),
    "natural.members_more": ("上报人数多于登记", "More members reported than on record"),
    "natural.members_fewer": ("上报人数少于登记", "Fewer members reported than on record"),
    "natural.household_gone": ("登记已没有成员", "No member is left on record"),
}  # fmt: skip


def list_url(code: str, **query: Any) -> str:
    """The households that a number of the adjustment counts."""
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return reverse("decisions:adjustment_list", args=[code]) + (f"?{asked}" if asked else "")


def unnamed(by: Appointment) -> tuple[str, ...]:
    """Categories that are a suspicion: named to those who handle it; anybody else sees how many."""
    return () if by.role in RIGHTS["decisions.see_named"] else (Category.WRONG.value,)


def _cells(code: str, category: Category, found: list[Group], hidden: tuple[str, ...] = ()) -> dict[str, Any]:
    """How many are how far, of one category in one place; of a hidden one no number leads to households."""
    mine = [one for one in found if one.category == category]
    candidates = sum(one.candidates for one in mine)
    return {
        "category": category,
        "says": {"zh": WHAT[category][0], "en": WHAT[category][1]},
        "candidates": candidates,
        "candidates_url": None if category in hidden else list_url(code, category=category.value, only=1),
        "found": [
            {"found": state, "n": sum(one.count for one in mine if one.found == state), "tone": TONES[state], "url": None if category in hidden else list_url(code, category=category.value, found=state.value)}
            for state in Found
        ],
    }  # fmt: skip


def place_page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of decisions/adjustment.html: the window, the categories, the places, all from records."""
    code, one, hidden = place.code, adjustment.this_round(place.code), unnamed(by)
    found = adjustment.groups(scope_of(code), one, below(code))
    as_of, looked_at = adjustment.looked_for(scope_of(code))
    not_yet = sum(group.count for group in found if group.found == Found.NOT_YET)
    done = sum(group.count for group in found if group.found in (Found.DECIDED, Found.LOOKED, Found.REFUSED))
    under_way = sum(group.count for group in found if group.found == Found.OPEN)
    return {
        "window": window(one) if len(code) >= 6 else {"tone": "plain", "says": _("各县按本县设定的时间窗口办理。"), "open": True},
        "cards": [
            {"label": _("尚未核查"), "number": not_yet, "unit": _("户次"), "tone": "straw" if not_yet else "leaf", "url": list_url(code, found="not_yet") if not_yet and not hidden else None},
            {"label": _("办理中"), "number": under_way, "unit": _("户次"), "url": list_url(code, found="open") if under_way and not hidden else None},
            {"label": _("已有结果"), "number": done, "unit": _("户次"), "tone": "leaf", "note": _("已办结、未通过，或核查后不办理")},
        ],
        "categories": [_cells(code, category, found, hidden) for category in Category],
        "columns": list(Found),
        "places": _places(code, found, named=not hidden) if len(code) < 12 else [],
        "as_of": as_of,
        "looked_at": looked_at,
        "may_look": by.role in RIGHTS["decisions.adjust"],
        "window_form": by.role in RIGHTS["decisions.window"] and by.place_code == code,
        "year": one.year,
        "pending": [sheet | {"may": by.role in RIGHTS["decisions.plan_approve"] and not sheet["mine"]} for sheet in _filed(by, code)],
        "actions": [
            {"label": _("滚动计划"), "url": reverse("decisions:plan", args=[code]), "icon": "chart"},
            *taken(by, "decisions.adjustment", place=code),
            *(
                action | {"label": _("%(year)s 年结账报告") % {"year": before.year}}
                for before in adjustment.earlier_rounds(scope_of(code), code)
                for action in taken(by, "decisions.adjustment", place=code, year=before.year)
            ),
        ],
        "urgent": _("返贫和监测的急难纳入随时办理，不受窗口限制。"),
    }  # fmt: skip


def window(one: Round) -> dict[str, Any]:
    """The window in a sentence."""
    if one.opens_on is None:
        says = _("%(year)s 年动态调整常年开放：县里没有设定时间窗口。") % {"year": one.year}
        return {"tone": "leaf", "says": says, "open": True}
    words = {"year": one.year, "opens": f"{one.opens_on:%Y-%m-%d}", "closes": f"{one.closes_on:%Y-%m-%d}"}
    if one.is_open:
        return {"tone": "leaf", "says": _("%(year)s 年动态调整正在进行：%(opens)s 至 %(closes)s。") % words, "open": True}  # fmt: skip
    return {
        "tone": "straw",
        "says": _("%(year)s 年动态调整的窗口是 %(opens)s 至 %(closes)s，现在没有开放：识别、退出、清退不能开始。") % words,
        "open": False,
    }  # fmt: skip


def _places(code: str, found: list[Group], *, named: bool) -> list[dict[str, Any]]:
    """Places below, those with most that nobody looked at first; `named`: whether a number opens its households."""
    by_place: dict[str, list[Group]] = defaultdict(list)
    for one in found:
        by_place[one.place].append(one)
    names = names_of(by_place)
    told = []
    for place, mine in by_place.items():
        cells = [
            {"found": state, "n": sum(one.count for one in mine if one.found == state), "tone": TONES[state], "url": list_url(place, found=state.value) if named else None}
            for state in Found
        ]  # fmt: skip
        told.append(
            {
                "name": names.get(place, place),
                "url": reverse("decisions:adjustment", args=[place]),
                "candidates": sum(one.candidates for one in mine),
                "candidates_url": list_url(place, only=1) if named else None,
                "cells": cells,
            }
        )
    return sorted(told, key=lambda one: -one["cells"][0]["n"])


def _filed(by: Appointment, code: str) -> list[dict[str, Any]]:
    """Windows of a county that wait for approval."""
    waiting = Sheet.objects.filter(kind=SheetKind.WINDOW, place_code=code, answer__isnull=True)
    told = []
    for sheet in waiting.select_related("window", "appointment__official"):
        days = sheet.window
        told.append(
            sheets(by, [sheet])[0]
            | {"answer_url": reverse("decisions:adjustment_answer", args=[sheet.pk]), "year": days.year, "opens_on": days.opens_on, "closes_on": days.closes_on}
        )  # fmt: skip
    return told


def asked(query: dict[str, str]) -> dict[str, Any]:
    """What a list is narrowed to; what no list knows is left out."""
    category, found = query.get("category", ""), query.get("found", "")
    return {
        "category": category if category in Category._value2member_map_ else "",
        "found": found if found in Found._value2member_map_ else "",
        "only": bool(query.get("only")),
    }


def list_page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/adjustment_list.html: households, why the rules point at them, and the next step."""
    wanted, one = asked(query), adjustment.this_round(place.code)
    number = max(typed(query.get("page", "")) or 1, 1)
    found = adjustment.lines(
        scope_of(place.code), one, **wanted, size=PAGE, skip=(number - 1) * PAGE, without=unnamed(by)
    )
    total = found[0].total if found else 0
    kin = kin_among(by, {each.household for each in found})
    kept = {key: value if value is not True else 1 for key, value in wanted.items() if value}
    return {
        "rows": [row | {"kin": row["household"] in kin} for row in rows(found)],
        "counted_only": wanted["category"] in unnamed(by),
        "total": total,
        "narrowed": narrowed(query),
        "filters": [
            {"label": label, "count": None, "url": list_url(place.code, **narrow), "current": kept == narrow}
            for label, narrow in (
                (_("全部"), {}),
                *((state, {**{key: kept[key] for key in ("category",) if key in kept}, "found": state.value}) for state in Found),
            )
        ],
        "may_look": by.role in RIGHTS["decisions.adjust"],
        "may_begin": by.role in RIGHTS["decisions.propose"],
        "pager": None if total <= PAGE else {
            "first": (number - 1) * PAGE + 1, "last": (number - 1) * PAGE + len(found), "total": total,
            "previous_url": list_url(place.code, **kept, page=number - 1) if number > 1 else None,
            "next_url": list_url(place.code, **kept, page=number + 1) if number * PAGE < total else None,
        },
        "actions": taken(by, "decisions.adjustment_list", place=place.code, **kept) if found else [],
    }  # fmt: skip


def narrowed(query: dict[str, str]) -> str:
    """What narrows a list, in words."""
    wanted = asked(query)
    told = [Category(wanted["category"]).says(language())] if wanted["category"] else []
    told += [Found(wanted["found"]).says(language())] if wanted["found"] else []
    told += [_("规则找出的")] if wanted["only"] else []
    return " · ".join(told) or _("全部")


def rows(found: list[Line]) -> list[dict[str, Any]]:
    """Households of a list: the rule that points at each in its own words, and where to go on."""
    names = names_of({one.village_code for one in found})
    told = []
    for one in found:
        category, state = Category(one.category), Found(one.found)
        begin = "decisions:choose" if category is Category.NATURAL else "decisions:begin"
        told.append(
            {
                "name": one.head_name or _("户主不明"), "number": one.number, "village": names.get(one.village_code, one.village_code),
                "household": one.household, "url": reverse("workbench:household", args=[one.household]),
                "category": category, "state": state, "tone": TONES[state], "waits": state is Found.NOT_YET,
                "why": [WHY[rule][language() == "en"] for rule in one.rules or () if rule in WHY],
                "begin_url": reverse(begin, args=[one.household]),
                "proceeding_url": reverse("decisions:proceeding", args=[one.proceeding]) if one.proceeding else None,
            }
        )  # fmt: skip
    return told


def every(by: Appointment, place: Place, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """All rows that a list shows to somebody, page after page."""
    one, skip = adjustment.this_round(place.code), 0
    while found := adjustment.lines(
        scope_of(place.code), one, **asked(query), size=500, skip=skip, without=unnamed(by)
    ):
        yield from rows(found)
        skip += len(found)


def report(place: Place, year: str = "") -> Iterator[dict[str, Any]]:
    """The closing report of a year's round (none: of the one that is on): a row a place and category, figures of records alone. What was
    found in the round stays in it; what was found after it closed is none of it."""
    code, one = place.code, adjustment.round_of(scope_of(place.code), place.code, year)
    found = adjustment.groups(scope_of(code), one, below(code), found_by=one.closes_on)
    places = sorted({group.place for group in found})
    names = names_of([code, *places])
    for at, mine in [*((each, [group for group in found if group.place == each]) for each in places if each != code), (code, found)]:  # fmt: skip
        for category in Category:
            cells = _cells(at, category, mine)
            row = {"place": names.get(at, at), "category": category, "candidates": cells["candidates"]}
            yield row | {each["found"].value: each["n"] for each in cells["found"]}
