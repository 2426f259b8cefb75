"""What the pages of notices and objections show: the sheet to hang, the proof of what hung, objections by age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.ways import way_to
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.terms import Course
from xiuhua.notices import queries
from xiuhua.notices.models import Notice, Objection, Sheet
from xiuhua.notices.permissions import RIGHTS
from xiuhua.notices.terms import Channel
from xiuhua.places.models import Place
from xiuhua.places.scope import ask_here

SHOWN = 200
# By the age of an objection in days: the last day that counts.
AGES = ((7, "7 天以内", "Up to 7 days"), (15, "8 至 15 天", "8 to 15 days"), (None, "15 天以上", "Over 15 days"))  # fmt: skip


def sheet_now(one: Proceeding, reference: str) -> dict[str, Any] | None:
    """The sheet that was made for the step and does not hang yet."""
    sheet = queries.newest_sheet(one.place_code, reference)
    if sheet is None:
        return None
    return {
        "pk": sheet.pk,
        "label": number_of(sheet),
        "hung_on": sheet.hung_on,
        "due_on": sheet.due_on,
        "lines": len(sheet.entries),
        "digest": sheet.file.sha256[:16],
        # A notice is recorded within three days of hanging: an older sheet is made anew.
        "past": (beijing_today() - sheet.hung_on).days > 3,
        "ahead": sheet.hung_on > beijing_today(),
    }  # fmt: skip


def number_of(sheet: Sheet) -> str:
    """A sheet's number as the paper says it."""
    if language() == "en":
        return f"No. {sheet.number} of {sheet.year}"
    return f"〔{sheet.year}〕第 {sheet.number} 号"


def alike(found: QuerySet[Proceeding]) -> list[dict[str, Any]]:
    """Proceedings that could share the sheet."""
    return [
        {"pk": one.pk, "name": one.household.head_name if one.household else one.place_code}
        for one in found[:SHOWN]
    ]


def proof(one: Proceeding, notice: Notice) -> dict[str, Any]:
    """The context of decisions/proof.html: what hung from when to when, with what it can be proven."""
    sheet = notice.sheet
    asked = [one.pk, notice.pk]
    return {
        "notice": notice,
        "matter": notice.matter["en" if language() == "en" else "zh"],
        "lines": [
            {"place": line.get("village") or line.get("matter") or "", "head": line.get("head") or "", "people": line.get("people")}
            for line in notice.lines
        ],
        "sheet": {"label": number_of(sheet), "digest": sheet.file.sha256, "made_at": sheet.made_at, "made_by": sheet.made_by, "url": reverse("decisions:sheet_file", args=[one.pk, sheet.pk]), "lines": len(sheet.entries)} if sheet else None,
        "photos": [
            {"url": reverse("decisions:notice_photo", args=[*asked, which]), "label": label, "digest": file.sha256, "on": on}
            for which, label, file, on in (
                ("hung", _("张贴照片"), notice.hung_proof, notice.hung_on), ("taken_down", _("撤下照片"), notice.taken_down_proof, notice.taken_down_on))
            if file is not None
        ],
        "tallied": queries.tallied(notice),
        "objections": [
            {"channel": Channel(each.channel), "came_on": each.came_on, "upheld": each.upheld, "answer": each.answer, "by": each.answered_by, "at": each.answered_at}
            for each in notice.objections.all()
        ],
        "state": state_of(notice),
    }  # fmt: skip


def state_of(notice: Notice) -> dict[str, str]:
    """Where a notice is in its days, in words, with its tone."""
    if notice.taken_down_on is not None:
        return {"tone": "leaf", "label": _("已撤下")}
    if notice.due_on < beijing_today():
        return {"tone": "straw", "label": _("公示期满，待撤下")}
    return {"tone": "plain", "label": _("正在公示")}


