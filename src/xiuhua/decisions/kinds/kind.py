"""What every kind of case is: what it asks, which evidence it wants, whether it makes sense, what it does to the register.

A kind is told of a `Change` (the case as it stands, filled in or not yet) and knows neither pages nor steps. Sentences are
in both languages, as codes are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Literal

from django.urls import reverse

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import CaseMember, Proceeding
from xiuhua.decisions.terms import Course
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services import Trace

Subject = Literal["household", "member", "former"]
Asked = Literal[
    "name",
    "text",
    "date",
    "year",
    "sex",
    "relation",
    "id_number",
    "household_number",
    "village",
    "county",
    "roster",
]
EARLIEST = date(1900, 1, 1)


def both(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True)
class Ask:
    """One field of a kind's form. `roster`: a relation for each member; `optional_people`: those left empty do not take part."""

    name: str
    kind: Asked
    zh: str
    en: str
    required: bool = True
    help_zh: str = ""
    help_en: str = ""
    optional_people: bool = False


@dataclass(frozen=True)
class Paper:
    """A piece of evidence that a kind wants. Where the field has none yet a case goes on and says what is missing; how far, see
    `Kind.wants_a_paper`."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Problem:
    """Why a change does not make sense as it is filled in; `field` is the form's, empty for the whole. `url`: where what stands
    in the way is dealt with."""

    field: str
    zh: str
    en: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One thing that the change changes, as people say it."""

    what: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass
class Change:
    """A case as a kind sees it: whose household, about whom, from which day, what was filled in."""

    household: Household
    on: date
    person: Person | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    id_sealed: bytes | None = None
    id_blind: bytes | None = None
    reason: str = ""
    case: int = 0
    by: Any = None
    # Of a household that the register does not have yet: who belongs to it. `household` is then a row that nobody saved.
    newcomers: list[CaseMember] = field(default_factory=list)

    @cached_property
    def members(self) -> list[Membership]:
        """Who belongs to the household now, the head first."""
        found = Membership.objects.filter(household=self.household, until__isnull=True).select_related(
            "person"
        )
        return sorted(found, key=lambda one: (one.relation != "head", one.pk))

    @property
    def head(self) -> Membership | None:
        return next((one for one in self.members if one.relation == "head"), None)

    @property
    def membership(self) -> Membership | None:
        """The subject's membership of this household, when it holds now."""
        return next((one for one in self.members if self.person and one.person_id == self.person.pk), None)

    @property
    def relations(self) -> dict[int, str]:
        """The roster as it was filled in: relation by person; who was left empty is not there."""
        said = self.payload.get("relations") or {}
        return {int(person): relation for person, relation in said.items() if relation}

    def said(self, name: str) -> str:
        """What was filled in under a name; empty for nothing."""
        return str(self.payload.get(name) or "")


