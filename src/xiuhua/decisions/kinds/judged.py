"""What a pair decided changes in the register: a member taken out of the household that does not keep them, a number put right, a
move taken over. Begun from a pair only; like every case it is proposed by one person and decided by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from xiuhua.decisions.kinds.households import Move
from xiuhua.decisions.kinds.kind import (
    Ask,
    Change,
    Kind,
    Line,
    Problem,
    beside,
    both,
    people_line,
    relation_words,
)
from xiuhua.decisions.kinds.leaving import Leaves
from xiuhua.decisions.kinds.settling import living, open_again, settle_findings, stays_nowhere
from xiuhua.decisions.models import Pair
from xiuhua.decisions.terms import Answer
from xiuhua.registry.models import Household, Membership
from xiuhua.registry.services import (
    Number,
    Trace,
    number_corrected,
    person_joins,
    sealed_again,
)
from xiuhua.registry.terms import Joining, Leaving

HEAD = "head"


def pair_of(change: Change) -> Pair:
    """The pair that a change was decided from."""
    return Pair.objects.select_related("case").get(pk=change.payload["pair"])


def answer_of(change: Change) -> str:
    """What was answered: the case's own word, for a pair that is being answered says so only afterwards."""
    return change.said("because") or str(pair_of(change).answer)


def _nowhere(change: Change) -> list[Problem]:
    why = stays_nowhere(pair_of(change), answer_of(change))
    return [Problem("", *why)] if why else []


class FromPair(Kind):
    """What all of them have in common: not offered by itself, and its pair's findings follow it."""

    offered: ClassVar[bool] = False

    def reach(self, change: Change) -> list[str]:
        """Both sides' villages, as far as they lie in this county."""
        pair = pair_of(change)
        sides = [str(side.get("village") or "") for side in (pair.left, pair.right)]
        return [code for code in sides if len(code) == 12 and code[:6] == pair.county_code]

    def carry_out(self, change: Change) -> Trace:
        trace = super().carry_out(change)
        settle_findings(pair_of(change), change.by.actor_name)
        return trace

    def undone(self, change: Change) -> None:
        open_again(pair_of(change), change.by.actor_name)


class SamePerson(FromPair, Leaves):
    code, zh, en = "same_person", "一人两户归并", "Person kept in one household"
    when_zh, when_en = (
        "同一个人登记在两户里，归其中一户",
        "One person stands in two households and is kept in one",
    )
    on_zh, on_en = "归并日期", "Day from which it holds"
    because = Leaving.SAME_PERSON

    def problems(self, change: Change) -> list[Problem]:
        return [*_nowhere(change), *super().problems(change)]

    def carry_out(self, change: Change) -> Trace:
        trace = super().carry_out(change)
        kept = _without_number(change)
        if kept is not None:
            trace.add(
                number_corrected(
                    by=change.by, case=change.case, household=kept.household, person=kept.person, number=_number_of(change)
                )
            )  # fmt: skip
        return trace

    def tells(self, change: Change) -> list[Line]:
        keeps = _keeps(change)
        told = beside(change, str(keeps.get("village") or ""), keeps.get("head"), keeps.get("household"))
        name = (change.person.name if change.person else "") or "?"
        belongs = both(f"归{told['zh']}", f"Belongs to {told['en']}")
        kept = Line(both(name, name), both("两户都有", "In both households"), belongs)
        carried = Line(
            both("证件号码", "ID number"),
            both("留下的记录没有", "The kept record has none"),
            both("随判断带过去", "Taken along"),
        )
        return [kept, *([carried] if _without_number(change) else []), *super().tells(change)]


def _keeps(change: Change) -> dict[str, Any]:
    """The side that keeps the person."""
    pair = pair_of(change)
    kept: dict[str, Any] = pair.left if answer_of(change) == Answer.KEEP_LEFT else pair.right
    return kept


def _without_number(change: Change) -> Membership | None:
    """Where the person stays, if that record has no number and the one that goes has: else it would be lost with it."""
    kept = living(_keeps(change), change.household.county_code)
    goes = change.person
    return kept if kept and goes and goes.id_blind is not None and kept.person.id_blind is None else None


def _number_of(change: Change) -> Number:
    goes = change.person
    assert goes is not None and goes.id_sealed is not None and goes.id_blind is not None
    number = Number(bytes(goes.id_sealed), bytes(goes.id_blind), goes.id_kind, goes.id_valid)
    if not goes.id_valid:
        return number
    return replace(
        number,
        sex=goes.sex,
        birth_date=goes.birth_date,
        disability_category=goes.disability_category,
        disability_grade=goes.disability_grade,
    )


