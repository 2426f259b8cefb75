"""Where proceedings wait: gathered in the database by step and place, so that ten thousand of them are one read; and the lists behind.

A page that shows a number leads to the list that it counts, by the same words of the address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.queries.proceedings import procedures
from xiuhua.decisions.terms import Course
from xiuhua.places.models import Place
from xiuhua.places.scope import Scope, current_scope, scope_of

GROUPED = """
select procedure_id, at_step, left(place_code, %(digits)s), array_agg(%(today)s - step_since), count(*) filter (where due_on < %(today)s)
from decisions_proceeding where course = 'open' and place_code >= %(lo)s and place_code < %(hi)s
group by 1, 2, 3
"""
PAGE = 50


@dataclass(frozen=True)
class Waits:
    """Open proceedings at the same step in the same place."""

    procedure: Procedure
    step: dict[str, Any]
    number: int  # of the step in its procedure
    place: str
    days: list[int]  # of each, since it came to the step
    late: int


def said(pair: Any) -> str:
    """A pair of the two languages, in the reader's."""
    return str(pair[language()]) if isinstance(pair, dict) else str(pair)


def waits(area: Scope, digits: int) -> list[Waits]:
    """Everything open in an area, by place of so many digits."""
    known, today = procedures(), beijing_today()
    steps = {
        (pk, step["id"]): (at, step)
        for pk, one in known.items()
        for at, step in enumerate(one.definition["steps"])
    }
    told = []
    with connection.cursor() as cursor:
        cursor.execute(GROUPED, {"digits": digits, "lo": area.lo, "hi": area.hi, "today": today})
        rows = cursor.fetchall()
    for procedure, at, place, days, late in rows:
        number, step = steps[(procedure, at)]
        told.append(Waits(known[procedure], step, number, place, days, late))
    return told


@dataclass(frozen=True)
class Tally:
    """How many wait, how many of them past their day, and for how many days (the middle one, the oldest)."""

    count: int
    late: int
    median: int
    oldest: int
    days: int  # all their days together: where it stands longest, weighed by how many stand there


def tally(some: Iterable[Waits]) -> Tally:
    """Groups added up; the median is the lower of the two in the middle."""
    groups = list(some)
    days = sorted(chain.from_iterable(one.days for one in groups))
    return Tally(
        count=len(days),
        late=sum(one.late for one in groups),
        median=days[(len(days) - 1) // 2] if days else 0,
        oldest=days[-1] if days else 0,
        days=sum(days),
    )


def address(**query: Any) -> str:
    """The list that a number of the board counts."""
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "", False)})
    return f"{reverse('decisions:proceedings')}?{asked}"


def by_step(found: list[Waits], place: str) -> list[dict[str, Any]]:
    """Procedures, the fullest first, with their steps in order; the step that holds most days is the bottleneck."""
    procedures: dict[str, list[Waits]] = defaultdict(list)
    for one in found:
        procedures[one.procedure.name].append(one)
    told = []
    for name, some in procedures.items():
        steps: dict[str, list[Waits]] = defaultdict(list)
        for one in sorted(some, key=lambda each: each.number):
            steps[one.step["id"]].append(one)
        lines: list[dict[str, Any]] = [
            {
                "id": id,
                "says": said(each[-1].step["says"]),
                "tally": tally(each),
                "url": address(show="open", procedure=name, step=id, place=place),
                "late_url": address(show="open", procedure=name, step=id, place=place, late=1),
            }
            for id, each in steps.items()
        ]
        worst = max(lines, key=lambda one: one["tally"].days)
        whole = tally(some)
        for line in lines:
            # One step alone is no bottleneck, nor is one in which nothing has stood for a week yet.
            line["bottleneck"] = line is worst and len(lines) > 1 and worst["tally"].median >= 7
        newest = max(some, key=lambda one: one.procedure.pk).procedure
        told.append({"name": name, "says": said(newest.definition["says"]), "tally": whole, "steps": lines,
                     "most": max(line["tally"].count for line in lines)})  # fmt: skip
    return sorted(told, key=lambda one: -one["tally"].count)


def by_place(found: list[Waits]) -> list[dict[str, Any]]:
    """Places below with what waits in them, most days first, and the step that holds most days."""
    places: dict[str, list[Waits]] = defaultdict(list)
    for one in found:
        places[one.place].append(one)
    names = dict(Place.objects.filter(code__in=places).values_list("code", "name"))
    told = []
    for code, some in places.items():
        steps: dict[tuple[str, str], list[Waits]] = defaultdict(list)
        for one in some:
            steps[(one.procedure.name, one.step["id"])].append(one)
        (name, step), worst = max(steps.items(), key=lambda each: tally(each[1]).days)
        told.append(
            {
                "name": names.get(code, code),
                "url": f"{reverse('decisions:board')}?place={code}" if len(code) < 12 else address(show="open", place=code),
                "tally": tally(some),
                "list_url": address(show="open", place=code),
                "late_url": address(show="open", place=code, late=1),
                "worst": f"{said(worst[0].procedure.definition['says'])} · {said(worst[0].step['says'])}",
                "worst_url": address(show="open", procedure=name, step=step, place=code),
            }
        )  # fmt: skip
    return sorted(told, key=lambda one: -one["tally"].days)


