"""A household that the register does not have is proposed for the roll, with its people; corrected after a return. 建户登记

Deciding, taking back and undoing are those of any case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.identity import identity
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.kinds import KINDS, Change
from xiuhua.decisions.kinds.beginning import HouseholdBegins, found_at_home
from xiuhua.decisions.kinds.kind import lines_of
from xiuhua.decisions.kinds.reading import newest_members, not_there_yet
from xiuhua.decisions.models import Case, CaseMember
from xiuhua.decisions.services.acts import Done, Unfit, held, immediate, in_words, may, needs, step
from xiuhua.decisions.services.proposing import Said, Upload, fill, keep, told_of
from xiuhua.decisions.terms import Act
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries.bearers import AtHome, too_early
from xiuhua.registry.services import Refused

KIND = HouseholdBegins.code


@dataclass(frozen=True)
class Newcomer:
    """Somebody of the family. An ID number in the clear (sealed at once) says sex and day of birth; without one, why there is none.
    `keeps`: the turn under which a number was handed in before, that stays."""

    name: str
    relation: str
    id_number: str = field(default="", repr=False)
    no_number: str = ""
    sex: str | None = None
    birth_date: date | None = None
    keeps: int | None = None


@dataclass(frozen=True)
class NewHome:
    """A family as a form says it; on: from which day it is on the roll, not before somebody of it was born. `application`: what it was
    begun from. `apart`: how it is known that they are others than their namesakes of the register."""

    village_code: str
    people: tuple[Newcomer, ...]
    on: date
    application: int
    group_name: str = ""
    number: str = ""
    phone: str = field(default="", repr=False)
    reason: str = ""
    apart: str = ""


@recorded("decisions.proposed")
def propose_household(*, by: Appointment, home: NewHome, papers: Iterable[Upload] = ()) -> Done:
    """Proposes that a family be entered on the roll. Unfit says what does not make sense, and who of it is in the register already;
    nothing of the register changes yet."""
    needs(by, "decisions.propose")
    if not scope_of(by.place_code).covers(home.village_code):
        raise Refused("这个村不在您的工作范围内", "The village lies outside your area")
    change = _fit(by, home, [])
    with in_words():
        immediate()
        case = Case(place_code=home.village_code, kind=KIND, begun_at=beijing_now())
        _filled(case, change, home)
        case.save(force_insert=True)
        _members(case, change, 1)
    keep(by, case, papers)
    return Done(case, step(by, case, Act.PROPOSED, detail=_detail(case, change), reason=home.reason))


@recorded("decisions.resubmitted")
def resubmit_household(*, by: Appointment, case: Case, home: NewHome, papers: Iterable[Upload] = ()) -> Done:
    """Hands in a returned entry again, corrected: in the same village. What was handed in before stays with its step."""
    needs(by, "decisions.propose")
    case = held(case)
    may(by, case, Act.RESUBMITTED)
    before = newest_members(case)
    change = _fit(by, home, before, case)
    with in_words():
        immediate()
        _filled(case, change, home)
        case.save()
        _members(case, change, before[0].round + 1)
    keep(by, case, papers)
    return Done(case, step(by, case, Act.RESUBMITTED, detail=_detail(case, change), reason=home.reason))


def standing_there(by: Appointment, home: NewHome, case: Case | None = None) -> list[AtHome]:
    """Who of a family, as it was filled in, is in the register already, within the area of whoever asks."""
    return found_at_home(_change(by, home, newest_members(case) if case else [], case))


def _change(by: Appointment, home: NewHome, before: list[CaseMember], case: Case | None = None) -> Change:
    """The family as the kind sees it."""
    kept = {one.turn: one for one in before}
    village = case.place_code if case else home.village_code
    people = [
        _newcomer(village, turn, one, kept.get(one.keeps or 0)) for turn, one in enumerate(home.people, 1)
    ]
    for one in people:
        if one.relation == "head" and home.phone:
            one.phone_sealed, one.phone_blind = seal(home.phone), blind(home.phone)
        elif one.relation == "head":
            last = next((each for each in before if each.relation == "head"), None)
            one.phone_sealed, one.phone_blind = (last.phone_sealed, last.phone_blind) if last else (None, None)  # fmt: skip
    payload: dict[str, Any] = {
        key: value
        for key, value in {"application": home.application, "number": home.number, "group_name": home.group_name, "apart": home.apart}.items()
        if value
    }  # fmt: skip
    on = _from_day(home, people)
    head = next((one.name for one in people if one.relation == "head"), "")
    change = Change(not_there_yet(village, head), on, payload=payload, reason=home.reason.strip(), by=by, newcomers=people)  # fmt: skip
    if home.apart:
        # Whoever is found later is asked about again.
        payload["apart_from"] = sorted({one.household.pk for one in found_at_home(change) if not one.by_number})  # fmt: skip
    payload["name"] = head
    return change


def _from_day(home: NewHome, people: list[CaseMember]) -> date:
    """From which day the family is on the roll: not before somebody of it was born, or left the household they lived in before; from
    today where only that this was later is known."""
    born = [one.birth_date for one in people if one.birth_date is not None]
    on = max([home.on, *(day for day in born if day <= beijing_today())])
    for one in people:
        until = too_early(bytes(one.id_blind), on) if one.id_blind is not None else None
        if until is not None:
            on = date.fromisoformat(until) if until else beijing_today()
    return on


def _newcomer(village: str, turn: int, one: Newcomer, kept: CaseMember | None) -> CaseMember:
    made = CaseMember(
        place_code=village, turn=turn, name=one.name, relation=one.relation, sex=one.sex, birth_date=one.birth_date, no_number=one.no_number[:100]
    )  # fmt: skip
    if one.id_number:
        what = identity(one.id_number, on=beijing_today())
        if not what.valid:
            raise Refused(
                f"{one.name}的证件号码不对，请对照证件逐位核对",
                f"The ID number of {one.name} is not valid; compare every digit with the document",
            )
        made.id_sealed, made.id_blind, made.id_kind = seal(one.id_number), blind(one.id_number), what.kind
        made.sex, made.birth_date, made.no_number = what.sex, what.birth_date, ""
    elif kept is not None and kept.id_blind is not None:
        # Left empty in a correction: the sealed number stays, and what it says.
        made.id_sealed, made.id_blind, made.id_kind = kept.id_sealed, kept.id_blind, kept.id_kind
        made.sex, made.birth_date, made.no_number = kept.sex, kept.birth_date, ""
    return made


def _fit(by: Appointment, home: NewHome, before: list[CaseMember], case: Case | None = None) -> Change:
    """The family, found to make sense."""
    change = _change(by, home, before, case)
    problems = KINDS[KIND].check(change)
    if problems:
        raise Unfit(problems)
    return change


def _filled(case: Case, change: Change, home: NewHome) -> None:
    fill(case, KINDS[KIND], change, Said(change.on, change.payload, reason=home.reason))


def _members(case: Case, change: Change, turn: int) -> None:
    for one in change.newcomers:
        one.case, one.round = case, turn
        one.save(force_insert=True)


def _detail(case: Case, change: Change) -> dict[str, Any]:
    return told_of(case, lines_of(KINDS[KIND], change, apart=True))
