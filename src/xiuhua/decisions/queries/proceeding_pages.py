"""What the pages of proceedings show, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import keys as keys_of
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding, Signature
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import authorising, letting_go, telling
from xiuhua.decisions.queries.apart import is_called_like, is_kin, judged_before, kept_from
from xiuhua.decisions.queries.outcomes_shown import snapshots, standing_now
from xiuhua.decisions.queries.pages import language, relation
from xiuhua.decisions.queries.proceeding_board import said
from xiuhua.decisions.queries.proceeding_ends import about, aftermath, appeals, may_take_back, taking_back
from xiuhua.decisions.queries.proceeding_lists import TONES, whose
from xiuhua.decisions.queries.proceedings import (
    Step,
    comes_out_otherwise,
    current_step,
    least_days,
    papers_of_step,
)
from xiuhua.decisions.terms import NOBODY, REFUSED, Course, Help, Sign, Who
from xiuhua.notices.models import Notice, Objection
from xiuhua.notices.queries import calendar_note, may_answer
from xiuhua.notices.terms import Channel
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.permissions import RIGHTS as REGISTRY
from xiuhua.registry.terms import RemovalMode, WatchClass

HUNG = ("notice", "announcement")


def page(by: Appointment, one: Proceeding) -> dict[str, Any]:
    """The context of decisions/proceeding.html: the chain so far, the step it is at, what that step still lacks."""
    d = one.procedure.definition
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
        "household": about(one),
        "chain": chain(by, one),
        "may_open": by.role in RIGHTS["decisions.open_evidence"],
        "step": step_now(by, one, step) if is_open else None,
        "authorisations": authorising.shown(one) if by.role in RIGHTS["decisions.open_evidence"] else [],
        "notice": notice_now(by, notice) if notice else None,
        "snapshots": snapshots(one),
        "take_back": may_take_back(by, one),
        "taking_back": taking_back(one),
        "hanging": [{"pk": each.pk, "board": each.board, "mine": takes_down(by, one, each)} for each in hanging_still(one)],
        "after": aftermath(by, one),
        "appeals": appeals(by, one),
        "telling": telling.shown(by, one),
    }  # fmt: skip


def hanging_still(one: Proceeding) -> list[Notice]:
    """Notices of it that still hang although it is over at their step: they come down now."""
    found = Notice.objects.filter(of_proceeding=one.pk, taken_down_on__isnull=True)
    return [each for each in found if one.course != Course.OPEN or each.reference != reference(one)]


def takes_down(by: Appointment, one: Proceeding, notice: Notice) -> bool:
    """Whether it is this post that takes a notice down: the step's that it hangs for."""
    at = notice.reference.split(":")[2]
    return any(each["id"] == at and whose(each, by) for each in one.procedure.definition["steps"])


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
    hung, d = step["does"] in HUNG, one.procedure.definition
    kin = is_kin(by, one.household_id)
    no = whose(step, by) and not kin and judged_before(by, one, step)
    return {
        "says": said(step["says"]),
        "does": step["does"],
        "hung": hung,
        "days": least_days(step, one.place_code),
        "people": step["people"],
        "sides": _("、").join(Who(who).says(language()) for who in step["who"]) if step.get("of_each") else "",
        "signed": [{"who": each.appointment.says(language()), "at": each.at} for each in signed],
        "mine": whose(step, by) and not kin and not no,
        "judged_before": no,
        "whose": _("、").join(Who(who).says(language()) for who in step["who"]),
        "kin": kin,
        "kept_from": whose(step, by) and not kin and not no and kept_from(by, one, step),
        "called_like": not kin and is_called_like(by, one.household_id),
        "votes": step["vote"],
        "may_say_no": step["if_no"] is not None,
        "send_to": [{"id": each["id"], "says": said(each["says"])} for each in before(one)] if step["does"] in ("review", "decision") else [],
        "wanted": [] if hung else [
            {"code": paper["code"], "says": said(paper["says"]), "there": paper["code"] in there or paper["or_else"] in there, "fill_url": fill_url(one, paper["code"])}
            for paper in step["evidence"]
        ],
        "brought": [{"pk": paper.pk, "what": _says(one, step, paper.what), "name": paper.file.name, "expires": paper.expires_on, "sources": authorising.named(paper.sources), "drawn": paper.drawn} for paper in brought],
        "rules": bool(step["rules"]),
        "grounds": bool(step.get("grounds")),
        "otherwise": otherwise(one),
        "standing": standing_now(one) if step["rules"] or step.get("grounds") or d["direction"] == "entering" else [],
        "urgent": [{"label": _("登记急难帮扶"), "url": reverse("relapse:help", args=[one.household_id])}] if step["urgent_help"] and one.household_id else [],
        # Where a step wants the sheet of income, a year that is not there yet can be entered by whoever may correct the household.
        "year_url": reverse("workbench:enter_year", args=[one.household_id]) if one.household_id and any(paper["code"] == "income_sheet" for paper in step["evidence"]) and by.role in REGISTRY["registry.correct"] else None,
        "meeting_url": reverse("decisions:meeting", args=[one.place_code]) if step["does"] == "meeting" and by.role in RIGHTS["decisions.meet"] else None,
        "leaving": one.procedure.definition["direction"] == "leaving",
        "due": one.due_on,
        "calendar": calendar_note(one.due_on),
        "not_before": not_before(one),
        "working": (step["days"] or {}).get("count") == "working",
        "late": one.due_on is not None and one.due_on < beijing_today(),
    }  # fmt: skip


