"""Lists of proceedings: whose turn it is, what is late, where most of it waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding, Signature
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import proceeding_board as board
from xiuhua.decisions.queries.meetings import by_village
from xiuhua.decisions.queries.notice_pages import come_down
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.queries.proceeding_board import said
from xiuhua.decisions.queries.proceedings import Step, procedures
from xiuhua.decisions.terms import Course
from xiuhua.notices import queries
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope
from xiuhua.places.terms import NATION
from xiuhua.registry.models import Household

TONES = {Course.OPEN: "straw", Course.DECIDED: "leaf", Course.REFUSED: "red", Course.ENDED: "plain"}
# Digits of the place of an office above the county, and of an appeal's.
DIGITS = {"city": 4, "province": 2, "county": 6, "township": 9}


def whose(step: Step, by: Appointment) -> bool:
    """Whether a post may have to do a step; the database asks place and person besides."""
    place, role = by.place_code, by.role
    mine = {
        "village_worker": role == Role.VILLAGE_WORKER, "village_committee": role == Role.VILLAGE_WORKER and by.post.office == Office.VILLAGE_COMMITTEE, "work_team": role == Role.VILLAGE_WORKER and by.post.office == Office.WORK_TEAM,
        "township_office": role == Role.TOWNSHIP_OFFICE, "county_office": role == Role.COUNTY_OFFICE,
        "county_leader": role == Role.LEADER and len(place) == DIGITS["county"],
        "city_office": role == Role.HIGHER_OFFICE and len(place) == DIGITS["city"],
        "province_office": role == Role.HIGHER_OFFICE and len(place) == DIGITS["province"] and place != NATION,
        "outside": role == Role.AUDITOR and place == {"nation": "CN"}.get(step["level"], place) and len(place) <= DIGITS["city"],
    }  # fmt: skip
    return any(mine.get(who, False) for who in step["who"])


def waiting(by: Appointment) -> QuerySet[Proceeding]:
    """Open proceedings of the area at a step that this post does."""
    return Proceeding.objects.filter(turn_of(by), course=Course.OPEN)


def turn_of(by: Appointment) -> Q:
    """At a step that this post does."""
    mine: dict[str, list[int]] = {}
    for one in procedures().values():
        for step in one.definition["steps"]:
            if whose(step, by):
                mine.setdefault(step["id"], []).append(one.pk)
    asked = Q(pk__in=())
    for step_id, keys in mine.items():
        asked |= Q(at_step=step_id, procedure__in=keys)
    return asked


def on_the_desk(by: Appointment) -> tuple[int, int]:
    """How many open proceedings are at a step that this post does, and how many of them are overdue."""
    told = waiting(by).aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=beijing_today())))
    return told["all"], told["late"]


def appealed(by: Appointment) -> QuerySet[Proceeding]:
    """Proceedings with an appeal that an office of this level decides."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.id from decisions_appeal a join decisions_proceeding c on c.id = a.proceeding_id
              join decisions_procedure p on p.id = c.procedure_id
            where a.answered_at is null and decisions_appeal_length(c, p.definition) = %s""",
            [len(by.place_code)],
        )
        found = [row[0] for row in cursor.fetchall()]
    return Proceeding.objects.filter(pk__in=found)


def _names() -> dict[str, str]:
    return {
        "waiting": _("待我办理"), "overdue": _("超期"), "mine": _("我办过、还在办"), "open": _("全部在办"), "appeals": _("申诉待答复"), "closed": _("已办结"),
    }  # fmt: skip


def _lists(by: Appointment) -> dict[str, QuerySet[Proceeding]]:
    every = Proceeding.objects.filter(course=Course.OPEN)
    return {
        "waiting": waiting(by),
        "overdue": every.filter(due_on__lt=beijing_today()),
        "mine": every.filter(
            Exists(Signature.objects.filter(proceeding=OuterRef("pk"), official=by.official_id))
        ),
        "open": every,
        "appeals": appealed(by),
        "closed": Proceeding.objects.exclude(course=Course.OPEN),
    }


def _shown(query: dict[str, str]) -> str:
    return query["show"] if query.get("show") in _names() else "waiting"


def listed(by: Appointment, query: dict[str, str]) -> QuerySet[Proceeding]:
    """All proceedings of the list that an address asks for, in its order."""
    show = _shown(query)
    order = ("due_on", "step_since", "pk") if show != "closed" else ("-closed_on", "-pk")
    return board.narrowed(_lists(by)[show], query).order_by(*order)


def named(query: dict[str, str]) -> str:
    """What a list shows, in words."""
    return " · ".join(one for one in (_names()[_shown(query)], board.narrowing(query)) if one)


def inbox(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/proceedings.html: whose turn it is, what is late, and how long already."""
    every = Proceeding.objects.filter(course=Course.OPEN)
    lists, show, names = _lists(by), _shown(query), _names()
    # What is open is read once for its three numbers.
    counts = every.aggregate(
        waiting=Count("pk", filter=turn_of(by)),
        overdue=Count("pk", filter=Q(due_on__lt=beijing_today())),
        open=Count("pk"),
    )
    counts |= {key: lists[key].count() for key in ("mine", "appeals", "closed")}
    narrowed = board.narrowing(query)
    page, pager = board.turned(listed(by, query), query)
    take = {key: query[key] for key in ("show", "procedure", "step", "late") if query.get(key)}
    return {
        "actions": taken(by, "decisions.proceedings", place=board.place_of(query) or by.place_code, **take)
        if page
        else None,
        "filters": [
            {"label": names[key], "count": counts[key], "url": f"{reverse('decisions:proceedings')}?show={key}", "current": key == show and not narrowed}
            for key in lists
            if key != "appeals" or counts[key] or key == show
        ],
        "narrowed": narrowed,
        "rows": rows(page),
        "pager": pager,
        "steps": board.stuck(board.waits(current_scope(), 6)),
        "board_url": reverse("decisions:board"),
        "meetings": by_village(by.place_code) if by.role in RIGHTS["decisions.meet"] else [],
        "coming_down": come_down(by),
        "objections": queries.mine(by).count(),
        "empty": {
            "title": _("没有程序事项"),
            "sentence": _("识别、退出、返贫、监测从一户的页面开始，出列、摘帽从村和县的页面开始：选“办理程序”。"),
            "actions": [],
        },
    }  # fmt: skip


