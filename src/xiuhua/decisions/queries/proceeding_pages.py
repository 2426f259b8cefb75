"""What the pages of proceedings show, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Kin, Procedure, Proceeding, Snapshot
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceedings import Step, current_step, day_of
from xiuhua.decisions.terms import Course, Sign
from xiuhua.engine import load
from xiuhua.notices.models import Notice, Objection
from xiuhua.places.models import Place
from xiuhua.registry.models import Household, StatusEntry
from xiuhua.rulebook.figures import value

TONES = {Course.OPEN: "straw", Course.DECIDED: "leaf", Course.REFUSED: "red", Course.ENDED: "plain"}
RESULTS = {"holds": ("leaf", "达标", "holds"), "fails": ("red", "不达标", "fails"), "not_known": ("straw", "不清楚", "not known"), "not_applicable": ("plain", "不适用", "does not apply")}  # fmt: skip
EVIDENCE = {
    "checked": ("已核", "checked"),
    "reported": ("据表", "reported"),
    "none": ("没有记录", "not on record"),
}
HUNG = ("notice", "announcement")
SHOWN = 200


def said(pair: Any) -> str:
    """A pair of the two languages, in the reader's."""
    return str(pair[language()]) if isinstance(pair, dict) else str(pair)


def whose(step: Step, role: str) -> bool:
    """Whether a role may have to do a step; the database asks post, place and person besides."""
    roles = {
        "village_worker": Role.VILLAGE_WORKER, "work_team": Role.VILLAGE_WORKER, "township_office": Role.TOWNSHIP_OFFICE,
        "county_office": Role.COUNTY_OFFICE, "county_leader": Role.LEADER, "city_office": Role.HIGHER_OFFICE,
        "province_office": Role.HIGHER_OFFICE, "outside": Role.AUDITOR,
    }  # fmt: skip
    return any(roles.get(who) == role for who in step["who"])


def waiting(by: Appointment) -> QuerySet[Proceeding]:
    """Open proceedings of the area at a step that this role does."""
    mine = [
        (one.pk, step["id"])
        for one in Procedure.objects.all()
        for step in one.definition["steps"]
        if whose(step, by.role)
    ]
    found = Proceeding.objects.none()
    for procedure, step in mine:
        found = found | Proceeding.objects.filter(procedure=procedure, at_step=step)
    return found.filter(course=Course.OPEN)


def inbox(by: Appointment, show: str) -> dict[str, Any]:
    """The context of decisions/proceedings.html: whose turn it is, and how long already."""
    lists = {
        "waiting": waiting(by),
        "open": Proceeding.objects.filter(course=Course.OPEN),
        "closed": Proceeding.objects.exclude(course=Course.OPEN),
    }
    show = show if show in lists else "waiting"
    names = {"waiting": _("待我办理"), "open": _("全部在办"), "closed": _("已办结")}
    return {
        "filters": [
            {"label": names[key], "count": lists[key].count(), "url": f"{reverse('decisions:proceedings')}?show={key}", "current": key == show}
            for key in lists
        ],
        "rows": rows(lists[show].order_by("step_since", "pk")[:SHOWN]),
        "steps": board(lists["open"]),
        "empty": {
            "title": _("没有程序事项"),
            "sentence": _("识别、退出、返贫、监测都从一户的页面开始：打开住户，选“办理程序”。"),
            "actions": [],
        },
    }  # fmt: skip


def board(found: QuerySet[Proceeding]) -> list[dict[str, Any]]:
    """How many wait at each step, the most first, and since when the oldest does."""
    counted: Counter[tuple[str, str]] = Counter()
    oldest: dict[tuple[str, str], int] = {}
    today = beijing_today()
    for one in found.select_related("procedure").only("at_step", "step_since", "procedure__definition"):
        key = (said(one.procedure.definition["says"]), said(current_step(one)["says"]))
        counted[key] += 1
        oldest[key] = max(oldest.get(key, 0), (today - one.step_since).days)
    return [
        {"procedure": key[0], "step": key[1], "count": n, "days": oldest[key]}
        for key, n in counted.most_common()
    ]