def members_of(household: int | None) -> list[tuple[str, str]]:
    """Members that may have signed for a household: key and name with their relation."""
    found = (
        Membership.objects.filter(household=household, until__isnull=True)
        .select_related("person")
        .order_by("pk")
    )
    return [
        (
            str(one.person_id),
            f"{one.person.name or _('姓名未登记')} · {relation(one.relation)['en' if language() == 'en' else 'zh']}",
        )
        for one in found
    ]


def not_before(one: Proceeding) -> date | None:
    """The first day on which a watched household is looked at for its removal, while that is still to come."""
    if one.household_id is None or not letting_go.lets_go(one.procedure):
        return None
    first = letting_go.first_day(one.procedure, one.household_id, one.place_code)
    return first if first and first > beijing_today() else None


def otherwise(one: Proceeding) -> str:
    """What the step is called whose outcomes do not come out again; empty where all do."""
    found = comes_out_otherwise(one)
    return next((said(each["says"]) for each in one.procedure.definition["steps"] if each["id"] == found), "")


def fill_url(one: Proceeding, code: str) -> str:
    """Where a sheet is filled in; it is not brought as a scan."""
    return reverse("relapse:judge", args=[one.pk]) if code == "judgement" and one.household_id else ""


def before(one: Proceeding) -> list[Step]:
    """Steps that it can be sent back to."""
    steps: list[Step] = one.procedure.definition["steps"]
    at = [each["id"] for each in steps].index(one.at_step)
    return [each for each in steps[:at] if each["does"] not in HUNG]


def _paper(step: Step, code: str) -> Any:
    return next((paper["says"] for paper in papers_of_step(step) if paper["code"] == code), code)


def _says(one: Proceeding, step: Step, code: str) -> str:
    """What a paper is called: as its step says, or, brought anew elsewhere, as the step says that asked for it first."""
    elsewhere = {each["code"]: each["says"] for each in authorising.wanted_of(one)}
    return said(elsewhere.get(code) or _paper(step, code))


def notice_now(by: Appointment, notice: Notice) -> dict[str, Any]:
    """The notice of the step: since when, until when, what is objected to (never by whom, nor what was said)."""
    found = list(Objection.objects.filter(notice=notice))
    places = names_of({one.goes_to for one in found})
    return {
        "notice": notice,
        "runs": notice.taken_down_on is None and beijing_today() <= notice.due_on,
        "hangs": notice.taken_down_on is None,
        "calendar": calendar_note(notice.due_on) if notice.taken_down_on is None else "",
        "objections": [
            {"pk": one.pk, "channel": Channel(one.channel), "came_on": one.came_on, "answered": one.answered_at is not None, "upheld": one.upheld, "answer": one.answer, "by": one.answered_by, "mine": one.answered_at is None and may_answer(by, one), "answers": places.get(one.goes_to, "")}
            for one in found
        ],
    }  # fmt: skip


