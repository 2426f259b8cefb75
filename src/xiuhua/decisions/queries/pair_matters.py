"""What the page of a pair lays side by side, matter by matter, each with a word and a mark. A number's ends and the day of birth
make the number whole: no page shows both, and the day itself is for those who may open a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.kinds import both
from xiuhua.decisions.models import Pair
from xiuhua.decisions.terms import BY_THE_ID, PairKind
from xiuhua.engine import load
from xiuhua.engine.linkage.people import reading, within_one_edit
from xiuhua.registry.models import Person
from xiuhua.registry.queries.people import age_on, ends, sees_birth_dates
from xiuhua.registry.services import is_minor
from xiuhua.registry.terms import Seen

Both = dict[str, str]
# Kinds that ask nothing about a number: the day of birth tells more there.
WITHOUT_ENDS = (PairKind.MAY_BE_SAME, PairKind.PERSON_MOVED)
SAME, NEAR, DIFFERS, UNKNOWN = (
    {"tone": "leaf", "label": both("相同", "Same")}, {"tone": "straw", "label": both("相近", "Near")},
    {"tone": "red", "label": both("不同", "Differs")}, {"tone": "plain", "label": both("一方没有", "Not known on one side")},
)  # fmt: skip
OTHER_FORM = {"tone": "leaf", "label": both("同一身份证号", "Of one ID number")}
SOUNDS_ALIKE = {"tone": "straw", "label": both("同音", "Sounds alike")}


def matters(by: Appointment, pair: Pair, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each matter with both values and whether they agree."""
    left, right = pair.left, pair.right
    if right["source"]["where"] == "elsewhere":
        right = {}
    person = pair.kind != PairKind.HOUSEHOLD_MOVED
    lines: list[tuple[Both, Any, Any, dict[str, Any]]] = []
    if person:
        lines += [
            (
                both("姓名", "Name"),
                left.get("name"),
                right.get("name"),
                _name(left.get("name"), right.get("name")),
            ),
            (both("证件号码", "ID number"), _masked(pair, "left"), _masked(pair, "right"), _number(pair)),
            (
                both("性别", "Sex"),
                _code("sex", left.get("sex")),
                _code("sex", right.get("sex")),
                _equal(left, right, "sex"),
            ),
            _born(by, pair, left, right),
            (
                both("与户主关系", "Relation to the head"),
                _code("relation", left.get("relation")),
                _code("relation", right.get("relation")),
                _equal(left, right, "relation"),
            ),
        ]
    villages = [
        names.get(str(one.get("village") or ""), str(one.get("village") or "")) for one in (left, right)
    ]
    lines += [
        (both("户", "Household"), home(left), home(right), _equal(left, right, "household")),
        (both("行政村", "Village"), villages[0], villages[1], _equal(left, right, "village")),
        (both("怎么知道的", "How it is known"), _seen(left), _seen(right), {}),
    ]
    return [
        {"what": what, "left": one or "", "right": other or "", **({"mark": mark} if mark else {})}
        for what, one, other, mark in lines
    ]


def home(side: Mapping[str, Any]) -> str:
    """Whose household and its number, in one line."""
    return f"{side.get('head') or ''} {side.get('household') or ''}".strip()


def _equal(left: Mapping[str, Any], right: Mapping[str, Any], key: str) -> dict[str, Any]:
    one, other = left.get(key), right.get(key)
    return UNKNOWN if not one or not other else SAME if one == other else DIFFERS


def _name(one: str | None, other: str | None) -> dict[str, Any]:
    if not one or not other:
        return UNKNOWN
    if one == other:
        return SAME
    if reading(one) == reading(other):
        return SOUNDS_ALIKE
    return NEAR if within_one_edit(one, other) else DIFFERS


def _number(pair: Pair) -> dict[str, Any]:
    if pair.kind == PairKind.ID_ELSEWHERE:
        return SAME
    if pair.found_by == BY_THE_ID:
        return OTHER_FORM
    left, right = pair.left_id_blind, pair.right_id_blind
    return UNKNOWN if left is None or right is None else SAME if bytes(left) == bytes(right) else DIFFERS


def _masked(pair: Pair, side: str) -> Any:
    """The ends of a number where it is what is asked; of a minor, or of somebody whose age nobody knows, not a digit."""
    sealed = getattr(pair, f"{side}_id_sealed")
    if getattr(pair, f"{side}_id_blind") is None:
        return both("没有", "None")
    born = _day(getattr(pair, side))
    if pair.kind in WITHOUT_ENDS or sealed is None or is_minor(Person(birth_date=born), beijing_today()):
        return both("有，不显示", "On record, not shown")
    return ends(sealed) or both("有，打不开", "On record, cannot be opened")


def _born(
    by: Appointment, pair: Pair, left: Mapping[str, Any], right: Mapping[str, Any]
) -> tuple[Both, Any, Any, dict[str, Any]]:
    """The day of birth; the age where the ends of a number stand beside it, and for whoever may open none."""
    mark = _equal(left, right, "birth_date")
    if pair.kind in WITHOUT_ENDS and sees_birth_dates(by.role):
        return both("出生日期", "Date of birth"), left.get("birth_date"), right.get("birth_date"), mark
    return both("年龄（按出生日期对照）", "Age (compared by date of birth)"), _age(left), _age(right), mark


def _age(side: Mapping[str, Any]) -> Any:
    age = age_on(_day(side), beijing_today())
    return None if age is None else both(f"{age} 岁", f"{age}")


def _day(side: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(side["birth_date"]) if side.get("birth_date") else None


def _code(list_id: str, value: str | None) -> Any:
    one = load().codes[list_id].code(value) if value and list_id in load().codes else None
    return both(one.says("zh"), one.says("en")) if one else value


def _seen(side: Mapping[str, Any]) -> Any:
    if not side.get("seen"):
        return ""
    how, day = Seen(side["seen"]), side.get("seen_on") or ""
    return both(f"{how.zh} {day}".strip(), f"{how.en} {day}".strip())
