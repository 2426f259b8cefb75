"""Somebody joins a household: born, married in, adopted, come back. 自然增加"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from xiuhua.decisions.kinds.bearing import Comer, Fields, asked_of, name_on_record, not_before_they_left
from xiuhua.decisions.kinds.kind import (
    Ask,
    Change,
    Kind,
    Line,
    Paper,
    Problem,
    both,
    people_line,
    relation_words,
)
from xiuhua.places.models import Place
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.queries.bearers import bearer_of, county_elsewhere, namesake_free
from xiuhua.registry.services import Details, Trace, person_joins
from xiuhua.registry.terms import Joining, Leaving

RELATION = Ask("relation", "relation", "与户主关系", "Relation to the head")
SEX = Ask("sex", "sex", "性别", "Sex")
ID_NUMBER = Ask(
    "id_number", "id_number", "证件号码", "ID number", required=False,
    help_zh="还没有的先不填；填写后加密封存", help_en="Leave empty where there is none yet; it is kept sealed",
)  # fmt: skip
FIELDS = Fields("id_number", "name", "effective_on")
BOOKLET = Paper("booklet", "户口簿", "Household booklet")


class Joins(Kind):
    """What all of them have in common."""

    because: ClassVar[Joining]
    # Whether the day asked for is the day of birth.
    born_then: ClassVar[bool] = False
    NAMESAKE: ClassVar[Line] = Line(
        both("同名、同日出生的人", "The same name and birth date"),
        both("本县另有一人，已离开原户", "Somebody of this county, who left a household"),
        both("按两个人登记；凭什么知道，见情况说明", "Registered as two people; the reason says how that is known"),
    )  # fmt: skip

    def asks(self, change: Change) -> tuple[Ask, ...]:
        if change.person is not None:
            return (RELATION,)
        born = () if self.born_then else (Ask("birth_date", "date", "出生日期", "Date of birth"),)
        return (Ask("name", "name", "姓名", "Name"), SEX, *born, RELATION, ID_NUMBER)

    def claim(self, change: Change) -> str:
        if change.person is not None:
            return super().claim(change)
        return f"household:{change.household.pk} {change.said('name')} {self.birth(change) or ''}"

    def birth(self, change: Change) -> date | None:
        """When the newcomer was born."""
        if self.born_then:
            return change.on
        said = change.said("birth_date")
        return date.fromisoformat(said) if said else None

    def problems(self, change: Change) -> list[Problem]:
        found = []
        if change.person is not None:
            found += self._of_known(change, change.person)
        else:
            born = self.birth(change)
            if born and born > change.on:
                found.append(
                    Problem("birth_date", "出生日期不能晚于生效日期", "Born after the day of the change")
                )
            if any(
                one.person.name == change.said("name") and one.person.birth_date == born
                for one in change.members
            ):
                found.append(
                    Problem(
                        "name",
                        "户内已有同名、同日出生的成员",
                        "A member of this name and birth date is there already",
                    )
                )
            found += self._of_number(change)
            if self._namesake(change) and not change.reason:
                found.append(
                    Problem(
                        "id_number",
                        "本县登记里有同名、同日出生、已离开原户的人。是同一人的，填此人的证件号码；不是的，在“情况说明”里写明凭什么知道",
                        "Somebody of this name and birth date left a household of this county. If it is the same person enter their ID number; if not, say below how that is known",
                    )
                )
        if change.said("relation") == "head" and change.head is not None:
            found.append(
                Problem(
                    "relation",
                    "户内已有户主；要换户主请另办“变更户主”",
                    "There is a head already; change the head as a case of its own",
                )
            )
        return found

    def _of_known(self, change: Change, person: Person) -> list[Problem]:
        if person.died_on is not None:
            return [
                Problem("", f"此人已于 {person.died_on} 登记死亡", f"Recorded as dead since {person.died_on}")
            ]
        if Membership.objects.filter(person=person, until__isnull=True).exists():
            return [
                Problem("", "此人现在是一户的成员，不能再登记回归", "The person belongs to a household now")
            ]
        last = (
            Membership.objects.filter(person=person)
            .exclude(ended_because=Leaving.UNDONE)
            .order_by("-until", "-pk")
            .first()
        )
        if last and last.ended_because == Leaving.SAME_PERSON:
            return [
                Problem(
                    "",
                    "这条记录已与另一户的同一人归并，不再使用；请按证件号码登记进户",
                    "This record was given up for another one of the same person; let them join by the ID number",
                )
            ]
        if last and last.until and change.on < last.until:
            return [
                Problem(
                    "effective_on",
                    f"此人 {last.until} 才离开，日期不能更早",
                    f"They left on {last.until}; the day cannot be earlier",
                )
            ]
        if person.id_blind is None:
            return []
        # By the number they may live elsewhere, or have lived there since, in a record of its own.
        mark = bytes(person.id_blind)
        sealed = bytes(person.id_sealed) if person.id_sealed is not None else None
        return self._in_use(mark, change, sealed) or not_before_they_left(
            self._comer(change, mark, person.name or ""), FIELDS
        )

    def _comer(self, change: Change, mark: bytes, name: str) -> Comer:
        return Comer(mark, name, change.household.village_code, change.on, change.reason, change.id_sealed)

    def _of_number(self, change: Change) -> list[Problem]:
        """What does not make sense of the number that was filled in."""
        if change.id_blind is None:
            return []
        return self._in_use(change.id_blind, change, change.id_sealed) or asked_of(
            self._comer(change, change.id_blind, change.said("name")), FIELDS
        )

    def _namesake(self, change: Change) -> bool:
        """Whether a newcomer without a number may be somebody whom the register has already, as of another household."""
        born = self.birth(change)
        return change.id_blind is None and born is not None and namesake_free(change.said("name"), born)

    def _in_use(self, mark: bytes, change: Change, sealed: bytes | None) -> list[Problem]:
        """An ID number belongs to one person, who belongs to one household; a disability card begins with it."""
        there = bearer_of(mark, sealed=sealed)
        if there is not None and there.home is not None:
            where = there.home.household
            if where.pk == change.household.pk:
                return [
                    Problem(
                        "id_number",
                        "这个证件号码已是本户成员的",
                        "A member of this household has this number",
                    )
                ]
            return [
                Problem(
                    "id_number", f"此人现在登记在 {where.head_name or ''} 家（{where.number}），请先在那一户办理婚出等减少",
                    f"The person is registered in household {where.number}; have them leave there first",
                )
            ]  # fmt: skip
        code = county_elsewhere(mark, sealed=sealed)
        if code is None:
            return []
        county = Place.objects.filter(code=code).first()
        name = county.name if county else code
        return [
            Problem(
                "id_number", f"此人现在登记在{name}的另一户，请先请对方办理减少",
                f"The person is registered in another household in {name}; ask that office to have them leave first",
            )
        ]  # fmt: skip

    def carry_out(self, change: Change) -> Trace:
        who: Person | Details = change.person or Details(
            name=change.said("name"),
            sex=change.said("sex") or None,
            birth_date=self.birth(change),
            id_sealed=change.id_sealed,
            id_blind=change.id_blind,
            id_kind=change.said("id_kind") or "none",
            id_valid=change.payload.get("id_valid"),
        )
        return person_joins(
            by=change.by, case=change.case, household=change.household, who=who, relation=change.said("relation"),
            because=self.because, on=change.on,
        )  # fmt: skip

    def tells(self, change: Change) -> list[Line]:
        name = (change.person.name if change.person else change.said("name")) or "?"
        relation = relation_words(change.said("relation"))
        now = len(change.members)
        lines = [
            people_line(now, now + 1),
            Line(
                both(name, name),
                both("不是本户成员", "No member"),
                both(f"{relation['zh']}，{change.on} 起", f"{relation['en']}, from {change.on}"),
            ),
        ]
        if change.person is None and self._namesake(change):
            lines.append(self.NAMESAKE)
        if change.person is None and change.id_blind is not None:
            lines += name_on_record(change.id_blind, change.household.village_code, change.said("name"))
        return lines


class Birth(Joins):
    code, zh, en = "birth", "出生", "Birth"
    when_zh, when_en = (
        "家里添了孩子，还没有户口本也可以先报",
        "A child was born; it can be told before there is a booklet",
    )
    on_zh, on_en = "出生日期", "Date of birth"
    papers = (Paper("birth_certificate", "出生医学证明", "Birth certificate"), BOOKLET)
    because, born_then = Joining.BIRTH, True
    before_zh = "；那以前出生的，按“回归”登记：出生日期照实填，回归日期填立户那天或以后"
    before_en = "; whoever was born before is registered as a return: the true date of birth, and a day since the household began"


class MarriageIn(Joins):
    code, zh, en = "marriage_in", "婚入", "Marriage in"
    when_zh, when_en = "有人嫁入或入赘到这一户", "Somebody married into this household"
    on_zh, on_en = "婚入日期", "Day of the marriage"
    papers = (Paper("marriage_certificate", "结婚证", "Marriage certificate"), BOOKLET)
    because = Joining.MARRIAGE


class AdoptionIn(Joins):
    code, zh, en = "adoption_in", "收养", "Adoption"
    when_zh, when_en = "依法收养了孩子", "A child was adopted"
    on_zh, on_en = "收养登记日期", "Day of the adoption"
    papers = (Paper("adoption_certificate", "收养登记证", "Adoption certificate"), BOOKLET)
    because = Joining.ADOPTION


class Return(Joins):
    code, zh, en = "return", "回归", "Return"
    when_zh, when_en = "离开的家人回来共同生活：离婚、退役、返乡等", "Somebody who left lives here again"
    on_zh, on_en = "回归日期", "Day of the return"
    subject = "former"
    papers = (BOOKLET,)
    because = Joining.RETURN


def former_members(change: Change) -> list[Membership]:
    """People who once belonged to the household, live, and belong nowhere now; each once, the last to leave first."""
    found = (
        Membership.objects.filter(
            household=change.household, until__isnull=False, person__died_on__isnull=True
        )
        .exclude(ended_because__in=(Leaving.UNDONE, Leaving.NEW_HEAD, Leaving.SAME_PERSON))
        .exclude(person__in=Membership.objects.filter(until__isnull=True).values("person"))
        .select_related("person")
        .order_by("-until", "-pk")
    )
    return list({one.person_id: one for one in reversed(found)}.values())[::-1]
