"""A household as a whole: it divides, goes into another, has another head, or moves."""

from __future__ import annotations

from typing import ClassVar

from xiuhua.decisions.kinds.joining import BOOKLET
from xiuhua.decisions.kinds.kind import (
    Ask,
    Change,
    Kind,
    Line,
    Paper,
    Problem,
    beside,
    both,
    one_head,
    people_line,
    relation_lines,
    relation_words,
)
from xiuhua.decisions.kinds.watching import divided, status_of_new, undecided, united
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.terms import Level
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.queries.bearers import numbers_in_use
from xiuhua.registry.services import (
    Trace,
    household_divides,
    household_moves,
    households_unite,
    relations_told,
)
from xiuhua.registry.terms import HouseholdKind

AGREEMENT = Paper("agreement", "家庭成员签字的书面意见", "Statement signed by the members")


class Split(Kind):
    code, zh, en = "split", "分户", "Division of a household"
    when_zh, when_en = "成年子女等分出去另立一户", "Grown children or others set up a household of their own"
    on_zh, on_en = "分户日期", "Day of the division"
    papers = (BOOKLET, AGREEMENT)
    loses = True

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (
            Ask(
                "relations", "roster", "分出去的人与新户主的关系", "Who leaves, and how related to the new head", optional_people=True,
                help_zh="留在本户的人不用改", help_en="Nothing to change for those who stay",
            ),
            Ask(
                "number", "text", "新户编号", "Number of the new household", required=False,
                help_zh="全国系统还没有给号的先不填，系统给临时号", help_en="Leave empty until the national system gave one",
            ),
        )  # fmt: skip

    def persons(self, change: Change) -> list[int]:
        return sorted(change.relations)

    def problems(self, change: Change) -> list[Problem]:
        leaving, there = change.relations, {one.person_id for one in change.members}
        if not leaving:
            return [Problem("relations", "请选择分出去的人", "Choose who leaves")]
        if not set(leaving) <= there:
            return [
                Problem(
                    "relations", "有人现在不是这一户的成员", "Somebody is no member of this household now"
                )
            ]
        if set(leaving) == there:
            return [
                Problem(
                    "relations",
                    "不能全部分出；换户主或搬家请另办",
                    "Not everybody can leave: change the head, or move",
                )
            ]
        if change.head is not None and change.head.person_id in leaving:
            return [
                Problem(
                    "relations",
                    "户主不能分出；请先办“变更户主”",
                    "The head cannot leave: change the head first",
                )
            ]
        found = one_head(change, list(leaving))
        number = change.said("number")
        if number and numbers_in_use(change.household.county_code, [number]):
            found.append(
                Problem("number", "这个户编号已经有了", "There is a household of this number already")
            )
        for one in change.members:
            if one.person_id in leaving and one.since and change.on < one.since:
                found.append(
                    Problem(
                        "effective_on",
                        f"{one.person.name}从 {one.since} 起才是本户成员，日期不能更早",
                        f"{one.person.name} is a member since {one.since}; the day cannot be earlier",
                    )
                )
        return found

    def carry_out(self, change: Change) -> Trace:
        return household_divides(
            by=change.by, case=change.case, household=change.household, leaving=change.relations, number=change.said("number"), on=change.on
        )  # fmt: skip

    def tells(self, change: Change) -> list[Line]:
        names = {one.person_id: one.person.name or "?" for one in change.members}
        now, leaving = len(change.members), change.relations
        zh = "、".join(
            f"{names.get(person, '?')}（{relation_words(code)['zh']}）" for person, code in leaving.items()
        )
        en = ", ".join(
            f"{names.get(person, '?')} ({relation_words(code)['en']})" for person, code in leaving.items()
        )
        lines = [
            people_line(now, now - len(leaving)),
            Line(both("新户", "New household"), both("无", "none"), both(zh, en)),
        ]
        if change.household.kind == HouseholdKind.REGISTERED:
            lines.append(
                Line(
                    both("新户状态", "Status of the new household"),
                    both("无", "none"),
                    status_of_new(change.household),
                )
            )
        return lines + divided(change.household)