def objections(by: Appointment, show: str) -> dict[str, Any]:
    """The context of decisions/objections.html: what this post is to answer, by age, overdue first."""
    today = beijing_today()
    lists, names = objection_lists(by), _names_of_lists()
    show = show if show in lists else next(iter(lists))
    return {
        "actions": taken(by, "decisions.objections", show=show) if lists[show].exists() else None,
        "filters": [
            {"label": names[key], "count": lists[key].count(), "url": f"{reverse('decisions:objections')}?show={key}", "current": key == show, "tone": "red" if key == "overdue" else ""}
            for key in lists
        ],
        "ages": ages(lists["open"], today),
        "rows": [row(by, each, today) for each in lists[show].select_related("notice")[:SHOWN]],
        "empty": {
            "title": _("没有异议"),
            "sentence": _("公示期间有人提出异议的，登记后在这里由上一级、没有参与的人答复。"),
            "actions": [],
        },
    }  # fmt: skip


def objection_lists(by: Appointment) -> dict[str, QuerySet[Objection]]:
    """The lists of objections that a post has, the one it begins with first."""
    lists: dict[str, QuerySet[Objection]] = {
        "mine": queries.mine(by),
        "overdue": queries.waiting().filter(queries.overdue(beijing_today())),
        "open": queries.waiting(),
        "answered": queries.answered(),
    }
    if by.role not in RIGHTS["notices.answer"]:
        del lists["mine"]
    return lists


def _names_of_lists() -> dict[str, str]:
    return {
        "mine": _("应由本级答复"),
        "overdue": _("已逾期"),
        "open": _("全部未答复"),
        "answered": _("已答复"),
    }


def list_name(by: Appointment, show: str) -> str:
    """What a list of objections is called; an unknown one is the first."""
    lists = objection_lists(by)
    return _names_of_lists()[show if show in lists else next(iter(lists))]


def every_objection(by: Appointment, show: str) -> Iterator[dict[str, Any]]:
    """All rows of a list, for whoever takes it away."""
    lists, today = objection_lists(by), beijing_today()
    found = lists[show if show in lists else next(iter(lists))].select_related("notice")
    for one in found.iterator(chunk_size=SHOWN):
        told = row(by, one, today)
        state = _("待答复") if not one.answered_at else _("异议成立") if one.upheld else _("异议不成立")
        yield {**told, "channel": told["channel"].says(language()), "state": state, "late": _("已逾期") if told["late"] else ""}  # fmt: skip


def ages(found: QuerySet[Objection], today: date) -> list[dict[str, Any]]:
    """How many of the open ones are how old."""
    days = [(today - came).days for came in found.values_list("came_on", flat=True)]
    told, before = [], -1
    for last, zh, en in AGES:
        n = sum(before < one and (last is None or one <= last) for one in days)
        told.append({"label": en if language() == "en" else zh, "count": n, "late": last is None and n > 0})
        before = last if last is not None else before
    return told if days else []


def row(by: Appointment, one: Objection, today: date) -> dict[str, Any]:
    """An objection as the list shows it: never by whom, nor what was said."""
    proceeding = int(one.notice.reference.split(":")[1])
    late = one.answered_at is None and one.due_on is not None and one.due_on < today
    places = {each.code: each.name for each in Place.objects.filter(code__in=[one.place_code, one.goes_to])}
    open_here = one.answered_at is None and by.role in RIGHTS["notices.answer"]
    kept = queries.kept_from(by, one) if open_here else "elsewhere"
    days = (today - one.came_on).days
    return {
        "matter": one.notice.matter["en" if language() == "en" else "zh"],
        "place": places.get(one.place_code, one.place_code),
        "answers": places.get(one.goes_to, one.goes_to),
        "channel": Channel(one.channel),
        "came_on": one.came_on,
        "days": ngettext("已 %(n)s 天", "已 %(n)s 天", days) % {"n": days},
        "due_on": one.due_on,
        "late": late,
        "answered": one.answered_at,
        "upheld": one.upheld,
        "answer": one.answer,
        "url": reverse("decisions:proceeding", args=[proceeding]),
        "answer_url": reverse("decisions:objection", args=[proceeding, one.pk]) if not kept else None,
        "not_mine": kept in ("part", "kin"),
    }


