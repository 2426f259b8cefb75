"""A rural household that the register does not have yet is entered on the roll. 建户登记

Begun from what somebody asked for the family, never by itself: the roll's own way is a file.
"""

from __future__ import annotations

from typing import ClassVar

from django.urls import reverse

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.kinds.bearing import Comer, Fields, asked_of, name_on_record
from xiuhua.decisions.kinds.joining import BOOKLET
from xiuhua.decisions.kinds.kind import (
    EARLIEST,
    Change,
    Kind,
    Line,
    Problem,
    both,
    people_line,
    relation_words,
)
from xiuhua.decisions.models import CaseMember
from xiuhua.places.models import Place
from xiuhua.registry.queries.bearers import AtHome, at_home, bearer_of, county_elsewhere, numbers_in_use
from xiuhua.registry.services import Details, Family, Trace, household_begins

HEAD = "head"
# The form asks no day: it follows from who comes in.
AGAIN = ("；请退回补正，重新提交时登记日期随之改", "; give it back, for handed in again it is dated anew")


def found_at_home(change: Change) -> list[AtHome]:
    """Who of the family belongs to a household of the acting area already: by number, or by name and day of birth where one of the two
    has no number."""
    sealed = [bytes(one.id_sealed) for one in change.newcomers if one.id_sealed is not None]
    named = [(one.name, one.birth_date) for one in change.newcomers if one.birth_date is not None]
    alike = at_home(sealed=sealed, named=named)
    bare = {(one.name, one.birth_date) for one in change.newcomers if one.id_blind is None}
    return [
        one
        for one in alike
        # Two different numbers are two people, whatever they are called.
        if one.by_number or one.mark is None or any(name == one.name for name, _born in bare)
    ]