class Merge(Kind):
    code, zh, en = "merge", "合户", "Uniting two households"
    when_zh, when_en = "这一户并入另一户，今后一起生活", "This household goes into another one"
    on_zh, on_en = "合户日期", "Day of the uniting"
    papers = (BOOKLET, AGREEMENT)
    loses = True
    ENDS: ClassVar[Line] = Line(
        both("这一户", "This household"), both("在册", "On record"),
        both("并入后结束；记录、状态历程保留", "Ends; its record and statuses stay"),
    )  # fmt: skip

    def asks(self, change: Change) -> tuple[Ask, ...]:
        roster = Ask(
            "relations", "roster", "本户成员与那一户户主的关系", "How the members are related to the head of that household"
        )  # fmt: skip
        into = Ask(
            "into", "household_number", "并入哪一户（户编号）", "Into which household (number)",
            help_zh="并入后本户结束，记录保留", help_en="This household ends then; its record stays",
        )  # fmt: skip
        return (into, roster) if change.members else (into,)

    def into(self, change: Change) -> Household | None:
        """The household that stays."""
        key = change.payload.get("into")
        return Household.objects.filter(pk=key).first() if key else None

    def households(self, change: Change) -> list[int]:
        return [change.household.pk, int(change.payload["into"])]

    def persons(self, change: Change) -> list[int]:
        return [one.person_id for one in change.members]

    def reach(self, change: Change) -> list[str]:
        into = self.into(change)
        return [
            change.household.village_code,
            into.village_code if into else change.household.village_code[:6],
        ]

    def lets_go(self, change: Change) -> list[int]:
        return [change.household.pk]

    def problems(self, change: Change) -> list[Problem]:
        into = self.into(change)
        if into is None or into.ended_on is not None:
            return [
                Problem("into", "您的工作范围内没有这个编号的户", "No household of this number in your area")
            ]
        if into.pk == change.household.pk:
            return [Problem("into", "不能并入自己", "A household cannot go into itself")]
        if into.county_code != change.household.county_code:
            return [Problem("into", "另一户在外县，请先办迁出", "The other is in another county: move first")]
        if change.household.kind != HouseholdKind.OTHER and into.kind == HouseholdKind.OTHER:
            return [
                Problem(
                    "into",
                    "建档立卡户、监测对象不能并入一般农户，否则帮扶会断；请反过来把那一户并进来",
                    "A registered or watched household cannot go into another rural one, its help would break off; unite the other way round",
                )
            ]
        told = change.relations
        if any(one.person_id not in told for one in change.members):
            return [
                Problem(
                    "relations",
                    "请逐人填写与那一户户主的关系",
                    "Say of each how they are related to that head",
                )
            ]
        if "head" in told.values():
            return [
                Problem(
                    "relations",
                    "户主是那一户的户主，并入的人不能再是户主",
                    "The head is the other household's",
                )
            ]
        return undecided(change.household, into)

    def carry_out(self, change: Change) -> Trace:
        into = self.into(change)
        assert into is not None
        return households_unite(
            by=change.by, case=change.case, ending=change.household, into=into, relations=change.relations, on=change.on
        )  # fmt: skip

    def tells(self, change: Change) -> list[Line]:
        into = self.into(change)
        named = f"{into.head_name or '?'} {into.number}" if into else "?"
        there = into.memberships.filter(until__isnull=True).count() if into else 0
        moved = "、".join(one.person.name or "?" for one in change.members)
        after = there + len(change.members)
        joins = Line(
            both(f"{named} 户", f"Household {named}"), both(f"{there} 人", f"{there} people"),
            both(f"{after} 人：加入 {moved}", f"{after} people: joined by {moved}"),
        )  # fmt: skip
        return [self.ENDS, joins, *united(change.household, into)]

    def tells_apart(self, change: Change) -> list[Line]:
        into = self.into(change)
        if into is None or into.village_code == change.household.village_code:
            return self.tells(change)
        # How many they are there, and whether they are watched, is the other village's as well.
        named = beside(change, into.village_code, into.head_name, into.number)
        moved = "、".join(one.person.name or "?" for one in change.members)
        joins = Line(named, both("不是成员", "Not members"), both(f"加入 {moved}", f"Joined by {moved}"))
        return [self.ENDS, joins]