def subject(one: Proceeding, home: Household | None, place: str) -> dict[str, Any]:
    """Who or what a proceeding is about, with the way to its page."""
    if home is None:
        return {
            "name": place, "number": one.place_code, "place": True, "county": len(one.place_code) == DIGITS["county"],
            "url": reverse("workbench:place", args=[one.place_code]), "begin_url": reverse("decisions:begin_at", args=[one.place_code]),
        }  # fmt: skip
    return {
        "name": home.head_name or _("户主不明"), "number": home.number, "place": False,
        "url": reverse("workbench:household", args=[home.pk]), "begin_url": reverse("decisions:begin", args=[home.pk]),
    }  # fmt: skip


def rows(found: Iterable[Proceeding]) -> list[dict[str, Any]]:
    """Proceedings as a list shows them."""
    listed = list(found)
    homes = Household.objects.in_bulk({one.household_id for one in listed if one.household_id})
    places = dict(
        Place.objects.filter(code__in={one.place_code for one in listed}).values_list("code", "name")
    )
    known = procedures()
    told, today = [], beijing_today()
    for one in listed:
        d = known[one.procedure_id].definition
        step = next(each for each in d["steps"] if each["id"] == one.at_step)
        place, is_open = places.get(one.place_code, one.place_code), one.course == Course.OPEN
        about = subject(one, homes.get(one.household_id or 0), place)
        told.append(
            {
                "url": reverse("decisions:proceeding", args=[one.pk]),
                "what": said(d["says"]),
                "household": about["name"],
                "number": about["number"],
                "village": about["number"] if about["place"] else place,
                "step": said(step["says"]) if is_open else "",
                "days": (today - one.step_since).days if is_open else None,
                "due": one.due_on if is_open else None,
                "late": is_open and one.due_on is not None and one.due_on < today,
                "tone": TONES.get(Course(one.course), "plain"),
                "label": Course(one.course),
            }
        )
    return told
