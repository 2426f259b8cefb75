"""How findings, statuses and rules are said on a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.findings.models import Finding
from xiuhua.findings.queries import Group, day_of
from xiuhua.findings.queries.weight import Part, total
from xiuhua.findings.terms import Kind, State
from xiuhua.intake.queries.report import says
from xiuhua.intake.reading import letter
from xiuhua.intake.terms import IntakeRule
from xiuhua.notices.terms import NoticeRule
from xiuhua.places.models import Place
from xiuhua.registry.queries.households import Line, by_numbers
from xiuhua.registry.queries.rules import OF_A_LIST
from xiuhua.registry.terms import HouseholdKind, ListKind, Status
from xiuhua.workbench.queries.frame import language, link, said
from xiuhua.workbench.terms import Topic

STATUS_TONES = {Status.POOR: "red", Status.EXITED: "leaf", Status.RETURNED: "red", Status.REMOVED: "plain"}
KIND_TONES = {
    Kind.REFUSED: "red",
    Kind.ASKED: "straw",
    Kind.WARNED: "straw",
    Kind.UNKNOWN: "straw",
    Kind.MENDED: "leaf",
}
STATE_TONES = {
    State.OPEN: "red",
    State.EXPLAINED: "straw",
    State.RESTING: "straw",
    State.NOTED: "plain",
    State.CLOSED: "leaf",
}
DOUBT = "doubt."
LEAD = "lead."


def pill(tone: str, label: str) -> dict[str, str]:
    """A mark with its tone."""
    return {"tone": tone, "label": label}


def status_pill(line: Line) -> dict[str, str]:
    """A household's status: ours; or what the files report, said to be only that; or what kind of household it is."""
    if line.kind != HouseholdKind.REGISTERED and not (line.decided and line.status == Status.REMOVED):
        return pill("plain", said(HouseholdKind(line.kind)))
    reported = code("status", line.status)
    if line.decided:
        return pill(STATUS_TONES[Status(line.status or "")], said(Status(line.status or "")))
    return (
        pill("plain", _("上报：%(status)s") % {"status": reported})
        if reported
        else pill("straw", _("尚无认定"))
    )


def code(list_id: str, value: str | None) -> str:
    """A code of the rulebook's lists in the reader's words; the code itself where the list does not have it."""
    if not value:
        return ""
    one = load().codes[list_id].code(value) if list_id in load().codes else None
    return one.says(language()) if one else value


def topic(rule_id: str) -> str:
    """What a rule is about, in a word."""
    rule = load().rules.get(rule_id)
    if rule is None:
        return rule_id
    return said(Topic(rule.topic)) if rule.topic in Topic._value2member_map_ else rule.says.says(language())


def topics(rule_ids: Iterable[str]) -> list[str]:
    """Each matter once."""
    return list(dict.fromkeys(topic(one) for one in rule_ids))


def rule_label(rule_id: str, kind: str = "") -> str:
    """A rule as the heading of its findings: what was found, or which demand is not met; of a `kind` that is not known, which demand is
    still to be looked into: what nobody knows is no breach."""
    if rule_id.startswith(OF_A_LIST):
        kind = said(ListKind(rule_id.rsplit(".", 1)[-1]))
        lead = rule_id.startswith(LEAD)
        return (_("线索：%(list)s") if lead else _("听取后属实：%(list)s")) % {"list": kind}
    ours = IntakeRule._value2member_map_.get(rule_id) or NoticeRule._value2member_map_.get(rule_id)
    if ours is not None:
        return said(ours)
    rule = load().rules.get(rule_id)
    if rule is None:
        return rule_id
    heading = _("待核实：%(demand)s") if kind == Kind.UNKNOWN else _("不符：%(demand)s")
    return heading % {"demand": said(rule.says)}


def rule_clause(rule_id: str) -> str:
    """The clause a rule comes from, as its short name; empty for what intake itself checks."""
    if rule_id in NoticeRule._value2member_map_:
        return _("公示期限")
    rule = load().rules.get(rule_id)
    return said(rule.clause) if rule else ""


def next_action(rule_id: str) -> str:
    """The one thing that puts a finding right."""
    ours = IntakeRule._value2member_map_.get(rule_id)
    if isinstance(ours, IntakeRule):
        return ours.next_action(language())
    if rule_id in NoticeRule._value2member_map_:
        return NoticeRule(rule_id).next[language() == "en"]
    rule = load().rules.get(rule_id)
    return said(rule.next) if rule and rule.next else ""