def leads_to(one: Proceeding, objection: Objection) -> dict[str, str]:
    """What an answer to an objection leads to, in words: `button` of the one that says it is right, and a sentence."""
    told = objection.notice.reference.split(":")
    steps = one.procedure.definition["steps"]
    step = next(each for each in steps if each["id"] == told[2])
    if one.course != Course.OPEN or told[2:] != [one.at_step, str(one.round)]:
        return {"button": _("异议成立"), "sentence": _("这一程序已经办结或已退回重办，答复记入本事项。")}
    if step["does"] == "announcement":
        return {
            "button": _("异议成立，记入本事项"),
            "sentence": _("决定已经生效，公告照常期满撤下。异议成立的，答复记入本事项；需要纠正的，另按清退、返贫或申诉程序办理，由没有参与的人决定。"),
        }  # fmt: skip
    back = next((each for each in steps if each["id"] == step["if_no"]), None)
    if back is not None:
        return {
            "button": _("异议成立，退回重办"),
            "sentence": _("异议成立的，退回“%(step)s”重办。") % {"step": back["says"][language()]},
        }
    return {
        "button": _("异议成立，不予通过"),
        "sentence": _("异议成立的，这一事项不予通过，答复就是理由：当事人可以申诉，情况有变化可以重新申请；公示随即撤下。"),
    }  # fmt: skip


# What hangs and is to come down: its matter is over, or its days have run. Each matter is looked up by its number and not joined: the planner
# takes an area for few rows, and would look through all of one table for each row of the other.
TO_COME_DOWN = """
with hangs as materialized (
  select id, reference, place_code, matter, board, due_on, not exists (
    select from decisions_proceeding c where c.id = n.of_proceeding and c.course = 'open'
    and n.reference = 'proceeding:' || c.id::text || ':' || c.at_step || ':' || c.round::text) as over
  from notices_notice n where handled_at = %(place)s and taken_down_on is null and of_proceeding is not null)
select id, over, reference, coalesce((select name from places_place where code = hangs.place_code), ''), matter ->> %(tongue)s, board, due_on from hangs
where over or due_on < %(today)s order by not over, due_on, id limit %(most)s
"""


class Down(NamedTuple):
    """Of a notice that is to come down what its line shows; what hung has many more lines."""

    pk: int
    over: bool
    reference: str
    place: str
    matter: str  # in the reader's language
    board: str
    due_on: date


def come_down(by: Appointment) -> list[dict[str, Any]]:
    """Notices that the acting post's own place handles whose matter is over, then those whose days have run, as lines of work."""
    if by.role not in RIGHTS["notices.hang"]:
        return []
    asked = {"place": by.place_code, "today": beijing_today(), "tongue": language(), "most": SHOWN}
    found = [Down(*row) for row in ask_here(TO_COME_DOWN, asked)]
    # The same words on each of a hundred lines: looked up once.
    labels = (_("公示期满"), _("事项已结束"))
    sentences = (
        _("%(place)s：%(matter)s，%(day)s 公示期满，可以撤下"),
        _("%(place)s：%(matter)s 已经结束，公示现在撤下"),
    )
    down = _("撤下并登记")
    before, after = way_to("decisions:proceeding", 0).split("0")
    return [
        {
            "tone": "straw",
            "label": labels[one.over],
            "sentence": sentences[one.over] % {"place": one.place, "matter": one.matter, "day": f"{one.due_on:%Y-%m-%d}"},
            "where": one.board,
            "clause": "",
            "action_label": down,
            "url": f"{before}{one.reference.split(':')[1]}{after}",
        }
        for one in found
    ]  # fmt: skip


def desk(by: Appointment) -> list[dict[str, Any]]:
    """What of notices and objections waits for a post today, as lines of work: what comes down, what is to be answered."""
    told = come_down(by)[:3]
    mine = queries.mine(by)
    n, late = mine.count(), mine.filter(queries.overdue(beijing_today())).count()
    if n:
        told.append(
            {
                "tone": "red" if late else "straw",
                "label": _("异议"),
                "sentence": ngettext("%(n)s 件异议待答复", "%(n)s 件异议待答复", n) % {"n": n},
                "late": ngettext("%(n)s 件超期", "%(n)s 件超期", late) % {"n": late} if late else "",
                "where": "",
                "clause": "",
                "action_label": _("去答复"),
                "url": reverse("decisions:objections"),
                "n": n,
                "over": late,
            }
        )
    return told
