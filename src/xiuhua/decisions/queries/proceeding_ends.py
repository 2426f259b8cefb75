"""Where a proceeding can begin, and what can be done when it ended: appeal, begin again, take back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Appeal, Procedure, Proceeding, Signature
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.apart import answered_in, had_a_part, is_kin, people_of
from xiuhua.decisions.queries.letting_go import too_early
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.proceeding_board import said
from xiuhua.decisions.queries.proceeding_lists import DIGITS, rows, subject
from xiuhua.decisions.queries.proceedings import (
    current_step,
    day_of,
    household_states,
    in_force,
    is_past,
    place_states,
    procedures,
)
from xiuhua.decisions.terms import Course, Sign
from xiuhua.notices.models import Notice, Objection
from xiuhua.notices.queries import calendar_note
from xiuhua.notices.terms import Channel
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household
from xiuhua.registry.queries.standards import newest_day

WITHDRAWERS = {
    "office": (Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE),
    "household": (Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE),
    "village": (Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE),
}


def can_begin(by: Appointment, home: Household) -> list[dict[str, Any]]:
    """Procedures of a household that begin from where it stands, the newest version of each; `early`: why one of them may not yet."""
    under_way = Proceeding.objects.filter(household=home, course=Course.OPEN)
    told = _beginning("household", home.village_code, household_states(home.pk), under_way)
    for one in told:
        early = too_early(one["procedure"], home.pk, home.village_code)
        one["early"] = early and early[language() == "en"]
    return told


def can_begin_at(by: Appointment, place: Place) -> list[dict[str, Any]]:
    """The same of a village or county; empty for places of other levels."""
    under_way = Proceeding.objects.filter(subject_code=place.code, course=Course.OPEN)
    return _beginning(place.level, place.code, place_states(place.code), under_way)


def _beginning(level: str, place_code: str, stands: set[str], under_way: Any) -> list[dict[str, Any]]:
    newest: dict[str, Procedure] = {one.name: one for one in procedures().values()}
    kinds, told = set(under_way.values_list("kind", flat=True)), []
    for one in newest.values():
        d = one.definition
        if (
            d["subject"] != level
            or one.kind in kinds
            or (d["begins_with"] and not stands & set(d["begins_with"]))
        ):
            continue
        if in_force(one, day_of(one, place_code)):
            told.append(
                {"name": one.name, "procedure": one, "label": said(d["says"]), "when": said(d["when"]), "clause": said(d["clause"]), "past": is_past(one),
                 "since": one.since, "until": one.until}
            )  # fmt: skip
    return told


def apart(found: list[dict[str, Any]], place_code: str) -> dict[str, Any]:
    """The procedures of today, and those that only complete records of a programme whose time is over, with the days they may be of:
    `day` is proposed, that of the place's newest data. `years` as a reader says them."""
    past = [one for one in found if one["past"]]
    if not past:
        return {"procedures": found, "completing": None}
    since, until = min(one["since"] for one in past), max(one["until"] for one in past)
    day = min(max(newest_day(place_code), since), until)
    return {
        "procedures": [one for one in found if not one["past"]],
        "completing": {"procedures": past, "since": since, "until": until, "day": day, "years": "2014-2020"},
    }


def of_household(home: int) -> list[dict[str, Any]]:
    """All proceedings of a household, the newest first."""
    return rows(Proceeding.objects.filter(household=home).order_by("-pk"))


def of_place(code: str) -> list[dict[str, Any]]:
    """All proceedings of a village or county itself, the newest first."""
    return rows(Proceeding.objects.filter(subject_code=code).order_by("-pk"))


def begins_at(place: Place) -> bool:
    """Whether a place's page offers to begin: a poor village or county that has not left."""
    return place.level in (Level.VILLAGE, Level.COUNTY) and "poor" in place_states(place.code)