class Kind:
    """One kind of case. Subclasses state the data and write `problems`, `carry_out` and `tells`."""

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    when_zh: ClassVar[str]
    when_en: ClassVar[str]
    subject: ClassVar[Subject] = "household"
    on_zh: ClassVar[str] = "生效日期"
    on_en: ClassVar[str] = "Effective from"
    papers: ClassVar[tuple[Paper, ...]] = ()
    # Whether the household (or the area) loses somebody: such a change is read twice before it is decided.
    loses: ClassVar[bool] = False
    leaves_county: ClassVar[bool] = False
    # What to do instead about a day before the household began, where it can have been so.
    before_zh: ClassVar[str] = ""
    before_en: ClassVar[str] = ""
    # Whether somebody can begin one by itself; else it follows from something decided elsewhere.
    offered: ClassVar[bool] = True
    # Whether the household is not in the register before it takes effect: such a case is of no household, and has its people with it.
    begins: ClassVar[bool] = False

    def says(self, language: str) -> str:
        """The kind's name, as templates ask terms for theirs."""
        return self.en if language.startswith("en") else self.zh

    def offered_to(self, household: Household) -> bool:
        """Whether it can happen to a household at all; else its page does not offer it."""
        return True

    def asks(self, change: Change) -> tuple[Ask, ...]:
        """The fields of the form, which may depend on whom it is about."""
        raise NotImplementedError

    def kept(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What a correction keeps of what was proposed: of a kind that was decided elsewhere, all that no form asks."""
        return {} if self.offered else {name: said for name, said in payload.items() if name != "relations"}

    def claim(self, change: Change) -> str:
        """What the case is about: a second open one of the same kind and claim is refused."""
        return f"person:{change.person.pk}" if change.person else f"household:{change.household.pk}"

    def households(self, change: Change) -> list[int]:
        """Households that the case touches, its own first."""
        return [change.household.pk]

    def persons(self, change: Change) -> list[int]:
        """People that the case touches."""
        return [change.person.pk] if change.person else []

    def reach(self, change: Change) -> list[str]:
        """Village codes that whoever decides must have in their area."""
        return [change.household.village_code]

    def check(self, change: Change) -> list[Problem]:
        """Everything that does not make sense; empty when the change can be proposed, or carried out now."""
        found = []
        if change.household.ended_on is not None:
            return [
                Problem(
                    "",
                    f"这一户已于 {change.household.ended_on} 结束",
                    f"The household ended on {change.household.ended_on}",
                )
            ]
        if change.on > beijing_today():
            found.append(Problem("effective_on", "日期不能晚于今天", "The day cannot lie ahead"))
        elif change.on < EARLIEST:
            found.append(
                Problem("effective_on", "日期过早，请核对年份", "The day is too early; check the year")
            )
        if self.subject == "member" and change.membership is None:
            return [
                Problem("", "此人现在不是这一户的成员", "The person is not a member of this household now")
            ]
        wrong = self.problems(change)
        if not any(one.field == "effective_on" for one in (*found, *wrong)):
            # Which other households take part is known only where nothing else is wrong.
            homes = [change.household.pk] if wrong else self.households(change)
            found += too_early(self, change, homes)
        return found + wrong + under_way(self.lets_go(change))

    def touched(self, change: Change) -> list[Membership]:
        """Memberships that end on the day, or go along: none of them can have begun after it."""
        about = set(self.persons(change))
        return [one for one in change.members if one.person_id in about]

    def lets_go(self, change: Change) -> list[int]:
        """Households that would move or end: none of them while a proceeding about it is under way."""
        return []

    def problems(self, change: Change) -> list[Problem]:
        """What only this kind can see."""
        return []

    def carry_out(self, change: Change) -> Trace:
        """Changes the register. Runs in the transaction of the decision, after `check` found nothing."""
        raise NotImplementedError

    def undone(self, change: Change) -> None:
        """What else goes back when the case is undone, after the register's rows did."""

    def tells(self, change: Change) -> list[Line]:
        """What will change, before and after."""
        raise NotImplementedError

    def tells_apart(self, change: Change) -> list[Line]:
        """The same as the step of a proposal keeps it, which is read where only one of two households lies."""
        return self.tells(change)

    @property
    def wants_a_paper(self) -> bool:
        """Whether it takes effect only with a paper, or with the reason why there is none: a household loses nobody on a word.

        What was judged between two records of the register is proved by them. The database asks the same
        (`decisions_wants_a_paper`).
        """
        return self.loses and self.offered and bool(self.papers)

    def missing(self, brought: set[str]) -> list[Paper]:
        """Evidence that the kind wants and the case does not have."""
        return [paper for paper in self.papers if paper.code not in brought]


def too_early(kind: Kind, change: Change, homes: list[int]) -> list[Problem]:
    """A day before a household began of those that take part, or before a member joined whom it is about: what was not yet cannot
    change, and every past day has its members."""
    told = []
    for one in Household.objects.filter(pk__in=homes, begun_on__gt=change.on):
        own = one.pk == change.household.pk
        zh, en = (
            ("这一户", "The household") if own else (f"{one.head_name or ''} 户", f"Household {one.number}")
        )
        told.append(
            Problem(
                "effective_on",
                f"{zh} {one.begun_on} 才立户，日期不能更早{kind.before_zh if own else ''}",
                f"{en} began on {one.begun_on}; the day cannot be earlier{kind.before_en if own else ''}",
            )
        )
    late = [one for one in kind.touched(change) if one.since and change.on < one.since]
    if late and not told:
        last = max(late, key=lambda member: member.since or change.on)
        subject = change.person is not None and last.person_id == change.person.pk
        zh, en = (
            ("此人", "They are") if subject else (last.person.name or "?", f"{last.person.name or '?'} is")
        )
        told.append(
            Problem(
                "effective_on",
                f"{zh}从 {last.since} 起才是本户成员，日期不能更早",
                f"{en} a member since {last.since}; the day cannot be earlier",
            )
        )
    return told


def under_way(households: list[int]) -> list[Problem]:
    """What is under way about households that would move or end; its papers and signatures lie where the household lives."""
    found = Proceeding.objects.filter(household__in=households, course=Course.OPEN).select_related(
        "procedure"
    )
    return [
        Problem(
            "",
            f"这一户有正在办理的“{one.procedure.definition['says']['zh']}”（P{one.pk}），请先办结或撤回",
            f"“{one.procedure.definition['says']['en']}” (P{one.pk}) is under way for the household: finish it or take it back first",
            reverse("decisions:proceeding", args=[one.pk]),
        )
        for one in found
    ]


def beside(change: Change, village: str, head: Any, number: Any) -> dict[str, str]:
    """The other household in a case's line: by head and number in the case's own village, else by its township alone, for the
    line is read in both; whoever decides has both sides before them."""
    if village == change.household.village_code:
        told = f"{head or ''} {number}".strip()
        return both(told, told)
    place = Place.objects.filter(code=village[:9]).values_list("name", flat=True).first() or village[:9]
    return both(f"{place}另一村的一户", f"a household in another village of {place}")


def people_line(before: int, after: int) -> Line:
    """How many people the household has."""
    return Line(
        both("户内人口", "People"), both(f"{before} 人", str(before)), both(f"{after} 人", str(after))
    )


def relation_words(code: str | None) -> dict[str, str]:
    """A relation in both languages."""
    one = load().codes["relation"].code(code) if code else None
    return both(one.says("zh"), one.says("en")) if one else both("未登记", "not recorded")


def relation_lines(change: Change, leaving: int | None = None) -> list[Line]:
    """Relations that another head changes, member by member."""
    lines = []
    for one in change.members:
        after = change.relations.get(one.person_id)
        if one.person_id != leaving and after and after != one.relation:
            who = one.person.name or "?"
            lines.append(Line(both(who, who), relation_words(one.relation), relation_words(after)))
    return lines


def one_head(change: Change, people: list[int], *, field: str = "relations") -> list[Problem]:
    """Whether a roster names everybody's relation and one head among them."""
    told = change.relations
    if any(person not in told for person in people):
        return [
            Problem(field, "请逐人填写与新户主的关系", "Say of each how they are related to the new head")
        ]
    heads = sum(told[person] == "head" for person in people)
    if heads != 1:
        return [Problem(field, "须有且只有一位户主", "There must be one head, and only one")]
    return []


def lines_of(kind: Kind, change: Change, *, apart: bool = False) -> list[dict[str, Any]]:
    """What a kind tells of a change, as a step keeps it; `apart`: as long as nothing took effect."""
    return [
        {"what": dict(one.what), "before": dict(one.before), "after": dict(one.after)}
        for one in (kind.tells_apart if apart else kind.tells)(change)
    ]
