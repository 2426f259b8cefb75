"""The judgement sheet as pages show it: what it asks, what was answered, what the register says already, what the rules say beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.decisions.queries.pages import language
from xiuhua.engine import Evidence, load
from xiuhua.registry.terms import WatchClass
from xiuhua.relapse.models import Sheet
from xiuhua.relapse.queries.known import ASKED, MONEY, Filled, Known
from xiuhua.relapse.terms import Judgement, Mark

JUDGED = {Judgement.AT_RISK: "red", Judgement.NO_RISK: "leaf", Judgement.NOT_KNOWN: "straw"}


def labels() -> dict[str, str]:
    """What the fields of a sheet are called."""
    return {
        "net_income_fen": _("近十二个月家庭纯收入"), "medical_own_fen": _("医疗自付"), "education_own_fen": _("教育自付"),
        "disaster_own_fen": _("因灾净损失"), "other_spending_fen": _("其他刚性支出"), "food_clothing": _("吃穿有保障"),
        "schooling": _("适龄儿童都在学"), "medical": _("全家参加基本医疗保险"), "house": _("住房安全"), "water": _("饮水安全"),
    }  # fmt: skip


def amount(fen: int | None) -> str:
    """Fen as yuan, or that it is not known."""
    return (
        _("不清楚")
        if fen is None
        else _("%(n)s 元") % {"n": f"{fen / 100:,.0f}" if fen % 100 == 0 else f"{fen / 100:,.2f}"}
    )


def marks_said(marks: str) -> str:
    """What of a sheet, or of several, reaches a measure, in words."""
    told = dict.fromkeys(mark for mark in marks.split(",") if mark)
    return _("、").join(Mark(mark).says(language()) for mark in told)


def sheet_shown(one: Sheet) -> dict[str, Any]:
    """A sheet as a page shows it."""
    called = labels()
    return {
        "visited_on": one.visited_on,
        "judgement": {"tone": JUDGED[Judgement(one.judgement)], "label": Judgement(one.judgement).says(language())},
        "suggested": WatchClass(one.suggested).says(language()) if one.suggested else "",
        "lines": [
            {"label": called[name], "value": value_said(name, getattr(one, name)), "unknown": getattr(one, name) is None, "from": from_where(one, name)}
            for name in ASKED
        ],
        "said": one.said,
        "difficulties": one.difficulties,
        "coping": one.coping,
        "reason": one.reason,
        "marks": marks_said(one.marks),
        "by": one.post,
        "rules": outcomes_shown(one.outcomes),
    }  # fmt: skip


def value_said(name: str, value: Any) -> str:
    """A value of a sheet, or of the register, in words."""
    if name in MONEY:
        return amount(value)
    return _("不清楚") if value is None else _("是") if value else _("否")


def from_where(one: Sheet, name: str) -> str:
    """Where a sheet's value is from, in words; empty where the visit alone says it."""
    if isinstance(one.known, list):  # of before: it names what was taken over
        return _("登记册已有") if name in one.known else ""
    told = one.known.get(name)
    if told is None:
        return ""
    source = _source(told["from"], told["evidence"], told["on"])
    if not told["asked"]:
        return _("%(source)s，这次没有另问") % {"source": source}
    if told["value"] == getattr(one, name):
        return _("入户问过，与%(source)s一致") % {"source": source}
    return _("入户时说的；%(source)s是 %(value)s") % {
        "source": source,
        "value": value_said(name, told["value"]),
    }


def _source(source: str, evidence: str, on: str) -> str:
    if source == "sheet":
        return _("%(day)s 入户填的") % {"day": on}
    words = Evidence[evidence.upper()].says(language())
    return _("登记册（截至 %(day)s，%(evidence)s）") % {"day": on or _("日期不明"), "evidence": words}


def filled_said(one: Filled) -> str:
    """Where a value that a sheet begins with is from, in words."""
    source = _source(one.source, one.evidence, f"{one.on:%Y-%m-%d}" if one.on else "")
    return _("已填：%(source)s") % {"source": source}


def known_shown(known: Known) -> list[dict[str, Any]]:
    """What the register says already, with how it is known."""
    called = labels()
    return [
        {
            "label": called[name],
            "value": value_said(name, known.values[name]),
            "evidence": known.seen[name].evidence.name.lower(),
        }
        for name in ASKED
        if name in known.values
    ]


def outcomes_shown(outcomes: dict[str, Any]) -> list[dict[str, Any]]:
    """What the rules said, those that applied."""
    rules, words = (
        load().rules,
        {"holds": ("leaf", _("符合")), "fails": ("red", _("不符合")), "not_known": ("straw", _("不清楚"))},
    )
    return [
        {
            "says": rules[rule].says.says(language()),
            "tone": words[one["result"]][0],
            "result": words[one["result"]][1],
        }
        for rule, one in outcomes.items()
        if rule in rules and one["result"] in words
    ]