def may_take_back(by: Appointment, one: Proceeding) -> dict[str, Any] | None:
    """Whether it can be taken back by this post; `own`: whether that takes the household's own writing, `paper`: whether it is not there
    yet; `two`: whether another person has to confirm it; `asked`: who asked for it already (post, at, reason), `mine`: this person."""
    d = one.procedure.definition
    if (
        one.course != Course.OPEN
        or one.effect_on is not None
        or by.role not in WITHDRAWERS[d["withdrawn_by"]]
    ):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """select decisions_wants_own_paper(c, p.definition), decisions_ends_with(c, p.definition, %s, %s, %s, %s)
            from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = %s""",
            [people_of(by), by.role, by.post.office, by.place_code, one.pk],
        )
        own, alone = cursor.fetchone()
    there = one.papers.filter(what="withdrawal", step=one.at_step, round=one.round).exists()
    asked = taking_back(one)
    return {
        "own": own, "paper": own and not there, "two": not alone, "household": d["withdrawn_by"] == "household",
        "asked": asked, "mine": asked is not None and asked.official_id in people_of(by),
    }  # fmt: skip


def taking_back(one: Proceeding) -> Signature | None:
    """Whoever asked that it be taken back, at the step it is at, while nobody else confirmed it."""
    if one.course != Course.OPEN:
        return None
    found = one.signatures.filter(sign=Sign.WITHDRAWN, step=one.at_step, round=one.round)
    return found.order_by("number").first()


def aftermath(by: Appointment, one: Proceeding) -> dict[str, Any] | None:
    """Why it ended without what it was begun for, where somebody who does not accept it goes and until when, and that it can be
    begun again; None while it is under way."""
    d = one.procedure.definition
    taken = one.effect_on is not None and d["direction"] == "leaving" and one.household_id is not None
    if (one.course == Course.OPEN and not taken) or (one.course == Course.DECIDED and not taken):
        return None
    no = (
        one.signatures.filter(sign__in=(Sign.NO, Sign.WITHDRAWN), round=one.round).order_by("-number").first()
    )
    titles = {
        Course.REFUSED: _("没有通过"), Course.ENDED: _("已终止"), Course.LAPSED: _("逾期失效"), Course.WITHDRAWN: _("已撤回"),
    }  # fmt: skip
    why = ""
    if one.course == Course.LAPSED:
        days = _days(d["lapses"], one.place_code) or 0
        why = ngettext("停在“%(step)s”超过 %(n)s 天没有办理，材料已经过时。", "停在“%(step)s”超过 %(n)s 天没有办理，材料已经过时。", days) % {
            "step": said(current_step(one)["says"]), "n": days,
        }  # fmt: skip
    elif no is not None and one.course != Course.DECIDED:
        why = no.reason
    elif one.course == Course.REFUSED:
        why = upheld_against(one)
    return {
        "title": titles.get(Course(one.course), _("已按程序办结")),
        "tone": "red" if one.course == Course.REFUSED else "plain",
        "why": why,
        "appeal": _appeal(by, one),
        "again": said(d["says"]) if one.course != Course.DECIDED and not taken else "",
    }


def upheld_against(one: Proceeding) -> str:
    """The answer to the objection that was right, and ended it at its notice; empty where none did."""
    hung = Notice.objects.filter(reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}").first()
    found = Objection.objects.filter(notice=hung, upheld=True).order_by("pk").first() if hung else None
    return _("公示期间的异议成立。%(answer)s") % {"answer": found.answer} if found else ""


