"""Who has an ID number: a number belongs to one person, who belongs to one household; and who may be meant without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from xiuhua.common.identity import CARRIES, identity, resident_number
from xiuhua.common.sealing import CannotOpen, blind, unseal
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.terms import Leaving

# Who belongs to a household now, with it: to be narrowed by p.id_blind. A check of a file asks it of all its numbers at once.
LIVING = """
select p.id_blind, p.id as person, p.number as person_number, p.name, h.number as household_number, h.village_code
from registry_person p join registry_membership m on m.person_id = p.id and m.until is null join registry_household h on h.id = m.household_id
"""


@dataclass(frozen=True)
class Bearer:
    """Somebody of the acting area who has a number. home: where they belong now, None where nowhere; died_on: where that is known; mark:
    the blind index of the number that they are registered by."""

    person: int
    home: Membership | None
    died_on: date | None
    mark: bytes | None


@dataclass(frozen=True)
class AtHome:
    """Somebody of the acting area who belongs to a household now, and how they were found: by number, else by name and day of birth."""

    household: Household
    name: str
    mark: bytes | None
    by_number: bool


def _opened(sealed: bytes) -> str | None:
    """A number; None of one whose key is lost."""
    try:
        return unseal(sealed)
    except CannotOpen:
        return None


def marks_of(sealed: bytes) -> set[bytes]:
    """The blind indexes of a number and of the ID number that it carries; none of one whose key is lost."""
    plain = _opened(sealed)
    return set() if plain is None else {blind(plain), blind(resident_number(plain))}


def written_otherwise(sealed: bytes) -> set[int]:
    """People of the acting area who are registered by the same ID number in another form: one by the ID number, one by the disability
    card that begins with it. A blind index is of the whole number; the few whose number carries another are opened and compared."""
    plain = _opened(sealed)
    if plain is None:
        return set()
    own = resident_number(plain)
    born = identity(own).birth_date
    found = (
        set(Person.objects.filter(id_blind=blind(own)).values_list("pk", flat=True))
        if own != plain
        else set()
    )
    # Without a day there is nobody to compare with: a number that tells none is told as wrong elsewhere.
    for one in (
        Person.objects.filter(birth_date=born, id_kind__in=CARRIES, id_sealed__isnull=False) if born else ()
    ):
        other = _opened(bytes(one.id_sealed or b""))
        if other is not None and other != plain and resident_number(other) == own:
            found.add(one.pk)
    return found


def at_home(*, sealed: Iterable[bytes], named: Iterable[tuple[str, date]]) -> list[AtHome]:
    """Who of a family that somebody asks for belongs to a household of the acting area already: whoever has one of the numbers, in
    whatever form, first; then whoever has name and day of birth of one whose number is not known."""
    numbers: set[bytes] = set()
    bearers: set[int] = set()
    for one in sealed:
        numbers |= marks_of(one)
        bearers |= written_otherwise(one)
    wanted = Q(person__in=bearers)
    for name, born in named:
        wanted |= Q(person__name=name, person__birth_date=born)
    found = (
        Membership.objects.filter(Q(person__id_blind__in=list(numbers)) | wanted, until__isnull=True)
        .filter(household__ended_on__isnull=True)
        .select_related("person", "household")
        .order_by("pk")
    )
    told = []
    for each in found:
        mark = bytes(each.person.id_blind) if each.person.id_blind is not None else None
        by_number = mark in numbers or each.person_id in bearers
        told.append(AtHome(each.household, each.person.name or "", mark, by_number))
    return sorted(told, key=lambda one: not one.by_number)


def bearer_of(mark: bytes, *, sealed: bytes | None = None, apart_from: int | None = None) -> Bearer | None:
    """Who has a number, by its blind index, but for one person: first who belongs to a household. With the sealed number also who has
    it in another form.

    A record that was left when two of one person became one bears none, nor does one that only an undone case made: they are kept, and
    speak for nobody any more.
    """
    found = []
    wanted = Q(id_blind=mark) | Q(pk__in=written_otherwise(sealed) if sealed is not None else ())
    people = Person.objects.filter(wanted).order_by("pk")
    for one in people if apart_from is None else people.exclude(pk=apart_from):
        told = list(Membership.objects.filter(person=one).select_related("household"))
        held = [each for each in told if each.ended_because != Leaving.UNDONE]
        home = next((each for each in held if each.until is None), None)
        last = max(held, key=lambda each: (each.until or date.max, each.pk), default=None)
        given_up = bool(told) if last is None else last.ended_because == Leaving.SAME_PERSON
        if home is not None or not given_up:
            own = bytes(one.id_blind) if one.id_blind is not None else None
            found.append(Bearer(one.pk, home, one.died_on, own))
    # Of those who belong nowhere, first who has it as it is written here.
    return min(found, key=lambda one: (one.home is None, one.mark != mark), default=None)


def county_elsewhere(mark: bytes, *, sealed: bytes | None = None) -> str | None:
    """The county code where somebody outside of the acting area has a number and belongs to a household; None where nobody. With the
    sealed number also the ID number that it carries: a card elsewhere that carries this one is not found, nobody here can open it."""
    wanted = [mark] if sealed is None else list({mark, *marks_of(sealed)})
    with connection.cursor() as cursor:
        cursor.execute("select county_code from registry_id_elsewhere(%s::bytea[])", [wanted])
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def other_name(mark: bytes, village_code: str, said: str) -> str | None:
    """The name of whoever would come into a village of the acting area by a number, where it is another than is said: empty where they
    lie outside of the area, None where nobody would or the name is the same."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_free_other_name(%s, %s, %s)", [mark, village_code, said])
        found: str | None = cursor.fetchone()[0]
        return found


def too_early(mark: bytes, on: date) -> str | None:
    """Whether somebody would come in by a number before the day on which they left their last household: that day, empty where it lies
    outside of the acting area; None where the day told is late enough."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_joins_too_early(%s, %s)", [mark, on])
        found: str | None = cursor.fetchone()[0]
        return found


def numbers_in_use(county_code: str, numbers: Iterable[str]) -> set[str]:
    """Which of these numbers a household has in the county of the acting area, within the area or beyond it."""
    asked = list(numbers)
    found = set(
        Household.objects.filter(county_code=county_code, number__in=asked).values_list("number", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("select household from registry_numbers_elsewhere(%s, array[]::text[])", [asked])
        return found | {number for (number,) in cursor.fetchall()}


def namesake_free(name: str, born: date) -> bool:
    """Whether somebody of this name and day of birth left their household in the county of the acting area, and belongs nowhere now."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_namesake_free(%s, %s)", [name, born])
        return bool(cursor.fetchone()[0])
