"""One finding: what is wrong, by which clause, what was seen, what puts it right, whose it is, and all that happened to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Post
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.queries.pairs import asks_of, opened
from xiuhua.engine import load
from xiuhua.findings.models import Explanation, Finding, Move
from xiuhua.findings.permissions import RIGHTS
from xiuhua.findings.queries import parts_of
from xiuhua.findings.queries.one import explanations, may_answer, moves, posts_to_give
from xiuhua.findings.terms import EXPLAINABLE, NUMBER_WRONG_HERE, Act, State, Way, due_on
from xiuhua.intake.books import words
from xiuhua.intake.models import Batch
from xiuhua.intake.queries.own_rows import Part, part_of
from xiuhua.intake.services.marked import SHARED
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household, Membership, PeriodRecord
from xiuhua.registry.queries.correctable import (
    EXIT_YEAR,
    NEW_HEAD,
    SEALED,
    Value,
    behind,
    changed_by_a_case,
    one_value,
)
from xiuhua.registry.queries.rules import OF_A_LIST, data_day, judge
from xiuhua.workbench.queries.frame import crumbs, language, link, may, said
from xiuhua.workbench.queries.leads import hearing
from xiuhua.workbench.queries.standard import outcome_of
from xiuhua.workbench.queries.words import (
    code,
    finding_rows,
    next_action,
    number_of,
    pill,
    rule_clause,
    rule_label,
)

MOST_VALUES = 12
COUNTY = 6  # digits of a county's code
TONES = {
    Act.CLOSED: "leaf",
    Act.ACCEPTED: "straw",
    Act.EXPLAINED: "straw",
    Act.REOPENED: "red",
    Act.RETURNED: "red",
}
# Kinds of intake that people decide side by side, where a page for it is there.
PAIRS = frozenset(
    {
        "id_used_twice",
        "same_person_two_households",
        "id_changed",
        "person_moved",
        "household_moved",
        "id_elsewhere",
    }
)


def household_of(one: Finding) -> Household | None:
    """The household that a finding is about, where the register has it."""
    if not one.household_number:
        return None
    return Household.objects.filter(county_code=one.place_code[:6], number=one.household_number).first()


def page(by: Appointment, one: Finding) -> dict[str, Any]:
    """The context of workbench/finding.html."""
    household = household_of(one)
    row = finding_rows(by, [one])[0]
    rule = load().rules.get(one.rule)
    standing = one.state in (State.OPEN, State.EXPLAINED, State.RESTING)
    told = explanations(one)
    part = _part(by, one) if standing else None
    waits = _decided_above(by, one) if standing else ""
    if part and part.shared:
        waits = waits or said(dict(zip(("zh", "en"), SHARED, strict=True)))
    return {
        "crumbs": crumbs(by, one.place_code, whole=True),
        "finding": {
            **row,
            "label": rule_label(one.rule, one.kind),
            "pills": [
                pill(row["tone"], row["kind_label"]),
                *([row["state"]] if row["state"] else []),
                *([pill("red", _("已超期"))] if row["overdue"] and standing else []),
            ],
            "clause": rule_clause(one.rule) or _("导入校验"),
            "clause_url": reverse("workbench:rule", args=[rule.id]) if rule else None,
            "source": rule.source if rule else "",
            # What is closed waits for nobody.
            "next": next_action(one.rule) if standing and not waits else "",
            "waits": waits,
            "due": row["due"] if standing else None,
            "above": one.batch if part and part.file else None,
            "closed": one.closed_because if one.state == State.CLOSED else "",
            "rests_until": one.rests_until,
        },
        "weighs": number_of(parts_of(one)) if standing else None,
        "outcome": outcome_now(one, household) if rule and household else None,
        "ways": _ways(by, one, household, part, waits=bool(waits)) if standing else [],
        "values": values(by, one, household) if standing and household else [],
        "explanations": [_explanation(by, told_one) for told_one in told],
        "answer": _answer(by, told) if one.state == State.EXPLAINED else None,
        "hand_out": _hand_out(by, one) if one.state == State.OPEN else None,
        "moves": [_move(move) for move in moves(one)],
        "back_url": f"{reverse('workbench:findings')}?rule={one.rule}&kind={one.kind}",
    }


def outcome_now(one: Finding, household: Household | None) -> dict[str, Any] | None:
    """What the rule says at this moment, with the facts it sees, as design/outcome.html wants it."""
    if household is None:
        return None
    judged = judge(household.pk, kind=household.kind, as_of=data_day(household.village_code))
    found = judged.outcomes.get(one.rule)
    if found is None:
        person = _person_key(household, one)
        found = next(
            (
                failing.outcome
                for failing in judged.failing
                if failing.outcome.rule.id == one.rule
                and failing.person in (None, person)
                and failing.year in (None, one.params.get("year"))
            ),
            None,
        )
    if found is None:
        return None
    years = PeriodRecord.objects.filter(household=household.pk)
    year = years.filter(year=judged.year).first() if judged.year else None
    return {**outcome_of(found, household, year, []), "next": None}


def _person_key(household: Household, one: Finding) -> int | None:
    """Whom it is about: by their number, by key where they have none."""
    number = one.person_number
    if not number:
        return one.params.get("person_id")
    held = Membership.objects.filter(household=household, until__isnull=True, person__number=number)
    return held.values_list("person_id", flat=True).first()


def values(by: Appointment, one: Finding, household: Household) -> list[dict[str, Any]]:
    """The recorded values that the rule rests on, each with the way to its correction."""
    if not may(by, "workbench:correct"):
        return []
    if one.rule == NUMBER_WRONG_HERE:
        number = one_value(household, "person", one.params["person_id"], "id_number")
        found = [number] if number else []
    elif one.rule in load().rules:
        about = {
            "person": one.person_number,
            "key": one.params.get("person_id"),
            "year": one.params.get("year"),
        }
        found = behind(one.rule, household, **about)
    else:
        return []
    return [
        {
            "label": label_of(value),
            "whose": whose(value),
            "now": shown(value),
            "url": reverse("workbench:correct", args=[one.pk, value.grain, value.row, value.column]),
        }
        for value in found[:MOST_VALUES]
    ]


def label_of(value: Value) -> str:
    return value.field.en if language() == "en" else value.field.zh


def whose(value: Value) -> str:
    """Whose value it is: a member's name, a year, or the household's own."""
    if value.person is not None:
        return value.person.name or _("姓名未登记")
    return _("%(year)s 年度") % {"year": value.year} if value.year else _("本户")


def shown(value: Value) -> str:
    """The value as it is now, in words; a sealed one says only that it is."""
    if value.column in SEALED:
        return _("已封存")
    if value.now is None or value.now == "":
        return _("没有记录")
    if value.field.codes and value.column != "other_causes":
        return code(value.field.codes, str(value.now))
    return words(value.column, value.now)[1 if language() == "en" else 0]


def by_case(by: Appointment, value: Value, household: Household) -> dict[str, Any] | None:
    """What of a value is not corrected but changed by two people, in words, with the way there; None where anybody corrects it."""
    code = changed_by_a_case(value, household)
    if not code:
        return None
    sentence, label = {
        NEW_HEAD: (
            _("要换户主，由两个人办“变更户主”，以往每一天的户主才都留得住。别的关系写错了，在这里更正。"),
            _("办理“变更户主”"),
        ),
        EXIT_YEAR: (
            _("脱贫年度写错了，由两个人办“更正脱贫年度”。这里只能写明登记的年度已经核实。"),
            _("办理“更正脱贫年度”"),
        ),
    }[code]
    url = link(by, "decisions:new", household.pk, code)
    return {"sentence": sentence, "actions": [{"label": label, "url": url, "icon": "edit"}] if url else []}


def _decided_above(by: Appointment, one: Finding) -> str:
    """Who decides a question about two sides, said where the pair lies in no area of the reader's; empty where it does."""
    if one.rule not in PAIRS or len(by.place_code) <= COUNTY or asks_of(one.fingerprint):
        return ""
    # As near as both sides are told to be: in one township, or somewhere in the county.
    township = one.place_code[:9]
    near = len(by.place_code) > len(township) and one.params.get("place") == township
    code, role = (township, Role.TOWNSHIP_OFFICE) if near else (one.place_code[:COUNTY], Role.COUNTY_OFFICE)
    post = Post.objects.filter(role=role, place_id=code).select_related("place").order_by("pk").first()
    place = Place.objects.filter(code=code).first()
    office = said(post) if post else f"{place or code} {said(role)}"
    return _("两边不都在您的辖区，由%(office)s判断。判断以前，这里不用办。") % {"office": office}


