"""A family changes: it is entered, somebody joins or leaves, a household divides, unites, moves, has another head, or ends.

Each act is dated (`on`: the first day of what is new) and names the case that it rests on. Nothing is removed: rows end
and others begin, so that every past day keeps the members it had. No status is touched by any of it. Whoever was watched goes on
being watched, and what divides off a household that left poverty left it too: the database writes the entry with the decision of
the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person, Standing
from xiuhua.registry.queries.bearers import numbers_in_use
from xiuhua.registry.services.naming import learn_names
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.trace import Trace
from xiuhua.registry.terms import Basis, Ending, HouseholdKind, Joining, Leaving, Status

HEAD = "head"
# Of so many parts of a household it is asked at once which numbers are in use.
PARTS = 20


@dataclass(frozen=True)
class Details:
    """What is known of somebody new to the register. The ID number comes sealed, with what was derived from it."""

    name: str
    sex: str | None = None
    birth_date: date | None = None
    id_sealed: bytes | None = None
    id_blind: bytes | None = None
    id_kind: str = "none"
    id_valid: bool | None = None


def year_of_exit(household: Household) -> int | None:
    """In which year a household left poverty that stands there now, decided here or as the files have it; None where it does not, or
    nobody knows."""
    newest = household.statuses.order_by("-pk").first()
    if newest is None or newest.status != Status.EXITED:
        return None
    return newest.since.year if newest.basis == Basis.CASE else household.exit_year


def open_members(household: Household) -> list[Membership]:
    """Who belongs to a household now, the head first, held for the rest of the transaction."""
    found = (
        Membership.objects.select_for_update(of=("self",))
        .filter(household=household, until__isnull=True)
        .select_related("person")
    )
    return sorted(found, key=lambda one: (one.relation != HEAD, one.pk))


def somebody_free(*, id_blind: bytes | None, village_code: str) -> Person | None:
    """The person of an ID number in this county who belongs to no household now, brought into the village; None if nobody."""
    if id_blind is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select registry_take_in_person(%s, %s)", [id_blind, village_code])
        (found,) = cursor.fetchone()
    return None if found is None else Person.objects.get(pk=found)


@dataclass(frozen=True)
class Family:
    """A rural household that the roll does not have yet: where it lives, how it is reached (sealed), who belongs to it, the head first."""

    village_code: str
    people: Sequence[tuple[Details, str]]
    number: str = ""
    group_name: str | None = None
    phone_sealed: bytes | None = None
    phone_blind: bytes | None = None


@recorded("registry.household_begun")
def household_begins(*, by: Actor, case: int, family: Family, on: date) -> Trace:
    """A household is entered on the roll of all rural households, with its people: one like any other, without status or years.

    Somebody whom the register knows by number and who belongs nowhere now is the same person.
    """
    trace = Trace(case)
    home = trace.made(
        Household(
            number=family.number or _given_number(family.village_code, case),
            county_code=family.village_code[:6], village_code=family.village_code, group_name=family.group_name or None,
            kind=HouseholdKind.OTHER, phone_sealed=family.phone_sealed, phone_blind=family.phone_blind,
            begun_on=on, begun_by_case=case, head_by_case=case,
        )
    )  # fmt: skip
    for who, relation in family.people:
        _begin(trace, home, _person_of(trace, home, who), relation, Joining.ENTERED, on)
    return trace.about(home, people=len(family.people), because=Joining.ENTERED.value)


@recorded("registry.person_joined")
def person_joins(
    *,
    by: Actor,
    case: int,
    household: Household,
    who: Person | Details,
    relation: str,
    because: Joining,
    on: date,
) -> Trace:
    """Somebody becomes a member: a person the register has (who belongs nowhere now), or one it does not have yet."""
    trace = Trace(case)
    if isinstance(who, Details):
        person = _person_of(trace, household, who)
    else:
        person = who
        trace.change(person, village_code=household.village_code)
    _begin(trace, household, person, relation, because, on)
    return trace.about(household, because=because.value)


@recorded("registry.person_left")
def person_leaves(*, by: Actor, case: int, membership: Membership, because: Leaving, on: date) -> Trace:
    """Somebody is no member any more from a day on; on a death that day stays with the person."""
    trace = Trace(case)
    if because is Leaving.DEATH:
        trace.change(membership.person, died_on=on)
    _end(trace, membership, because, on)
    return trace.about(membership.household, because=because.value)


@recorded("registry.relations_told")
def relations_told(
    *, by: Actor, case: int, household: Household, relations: Mapping[int, str], on: date
) -> Trace:
    """Another head, and how each member is related to them: by person, of everybody who is left."""
    trace = Trace(case)
    _relate(trace, household, relations, on)
    return trace.about(household)


@recorded("registry.household_divided")
def household_divides(
    *, by: Actor, case: int, household: Household, leaving: Mapping[int, str], number: str, on: date
) -> Trace:
    """Some members become a household of their own; `leaving` gives their relation to its head, by person.

    Of a registered household the new one is registered too. Where that left poverty, the new one did with it, in the same year; else
    it has no status: that takes a procedure of its own. Yearly records stay where they were made: what the new household earns,
    nobody has asked yet.
    """
    trace = Trace(case)
    members = {one.person_id: one for one in open_members(household)}
    head = next(members[person] for person, relation in leaving.items() if relation == HEAD)
    new = trace.made(
        Household(
            number=number or _free_number(household),
            county_code=household.county_code,
            village_code=household.village_code,
            group_name=household.group_name,
            kind=household.kind,
            attribute=household.attribute if household.kind != HouseholdKind.OTHER else None,
            exit_year=year_of_exit(household),
            head_name=head.person.name,
            begun_on=on,
            begun_by_case=case,
            head_by_case=case,
            split_from=household,
        )
    )
    for person, relation in leaving.items():
        _end(trace, members[person], Leaving.SPLIT, on)
        _begin(trace, new, members[person].person, relation, Joining.SPLIT, on)
    return trace.about(household, people=len(leaving), new=new.pk)


@recorded("registry.households_united")
def households_unite(
    *, by: Actor, case: int, ending: Household, into: Household, relations: Mapping[int, str], on: date
) -> Trace:
    """One household goes into another; `relations` gives its members' relation to the head of the one that stays."""
    trace = Trace(case)
    for one in open_members(ending):
        _end(trace, one, Leaving.MERGE, on)
        trace.change(one.person, village_code=into.village_code)
        _begin(trace, into, one.person, relations[one.person_id], Joining.MERGE, on)
    trace.change(
        ending, ended_on=on, ended_because=Ending.MERGED.value, ended_by_case=case, merged_into_id=into.pk
    )
    return trace.about(ending, into=into.pk)


