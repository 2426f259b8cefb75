"""The inbox of proceedings by post, and the board of a place: what waits at which step."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.decisions.queries import proceeding_board as board
from xiuhua.decisions.queries.proceeding_pages import due, rows, said, waiting, whose
from xiuhua.decisions.terms import Course
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope, scope_of

LISTS = {
    "waiting": gettext_lazy("待我办理"),
    "open": gettext_lazy("全部在办"),
    "closed": gettext_lazy("已办结"),
}


def listed(by: Appointment, query: dict[str, str]) -> tuple[str, QuerySet[Proceeding]]:
    """Which list an address asks for, and the proceedings in it, those that wait longest first."""
    show = query["show"] if query.get("show") in LISTS else "waiting"
    if show == "waiting":
        found = waiting(by)
    else:
        found = Proceeding.objects.filter(course=Course.OPEN) if show == "open" else Proceeding.objects.exclude(course=Course.OPEN)  # fmt: skip
    order = ("step_since", "pk") if show != "closed" else ("-pk",)
    return show, board.narrowed(found, query, due).order_by(*order)


def inbox(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/proceedings.html: whose turn it is, and how long already."""
    show, found = listed(by, query)
    kept = {key: query[key] for key in ("show", "procedure", "step", "place", "late") if query.get(key)}
    page, pager = board.turned(found, kept | {key: query[key] for key in ("page",) if query.get(key)})
    all_open = board.waits(current_scope(), 6, due)
    counts = {
        "waiting": sum(one.count for one in all_open if whose(one.step, by.role)),
        "open": sum(one.count for one in all_open),
        "closed": Proceeding.objects.exclude(course=Course.OPEN).count(),
    }
    narrowed = narrowing(query)
    return {
        "filters": [
            {"label": LISTS[key], "count": counts[key], "url": board.address(show=key), "current": key == show and not narrowed}
            for key in LISTS
        ],
        "narrowed": narrowed,
        "rows": rows(page),
        "pager": pager,
        "steps": stuck(all_open),
        "board_url": reverse("decisions:board"),
        "empty": {
            "title": _("没有程序事项"),
            "sentence": _("识别、退出、返贫、监测都从一户的页面开始：打开住户，选“办理程序”。"),
            "actions": [{"label": _("看全部在办"), "url": board.address(show="open")}] if narrowed else [],
        },
    }  # fmt: skip


def narrowing(query: dict[str, str]) -> str:
    """What an address narrows a list to, in words; empty for nothing."""
    told = []
    procedure = Procedure.objects.filter(name=query.get("procedure", "")).order_by("-pk").first()
    if procedure is not None:
        told.append(said(procedure.definition["says"]))
        told += [
            said(step["says"]) for step in procedure.definition["steps"] if step["id"] == query.get("step")
        ]
    if code := board.place_of(query):
        told.append(Place.objects.get(code=code).name)
    if query.get("late"):
        told.append(_("已超期"))
    return " · ".join(told)


def stuck(all_open: list[board.Waits], most: int = 5) -> list[dict[str, Any]]:
    """The steps that hold most days, over all procedures."""
    groups = board.by_step(all_open, "", said)
    lines = [{**line, "procedure": one["says"]} for one in groups for line in one["steps"]]
    return sorted(lines, key=lambda one: -one["tally"].days)[:most]


def board_page(code: str) -> dict[str, Any]:
    """The context of decisions/board.html: what waits at which step of a place, how long, and in which places below."""
    digits = {2: 4, 4: 6, 6: 9}.get(len(code), 12) if code != "CN" else 2
    found = board.waits(scope_of(code), digits, due)
    whole = board.tally(found)
    return {
        "procedures": board.by_step(found, code, said),
        "places": board.by_place(found, said) if len(code) < 12 else [],
        "cards": [
            {"label": _("在办"), "number": whole.count, "unit": _("件"), "url": board.address(show="open", place=code)},
            {"label": _("已超期"), "number": whole.late, "unit": _("件"), "tone": "red" if whole.late else "leaf", "note": _("过了规则书写明的办理期限"), "url": board.address(show="open", place=code, late=1) if whole.late else None},
            {"label": _("在这一步已等"), "number": whole.median if whole.count else None, "unit": _("天"), "note": _("居中的一件")},
            {"label": _("最久的一件"), "number": whole.oldest if whole.count else None, "unit": _("天"), "tone": "straw" if whole.oldest >= 30 else "plain"},
        ],
        "empty": None if found else {"title": _("没有在办的程序"), "sentence": _("识别、退出、返贫、监测都从一户的页面开始：打开住户，选“办理程序”。"), "actions": []},
    }  # fmt: skip