def narrowed(found: QuerySet[Proceeding], query: dict[str, str]) -> QuerySet[Proceeding]:
    """The proceedings that an address asks for: procedure, step, place, late. What no list knows narrows nothing."""
    if query.get("procedure"):
        found = found.filter(procedure__name=query["procedure"])
    if query.get("step"):
        found = found.filter(at_step=query["step"])
    if code := place_of(query):
        area = scope_of(code)
        found = found.filter(place_code__gte=area.lo, place_code__lt=area.hi)
    if query.get("late"):
        found = found.filter(course=Course.OPEN, due_on__lt=beijing_today())
    return found


def place_of(query: dict[str, str]) -> str:
    """The place that an address narrows to, where it is one of the acting area; empty for none."""
    code = query.get("place", "")
    return code if code and current_scope().covers(code) and Place.objects.filter(code=code).exists() else ""


def turned(
    found: QuerySet[Proceeding], query: dict[str, str]
) -> tuple[list[Proceeding], dict[str, Any] | None]:
    """One page of a list, and its pager; None where one page is all."""
    pages = Paginator(found, PAGE)
    page = pages.get_page(query.get("page"))
    if pages.num_pages == 1:
        return list(page), None

    def url(number: int) -> str:
        return address(**{**query, "page": number})

    return list(page), {
        "first": page.start_index(),
        "last": page.end_index(),
        "total": pages.count,
        "previous_url": url(page.number - 1) if page.has_previous() else None,
        "next_url": url(page.number + 1) if page.has_next() else None,
    }


def board_of(code: str) -> list[Waits]:
    """What waits in a place, by the places below it."""
    digits = {2: 4, 4: 6, 6: 9}.get(len(code), 12) if code != "CN" else 2
    return waits(scope_of(code), digits)


def table_rows(code: str) -> Iterator[dict[str, Any]]:
    """The whole board as one table, for whoever takes it away: each step, then each place below."""
    found = board_of(code)
    for one in by_step(found, code):
        for step in one["steps"]:
            yield {"what": one["says"], "where": "", "step": step["says"], "stuck": _("卡得最久") if step["bottleneck"] else "", **vars(step["tally"])}  # fmt: skip
    for place in by_place(found) if len(code) < 12 else []:
        yield {"what": "", "where": place["name"], "step": place["worst"], "stuck": _("卡得最久"), **vars(place["tally"])}  # fmt: skip


def page(by: Appointment, code: str) -> dict[str, Any]:
    """The context of decisions/board.html: what waits at which step of a place, how long, and in which places below."""
    found = board_of(code)
    whole = tally(found)
    return {
        "actions": taken(by, "decisions.board", place=code) if found else None,
        "procedures": by_step(found, code),
        "places": by_place(found) if len(code) < 12 else [],
        "cards": [
            {"label": _("在办"), "number": whole.count, "unit": {"zh": "件", "en": ""}, "url": address(show="open", place=code)},
            {"label": _("已超期"), "number": whole.late, "unit": {"zh": "件", "en": ""}, "tone": "red" if whole.late else "leaf", "note": _("过了规则书写明的办理期限"), "url": address(show="open", place=code, late=1) if whole.late else None},
            {"label": _("在这一步已等"), "number": whole.median if whole.count else None, "unit": {"zh": "天", "en": "days"}, "note": _("居中的一件")},
            {"label": _("最久的一件"), "number": whole.oldest if whole.count else None, "unit": {"zh": "天", "en": "days"}, "tone": "straw" if whole.oldest >= 30 else "plain"},
        ],
        "empty": None if found else {"title": _("没有在办的程序"), "sentence": _("识别、退出、返贫、监测都从一户的页面开始：打开住户，选“办理程序”。"), "actions": []},
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
    if code := place_of(query):
        told.append(Place.objects.get(code=code).name)
    if query.get("late"):
        told.append(_("已超期"))
    return " · ".join(told)


def stuck(all_open: list[Waits], most: int = 5) -> list[dict[str, Any]]:
    """The steps that hold most days, over all procedures."""
    groups = by_step(all_open, "")
    lines = [{**line, "procedure": one["says"]} for one in groups for line in one["steps"]]
    return sorted(lines, key=lambda one: -one["tally"].days)[:most]