def _ways(
    by: Appointment, one: Finding, household: Household | None, part: Part | None, *, waits: bool
) -> list[dict[str, Any]]:
    """Where it is put right: the household, the pairs, the file it stood in; and an explanation, where one can be given."""
    ways: list[dict[str, Any]] = []
    if one.rule in PAIRS and not waits and (url := link(by, "decisions:pairs")):
        ways.append({"label": _("逐对判断"), "url": url, "icon": "people", "primary": True})
    if (pair := one.params.get("pair")) and opened(pair) and (url := link(by, "decisions:pair", pair)):
        ways.append({"label": _("看怎么判断的"), "url": url, "icon": "people"})
    if one.batch and not (part and part.shared) and (url := link(by, "intake:batch", one.batch)):
        ways.append(_to_the_file(by, one, url, part) | ({"primary": False} if waits else {}))
    if household and (url := link(by, "workbench:household", household.pk)):
        ways.append({"label": _("打开这一户"), "url": url, "icon": "household"})
    if one.rule.startswith(OF_A_LIST):
        return ways + hearing(by, one, household)
    if one.state == State.OPEN and one.kind in EXPLAINABLE and by.role in RIGHTS["findings.explain"]:
        url = reverse("workbench:explain", args=[one.pk])
        ways.append({"label": _("情况属实，写说明"), "url": url, "icon": "edit"})
    return ways


