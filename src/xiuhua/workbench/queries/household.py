"""The household's page: the four questions, its people, its doubts, and where all of it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.queries.pages import household_cases
from xiuhua.decisions.queries.plan_lists import line_of as plan_of
from xiuhua.files.queries import way
from xiuhua.findings.models import Finding
from xiuhua.findings.queries import of_household
from xiuhua.findings.terms import Kind, State
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Household, Membership, PeriodRecord, StatusEntry
from xiuhua.registry.queries.households import Line
from xiuhua.registry.queries.households import one as line_of
from xiuhua.registry.queries.rules import OF_A_LIST, Judged, day_of, judge
from xiuhua.registry.terms import Basis, Ending, HouseholdKind, Status
from xiuhua.relapse.queries.households import card as relapse_card
from xiuhua.relapse.queries.households import watch_pill
from xiuhua.workbench.queries.frame import crumbs, language, link, may, said
from xiuhua.workbench.queries.income import income_card, living_card
from xiuhua.workbench.queries.leads import leads_card
from xiuhua.workbench.queries.past import history, sources
from xiuhua.workbench.queries.people import member
from xiuhua.workbench.queries.standard import adjustments, exit_card
from xiuhua.workbench.queries.words import code, finding_rows, kind_pill, pill, status_pill

# Households that a card can be printed for: those that are helped.
CARDS = (HouseholdKind.REGISTERED, HouseholdKind.WATCHED)


@dataclass
class Read:
    """Everything of one household that its page needs, each table asked once."""

    household: Household
    line: Line
    members: list[Membership]
    years: list[PeriodRecord]
    judged: Judged
    findings: list[Finding]
    statuses: list[StatusEntry]


def read(pk: int) -> Read | None:
    """One household of the area with all that belongs to it; None when there is none."""
    household, line = Household.objects.filter(pk=pk).first(), line_of(pk)
    if household is None or line is None:
        return None
    members = Membership.objects.filter(household=pk, until__isnull=True).select_related("person")
    years = list(PeriodRecord.objects.filter(household=pk).order_by("year"))
    return Read(
        household,
        line,
        # The head stands first, the others as they were brought.
        sorted(members, key=lambda one: (one.relation != "head", one.pk)),
        years,
        judge(pk, kind=household.kind, as_of=day_of(household, years)),
        list(of_household(household.county_code, household.number)),
        list(StatusEntry.objects.filter(household=pk).select_related("opening").order_by(F("id").desc())),
    )


def page(by: Appointment, found: Read) -> dict[str, Any]:
    """The context of workbench/household.html."""
    # Leads have a card of their own, for those who hear the household; nobody else is told that there is one.
    # Who opens no finding is told what the rules hold of the household, and not what was found about it.
    opens = may(by, "workbench:finding")
    found.findings = [one for one in found.findings if opens and not one.rule.startswith(OF_A_LIST)]
    household, line, judged = found.household, found.line, found.judged
    year = next((one for one in found.years if one.year == judged.year), None)
    exit_shown = exit_card(household, judged, year)
    return {
        "crumbs": crumbs(by, household.village_code, whole=True),
        "household": _head(by, found, exit_shown["exit"]),
        "identification": _identification(household),
        **income_card(judged, found.years, people=line.people, village_code=household.village_code),
        **living_card(judged),
        **exit_shown,
        "members": [member(by, one, judged.as_of) for one in found.members],
        "doubts": doubts(by, found),
        "leads": leads_card(by, household),
        "statuses": [_status(one) for one in found.statuses],
        "status_missing": _status_missing(found),
        "sources": sources(household, found.years, found.members, by),
        "changes": history(household, found.members, found.years),
        "computed_at": beijing_now(),
        "as_of": judged.as_of,
        "adjustments": adjustments(judged),
        "cases": household_cases(by, household.pk),
        "relapse": relapse_card(by, household),
        "change_url": link(by, "decisions:choose", household.pk) if household.ended_on is None else None,
        "plan": plan_of(household.pk) if line.status in ("poor", "pre_exit", "returned") else None,
        "ended": _ended(by, household),
    }


def _head(by: Appointment, found: Read, standard: dict[str, Any] | None) -> dict[str, Any]:
    household, line = found.household, found.line
    village = names_of([household.village_code]).get(household.village_code, household.village_code)
    pills = [status_pill(line), *watch_pill(household.pk)]
    if standard and standard["fails"]:
        pills.append(pill("red", _("%(n)s 项未达标") % {"n": standard["fails"]}))
    if standard and standard["unknown"]:
        pills.append(pill("straw", _("%(n)s 项待核实") % {"n": standard["unknown"]}))
    waiting = sum(one.state == State.OPEN for one in found.findings)
    url = link(by, "workbench:findings", household=household.number)
    change = link(by, "decisions:choose", household.pk) if household.ended_on is None else None
    actions = (
        [{"label": _("本户问题 %(n)s 条") % {"n": waiting}, "url": url, "icon": "finding"}]
        if url and waiting
        else []
    ) + ([{"label": _("人口变更"), "url": change, "icon": "people"}] if change else [])
    card = way(by, "workbench.cards", place=household.village_code, household=household.pk)
    if card and household.kind in CARDS and household.ended_on is None:
        actions.append({"label": _("明白卡"), "url": card, "icon": "file"})
    year = link(by, "workbench:enter_year", household.pk) if household.ended_on is None else None
    actions += [{"label": _("登记年度收入"), "url": year, "icon": "edit"}] if year else []
    begin = link(by, "decisions:begin", household.pk) if household.ended_on is None else None
    actions += [{"label": _("办理程序"), "url": begin, "icon": "stamp"}] if begin else []
    return {
        "head_name": household.head_name or _("户主不明"),
        "number": household.number,
        "members_count": len(found.members) or line.people or 0,
        "village": village,
        "village_url": link(by, "workbench:place", household.village_code),
        "group": household.group_name,
        "pills": pills,
        "actions": actions,
    }


def _ended(by: Appointment, household: Household) -> dict[str, Any] | None:
    """Why a household is no more, and where to go on."""
    if household.ended_on is None:
        return None
    why = said(Ending(household.ended_because))
    into = household.merged_into
    sentence = _("本户于 %(day)s 结束：%(why)s。成员都已转出，记录和状态历程保留在这里。") % {
        "day": household.ended_on,
        "why": why,
    }
    there = link(by, "workbench:household", into.pk) if into else None
    case = link(by, "decisions:case", household.ended_by_case) if household.ended_by_case else None
    actions = [
        {"label": _("看并入的户"), "url": there} if there else None,
        {"label": _("看当时的事项"), "url": case} if case else None,
    ]
    return {"title": _("这一户已经结束"), "sentence": sentence, "actions": [one for one in actions if one]}


def _identification(household: Household) -> dict[str, Any]:
    if household.kind == HouseholdKind.OTHER:
        return {"none": _("本户未列入建档立卡，没有致贫原因记录。")}
    return {
        "main_cause": code("cause", household.main_cause),
        "other_causes": [code("cause", one) for one in (household.other_causes or "").split(",") if one],
        "attribute": code("attribute", household.attribute),
        "none": _("主要致贫原因没有记录。请在下次走访时问明并更正。"),
    }


def _status(one: StatusEntry) -> dict[str, Any]:
    basis = said(Basis(one.basis))
    if one.basis == Basis.MOVED:
        return {"on": one.since, "label": said(Status(one.status)), "basis": basis}
    return {
        "on": one.since,
        "label": said(Status(one.status)),
        "basis": _("%(basis)s，%(by)s 签署") % {"basis": basis, "by": one.opening.signed_post}
        if one.opening is not None
        else f"{basis} {one.case_number}",
    }


def _status_missing(found: Read) -> str:
    """Why a registered household has no status of ours, and what brings one."""
    if found.statuses or found.household.kind != HouseholdKind.REGISTERED:
        return ""
    reported = code("status", found.household.status_reported)
    if found.household.split_from_id is not None:
        return _(
            "由另一户分出，尚无认定：分户时原户没有认定为已脱贫。须按识别或退出程序另行认定；分出前的状态留在原户。"
        )
    if reported:
        return _(
            "尚无认定。文件上报为“%(status)s”；县里签署建库承接后承接为本系统的状态，此后只能按程序变更。"
        ) % {"status": reported}
    return _("尚无认定。文件没有写明脱贫属性；须按识别程序办理。")


def doubts(by: Appointment, found: Read) -> list[dict[str, Any]]:
    """What is doubtful now by the rules, each with the cell it was seen in, then what intake found in the files."""
    by_rule = {(one.rule, one.person_number or one.params.get("person_id", "")): one for one in reversed(found.findings)}  # fmt: skip
    # A rule of the household may stand at the member it is about.
    anyhow = {one.rule: one for one in reversed(found.findings)}
    numbers = {one.person_id: one.person.number or one.person_id for one in found.members}
    names = {one.person_id: one.person.name or "" for one in found.members}
    rows, told = [], set()
    for failing in sorted(found.judged.failing, key=lambda one: one.outcome.rule.severity != "red"):
        rule = failing.outcome.rule
        seen = by_rule.get((rule.id, numbers.get(failing.person or 0, "")))
        if seen is None and failing.person is None:
            seen = anyhow.get(rule.id)
        mark = kind_pill(Kind.WARNED, rule.id)
        sentence = failing.outcome.says(language())
        told.add(rule.id)
        rows.append(
            {
                **mark,
                "sentence": _("%(name)s：%(sentence)s")
                % {"name": names[failing.person], "sentence": sentence}
                if failing.person in names
                else sentence,
                "where": _cell(seen) if seen else said(rule.clause),
                "next": said(rule.next) if rule.next else "",
                **_explained(by, seen),
            }
        )
    rest = [one for one in found.findings if one.rule not in told and one.state == State.OPEN]
    for row, finding in zip(finding_rows(by, rest), rest, strict=True):
        rows.append(
            {
                "tone": row["tone"],
                "label": row["kind_label"],
                "sentence": row["says"],
                "where": _cell(finding),
                "next": row["action_label"],
                **_explained(by, finding),
            }
        )
    return rows


def _explained(by: Appointment, one: Finding | None) -> dict[str, Any]:
    """What stands beside a rule that fails: that somebody explained it, which changes nothing of it, and the way there."""
    if one is None:
        return {}
    state = {State.EXPLAINED: _("已说明，待复核"), State.RESTING: _("已说明，获准暂缓")}.get(
        State(one.state), ""
    )
    return {
        "explained": state,
        "url": link(by, "workbench:finding", one.pk),
        "action_label": _("办理") if one.state == State.OPEN else _("看经过"),
    }


def _cell(one: Finding) -> str:
    """File, sheet and row of a finding."""
    row = _("第 %(n)s 行") % {"n": one.row} if one.row else ""
    return " · ".join(part for part in (one.file_name, one.sheet, row) if part)
