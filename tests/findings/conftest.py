"""A register with a pool of findings, its officials, and a neighbour who has no business with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import people
from intake import taking
from workbench.conftest import Town, made, small, town  # noqa: F401  fixtures
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

Row = dict[str, Any]


@dataclass
class Faulty:
    """A registered household of the town, poor through illness by its record, and who works with it."""

    town: Town
    key: int
    number: str
    village: str

    def set(self, **values: Any) -> None:
        """Another value for all members, straight in the register."""
        with within(scope_of(taking.COUNTY), who={"account": "test"}):
            members = Membership.objects.filter(household=self.key, until__isnull=True)
            Person.objects.filter(pk__in=members.values("person")).update(**values)

    def person(self) -> Person:
        with within(scope_of(taking.COUNTY)):
            found = Membership.objects.filter(household=self.key, until__isnull=True).order_by("id").first()
            assert found is not None
            return found.person

    def household(self) -> Household:
        return Household.objects.get(pk=self.key)


@pytest.fixture
def faulty(town: Town) -> Faulty:  # noqa: F811
    """One household without any finding yet, whose main cause is made illness."""
    key, number, village = taking.ask(
        "select h.id, h.number, h.village_code from registry_household h where h.kind = 'registered'"
        " and not exists (select 1 from findings_finding f where f.household_number = h.number) order by h.id limit 1"
    )[0]
    with within(scope_of(taking.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=key).update(main_cause="illness")
    return Faulty(town, key, number, village)


def workers(faulty: Faulty) -> tuple[Appointment, Appointment, Appointment]:
    """A village worker and a township office where the household lives, and the county's office."""
    people.make_place(faulty.village[:9], "镇")
    people.make_place(faulty.village, "村")
    village = people.person(
        "村干部", "cun", faulty.village, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY
    )
    township = people.person(
        "镇干部",
        "zhen",
        faulty.village[:9],
        Role.TOWNSHIP_OFFICE,
        Office.TOWNSHIP_STATION,
        Title.TOWNSHIP_OFFICER,
    )
    return village, township, faulty.town.world.county_office


def one_finding(rule: str, number: str) -> Row:
    """The one finding of a rule and household, whatever its state."""
    names = (
        "id",
        "state",
        "closed_by",
        "closed_because",
        "kind",
        "owner_id",
        "due_on",
        "place_code",
        "rests_until",
    )
    found = taking.ask(
        f"select {', '.join(names)} from findings_finding where rule = %s and household_number = %s",
        values=[rule, number],
    )
    assert len(found) == 1, found
    return dict(zip(names, found[0], strict=True))


def states(number: str) -> dict[str, str]:
    return dict(
        taking.ask("select rule, state from findings_finding where household_number = %s", values=[number])
    )


def moves_of(pk: int) -> list[tuple[str, str]]:
    return [
        (str(act), str(way))
        for act, way in taking.ask(
            "select act, way from findings_move where finding_id = %s order by id", values=[pk]
        )
    ]
