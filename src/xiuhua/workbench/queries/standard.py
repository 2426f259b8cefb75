"""How a household leaves: each demand with its outcome, what was seen, how and when, the clause and the next action."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xiuhua.engine import Outcome, Result, Seen, Value, load
from xiuhua.engine.outcomes import written
from xiuhua.registry.models import Household, PeriodRecord
from xiuhua.registry.queries.rules import ENDS, Judged, demands, parts
from xiuhua.workbench.queries.frame import language, said
from xiuhua.workbench.queries.words import topic

TITLES = {
    "exit": gettext_lazy("如何退：收入达标、“两不愁三保障”和饮水安全"),
    "removal": gettext_lazy("如何退：监测对象风险消除"),
}


def exit_card(household: Household, judged: Judged, year: PeriodRecord | None) -> dict[str, Any]:
    """Contexts `exit` and `outcomes`; both empty for a household that no standard speaks of."""
    name = ENDS.get(household.kind, "")
    shown = [
        (judged.outcomes[rule.id], [judged.outcomes[one.id] for one in parts(rule, name)])
        for rule in (demands(name) if name else [])
        if rule.id in judged.outcomes
    ]
    if not shown:
        return {"exit": None, "outcomes": []}
    codes = [outcome.code for outcome, _inner in shown]
    return {
        "exit": {
            "title": TITLES[name],
            "total": sum(code is not Result.NOT_APPLICABLE for code in codes),
            "holds": codes.count(Result.HOLDS),
            "fails": codes.count(Result.FAILS),
            "unknown": codes.count(Result.NOT_KNOWN),
        },
        "outcomes": [outcome_of(outcome, household, year, inner) for outcome, inner in shown],
    }


def outcome_of(
    outcome: Outcome, household: Household, year: PeriodRecord | None, inner: list[Outcome] | None = None
) -> dict[str, Any]:
    """A household's outcome as design/outcome.html wants it; without `inner` it is itself a part of another."""
    on = seen_on(outcome, household, year)
    return shown(outcome, on, None if inner is None else [outcome_of(one, household, year) for one in inner])


def shown(
    outcome: Outcome, on: date | None = None, parts: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Any outcome as design/outcome.html wants it. parts: outcomes within it; None: it is itself a part."""
    rule, part = outcome.rule, parts is None
    return {
        "state": outcome.code.word,
        "of": rule.topic,
        "title": said(rule.says) if part else topic(rule.id),
        "sentence": "" if part else said(rule.says),
        "because": because(outcome),
        "facts": [shown_fact(one) for one in outcome.facts],
        "figures": [shown_figure(one) for one in outcome.figures],
        "evidence": outcome.evidence,
        "seen_on": on,
        "clause": said(rule.clause),
        "clause_url": reverse("workbench:rule", args=[rule.id]),
        "source": rule.source,
        "next": {"label": said(rule.next)} if rule.next and (outcome.fails or outcome.not_known) else None,
        "parts": parts or [],
    }


def adjustments(judged: Judged) -> list[dict[str, Any]]:
    """Leads for the yearly adjustment and monitoring, the graver first."""
    found = sorted(judged.leads, key=lambda one: one.rule.severity != "red")
    return [
        {
            "label": topic(one.rule.id),
            "sentence": one.says(language()),
            "where": said(one.rule.clause),
            "next": said(one.rule.next) if one.rule.next else None,
        }
        for one in found
    ]


def because(outcome: Outcome) -> str:
    """Why, in one line: what failed, what is missing, or what was seen."""
    if outcome.fails:
        return outcome.says(language())
    if outcome.not_applicable:
        return ""
    if outcome.not_known and not outcome.rule.because:
        return _("登记里没有这一项的数，无法判断")
    if outcome.not_known:
        names = _("、").join(one.says(language()) for one in outcome.missing[:4])
        return _("没有记录：%(names)s") % {"names": names} if names else _("几处记录说法不一，无法判断")
    known: dict[Any, str] = {}
    for one in outcome.facts:
        if one.value is not None and not isinstance(one.value, bool):
            # The least and the most that can be are often one value: said once.
            known.setdefault((one.unit, one.value), f"{one.says(language())} {one.text(language())}")
    return pgettext("facts", "，").join(list(known.values())[:3])


def shown_fact(one: Seen) -> dict[str, Any]:
    """A fact as design/basis.html wants it."""
    return {
        "label": one.says(language()),
        "value": None if one.value is None else one.text(language()),
        "evidence": one.evidence,
        "seen_on": None,
    }


def shown_figure(one: Value) -> dict[str, Any]:
    """A figure of the rulebook as design/basis.html wants it."""
    return {
        "label": said(load().figures[one.figure].says),
        "value": written(one.value, one.unit, {}, language()),
        "source": one.source,
    }


def seen_on(outcome: Outcome, household: Household, year: PeriodRecord | None) -> date | None:
    """The oldest day on which something was seen that the outcome rests on; None where the records give no day."""
    if not any(one.value is not None for one in outcome.facts):
        return None
    records, days = load().relations, []
    for name in load().columns_of(outcome.rule.id):
        column = records["period"].column(name)
        if column is not None and column.seen and year is not None:
            if getattr(year, name, None) is not None:
                days.append(getattr(year, f"{column.seen}_on"))
        elif (own := records["household"].column(name)) is not None and own.seen:
            days.append(household.seen_on)
    known = [day for day in days if day is not None]
    return min(known) if known else None
