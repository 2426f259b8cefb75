"""How a village or a county stands against its own standards: each with what was seen, the clause and the next action."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiuhua.engine import Outcome, Result
from xiuhua.places.models import Place
from xiuhua.places.terms import Level
from xiuhua.registry.queries.standards import standards
from xiuhua.workbench.queries.standard import shown
from xiuhua.workbench.queries.words import pill

TITLES = {
    Level.VILLAGE: gettext_lazy("村退出标准与村表核对"),
    Level.COUNTY: gettext_lazy("县退出标准与村表核对"),
}
# Of a village the rest is taken into account; of a county one failure refuses, those that only an evaluation finds too.
WEIGHS = {
    Level.VILLAGE: gettext_lazy("只有贫困发生率一票否决，其余统筹考虑。"),
    Level.COUNTY: gettext_lazy(
        "贫困发生率、综合贫困发生率、错退率、漏评率、群众认可度，一项不达标就不能退出；后四项由专项评估得出，评估以前尚不清楚。"
    ),
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
    listed = sorted(asked, key=lambda one: (FIRST[one.code], not one.rule.veto))
    codes = [one.code for one in listed]
    return {
        **told,
        "own_standards": {
            "title": TITLES[level],
            "side": _("实时 · 按 %(day)s 的数据") % {"day": judged.as_of},
            "weighs": WEIGHS[level],
            "year": judged.year,
            "total": len(listed),
            "holds": codes.count(Result.HOLDS),
            "fails": codes.count(Result.FAILS),
            "unknown": codes.count(Result.NOT_KNOWN),
            "open": [shown(one, parts=[]) for one in listed if not one.holds],
            "met": [shown(one, parts=[]) for one in listed if one.holds],
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
