"""Somebody leaves a household: died, married out, given for adoption. 自然减少"""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Max

from xiuhua.decisions.kinds.joining import BOOKLET
from xiuhua.decisions.kinds.kind import (
    Ask,
    Change,
    Kind,
    Line,
    Paper,
    Problem,
    both,
    one_head,
    people_line,
    relation_lines,
)
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import Trace, household_ends, person_leaves, relations_told
from xiuhua.registry.terms import Ending, HouseholdKind, Joining, Leaving

NEW_HEAD = Ask(
    "relations", "roster", "其余成员与新户主的关系", "How the others are related to the new head",
    help_zh="户主离开后须有一位新户主", help_en="When the head leaves, another must be named",
)  # fmt: skip


def others_live_there(household: Household) -> bool:
    """Whether others than those on record may belong to a household: of an ordinary one the roll names the head and how many they are.
    Without the head it is not empty, only not known. Where nobody said how many, nobody knows either, but of a family that was entered
    person by person.
    """
    if household.kind != HouseholdKind.OTHER:
        return False
    if household.members_reported is not None:
        return household.members_reported > 1
    return not household.memberships.filter(begun_because=Joining.ENTERED).exists()


class Leaves(Kind):
    """What all of them have in common: when the head goes another is named, when the last goes the household ends."""

    because: ClassVar[Leaving]
    subject = "member"
    loses = True
    asked: ClassVar[tuple[Ask, ...]] = ()

    def _rest(self, change: Change) -> list[int]:
        return [
            one.person_id for one in change.members if change.person and one.person_id != change.person.pk
        ]

    def _head_goes(self, change: Change) -> bool:
        return (
            change.membership is not None
            and change.membership.relation == "head"
            and bool(self._rest(change))
        )

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (*self.asked, NEW_HEAD) if self._head_goes(change) else self.asked

    def persons(self, change: Change) -> list[int]:
        return [*super().persons(change), *(self._rest(change) if self._head_goes(change) else [])]

    def touched(self, change: Change) -> list[Membership]:
        """Whoever leaves, and those whose relation another head changes; the rest stay as they are."""
        told = change.relations if self._head_goes(change) else {}
        leaves = change.person.pk if change.person else None
        return [
            one
            for one in change.members
            if one.person_id == leaves or told.get(one.person_id, one.relation) != one.relation
        ]

    def _ends(self, change: Change) -> bool:
        """Whether nobody is left, on record or not."""
        return not self._rest(change) and not others_live_there(change.household)

    def lets_go(self, change: Change) -> list[int]:
        return [change.household.pk] if self._ends(change) else []

    def problems(self, change: Change) -> list[Problem]:
        return one_head(change, self._rest(change)) if self._head_goes(change) else []

    def carry_out(self, change: Change) -> Trace:
        assert change.membership is not None
        ends, head_goes = self._ends(change), self._head_goes(change)
        trace = person_leaves(
            by=change.by, case=change.case, membership=change.membership, because=self.because, on=change.on
        )
        if head_goes:
            trace.add(
                relations_told(
                    by=change.by,
                    case=change.case,
                    household=change.household,
                    relations=change.relations,
                    on=change.on,
                )
            )
        elif ends:
            trace.add(
                household_ends(
                    by=change.by,
                    case=change.case,
                    household=change.household,
                    because=Ending.EMPTY,
                    on=change.on,
                )
            )
        return trace

    def tells(self, change: Change) -> list[Line]:
        name = (change.person.name if change.person else "") or "?"
        now = len(change.members)
        lines = [
            people_line(now, now - 1),
            Line(
                both(name, name),
                both("本户成员", "Member"),
                both(
                    f"{change.on} 起不再是成员（{self.because.zh}）",
                    f"No member from {change.on} ({self.because.en.lower()})",
                ),
            ),
        ]
        if now == 1:
            lines.append(
                Line(
                    both("这一户", "Household"),
                    both("在册", "On record"),
                    both("无人，销户；记录保留", "Nobody left: ends; its record stays")
                    if self._ends(change)
                    else both(
                        "仍在册：其余的人还没有登记",
                        "Stays on record: its other members are not recorded yet",
                    ),
                )
            )
        return lines + (
            relation_lines(change, change.person.pk) if change.person and self._head_goes(change) else []
        )


