"""A register of two households with a pool of findings, its officials, and a neighbour who has no business with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

import people
from databases import fresh
from intake import taking
from intake.unit import small as rows
from workbench.conftest import Town, kept_town, made, small, town  # noqa: F401  fixtures
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.findings.models import Finding
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services import look_at_all

Row = dict[str, Any]
VILLAGE = "990521001001"
RULE = "quality.cause_illness"


@dataclass
class Faulty:
    """A household poor through illness whose members are all healthy by its record, and who works with it."""

    village: Appointment
    township: Appointment
    county: Appointment
    auditor: Appointment
    leader: Appointment
    neighbour: Appointment
    other_village: Appointment
    key: int
    number: str = rows.HOME

    def set(self, **values: Any) -> None:
        """Another value for all members, straight in the register."""
        with within(scope_of(taking.COUNTY), who={"account": "test"}):
            members = Membership.objects.filter(household=self.key, until__isnull=True)
            Person.objects.filter(pk__in=members.values("person")).update(**values)

    def person(self) -> Person:
        with within(scope_of(taking.COUNTY)):
            found = Membership.objects.filter(household=self.key).select_related("person").order_by("id")
            return found[0].person

    def household(self) -> Household:
        return Household.objects.get(pk=self.key)

    def finding(self) -> Finding:
        with within(scope_of(taking.COUNTY)):
            return Finding.objects.get(rule=RULE, household_number=self.number)

    def client(self, appointment: Appointment) -> Client:
        return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def kept_faulty(
    server: Any, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Faulty]]:
    """The household taken in once a run, with the finding about it open; each test gets a copy."""
    with fresh(server, django_db_blocker) as urls:
        found = _faulty(tmp_path_factory.mktemp("faulty"))
        connections.close_all()
        yield conninfo_to_dict(urls.app)["dbname"], found


@pytest.fixture
def faulty(kept_faulty: tuple[Any, Faulty], server: Any, django_db_blocker: Any) -> Iterator[Faulty]:
    name, made_once = kept_faulty
    with fresh(server, django_db_blocker, name):
        yield deepcopy(made_once)


def _faulty(folder: Path) -> Faulty:
    members = [{"主要致贫原因": "因病", "健康状况": "健康"}, {"健康状况": "健康", "主要致贫原因": "因病"}]
    sheet = rows.persons(folder, rows.household(*members, 贫困户属性="一般贫困户"))
    taking.take([rows.villages(folder), sheet])
    key = taking.ask("select id from registry_household where number = %s", values=[rows.HOME])[0][0]
    for code, name in people.PLACES.items():
        people.make_place(code, name)
    found = Faulty(
        village=people.person("村干部", "cun", VILLAGE, Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY),
        township=people.person("镇干部", "zhen", VILLAGE[:9], Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER),
        county=people.person("县干部", "xian", taking.COUNTY, Role.COUNTY_OFFICE),
        auditor=people.person("审计员", "shenji", taking.COUNTY, Role.AUDITOR, Office.AUDIT, Title.AUDITOR),
        leader=people.person("县长", "xianzhang", taking.COUNTY, Role.LEADER, Office.GOVERNMENT, Title.HEAD),
        neighbour=people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE),
        other_village=people.person("邻村人", "lincun", "990521001002", Role.VILLAGE_WORKER, Office.WORK_TEAM, Title.FIRST_SECRETARY),
        key=key,
    )  # fmt: skip
    look_at_all(taking.COUNTY)
    assert found.finding().state == "open"
    return found


@contextmanager
def acting(by: Appointment) -> Iterator[Appointment]:
    """A transaction in the area of a post, as the gate makes it."""
    with within(scope_of(by.place_code), who={"account": by.actor_name, "post": by.post_name}):
        yield by


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


def moves_of(pk: int) -> list[tuple[str, str]]:
    return [
        (str(act), str(way))
        for act, way in taking.ask(
            "select act, way from findings_move where finding_id = %s order by id", values=[pk]
        )
    ]