def chain(by: Appointment, one: Proceeding) -> list[dict[str, Any]]:
    """Every step of the procedure, with who did what in it, round by round; what is to come stays visible.

    In which class a household is watched, and with what help, only to those who may see clues.
    """
    named = by.role in RIGHTS["decisions.see_named"] or by.official_id in one.signatures.values_list(
        "official", flat=True
    )
    done: dict[str, list[dict[str, Any]]] = {}
    signatures = list(one.signatures.select_related("appointment__official", "deputises"))
    signed_for = who_signed(signatures)
    for each in signatures:
        done.setdefault(each.step, []).append(
            {"sign": Sign(each.sign), "who": each.appointment.says(language()), "behind": each.deputises.name if each.deputises else "", "at": each.at, "reason": each.reason, "vote": each.detail.get("vote"), "words": signed_for.get(each.pk, "") or (decided(each.detail) if named else ""), "round": each.round}
        )  # fmt: skip
    steps = one.procedure.definition["steps"]
    brought: dict[str, list[dict[str, Any]]] = {}
    for paper in one.papers.all():
        step = next(each for each in steps if each["id"] == paper.step)
        brought.setdefault(paper.step, []).append(
            {
                "pk": paper.pk,
                "what": _says(one, step, paper.what),
                "brought_by": paper.brought_by,
                "at": paper.at,
                "sources": authorising.named(paper.sources),
                "drawn": paper.drawn,
            }
        )
    at = [each["id"] for each in steps].index(one.at_step)
    notices = {each.reference: each for each in Notice.objects.filter(of_proceeding=one.pk)}
    return [
        {
            "says": said(each["says"]),
            "signs": done.get(each["id"], []),
            "papers": brought.get(each["id"], []),
            "state": _how_far(one, number - at),
            "notices": [notice for key, notice in notices.items() if key.split(":")[2] == each["id"]],
            "effect": one.procedure.definition["effect_at"] == each["id"] and one.effect_on is not None,
        }
        for number, each in enumerate(steps)
    ]  # fmt: skip


def _how_far(one: Proceeding, ahead: int) -> str:
    """A step so many steps ahead of the one that was reached: done, now, refused, to come, or never reached."""
    if ahead < 0 or one.course == Course.DECIDED:
        return "done"
    if one.course == Course.OPEN:
        return "to_come" if ahead else "now"
    return "not_reached" if ahead or one.course in (Course.WITHDRAWN, Course.LAPSED) else "refused"


def who_signed(signatures: list[Signature]) -> dict[int, str]:
    """By signature at which a household gave its word: who signed for it, in words; that it would not."""
    said = {one.pk: str(one.detail["member"]) for one in signatures if one.detail.get("member")}
    keys = keys_of(said.values())
    names = {str(pk): name for pk, name in Person.objects.filter(pk__in=keys).values_list("pk", "name")}
    others = {NOBODY: _("替本户签字的不是登记的家庭成员"), REFUSED: _("本户拒签")}
    return {
        pk: others.get(key) or _("本户签字：%(name)s") % {"name": names.get(key) or _("姓名未登记")}
        for pk, key in said.items()
    }


def decided(detail: dict[str, Any]) -> str:
    """What a signature decided besides yes, in a line: the class of watching, the help, how the risk went."""
    parts = [
        WatchClass(detail["watch_class"]).says(language()) if detail.get("watch_class") else "",
        RemovalMode(detail["mode"]).says(language()) if detail.get("mode") else "",
        _("、").join(Help(one).says(language()) for one in detail.get("measures", [])),
    ]
    return " · ".join(part for part in parts if part)