@recorded("registry.household_moved")
def household_moves(*, by: Actor, case: int, household: Household, village_code: str, on: date) -> Trace:
    """A whole household moves to another village of its county. What happened before stays told where it happened."""
    if village_code[:6] != household.county_code:
        raise Refused("迁往外县须由对方接收", "A move to another county needs the other's acceptance")
    trace = Trace(case)
    trace.change(household, village_code=village_code, group_name=None)
    for one in open_members(household):
        trace.change(one, village_code=village_code)
        trace.change(one.person, village_code=village_code)
    _follow(household)
    return trace.about(household, to=village_code, on=on.isoformat())


@recorded("registry.household_ended")
def household_ends(*, by: Actor, case: int, household: Household, because: Ending, on: date) -> Trace:
    """A household in which nobody is left. Its record, statuses and years stay."""
    trace = Trace(case)
    if open_members(household):
        raise Refused("户内还有成员，不能销户", "Somebody still belongs to the household")
    trace.change(household, ended_on=on, ended_because=because.value, ended_by_case=case)
    return trace.about(household, because=because.value)


def _person_of(trace: Trace, household: Household, who: Details) -> Person:
    """Whoever is meant: somebody of the county who belongs nowhere now and has this number, else somebody new to the register."""
    known = somebody_free(id_blind=who.id_blind, village_code=household.village_code)
    made: Person = known or trace.made(
        Person(
            county_code=household.county_code,
            village_code=household.village_code,
            begun_by_case=trace.case,
            **vars(who),
        )
    )
    return made


def _begin(
    trace: Trace, household: Household, person: Person, relation: str, because: Joining, on: date
) -> Membership:
    learn_names(county_code=household.county_code, names=[person.name])
    if relation == HEAD:
        trace.change(household, head_name=person.name, head_by_case=trace.case)
    made: Membership = trace.made(
        Membership(
            person=person,
            household=household,
            village_code=household.village_code,
            relation=relation,
            since=on,
            begun_because=because.value,
            begun_by_case=trace.case,
        )
    )
    return made


def _end(trace: Trace, membership: Membership, because: Leaving, on: date) -> None:
    if membership.since is not None and on < membership.since:
        raise Refused(
            f"{membership.person.name}从 {membership.since} 起才是本户成员，生效日期不能早于这一天",
            f"{membership.person.name} belongs to the household since {membership.since}; the change cannot be earlier",
        )
    trace.change(membership, until=on, ended_because=because.value, ended_by_case=trace.case)


def _relate(trace: Trace, household: Household, relations: Mapping[int, str], on: date) -> None:
    for one in open_members(household):
        relation = relations[one.person_id]
        if relation == one.relation:
            continue
        _end(trace, one, Leaving.NEW_HEAD, on)
        _begin(trace, household, one.person, relation, Joining.NEW_HEAD, on)


def _given_number(village_code: str, case: int) -> str:
    """A number until the roll or the national system gives one: the village's code with the case's, which no other household has."""
    return f"{village_code}-J{case}"


def _free_number(household: Household) -> str:
    """A number until the national system gives one: the old household's with the next part."""
    # A part may have moved to where the acting area does not see it: its number stays its own.
    first = 1
    while True:
        parts = [f"{household.number}-{part}" for part in range(first, first + PARTS)]
        taken = numbers_in_use(household.county_code, parts)
        if free := [one for one in parts if one not in taken]:
            return free[0]
        first += PARTS


def _follow(household: Household) -> None:
    """Years, outcomes and statuses lie where their household lives."""
    PeriodRecord.objects.filter(household=household).update(village_code=household.village_code)
    Standing.objects.filter(household=household).update(village_code=household.village_code)
    with connection.cursor() as cursor:
        cursor.execute("select registry_statuses_follow(%s)", [household.pk])


def restored(household: Household, columns: Mapping[str, Any]) -> None:
    """What else must go back with a household's columns."""
    if "village_code" in columns:
        _follow(household)