class HouseholdBegins(Kind):
    """The people are the case's own rows, for a form may ask for many numbers (`CaseMember`)."""

    code, zh, en = "household_begins", "建户登记", "Entry of a household on the roll"
    when_zh, when_en = (
        "登记册里还没有的农户，登进农村住户花名册",
        "A household that the register does not have is entered on the roll of rural households",
    )
    on_zh, on_en = "从哪天起登记", "On the roll from"
    papers = (BOOKLET,)
    offered: ClassVar[bool] = False
    begins: ClassVar[bool] = True

    def head_of(self, change: Change) -> CaseMember | None:
        """The head of the family."""
        return next((one for one in change.newcomers if one.relation == HEAD), None)

    def claim(self, change: Change) -> str:
        head = self.head_of(change)
        return f"begins:{change.household.village_code} {head.name if head else ''} {(head and head.birth_date) or ''}"

    def households(self, change: Change) -> list[int]:
        return []

    def check(self, change: Change) -> list[Problem]:
        return [*self._of_days(change), *self._of_people(change), *self._of_number(change), *self._there_already(change)]  # fmt: skip

    def _of_days(self, change: Change) -> list[Problem]:
        if EARLIEST <= change.on <= beijing_today():
            return []
        return [Problem("", "登记日期不能晚于今天，也不能过早", "The day cannot lie ahead, nor so far back")]

    def _of_people(self, change: Change) -> list[Problem]:
        told, found = change.newcomers, []
        if sum(one.relation == HEAD for one in told) != 1:
            found.append(Problem("", "须有且只有一位户主", "There must be one head, and only one"))
        marks = [bytes(one.id_blind) for one in told if one.id_blind is not None]
        named = [(one.name, one.birth_date) for one in told]
        if len(set(marks)) < len(marks) or len(set(named)) < len(named):
            found.append(Problem("", "有一个人填了两次，请核对", "Somebody is named twice"))
        if any(one.birth_date is not None and one.birth_date > change.on for one in told):
            found.append(Problem("", "有人的出生日期晚于登记日期", "Somebody is born after the day of entry"))
        return found

    def _of_number(self, change: Change) -> list[Problem]:
        number = change.said("number")
        if not number or not numbers_in_use(change.household.county_code, [number]):
            return []
        return [Problem("number", "这个户编号已经有了", "There is a household of this number already")]

    def _there_already(self, change: Change) -> list[Problem]:
        """Whoever is in the register with this number is there; whoever is called the same may be."""
        url = self.begun_from(change)
        apart = set(change.payload.get("apart_from") or []) if change.said("apart") else set()
        found = []
        for one in found_at_home(change):
            home = one.household
            named = f"{home.head_name or ''}（{home.number}）"
            if one.by_number:
                found.append(Problem(
                    "", f"{one.name}的证件号码登记册里已有：{named}。是这一家的，把申请并入那一户；已经分家、婚入的，先在那一户办减少",
                    f"The number of {one.name} is in the register: {named}. If it is this family, join the application to it; whoever left it is taken out there first", url,
                ))  # fmt: skip
            elif home.pk not in apart:
                found.append(Problem(
                    "apart", f"登记册里有同名、同日出生的人：{one.name}，{named}。是这一家的，把申请并入那一户；不是的，写明凭什么知道",
                    f"Somebody of the same name and birth date is in the register: {one.name}, {named}. If it is this family, join the application to it; if not, say how that is known", url,
                ))  # fmt: skip
        return found + [each for one in change.newcomers for each in self._of_bearer(one, change)]

    def _of_bearer(self, one: CaseMember, change: Change) -> list[Problem]:
        """What is known of a number whose bearer belongs to no household of the acting area."""
        if one.id_blind is None:
            return []
        mark, sealed = bytes(one.id_blind), _bytes(one.id_sealed)
        there = bearer_of(mark, sealed=sealed)
        if there is not None and there.home is not None:
            return []
        code = county_elsewhere(mark, sealed=sealed)
        if code is None:
            comer = Comer(mark, one.name, one.place_code, change.on, change.reason, sealed)
            return asked_of(comer, Fields(name="reason", who=one.name, later=AGAIN))
        near = code == one.place_code[:6]
        place = Place.objects.filter(code=code).values_list("name", flat=True).first() or code
        where = f"{place}另一村的一户" if near else f"{place}的一户"
        return [Problem(
            "", f"{one.name}现在登记在{where}：您这里看不到那一户，请转乡镇或县里认户；已经离开的，先请对方办理减少",
            f"{one.name} belongs to a household elsewhere in {place}, which lies outside your area: the office above ties the application to it; whoever left is taken out there first",
        )]  # fmt: skip

    def begun_from(self, change: Change) -> str:
        """The page of the application that it was begun from: there it is joined to a household that is there already."""
        asked = change.payload.get("application")
        return reverse("relapse:application", args=[asked]) if asked else ""

    def carry_out(self, change: Change) -> Trace:
        people = [
            (
                Details(
                    name=one.name, sex=one.sex, birth_date=one.birth_date, id_sealed=_bytes(one.id_sealed), id_blind=_bytes(one.id_blind),
                    id_kind=one.id_kind, id_valid=True if one.id_blind is not None else None,
                ),
                one.relation,
            )
            for one in change.newcomers
        ]  # fmt: skip
        head = self.head_of(change)
        family = Family(
            change.household.village_code, people, change.said("number"), change.said("group_name"),
            _bytes(head.phone_sealed) if head else None, _bytes(head.phone_blind) if head else None,
        )  # fmt: skip
        return household_begins(by=change.by, case=change.case, family=family, on=change.on)

    def tells(self, change: Change) -> list[Line]:
        village = change.household.village_code
        name = Place.objects.filter(code=village).values_list("name", flat=True).first() or village
        where = f"{name}{change.said('group_name')}"
        lines = [
            Line(both("农村住户花名册", "Roll of rural households"), both("没有这一户", "Not on it"), both(f"{where}，一般农户", f"{where}, one of all rural households")),
            people_line(0, len(change.newcomers)),
        ]  # fmt: skip
        for one in change.newcomers:
            relation = relation_words(one.relation)
            known = one.id_blind is not None
            lines.append(Line(
                both(one.name, one.name), both("不是在册哪一户的成员", "In no household of the register"),
                both(f"{relation['zh']}，{'证件号码已填，校验码正确' if known else '还没有证件号码'}", f"{relation['en']}, {'ID number given and valid' if known else 'no ID number yet'}"),
            ))  # fmt: skip
            if one.id_blind is not None:
                lines += name_on_record(bytes(one.id_blind), village, one.name, one.name)
        if change.said("apart"):
            lines.append(Line(
                both("同名、同日出生的人", "The same name and birth date"), both("登记册里另有一人", "Somebody else in the register"),
                both("按另一家登记；凭什么知道，见下", "Entered as another family; how that is known stands below"),
            ))  # fmt: skip
        return lines


def _bytes(value: object) -> bytes | None:
    return bytes(value) if value is not None else None  # type: ignore[call-overload]
