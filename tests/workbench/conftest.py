"""A small county in the register, its officials, and a neighbour who has no business with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

import people
from databases import fresh
from intake import taking
from intake.conftest import Files, made, sign, small  # noqa: F401  fixtures
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.places.scope import scope_of, within


@dataclass(frozen=True)
class Town:
    """Officials of the county with a register, and the neighbour's office."""

    world: people.World
    neighbour: Appointment
    files: Files
    urls: Any = None

    def client(self, appointment: Appointment) -> Client:
        return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def kept_town(
    server: Any,
    django_db_setup: None,
    django_db_blocker: Any,
    small: Files,  # noqa: F811
) -> Iterator[tuple[Any, Town]]:
    """The county taken in once a run, in a database that nobody touches: each test gets a copy."""
    with fresh(server, django_db_blocker) as urls:
        world = people.small_world()
        neighbour = people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
        sign()
        taking.take(small.paths)
        connections.close_all()
        yield conninfo_to_dict(urls.app)["dbname"], Town(world, neighbour, small)


@pytest.fixture
def town(kept_town: tuple[Any, Town], server: Any, django_db_blocker: Any) -> Iterator[Town]:
    name, made_once = kept_town
    with fresh(server, django_db_blocker, name) as urls:
        yield replace(deepcopy(made_once), urls=urls)


Number = Callable[[str], int]


def watched(town: Town, n: int, *, village: str) -> None:
    """So many registered households of a village, the first ones, are watched by decision; their kind stays as it is."""
    with psycopg.connect(town.urls.owner, autocommit=True) as owner:
        owner.execute("alter table registry_watchentry disable trigger user")
        owner.execute("alter table registry_watchentry no force row level security")
        owner.execute(
            "insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number,"
            " recorded_at, recorded_by) select id, village_code, 'unstable', '', '2017-10-01', 'case', '1', now(), 't'"
            " from registry_household where kind = 'registered' and village_code = %s and ended_on is null order by id limit %s",
            [village, n],
        )
        owner.execute("alter table registry_watchentry force row level security")
        owner.execute("alter table registry_watchentry enable trigger user")
        owner.execute(
            "insert into registry_tallymark (village_code) values (%s) on conflict do nothing", [village]
        )


def key_of(number: str) -> int:
    """The key of a household by its number."""
    return int(taking.ask("select id from registry_household where number = %s", values=[number])[0][0])


def some(condition: str, place: str = taking.COUNTY) -> tuple[int, str]:
    """Key and number of a household of which a condition holds (h: household, s: standing)."""
    found = taking.ask(
        "select h.id, h.number from registry_household h left join registry_standing s on s.household_id = h.id"
        f" where {condition} order by h.id limit 1",
        place,
    )
    return int(found[0][0]), str(found[0][1])


@dataclass(frozen=True)
class Taken:
    """A file that was asked for on its page, made, and read back."""

    name: str
    content: bytes
    export: Export


def take(town: Town, by: Appointment, kind: str, form: str, /, reason: str = "核对", **query: str) -> Taken:
    """Asks for a file as a person does, has it made, and opens it."""
    answer = town.client(by).post(f"/exports/new/{kind}/", {**query, "form": form, "reason": reason})
    assert answer.status_code == 302, (kind, answer.status_code)
    with within(scope_of(by.place_code)):
        asked = Export.objects.order_by("-pk")[0]
    made_one = make(asked.pk, asked.place_code)
    assert made_one.file is not None, made_one.trouble
    with within(scope_of(by.place_code)):
        return Taken(made_one.file.name, content(made_one.file), made_one)