class Released(FromPair, Leaves):
    code, zh, en = "released", "人在别处，这里核减", "Released to where the person lives"
    when_zh, when_en = (
        "此人现在登记在外县或本县其他乡镇",
        "The person is registered in another county or township now",
    )
    on_zh, on_en = "核减日期", "Day of leaving"
    because = Leaving.MOVE

    def problems(self, change: Change) -> list[Problem]:
        return [*_nowhere(change), *super().problems(change)]


class TakenMove(FromPair, Leaves):
    code, zh, en = "taken_move", "成员换户", "Member moved to another household"
    when_zh, when_en = "文件里此人已在另一户", "The file has the person in another household"
    on_zh, on_en = "换户日期", "Day of the move"
    because = Leaving.MOVE

    def target(self, change: Change) -> Household:
        """The household moved to."""
        return Household.objects.get(pk=change.payload["to_household"])

    def relation(self, change: Change) -> str:
        """The relation there: as said; nobody becomes head of a household that has one."""
        said = change.said("relation") or "other"
        has_head = Membership.objects.filter(
            household=self.target(change), until__isnull=True, relation=HEAD
        ).exists()
        return "other" if said == HEAD and has_head else said

    def households(self, change: Change) -> list[int]:
        return [change.household.pk, change.payload["to_household"]]

    def problems(self, change: Change) -> list[Problem]:
        found = super().problems(change)
        if self.target(change).ended_on is not None:
            found.append(Problem("", "迁往的那一户已经结束", "The household moved to has ended"))
        return found

    def carry_out(self, change: Change) -> Trace:
        trace = super().carry_out(change)
        assert change.person is not None
        change.person.refresh_from_db()
        trace.add(
            person_joins(
                by=change.by, case=change.case, household=self.target(change), who=change.person,
                relation=self.relation(change), because=Joining.MOVE, on=change.on,
            )
        )  # fmt: skip
        return trace

    def tells(self, change: Change) -> list[Line]:
        to = self.target(change)
        name = beside(change, to.village_code, to.head_name, to.number)
        now = Membership.objects.filter(household=to, until__isnull=True).count()
        joined = Line(name, both("不是成员", "Not a member"), relation_words(self.relation(change)))
        return [*super().tells(change), joined, people_line(now, now + 1)]


class TakenHouseholdMove(FromPair, Move):
    code, zh, en = "taken_household_move", "整户换村", "Household moved to another village"
    when_zh, when_en = "文件里这一户已在另一个村", "The file has the household in another village"

    def asks(self, change: Change) -> tuple[Ask, ...]:
        # Which village, the file says.
        return ()

    def reach(self, change: Change) -> list[str]:
        return Move.reach(self, change)


class IdCorrected(Kind):
    code, zh, en = "id_corrected", "更正证件号码", "ID number put right"
    when_zh, when_en = (
        "登记的号码写错了，文件里的是对的",
        "The number on record was wrong, the file has it right",
    )
    on_zh, on_en = "更正日期", "Day of the correction"
    subject = "member"

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return ()

    def problems(self, change: Change) -> list[Problem]:
        pair = pair_of(change)
        now = change.person.id_blind if change.person else None
        if pair.right_id_sealed is None or pair.left_id_blind is None or now is None:
            return [Problem("", "没有可采用的号码", "There is no number to take")]
        if bytes(now) != bytes(pair.left_id_blind):
            return [
                Problem(
                    "",
                    "登记的号码此后又变过，请重新判断",
                    "The number on record was changed since; decide anew",
                )
            ]
        return []

    def carry_out(self, change: Change) -> Trace:
        pair = pair_of(change)
        assert (
            change.person is not None and pair.right_id_sealed is not None and pair.right_id_blind is not None
        )
        said = pair.right
        number = Number(
            bytes(pair.right_id_sealed), bytes(pair.right_id_blind), said.get("id_kind") or "other", said.get("id_valid"),
            said.get("sex"), _day(said.get("birth_date")), said.get("disability_category"), said.get("disability_grade"),
        )  # fmt: skip
        trace = number_corrected(
            by=change.by, case=change.case, household=change.household, person=change.person, number=number
        )
        settle_findings(pair, change.by.actor_name)
        return trace

    def undone(self, change: Change) -> None:
        pair = pair_of(change)
        assert (
            change.person is not None and pair.left_id_sealed is not None and pair.left_id_blind is not None
        )
        change.person.refresh_from_db()
        sealed_again(
            by=change.by, case=change.case, household=change.household, person=change.person,
            sealed=bytes(pair.left_id_sealed), blind=bytes(pair.left_id_blind),
        )  # fmt: skip
        open_again(pair, change.by.actor_name)

    def tells(self, change: Change) -> list[Line]:
        return [
            Line(
                both("证件号码", "ID number"),
                both("登记的", "As on record"),
                both("文件里的", "As in the file"),
            )
        ]


IdCorrected.offered = False


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if said else None