def rows(found: Iterable[Proceeding]) -> list[dict[str, Any]]:
    """Proceedings as a list shows them."""
    listed = list(found)
    homes = Household.objects.in_bulk({one.household_id for one in listed})
    places = dict(
        Place.objects.filter(code__in={one.place_code for one in listed}).values_list("code", "name")
    )
    procedures = Procedure.objects.in_bulk({one.procedure_id for one in listed})
    told = []
    for one in listed:
        one.procedure, step = procedures[one.procedure_id], None
        step = current_step(one)
        late = due(one, step)
        told.append(
            {
                "url": reverse("decisions:proceeding", args=[one.pk]),
                "what": said(one.procedure.definition["says"]),
                "household": homes[one.household_id].head_name or _("户主不明"),
                "number": homes[one.household_id].number,
                "village": places.get(one.place_code, one.place_code),
                "step": said(step["says"]) if one.course == Course.OPEN else "",
                "days": (beijing_today() - one.step_since).days if one.course == Course.OPEN else None,
                "late": late is not None and late < beijing_today() and one.course == Course.OPEN,
                "tone": TONES.get(Course(one.course), "plain"),
                "label": Course(one.course),
            }
        )
    return told


def due(one: Proceeding, step: Step) -> Any:
    """The day by which a step is due, counted from when it began in calendar days; None where the rulebook sets none."""
    days = (step["days"] or {}).get("at_most")
    if not days or (step["days"] or {}).get("count") != "calendar":
        return None
    found = value(load().figures[days], one.as_of, one.place_code)
    return one.step_since.fromordinal(one.step_since.toordinal() + int(str(found.value))) if found else None


def can_begin(by: Appointment, home: Household) -> list[dict[str, Any]]:
    """Procedures of a household that begin from where it stands, the newest version of each."""
    newest: dict[str, Procedure] = {one.name: one for one in Procedure.objects.order_by("pk")}
    status = (
        StatusEntry.objects.filter(household=home).order_by("-pk").values_list("status", flat=True).first()
    )
    stands = {status or "none", "watched" if home.kind == "watched" else "unwatched"}
    open_kinds = set(
        Proceeding.objects.filter(household=home, course=Course.OPEN).values_list("kind", flat=True)
    )
    told = []
    for one in newest.values():
        d = one.definition
        day = day_of(one, home.village_code)
        begins = not d["begins_with"] or stands & set(d["begins_with"])
        if (
            d["subject"] != "household"
            or not begins
            or one.kind in open_kinds
            or day < one.since
            or (one.until and day > one.until)
        ):
            continue
        told.append(
            {
                "name": one.name,
                "label": said(d["says"]),
                "when": said(d["when"]),
                "clause": said(d["clause"]),
                "past": one.until is not None and one.until < beijing_today(),
            }
        )
    return sorted(told, key=lambda each: each["past"])


def of_household(home: int) -> list[dict[str, Any]]:
    """All proceedings of a household, the newest first."""
    return rows(Proceeding.objects.filter(household=home).order_by("-pk"))


def page(by: Appointment, one: Proceeding) -> dict[str, Any]:
    """The context of decisions/proceeding.html: the chain so far, the step it is at, what that step still lacks."""
    d, home = one.procedure.definition, one.household
    step = current_step(one)
    is_open = one.course == Course.OPEN
    notice = (
        Notice.objects.filter(reference=reference(one)).first() if step["does"] in HUNG and is_open else None
    )
    return {
        "proceeding": one,
        "what": said(d["says"]),
        "clause": said(d["clause"]),
        "source": d["source"],
        "pills": [{"tone": TONES.get(Course(one.course), "plain"), "label": Course(one.course)}],
        "household": {"name": home.head_name or _("户主不明"), "number": home.number, "url": reverse("workbench:household", args=[home.pk])},
        "chain": chain(one),
        "step": step_now(by, one, step) if is_open else None,
        "notice": notice_now(by, notice) if notice else None,
        "snapshots": snapshots(one),
        "may_take_back": is_open and one.effect_on is None,
    }  # fmt: skip


def reference(one: Proceeding) -> str:
    """What a notice of the step it is at is filed under."""
    return f"proceeding:{one.pk}:{one.at_step}:{one.round}"