class NewHead(Kind):
    code, zh, en = "new_head", "变更户主", "Change of head"
    when_zh, when_en = "户主换成另一位家人", "Another member becomes the head"
    on_zh, on_en = "变更日期", "Day of the change"
    papers = (BOOKLET,)
    loses: ClassVar[bool] = False

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (
            Ask(
                "relations", "roster", "每人与新户主的关系", "How each is related to the new head",
                help_zh="新户主选“户主”，其余逐人改成与他（她）的关系", help_en="Choose head for the new one and say of the others how they are related to them",
            ),
        )  # fmt: skip

    def persons(self, change: Change) -> list[int]:
        return [one.person_id for one in change.members]

    def touched(self, change: Change) -> list[Membership]:
        return [one for one in change.members if change.relations.get(one.person_id) != one.relation]

    def problems(self, change: Change) -> list[Problem]:
        found = one_head(change, [one.person_id for one in change.members])
        if not found and change.head and change.relations.get(change.head.person_id) == "head":
            found = [
                Problem(
                    "relations", "户主没有变；请把新户主选为“户主”", "The head is the same; choose another"
                )
            ]
        return found

    def carry_out(self, change: Change) -> Trace:
        return relations_told(
            by=change.by,
            case=change.case,
            household=change.household,
            relations=change.relations,
            on=change.on,
        )

    def tells(self, change: Change) -> list[Line]:
        return relation_lines(change)


class Move(Kind):
    code, zh, en = "move", "县内迁移", "Move within the county"
    when_zh, when_en = "整户搬到本县另一个村", "The whole household moves to another village of the county"
    on_zh, on_en = "迁移日期", "Day of the move"
    papers = (BOOKLET,)
    loses = True

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (Ask("village", "village", "迁往哪个村", "To which village"),)

    def persons(self, change: Change) -> list[int]:
        return [one.person_id for one in change.members]

    def reach(self, change: Change) -> list[str]:
        return [change.household.village_code, change.said("village") or change.household.village_code]

    def village(self, change: Change) -> Place | None:
        """Where to."""
        return Place.objects.filter(
            code=change.said("village"), level=Level.VILLAGE, until__isnull=True
        ).first()

    def lets_go(self, change: Change) -> list[int]:
        return [change.household.pk]

    def problems(self, change: Change) -> list[Problem]:
        place = self.village(change)
        if place is None or place.code[:6] != change.household.county_code:
            return [Problem("village", "请选择本县的一个村", "Choose a village of this county")]
        if place.code == change.household.village_code:
            return [Problem("village", "这一户就在这个村", "The household is in this village already")]
        return []

    def carry_out(self, change: Change) -> Trace:
        return household_moves(
            by=change.by,
            case=change.case,
            household=change.household,
            village_code=change.said("village"),
            on=change.on,
        )

    def tells(self, change: Change) -> list[Line]:
        names = names_of(self.reach(change))
        before, after = (names.get(code, code) for code in self.reach(change))
        return [Line(both("行政村", "Village"), both(before, before), both(after, after))]


class MoveAway(Kind):
    code, zh, en = "move_away", "迁往外县", "Move to another county"
    when_zh, when_en = (
        "整户迁到外县，由对方接收后生效",
        "The whole household moves to another county, which must accept it",
    )
    on_zh, on_en = "迁出日期", "Day of the move"
    papers = (Paper("migration_certificate", "户口迁移证", "Certificate of moving"), BOOKLET)
    loses = leaves_county = True

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (Ask("county", "county", "迁往哪个县", "To which county"),)

    def persons(self, change: Change) -> list[int]:
        return [one.person_id for one in change.members]

    def lets_go(self, change: Change) -> list[int]:
        return [change.household.pk]

    def problems(self, change: Change) -> list[Problem]:
        place = Place.objects.filter(
            code=change.said("county"), level=Level.COUNTY, until__isnull=True
        ).first()
        if place is None:
            return [Problem("county", "请选择迁往的县", "Choose the county")]
        if place.code == change.household.county_code:
            return [
                Problem("county", "就在本县，请办“县内迁移”", "That is this county: propose a move within it")
            ]
        late = [one.since for one in change.members if one.since and change.on < one.since]
        if late:
            return [
                Problem(
                    "effective_on",
                    f"有成员 {max(late)} 才加入，日期不能更早",
                    f"Somebody joined on {max(late)}; the day cannot be earlier",
                )
            ]
        return []

    def tells(self, change: Change) -> list[Line]:
        place = Place.objects.filter(code=change.said("county")).first()
        name = place.name if place else "?"
        return [
            Line(
                both("这一户", "This household"),
                both("在册", "On record"),
                both(
                    f"{name}接收后在本县结束；历史记录留在本县，成员、年度记录和状态历程随户带去",
                    f"Ends here once {name} receives it; its history stays here, people, yearly records and statuses go along",
                ),
            )
        ]
