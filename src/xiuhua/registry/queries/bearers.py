"""Who has an ID number: a number belongs to one person, who belongs to one household; and who may be meant without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from xiuhua.registry.models import Membership, Person
from xiuhua.registry.terms import Leaving

# Who belongs to a household now, with it: to be narrowed by p.id_blind. A check of a file asks it of all its numbers at once.
LIVING = """
select p.id_blind, p.id as person, p.number as person_number, p.name, h.number as household_number, h.village_code
from registry_person p join registry_membership m on m.person_id = p.id and m.until is null join registry_household h on h.id = m.household_id
"""


@dataclass(frozen=True)
class Bearer:
    """Somebody of the acting area who has a number. home: where they belong now, None where nowhere; died_on: where that is known."""

    person: int
    home: Membership | None
    died_on: date | None


def bearer_of(mark: bytes, *, apart_from: int | None = None) -> Bearer | None:
    """Who has a number, by its blind index, but for one person: first who belongs to a household.

    A record that was left when two of one person became one bears none: it is kept, and speaks for nobody any more.
    """
    found = []
    people = Person.objects.filter(id_blind=mark).order_by("pk")
    for one in people if apart_from is None else people.exclude(pk=apart_from):
        newest = (
            Membership.objects.filter(person=one)
            .exclude(ended_because=Leaving.UNDONE)
            .select_related("household")
        )
        home = newest.filter(until__isnull=True).first()
        last = None if home else newest.order_by("-until", "-pk").first()
        if last is None or last.ended_because != Leaving.SAME_PERSON:
            found.append(Bearer(one.pk, home, one.died_on))
    return min(found, key=lambda one: one.home is None, default=None)


def county_elsewhere(mark: bytes) -> str | None:
    """The county code where somebody outside of the acting area has a number and belongs to a household; None where nobody."""
    with connection.cursor() as cursor:
        cursor.execute("select county_code from registry_id_elsewhere(array[%s]::bytea[])", [mark])
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def other_name(mark: bytes, village_code: str, said: str) -> str | None:
    """The name of whoever would come into a village of the acting area by a number, where it is another than is said: empty where they
    lie outside of the area, None where nobody would or the name is the same."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_free_other_name(%s, %s, %s)", [mark, village_code, said])
        found: str | None = cursor.fetchone()[0]
        return found


def namesake_free(name: str, born: date) -> bool:
    """Whether somebody of this name and day of birth left their household in the county of the acting area, and belongs nowhere now."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_namesake_free(%s, %s)", [name, born])
        return bool(cursor.fetchone()[0])