def step_now(by: Appointment, one: Proceeding, step: Step) -> dict[str, Any]:
    """The step that is under way: who, how many, what is there, what is missing."""
    brought = list(one.papers.filter(step=one.at_step, round=one.round).select_related("file"))
    there = {paper.what for paper in brought}
    signed = list(
        one.signatures.filter(step=one.at_step, round=one.round, sign=Sign.SIGNED).select_related(
            "appointment__official"
        )
    )
    hung = step["does"] in HUNG
    kin = Kin.objects.filter(official=by.official_id, household=one.household_id, until__isnull=True).exists()
    return {
        "says": said(step["says"]),
        "does": step["does"],
        "hung": hung,
        "days": (step["days"] or {}).get("least"),
        "people": step["people"],
        "signed": [{"who": each.appointment.says(language()), "at": each.at} for each in signed],
        "mine": whose(step, by.role) and not kin,
        "kin": kin,
        "votes": step["vote"],
        "may_say_no": step["if_no"] is not None,
        "send_to": [{"id": each["id"], "says": said(each["says"])} for each in before(one)] if step["does"] in ("review", "decision") else [],
        "wanted": [] if hung else [
            {"code": paper["code"], "says": said(paper["says"]), "there": paper["code"] in there or paper["or_else"] in there}
            for paper in step["evidence"]
        ],
        "brought": [{"pk": paper.pk, "what": said(_paper(step, paper.what)), "name": paper.file.name, "expires": paper.expires_on} for paper in brought],
        "rules": bool(step["rules"]),
        "urgent": step["urgent_help"],
        "due": due(one, step),
    }  # fmt: skip


def before(one: Proceeding) -> list[Step]:
    """Steps that it can be sent back to."""
    steps: list[Step] = one.procedure.definition["steps"]
    at = [each["id"] for each in steps].index(one.at_step)
    return [each for each in steps[:at] if each["does"] not in HUNG]


def _paper(step: Step, code: str) -> Any:
    return next((paper["says"] for paper in step["evidence"] if paper["code"] == code), code)


def notice_now(by: Appointment, notice: Notice) -> dict[str, Any]:
    """The notice of the step: since when, until when, what is objected to (never by whom, nor what was said)."""
    found = Objection.objects.filter(notice=notice)
    return {
        "notice": notice,
        "runs": notice.taken_down_on is None and beijing_today() <= notice.due_on,
        "hangs": notice.taken_down_on is None,
        "objections": [
            {"pk": one.pk, "channel": one.get_channel_display(), "came_on": one.came_on, "answered": one.answered_at is not None, "upheld": one.upheld, "answer": one.answer, "by": one.answered_by}
            for one in found
        ],
    }  # fmt: skip


def chain(one: Proceeding) -> list[dict[str, Any]]:
    """Every step of the procedure, with who did what in it, round by round; what is to come stays visible."""
    done: dict[str, list[dict[str, Any]]] = {}
    for each in one.signatures.select_related("appointment__official"):
        done.setdefault(each.step, []).append(
            {"sign": Sign(each.sign), "who": each.appointment.says(language()), "at": each.at, "reason": each.reason, "vote": each.detail.get("vote"), "round": each.round}
        )  # fmt: skip
    steps = one.procedure.definition["steps"]
    at = [each["id"] for each in steps].index(one.at_step)
    closed = one.course == Course.DECIDED
    notices = {
        each.reference: each for each in Notice.objects.filter(reference__startswith=f"proceeding:{one.pk}:")
    }
    return [
        {
            "says": said(each["says"]),
            "signs": done.get(each["id"], []),
            "state": "done" if number < at or closed else "now" if number == at and one.course == Course.OPEN else "to_come" if one.course == Course.OPEN else "not_reached",
            "notices": [notice for key, notice in notices.items() if key.split(":")[2] == each["id"]],
            "effect": one.procedure.definition["effect_at"] == each["id"] and one.effect_on is not None,
        }
        for number, each in enumerate(steps)
    ]  # fmt: skip


def snapshots(one: Proceeding) -> list[dict[str, Any]]:
    """What was decided on, by step: each outcome with its evidence, in the rule's own words, and the digest that holds it."""
    library = load()
    told = []
    for shot in Snapshot.objects.filter(proceeding=one).order_by("-pk"):
        step = one.procedure.definition["steps"]
        told.append(
            {
                "step": next((said(each["says"]) for each in step if each["id"] == shot.step), shot.step),
                "at": shot.at,
                "as_of": shot.as_of,
                "digest": shot.digest,
                "outcomes": [
                    {
                        "says": library.rules[rule].says.says(language()) if rule in library.rules else rule,
                        "clause": library.rules[rule].clause.says(language())
                        if rule in library.rules
                        else "",
                        "tone": RESULTS[outcome["result"]][0],
                        "result": RESULTS[outcome["result"]][2 if language() == "en" else 1],
                        # What is known by a figure of the rulebook or by counting has no record of its own to name.
                        "evidence": ""
                        if outcome["evidence"] == "none" and outcome["result"] != "not_known"
                        else EVIDENCE[outcome["evidence"]][1 if language() == "en" else 0],
                    }
                    for rule, outcome in shot.outcomes.items()
                ],
            }
        )
    return told
