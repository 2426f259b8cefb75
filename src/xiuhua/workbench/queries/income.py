"""A household's income by source and year against the line, per head as the exit rule reckons it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.engine import load
from xiuhua.registry.models import PeriodRecord
from xiuhua.registry.queries.rules import Judged
from xiuhua.workbench.queries.frame import language, said

LINE = "income_line_yuan"
SHOWN_YEARS = 6


def income_card(
    judged: Judged, years: list[PeriodRecord], *, people: int | None, village_code: str
) -> dict[str, Any]:
    """Contexts `income`, `income_sentence`, `income_tone`; no chart where nothing of any year is known."""
    shown = [one for one in years if _known(one)][-SHOWN_YEARS:]
    heads = judged.facts.get("members_least") or people
    if not shown or not heads:
        return {"income": None}
    high = {one.year: one.facts["year_net_income_high_fen"] for one in judged.years}
    per_head = judged.facts.get("net_income_per_head_fen")
    net = [
        _per_head(per_head, 1) if one.year == judged.year else _per_head(high.get(one.year), heads)
        for one in shown
    ]
    line = [_line(one.year, village_code) for one in shown]
    sources = [
        ("wage", _("工资性"), [one.wage_fen for one in shown]),
        ("business", _("经营净额"), [_business(one) for one in shown]),
        ("property", _("财产性"), [one.property_fen for one in shown]),
        ("transfer", _("转移性"), [one.transfer_fen for one in shown]),
    ]
    return {
        "income": {
            "caption": _("按来源的人均收入与标准"),
            "unit": ngettext("元/人·年，按 %(n)s 人计", "元/人·年，按 %(n)s 人计", heads) % {"n": heads},
            "years": [one.year for one in shown],
            "sources": [
                {"key": key, "label": label, "values": [_per_head(value, heads) for value in values]}
                for key, label, values in sources
            ],
            "net": net,
            "line": line,
            "line_label": _("国家扶贫标准"),
        },
        **_verdict(judged, shown[-1], net[-1], line[-1], heads),
    }


def _known(one: PeriodRecord) -> bool:
    told = (
        one.wage_fen, one.business_fen, one.property_fen, one.transfer_fen,
        one.net_income_reported_fen, one.net_income_per_head_reported_fen,
    )  # fmt: skip
    return any(value is not None for value in told)


def _per_head(amount_fen: int | None, heads: int) -> int | None:
    """Whole yuan a head, for a chart; what a rule compares is exact."""
    return None if amount_fen is None else int(amount_fen // (heads * FEN_PER_YUAN))


def _business(one: PeriodRecord) -> int | None:
    """Business income less its cost: what is left to live on. Not known while the cost is not."""
    if one.business_fen is None or (one.business_cost_fen is None and one.business_fen):
        return None
    return int(one.business_fen - (one.business_cost_fen or 0))


def _line(year: int, village_code: str) -> int | None:
    found = load().figure(LINE, date(year, 12, 31), village_code)
    return None if found is None else int(found.value)  # type: ignore[arg-type]


def _verdict(
    judged: Judged, newest: PeriodRecord, net: int | None, line: int | None, heads: int
) -> dict[str, str]:
    """The sentence under the chart. Whether the line is reached is the rule's to say, not the chart's."""
    rule = judged.outcomes.get("exit.income") or judged.outcomes.get("removal.income")
    if net is not None and line is None:
        return {
            "income_tone": "plain",
            "income_sentence": _("%(year)s 年人均纯收入 %(net)s 元；这一年没有国家扶贫标准。") % {"year": newest.year, "net": f"{net:,}"},
        }  # fmt: skip
    if net is None or line is None:
        return {
            "income_tone": "straw",
            "income_sentence": _("%(year)s 年人均纯收入尚不清楚。") % {"year": newest.year},
        }
    told = {"year": newest.year, "net": f"{net:,}", "gap": f"{abs(net - line):,}"}
    if net < line:
        told_so = [_("%(year)s 年人均纯收入 %(net)s 元，比国家扶贫标准低 %(gap)s 元。") % told]
    else:
        told_so = [_("%(year)s 年人均纯收入 %(net)s 元，比国家扶贫标准高 %(gap)s 元。") % told]
    if newest.transfer_fen and net > 0:
        share = newest.transfer_fen * 100 // (net * heads * FEN_PER_YUAN)
        told_so.append(_("其中转移性收入占 %(share)s%%。") % {"share": share})
    if rule is not None and rule.not_known:
        told_so.append(_("几处记录说法不一，是否达标待核实。"))
    tone = "plain" if rule is None else "leaf" if rule.holds else "red" if rule.fails else "straw"
    between = " " if language() == "en" else ""
    return {"income_tone": tone, "income_sentence": between.join(told_so)}


def living_card(judged: Judged) -> dict[str, Any]:
    """Contexts `living`, `living_year`, `living_missing`: the newest year's house, road, power and water, and what nobody recorded."""
    newest = judged.years[-1] if judged.years else None
    if newest is None:
        return {"living": []}
    missing = [said(one.label) for one in newest.living if one.value is None]
    return {
        "living_year": newest.year,
        "living_missing": _("、").join(missing),
        "living": [
            {
                "label": said(one.label),
                "value": one.text(language()),
                "evidence": one.evidence,
                "seen_on": None,
            }
            for one in newest.living
            if one.value is not None
        ],
    }
