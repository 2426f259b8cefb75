"""The household's card 明白卡: what a household may hold in its hand about its own help. Always in Chinese.

No number of anybody, nobody's illness, no school: relations stand outside a household's four walls as well. What nobody
recorded is said to be that, and left open to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.common.money import yuan
from xiuhua.engine import load
from xiuhua.places.queries import names_of
from xiuhua.places.terms import NATION, parent_of
from xiuhua.registry.models import PeriodRecord
from xiuhua.registry.terms import Basis, HouseholdKind, Status
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.household import Read
from xiuhua.workbench.queries.income import income_card
from xiuhua.workbench.queries.standard import exit_card
from xiuhua.workbench.queries.words import code

# Money that reached the household in the year, as its record tells it.
RECEIVED = (
    "dibao_fen", "wubao_fen", "pension_fen", "medical_reimbursed_fen", "education_aid_fen", "disaster_relief_fen",
)  # fmt: skip
# The line open to whoever wants to complain or ask, the same in the whole country.
HOTLINE = "12317"
ANSWERING = (Role.VILLAGE_WORKER, Role.TOWNSHIP_OFFICE, Role.COUNTY_OFFICE)
SHOWN_ANSWERING = 5


def card(found: Read, places: dict[str, str], answering: list[dict[str, str]]) -> dict[str, Any]:
    """What the layout card.typ reads of one household; all values are texts, or lists and tables of them.

    places: names by code, down to the village. answering: see `who_answers`.
    """
    household, judged = found.household, found.judged
    year = next((one for one in found.years if one.year == judged.year), None)
    # How old the papers are is the office's matter, no help that a household is owed.
    told = [one for one in exit_card(household, judged, year)["outcomes"] if one["of"] != "recent"]
    income = income_card(judged, found.years, people=found.line.people, village_code=household.village_code)
    return {
        "head": household.head_name or "（户主姓名未登记）",
        "number": household.number,
        "village": _where(household.village_code, household.group_name, places),
        "as": _helped_as(found),
        "why": _why(found),
        "people": [
            {
                "name": one.person.name or "（未登记）",
                "relation": code("relation", one.relation) or "（未登记）",
            }
            for one in found.members
        ],
        "income": income.get("income_sentence") or "收入：没有记录，请帮扶责任人入户核对后登记。",
        "guarantees": [_guarantee(one) for one in told],
        "unknown": _unknown(told),
        "received": _received(year),
        "answering": answering,
        "appeal": _appeal(household.village_code, places),
        "as_of": f"{judged.as_of:%Y-%m-%d}",
    }


def who_answers(village_code: str) -> list[dict[str, str]]:
    """Posts of the village, its township and its county that hold today, nearest first: [{"name", "post"}]."""
    above = [village_code, village_code[:9], village_code[:6]]
    held = (
        Appointment.objects.on(beijing_today())
        .filter(post__place_id__in=above, post__role__in=ANSWERING, deputy_for__isnull=True)
        .select_related("official", "post__place")
    )
    nearest = sorted(held, key=lambda one: (-len(one.place_code), one.pk))
    return [{"name": one.official.name, "post": one.post.says("zh")} for one in nearest[:SHOWN_ANSWERING]]


def names_above(village_code: str) -> dict[str, str]:
    """Names of a village and of the places above it."""
    codes, at = [], village_code
    while at and at != NATION:
        codes.append(at)
        at = parent_of(at) or ""
    return names_of(codes)


def _where(village: str, group: str | None, places: dict[str, str]) -> str:
    parts = [places.get(village[:n], "") for n in (6, 9, 12)]
    return " ".join(part for part in [*parts, group or ""] if part)


def _helped_as(found: Read) -> list[dict[str, str]]:
    household = found.household
    told = [{"label": "帮扶身份", "value": said(HouseholdKind(household.kind))}]
    if found.statuses:
        newest = found.statuses[0]
        told.append(
            {
                "label": "现在状态",
                "value": f"{said(Status(newest.status))}（{newest.since:%Y-%m-%d} 起，{said(Basis(newest.basis))}）",
            }
        )
    elif household.kind == HouseholdKind.REGISTERED:
        reported = code("status", household.status_reported)
        told.append(
            {"label": "现在状态", "value": f"尚无认定；表册上报为“{reported}”" if reported else "尚无认定"}
        )
    if household.attribute:
        told.append({"label": "户属性", "value": code("attribute", household.attribute)})
    return told


def _why(found: Read) -> str:
    household = found.household
    if not household.main_cause:
        return "没有记录。请向帮扶责任人说明，由他登记。"
    others = [code("cause", one) for one in (household.other_causes or "").split(",") if one]
    main = code("cause", household.main_cause)
    return f"主要{main}" + (f"；其他{'、'.join(others)}" if others else "")


def _guarantee(one: dict[str, Any]) -> dict[str, Any]:
    seen = f"{one['seen_on']:%Y-%m-%d}" if one["seen_on"] else ""
    return {
        "topic": one["title"],
        "asks": one["sentence"],
        "state": one["state"],
        "because": one["because"],
        "seen": {2: "已核", 1: "据表"}.get(int(one["evidence"] or 0), "") + (f" {seen}" if seen else ""),
        "clause": one["clause"],
    }


def _unknown(outcomes: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """What nobody recorded, and what is done about it."""
    return [
        {
            "topic": one["title"],
            "because": one["because"],
            "next": one["next"]["label"] if one["next"] else "",
        }
        for one in outcomes
        if one["state"] == "not_known"
    ]


def _received(year: PeriodRecord | None) -> dict[str, Any]:
    """Money of the year that the register knows of, and what it has no record of."""
    if year is None:
        return {"year": "", "known": [], "missing": []}
    known, missing = [], []
    for name in RECEIVED:
        column = load().relations["period"].column(name)
        label, amount = said(column.says).removeprefix("其中：") if column else name, getattr(year, name)
        if amount is None:
            missing.append(label)
        else:
            known.append({"label": label, "value": f"{yuan(amount):,} 元"})
    return {"year": str(year.year), "known": known, "missing": missing}


def _appeal(village: str, places: dict[str, str]) -> list[dict[str, str]]:
    county = places.get(village[:6], "本县")
    return [
        {"label": "全国扶贫监督举报电话", "value": HOTLINE},
        {"label": "县级", "value": f"{county}扶贫办（乡村振兴部门）"},
        {"label": "村级", "value": f"{places.get(village, '本村')}村民委员会"},
    ]