def _part(by: Appointment, one: Finding) -> Part | None:
    """What is given of the workbook that an office above brought, which opens it to nobody below; None for a batch of one's own."""
    if one.batch is None or not above(one):
        return None
    if not one.household_number or not link(by, "workbench:own_rows", one.pk):
        return Part(None)
    area = scope_of(by.place_code)
    return part_of(area, batch_id=one.batch, household=one.household_number, file_name=one.file_name)


def _to_the_file(by: Appointment, one: Finding, url: str, part: Part | None) -> dict[str, Any]:
    """To the batch; where an office above brought it, to the own part of its workbook, if there is one."""
    if part is None:
        return {"label": _("到第 %(n)s 批更正表格") % {"n": one.batch}, "url": url, "icon": "file"}
    if part.file is not None:
        return {
            "label": _("下载本地要更正的各行"),
            "url": link(by, "workbench:own_rows", one.pk),
            "icon": "table",
            "post": True,
            "primary": True,
        }
    return {"label": _("导入更正后的表格"), "url": link(by, "intake:new") or url, "icon": "intake"}


def above(one: Finding) -> bool:
    """Whether the workbook in which it stands was brought by an office above the acting area."""
    return one.batch is not None and not Batch.objects.filter(pk=one.batch).exists()


def _explanation(by: Appointment, one: Explanation) -> dict[str, Any]:
    state = {
        None: pill("straw", _("等待复核")),
        True: pill("straw", _("获准为例外")),
        False: pill("red", _("退回")),
    }[one.accepted]
    return {
        "text": one.text,
        "by": one.post or one.by,
        "at": one.at,
        "valid_until": one.valid_until,
        "file": one.evidence.name if one.evidence else "",
        "file_url": link(by, "workbench:evidence", one.pk) if one.evidence_id else None,
        "mark": state,
        "reason": one.reason,
        "answered_by": one.answered_post or one.answered_by,
        "answered_at": one.answered_at,
        "rests_until": one.rests_until,
    }


def _answer(by: Appointment, told: list[Explanation]) -> dict[str, Any] | None:
    """What an answer needs, for whoever may give it; for others, who does."""
    waiting = next((one for one in told if one.accepted is None), None)
    if waiting is None:
        return None
    if by.role not in RIGHTS["findings.answer"] or not may_answer(waiting, by):
        return {"others": _("由上一级业务部门或监督检查人员复核，写说明的人不能复核。")}
    url = reverse("workbench:answer", args=[waiting.finding_id])
    return {"url": url, "until": waiting.valid_until, "least": beijing_today()}


def _hand_out(by: Appointment, one: Finding) -> dict[str, Any] | None:
    if (url := link(by, "workbench:hand_out")) is None:
        return None
    today = beijing_today()
    posts = [
        post
        for post in posts_to_give(scope_of(by.place_code), day=today)
        if scope_of(post.place_id).covers(one.place_code)
    ]
    return {
        "url": url,
        "id": one.pk,
        "posts": [{"id": post.pk, "label": said(post), "current": post.pk == one.owner_id} for post in posts],
        "due_on": one.due_on if one.due_on and one.due_on > today else due_on(today, one.place_code[:6]),
        "least": today,
        "most": today + timedelta(days=180),
    }


def _move(one: Move) -> dict[str, Any]:
    act = Act(one.act)
    return {
        "at": one.at,
        "act": said(act),
        "tone": TONES.get(act, "plain"),
        "way": said(Way(one.way)) if one.way and act == Act.CLOSED else "",
        "by": one.post or one.by or _("夜间复核（系统）"),
        "owner": said(one.owner) if one.owner and act in (Act.HANDED_OUT, Act.FOUND, Act.REOPENED) else "",
        "due": one.due_on if act in (Act.HANDED_OUT, Act.DUE_CHANGED, Act.ACCEPTED) else None,
        "says": one.says.get("en" if language() == "en" else "zh", ""),
        "batch": one.batch,
    }
