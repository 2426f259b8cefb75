"""A small family in a register, its village worker, and offices that decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

import people
from xiuhua.accounts.models import Appointment
from xiuhua.decisions.kinds import KINDS
from xiuhua.decisions.services import Said, Upload, propose
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person


@dataclass
class Family:
    """A registered household: 石满仓 (head), his wife, a son and a daughter."""

    world: people.World
    household: Household
    persons: dict[str, Person]

    def act(self, appointment: Appointment) -> Any:
        """The area of an official, for a with-block."""
        return within(scope_of(appointment.place_code), who={"account": appointment.actor_name})

    def propose(self, kind: str, by: Appointment | None = None, **said: Any) -> Any:
        by = by or self.world.first_secretary
        person = said.pop("person", None)
        household = said.pop("household", self.household)
        # Where somebody leaves, a paper is brought, as the form asks.
        papers = said.pop(
            "papers", [Upload("other", "证.png", iter([b"PNG"]))] if KINDS[kind].wants_a_paper else ()
        )
        on = said.pop("on", date(2026, 5, 1))
        more = {key: said.pop(key) for key in ("id_number", "reason") if key in said}
        with self.act(by):
            return propose(
                by=by,
                kind=kind,
                household=household,
                person=person,
                said=Said(on=on, payload=said, **more),
                papers=papers,
            ).case

    def living(self, household: Household | None = None) -> dict[str, str]:
        """Names and relations of who belongs now."""
        with within(scope_of(people.COUNTY)):
            found = Membership.objects.filter(household=household or self.household, until__isnull=True)
            return {one.person.name or "": one.relation or "" for one in found.select_related("person")}


def household(
    number: str, village: str, members: dict[str, tuple[str, str]], kind: str = "registered"
) -> tuple[Household, dict[str, Person]]:
    """A household with members by name: (relation, sex)."""
    made = Household.objects.create(
        number=number, county_code=village[:6], village_code=village, kind=kind,
        head_name=next((name for name, (relation, _sex) in members.items() if relation == "head"), None),
    )  # fmt: skip
    persons = {}
    for at, (name, (relation, sex)) in enumerate(members.items()):
        person = Person.objects.create(
            name=name,
            sex=sex,
            birth_date=date(1970 + 3 * at, 2, 3),
            county_code=village[:6],
            village_code=village,
            number=f"{number}{at:02}",
        )
        Membership.objects.create(person=person, household=made, village_code=village, relation=relation)
        persons[name] = person
    return made, persons


MEMBERS = {
    "石满仓": ("head", "male"), "田秀英": ("spouse", "female"), "石小军": ("son", "male"), "石小梅": ("daughter", "female"),
}  # fmt: skip


@pytest.fixture
def family(db: None) -> Iterator[Family]:
    world = people.small_world()
    with within(scope_of(people.COUNTY)):
        made, persons = household("99052100001", people.VILLAGE, MEMBERS)
    yield Family(world, made, persons)


@pytest.fixture
def river(family: Family) -> Any:
    """Another township of the county (decisions.river.River)."""
    from decisions.river import make_river

    return make_river()
