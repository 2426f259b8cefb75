"""Thousands of sequences of honest work, raw SQL, forged rows and wrong days: afterwards all is as an independent model says it must be."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

import people
import xiuhua.rulebook
from decisions.conftest import household
from decisions.hold_driver import Driver
from decisions.hold_known import Known, procedures
from decisions.hold_tries import TRIES
from decisions.hold_tries_after import AFTER
from decisions.proceedings import Days, Going, listed_wrongly
from decisions.test_proceedings import GOOD, of_year
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, PeriodRecord, Person, StatusEntry, WatchEntry
from xiuhua.registry.services import sign_opening

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]

SEED = 20201231
# The system's server has the same guards tried by the first of the same sequences: as many as lead to somebody who is let go of.
SEQUENCES = 300 if os.environ.get("XIUHUA_TEST_SERVER") == "system" else 1_000

SOUND = {"health": "healthy", "labour": "ordinary", "basic_insured": True, "serious_illness_insured": True, "student_status": "none", "seen": "checked", "seen_on": date(2020, 9, 1)}  # fmt: skip


def home(number: str) -> Household:
    made, persons = household(
        number,
        people.VILLAGE,
        {"石满仓": ("head", "male"), "田秀英": ("spouse", "female")},
        kind="registered",
    )
    Person.objects.filter(pk__in=[one.pk for one in persons.values()]).update(**SOUND)
    PeriodRecord.objects.create(household=made, village_code=people.VILLAGE, **GOOD)
    later = {"year": 2021, "period_start": date(2020, 10, 1), "period_end": date(2021, 9, 30)}
    PeriodRecord.objects.create(household=made, village_code=people.VILLAGE, **{**GOOD, **later})
    listed_wrongly(made)
    return made


def everybody(going: Going) -> dict[int, Known]:
    """All appointments with who they are: also somebody whose post ended, a deputy, and people of elsewhere."""
    world = going.world
    gone = people.person(
        "前村干",
        "qian",
        people.VILLAGE,
        Role.VILLAGE_WORKER,
        Office.VILLAGE_COMMITTEE,
        Title.VILLAGE_DIRECTOR,
    )
    Appointment.objects.filter(pk=gone.pk).update(until=beijing_today() - timedelta(days=1))
    gone.refresh_from_db()
    stands_in = people.make_account("代办", "dai")
    deputy = Appointment.objects.create(
        official=stands_in.official, post=going.township[0].post, since=beijing_today(), named_on=beijing_today() - timedelta(days=1),
        until=beijing_today() + timedelta(days=900), deputy_for=going.township[0],
    )  # fmt: skip
    twice = people.make_appointment(
        going.township[0].official.account,
        people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.DIRECTOR),
    )
    other = people.person(
        "邻村",
        "lin",
        people.SECOND_VILLAGE,
        Role.VILLAGE_WORKER,
        Office.VILLAGE_COMMITTEE,
        Title.VILLAGE_DIRECTOR,
    )
    all_of = [*going.village, *going.township, *going.county, *world.all(), gone, deputy, twice, other]
    return {
        one.pk: Known(one.official_id, str(one.post.role), one.place_code, one.until, one.deputy_for.official_id if one.deputy_for else None, str(one.post.office))
        for one in all_of
    }  # fmt: skip


@contextmanager
def driving(urls: Any) -> Iterator[Driver]:
    """A driver in one transaction, which is never committed; the clock is put back."""
    world = people.small_world()
    with (
        psycopg.connect(urls.owner, autocommit=True) as owner,
        within(scope_of(people.COUNTY), who={"account": "driver"}),
    ):
        homes = [home("1"), home("2"), home("3"), home("4")]
        going = Going.of(world, homes[0], Days(urls.owner))
        opening = sign_opening(
            by=world.county_office, county_code=people.COUNTY, statement="以 2020 年国家系统导出为准"
        ).opening
        taken: dict[str, Any] = {
            "village_code": people.VILLAGE,
            "basis": "opening",
            "opening": opening,
            "recorded_at": beijing_now(),
            "recorded_by": "test",
        }
        StatusEntry.objects.create(household=homes[0], status="poor", since=date(2020, 1, 1), **taken)
        StatusEntry.objects.create(household=homes[3], status="exited", since=date(2020, 1, 1), **taken)
        # Watched for less than its time; the year to today is as it should be.
        WatchEntry.objects.create(
            household=homes[3], watch_class="unstable", since=beijing_today() - timedelta(days=100), **taken
        )
        PeriodRecord.objects.create(
            household=homes[3], village_code=people.VILLAGE, **of_year(beijing_today())
        )
        files = [stored(number, people.VILLAGE) for number in range(40)]
        known = everybody(going)
        by = list(Appointment.objects.filter(pk__in=known).select_related("post", "official__account"))
        # The third household gets its status by the opening while it runs; nobody works on it.
        driver = Driver(
            procedures(Path(xiuhua.rulebook.__file__).parent),
            homes,
            by,
            known,
            files,
            stored(99, people.SECOND_VILLAGE),
            owner,
        )
        try:
            yield driver
        finally:
            driver.move(-driver.ahead)


def stored(number: int, place: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into files_storedfile (name, place_code, size_bytes, sha256, path, stored_by, stored_at) values ('a.jpg', %s, 5, %s, %s, 'x', now()) returning id",
            [place, f"{number:064x}", f"hold/{place}/{number}"],
        )
        return int(cursor.fetchone()[0])


def sequences(driver: Driver, count: int, seed: int, longest: int = 12) -> Iterator[tuple[int, list[str]]]:
    """From every depth of an honest course of things, some sequences each: their seed and what they broke."""
    began = random.Random(seed)
    depth = done = 0
    while done < count:
        before = driver.rows()
        for _ in range(min(count - done, 8)):
            own = began.randrange(10**9)
            done += 1
            yield own, driver.run([*TRIES, *AFTER], own, began.randint(4, longest), before)
        driver.rng = random.Random(seed + depth)
        driver.work()
        depth += 1


def broken(driver: Driver, count: int, seed: int, longest: int = 12) -> list[str]:
    """The first sequence that breaks something, told whole."""
    for own, found in sequences(driver, count, seed, longest):
        if found:
            return [f"seed {own}", *found, *driver.log]
    return []


def test_a_thousand_sequences_break_nothing(db: None, server: Any) -> None:
    with driving(server.urls) as driver:
        found = broken(driver, SEQUENCES, SEED, longest=8)
        assert not found, "\n".join(found)
        reached = {one["at_step"] for one in driver.proceedings(None)}
        least = 3 * SEQUENCES // 2
        assert driver.accepted > least and driver.refused > least, (driver.accepted, driver.refused)
        assert {one["course"] for one in driver.proceedings(None)} & {"decided"}, reached
        assert driver.let_go, "nobody was let go of: no sequence came so far"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_sequences_break_nothing(db: None, server: Any, seed: int) -> None:
    """Each seed in a transaction of its own: people of the world are made once in each."""
    with driving(server.urls) as driver:
        found = broken(driver, 1_000, seed)
        assert not found, "\n".join(found)
        raise_if_shallow(driver)


def raise_if_shallow(driver: Driver) -> None:
    assert {one["course"] for one in driver.proceedings(None)} & {"decided"}


# One guard taken away at a time: the very same sequences, which broke nothing above, must notice each. Those that are missed
# soonest are tried in every build, which shows that the tries notice at all; all others with what is long.
DROPPED = {
    "a status is by a procedure": "drop trigger registry_status_guard on registry_statusentry",
    "evidence belongs to its step": "drop trigger decisions_paper_guard on decisions_paper; drop trigger decisions_paper_brought on decisions_paper",
    "kinship does not end in the past": "drop trigger decisions_kin_guard on decisions_kin",
}


def gone(function: str, says: str) -> str:
    """A function that a guard asks says the same to everything."""
    return f"create or replace function {function} language sql stable set search_path = public, pg_temp as $$ select {says} $$"


DROPPED_TOO = {
    "notices are hung when their step is reached": "drop trigger decisions_notice_guard on notices_notice",
    "records are as they stand": "drop trigger decisions_snapshot_guard on decisions_snapshot",
    "where a proceeding is, only its signatures say": "drop trigger decisions_proceeding_guard on decisions_proceeding",
    "evidence is the step's own people's": "drop trigger decisions_paper_post on decisions_paper",
    "votes are numbers": "drop trigger decisions_signature_votes on decisions_signature",
    "signatures stay": "drop trigger decisions_signature_kept on decisions_signature",
    "notices are the step's own people's": "drop trigger decisions_notice_post on notices_notice; drop trigger decisions_notice_post_down on notices_notice",
    "an objection is answered by others": "drop trigger decisions_objection_apart on notices_objection",
    "guards read their own tables": "alter function decisions_signature_guard() set search_path = public; alter function decisions_holder(bigint, text) set search_path = public",
    "signatures rest on what stands": "drop trigger decisions_signature_basis on decisions_signature",
    "whoever brought or hung does not judge": "drop trigger decisions_signature_parts on decisions_signature",
    "households are taken up by those who work with them": "drop trigger decisions_proceeding_post on decisions_proceeding",
    "who is watched is by a procedure": "drop trigger registry_watch_guard on registry_watchentry",
    "who is let go of was watched its time": "drop trigger decisions_proceeding_watched on decisions_proceeding; drop trigger decisions_signature_after_watching on decisions_signature",
    "an appeal is heard above": "drop trigger decisions_appeal_guard on decisions_appeal",
    "a household under way stays": "drop trigger decisions_household_stays on registry_household",
    "a meeting's no is held and counted": gone(
        "decisions_no_lacks(c decisions_proceeding, s jsonb, detail jsonb) returns text", "null::text"
    ),
    "what does not come out goes no further": gone(
        "decisions_comes_out_otherwise(asked bigint) returns text", "''::text"
    ),
    "one of each side signs": gone(
        "decisions_side_missing(c decisions_proceeding, s jsonb, appointment bigint) returns boolean", "false"
    ),
    "what is taken has its ground": gone(
        "decisions_grounds_lack(c decisions_proceeding, s jsonb) returns text", "null::text"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("guard", DROPPED)
def test_a_guard_that_is_gone_is_noticed(fresh_database: Any, guard: str) -> None:
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute(DROPPED[guard])
    with driving(fresh_database) as driver:
        assert broken(driver, 1_000, SEED), f"nobody noticed that the guard is gone: {guard}"


@pytest.mark.long
@pytest.mark.parametrize("guard", DROPPED_TOO)
def test_another_guard_that_is_gone_is_noticed(fresh_database: Any, guard: str) -> None:
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute(DROPPED_TOO[guard])
    with driving(fresh_database) as driver:
        assert broken(driver, 3_000, SEED), f"nobody noticed that the guard is gone: {guard}"
