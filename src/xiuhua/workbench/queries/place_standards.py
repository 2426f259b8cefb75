"""How a village or a county stands against its own standards: each with what was seen, the clause and the next action."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiuhua.engine import Outcome, Result, load
from xiuhua.engine.outcomes import written
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.queries.standards import standards
from xiuhua.workbench.queries.frame import language, said
from xiuhua.workbench.queries.standard import because
from xiuhua.workbench.queries.words import pill, topic

TITLES = {
    Level.VILLAGE: gettext_lazy("村退出标准与村表核对"),
    Level.COUNTY: gettext_lazy("县退出标准与村表核对"),
}
# What is wrong first, then what nobody knows; what holds can be opened.
FIRST = {Result.FAILS: 0, Result.NOT_KNOWN: 1, Result.HOLDS: 2, Result.NOT_APPLICABLE: 3}


def of_place(place: Place) -> dict[str, Any]:
    """Context `own_standards` of _standards.html; None where no rule is about places of this level."""
    level = Level(place.level)
    if level not in TITLES:
        return {"own_standards": None}
    judged = standards(place.code)
    told = {"as_of": judged.as_of, **_against(judged.outcomes)}
    asked = [one for one in judged.outcomes if not one.not_applicable]
    if not asked:
        return {**told, "own_standards": None}
    shown = sorted(asked, key=lambda one: (FIRST[one.code], not one.rule.veto))
    codes = [one.code for one in shown]
    return {
        **told,
        "own_standards": {
            "title": TITLES[level],
            "side": _("实时 · 按 %(day)s 的数据") % {"day": judged.as_of},
            "year": judged.year,
            "total": len(shown),
            "holds": codes.count(Result.HOLDS),
            "fails": codes.count(Result.FAILS),
            "unknown": codes.count(Result.NOT_KNOWN),
            "open": [_outcome(one) for one in shown if not one.holds],
            "met": [_outcome(one) for one in shown if one.holds],
        },
    }


def _against(outcomes: list[Outcome]) -> dict[str, Any]:
    """Contexts `pills`, how many standards of exit are not met and not known, and `incidence_tone`."""
    standard = [one for one in outcomes if one.rule.kind == "standard" and one.rule.topic != "monitoring"]
    fails, unknown = (
        sum(1 for one in standard if one.code == code) for code in (Result.FAILS, Result.NOT_KNOWN)
    )
    pills = []
    if fails:
        says = ngettext("退出条件：%(n)s 项未达标", "退出条件：%(n)s 项未达标", fails) % {"n": fails}
        pills.append(pill("red", says))
    if unknown:
        says = ngettext("退出条件：%(n)s 项待核实", "退出条件：%(n)s 项待核实", unknown) % {"n": unknown}
        pills.append(pill("straw", says))
    tones = {Result.FAILS: "red", Result.NOT_KNOWN: "straw", Result.HOLDS: "leaf"}
    rate = next((one.code for one in standard if one.rule.topic == "incidence"), None)
    return {"pills": pills, "incidence_tone": tones.get(rate, "plain") if rate is not None else "plain"}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """One outcome as design/outcome.html wants it."""
    rule, words = outcome.rule, language()
    return {
        "state": outcome.code.word,
        "title": topic(rule.id),
        "sentence": said(rule.says),
        "because": because(outcome),
        "facts": [
            {
                "label": one.says(words),
                "value": None if one.value is None else one.text(words),
                "evidence": one.evidence,
                "seen_on": None,
            }
            for one in outcome.facts
        ],
        "figures": [
            {
                "label": said(load().figures[one.figure].says),
                "value": written(one.value, one.unit, {}, words),
                "source": one.source,
            }
            for one in outcome.figures
        ],
        "evidence": outcome.evidence,
        "seen_on": None,
        "clause": said(rule.clause),
        "source": rule.source,
        "next": {"label": said(rule.next)} if rule.next and not outcome.holds else None,
        "parts": [],
    }