class Death(Leaves):
    code, zh, en = "death", "死亡", "Death"
    when_zh, when_en = "家里有人去世", "A member died"
    on_zh, on_en = "死亡日期", "Day of death"
    papers = (Paper("death_certificate", "死亡证明或火化证明", "Death or cremation certificate"),)
    because = Leaving.DEATH

    def problems(self, change: Change) -> list[Problem]:
        found = super().problems(change)
        born = change.person.birth_date if change.person else None
        if born and change.on < born:
            found.append(Problem("effective_on", "死亡日期早于出生日期", "Died before being born"))
        return found


class MarriageOut(Leaves):
    code, zh, en = "marriage_out", "婚出", "Marriage out"
    when_zh, when_en = "有人嫁出或入赘到别家，户口已迁出", "Somebody married into another household"
    on_zh, on_en = "婚出日期", "Day of the marriage"
    papers = (Paper("marriage_certificate", "结婚证", "Marriage certificate"), BOOKLET)
    because = Leaving.MARRIAGE
    asked = (Ask("to_where", "text", "去往何处", "Where to", required=False),)


class HouseholdEnds(Kind):
    """A household on record in which nobody is left, and which no leaving of its last member has ended."""

    code, zh, en = "household_ends", "整户销户", "End of a household"
    when_zh, when_en = (
        "登记里已没有成员：都已去世或离开",
        "No member is on record any more: all died or left",
    )
    on_zh, on_en = "销户日期", "Day of its end"
    papers = (Paper("booklet_closed", "户口注销证明或村委会证明", "Proof of the closed booklet, or the village's statement"),)  # fmt: skip
    loses = True

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return ()

    def lets_go(self, change: Change) -> list[int]:
        return [change.household.pk]

    def problems(self, change: Change) -> list[Problem]:
        if change.members:
            names = "、".join(one.person.name or "?" for one in change.members)
            return [
                Problem(
                    "",
                    f"户内还有成员（{names}），请先逐人办理“家里少人”",
                    f"Members are on record ({names}): first propose how each of them left",
                )
            ]
        last = Membership.objects.filter(household=change.household).aggregate(on=Max("until"))["on"]
        if last and change.on < last:
            return [
                Problem(
                    "effective_on",
                    f"最后一位成员到 {last} 才离开，日期不能更早",
                    f"The last member left on {last}; the day cannot be earlier",
                )
            ]
        return []

    def carry_out(self, change: Change) -> Trace:
        return household_ends(
            by=change.by, case=change.case, household=change.household, because=Ending.EMPTY, on=change.on
        )

    def tells(self, change: Change) -> list[Line]:
        ends = Line(
            both("这一户", "Household"),
            both("在册，没有成员", "On record, without members"),
            both("销户；记录、状态历程保留", "Ends; its record and statuses stay"),
        )
        if not others_live_there(change.household):
            return [ends]
        told = change.household.members_reported
        reported = both(f"{told} 人", str(told)) if told else both("没有上报", "Not reported")
        asked = both(
            "有人可能从未登记；确已无人的才销户", "Some may never have been recorded: it ends only where nobody lives there"
        )  # fmt: skip
        return [ends, Line(both("花名册上的人口", "Members on the roll"), reported, asked)]


class AdoptionOut(Leaves):
    code, zh, en = "adoption_out", "送养", "Given for adoption"
    when_zh, when_en = "孩子依法送养到别家", "A child was given for adoption"
    on_zh, on_en = "收养登记日期", "Day of the adoption"
    papers = (Paper("adoption_certificate", "收养登记证", "Adoption certificate"),)
    because = Leaving.ADOPTION
    asked = (Ask("to_where", "text", "去往何处", "Where to", required=False),)