def appeal_level(one: Proceeding) -> str:
    """Which level hears an appeal: as the procedure says, and above whoever decided; empty for none. As the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select decisions_appeal_length(c, p.definition) from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = %s",
            [one.pk],
        )
        found = cursor.fetchone()
    return next((level for level, digits in DIGITS.items() if found and digits == found[0]), "")


def _days(rule: dict[str, Any] | None, place_code: str) -> int | None:
    """How many days a rule of days gives at a place, as the database has it."""
    if not rule:
        return None
    own = {code: n for code, n in rule.get("most_at", {}).items() if place_code.startswith(code)}
    return own[max(own, key=len)] if own else rule.get("most")


def _appeal(by: Appointment, one: Proceeding) -> dict[str, Any] | None:
    """Where and until when one can appeal, and whether another saying would join an appeal that waits; None where there is nothing to
    appeal against."""
    n = _days(one.procedure.definition["appeal"], one.place_code)
    with connection.cursor() as cursor:
        cursor.execute(
            """select decisions_appealed_from(c, p.definition), decisions_decided_it(c, p.definition, %s)
            from decisions_proceeding c join decisions_procedure p on p.id = c.procedure_id where c.id = %s""",
            [people_of(by), one.pk],
        )
        since, decided = cursor.fetchone()
    if n is None or since is None:
        return None
    until = due(since, n)
    level = appeal_level(one)
    where = Place.objects.filter(code=one.place_code[: DIGITS[level]]).first()
    made = Appeal.objects.filter(proceeding=one, round=one.round, joins__isnull=True).first()
    joins = made is not None and made.answered_at is None
    return {
        "where": where.name if where else Level(level).says(language()),
        "until": until,
        "open": joins or (until >= beijing_today() and made is None),
        "joins": joins,
        "decided": decided,
        "may": by.role in RIGHTS["decisions.appeal"] and not decided,
    }


def due(since: date, days: int, count: str = "calendar") -> date:
    """The last of so many days after a day, moved to a working day, by the calendar in the database."""
    with connection.cursor() as cursor:
        cursor.execute("select notices_due(%s, %s, %s)", [since, days, count])
        found: date = cursor.fetchone()[0]
        return found


def appeals(by: Appointment, one: Proceeding) -> list[dict[str, Any]]:
    """Appeals against what was decided, each with all that was said and who decides it; `mine`: this post may; `idle`: it was right and
    changed nothing, for the household had begun anew (`anew`: where)."""
    level = appeal_level(one) if one.procedure.definition["appeal"] else ""
    right = by.role in RIGHTS["decisions.decide_appeal"] and len(by.place_code) == DIGITS.get(level, 0)
    part = had_a_part(by, one.pk) or is_kin(by, one.household_id) or answered_in(by, one.pk)
    both_of = people_of(by)
    hears = right or by.role in RIGHTS["decisions.see_named"]
    found = list(Appeal.objects.filter(proceeding=one))
    told = []
    for each in (each for each in found if each.joins_id is None):
        said = [each, *(x for x in found if x.joins_id == each.pk)]
        waits = each.answered_at is None
        idle = (
            bool(each.upheld) and each.round == one.round and one.course in (Course.REFUSED, Course.WITHDRAWN)
        )
        told.append({
            "pk": each.pk, "sayings": [
                {"said": x.said if hears else _("申诉内容只给承办人和答复人看"), "came_on": x.came_on, "channel": Channel(x.channel).says(language()), "taken_by": x.taken_by}
                for x in said
            ],
            "answered": not waits, "upheld": each.upheld, "answer": each.answer, "by": each.answered_by, "due": each.due_on if waits else None, "calendar": calendar_note(each.due_on) if waits else "",
            "late": waits and each.due_on is not None and each.due_on < beijing_today(),
            "level": Level(level).says(language()) if level else "",
            "mine": right and not part and all(x.taken_official_id not in both_of for x in said),
            "idle": idle, "anew": _begun_anew(one) if idle else None,
        })  # fmt: skip
    return told


def _begun_anew(one: Proceeding) -> int | None:
    """The later proceeding of the same kind and household."""
    later = Proceeding.objects.filter(kind=one.kind, household=one.household_id, pk__gt=one.pk)
    return later.order_by("-pk").values_list("pk", flat=True).first()


def about(one: Proceeding) -> dict[str, Any]:
    """Who or what a proceeding is about."""
    place = Place.objects.get(pk=one.place_code)
    return subject(one, one.household, place.name if place.named else place.code)