def kind_pill(kind: Kind, rule_id: str) -> dict[str, str]:
    """How grave a finding is; an exit in doubt has its own word."""
    if rule_id.startswith(LEAD):
        return pill("straw", _("线索"))
    if rule_id.startswith(DOUBT) and kind != Kind.UNKNOWN:
        return pill("red", _("脱贫质量疑点"))
    return pill(KIND_TONES[kind], said(kind))


def number_of(parts: list[Part]) -> dict[str, Any]:
    """The one number by which something comes first, and what it is made of."""
    told = [
        _("%(what)s %(points)s")
        % {"what": one.says(language()), "points": f"+{one.points}" if at else one.points}
        for at, one in enumerate(parts)
    ]
    return {"number": total(parts), "why": pgettext("facts", "，").join(told)}


def concerned(group: Group) -> str:
    """How many it is about: people where it is about people, else households, else rows of a file."""
    rule = load().rules.get(group.rule)
    if group.people and (rule is None or rule.grain == "person"):
        return ngettext("%(n)s 人", "%(n)s 人", group.people) % {"n": group.people}
    if group.households:
        return ngettext("%(n)s 户", "%(n)s 户", group.households) % {"n": group.households}
    return ngettext("%(n)s 条", "%(n)s 条", group.count) % {"n": group.count}


def task(by: Appointment, group: Group, names: dict[str, str], **query: Any) -> dict[str, Any]:
    """A group of findings as a line of work: how many, where, by which clause, what to do."""
    mark = kind_pill(group.kind, group.rule)
    values = {"n": group.count, "rule": rule_label(group.rule, group.kind)}
    shown = [f"{names[code]} {n}" for code, n in group.places[:3] if code in names]
    more = _(" 等") if len(group.places) > len(shown) else ""
    if group.kind == Kind.ASKED:
        action = _("逐条判断")
    elif group.rule.startswith(DOUBT):
        action = ngettext("看 %(n)s 户", "看 %(n)s 户", group.count) % values
    else:
        action = ngettext("看 %(n)s 条", "看 %(n)s 条", group.count) % values
    return {
        **mark,
        "sentence": _("%(rule)s，%(n)s") % {**values, "n": concerned(group)},
        "weighs": number_of(list(group.parts)) if group.parts else None,
        "late": ngettext("%(n)s 条超期", "%(n)s 条超期", group.overdue) % {"n": group.overdue}
        if group.overdue
        else "",
        "where": _("，").join(shown) + more,
        "clause": rule_clause(group.rule) or _("导入校验"),
        "action_label": action,
        "url": link(by, "workbench:findings", rule=group.rule, kind=group.kind.value, **query),
    }


def finding_rows(by: Appointment, found: list[Finding]) -> list[dict[str, Any]]:
    """Findings as a page lists them: the sentence in the reader's language, the cell, the household, who and by when."""
    households = by_numbers(
        (one.place_code[:6], one.household_number) for one in found if one.household_number
    )
    names = dict(
        Place.objects.filter(
            code__in={one.place_code for one in found} | {v for one in found for v in _places(one)}
        ).values_list("code", "name")
    )
    today = beijing_today()
    rows = []
    for one in found:
        line = households.get((one.place_code[:6], one.household_number))
        mark = kind_pill(Kind(one.kind), one.rule)
        url = link(by, "workbench:household", line.id) if line else None
        rows.append(
            {
                "tone": mark["tone"],
                "kind_label": mark["label"],
                "says": says(one.rule, one.field, one.params, names)[language()],
                "household": {
                    "label": (line.head_name if line else None) or one.household_number or "—",
                    "url": url,
                },
                "number": one.household_number if line and line.head_name else "",
                "village": names.get(one.place_code, ""),
                "file": one.file_name,
                "sheet": one.sheet,
                "row": one.row,
                "column": letter(one.column) if one.column else "",
                "owner": said(one.owner) if one.owner else "",
                "due": one.due_on,
                "overdue": bool(one.state == State.OPEN and one.due_on and one.due_on < today),
                "id": one.pk,
                "open": one.state == State.OPEN,
                "state": pill(STATE_TONES[State(one.state)], said(State(one.state)))
                if one.state not in (State.OPEN, State.NOTED)
                else None,
                "days": (today - day_of(one.found_at)).days,
                "action_label": next_action(one.rule),
                "url": link(by, "workbench:finding", one.pk),
            }
        )
    return rows


def _places(one: Finding) -> list[str]:
    return [str(one.params[key]) for key in ("before", "after", "other", "place") if one.params.get(key)]
