"""Thousands of sequences of acts on clues, plans and pages of the web, by raw SQL as the application's role: what is accepted is what may be."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
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
from decisions.hold_known import Rows, procedures
from decisions.hold_model import nothing_lost
from decisions.proceedings import OF_THEN, Days, Going
from decisions.test_procedures_cannot_be_broken import SOUND, everybody, stored
from decisions.test_proceedings import of_year
from relapse.hold_heard import appeals, takes_up
from relapse.hold_pages import Pages
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.services import proceedings as services
from xiuhua.places.models import VillageRecord
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Opening, PeriodRecord, Person, StatusEntry, WatchEntry
from xiuhua.registry.services import sign_opening

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]

SEED = 20261126
# The system's server has the same guards tried by the first of the same sequences: as many as lead to somebody who is let go of.
SEQUENCES = 100 if os.environ.get("XIUHUA_TEST_SERVER") == "system" else 1_000
# Of a clue to which something was said, and of no other: of an earlier day, its days come forward, and it may turn out to contest a no; of a later
# one, the visit that heard the rest is not the last, and has its days from there.
SAID_EARLIER = ("came_on", "check_due_on", "due_on", "contests_id", "said_on")
MAY_CHANGE = {
    "relapse_clue": {"owner_id", "end", "ended_on", "end_reason", "ended_by", "ended_official_id", "ended_appointment_id", "proceeding_id", *SAID_EARLIER},
    "relapse_relief": {"paper_id", "paper_by", "paper_at"},
    "notices_notice": {"taken_down_on", "taken_down_by", "taken_down_proof_id", "taken_down_appointment_id"},
    "notices_objection": {"answer", "upheld", "answered_by", "answered_official_id", "answered_at"},
}  # fmt: skip
TABLES = (
    "relapse_clue", "relapse_cluesource", "relapse_sheet", "relapse_relief", "relapse_assessment", "decisions_sheet", "decisions_planline", "decisions_sheetanswer",
    "decisions_window", "decisions_plantarget", "decisions_candidateanswer", "notices_notice", "notices_objection", "notices_sheet",
)  # fmt: skip
CHANGED: list[tuple[str, str, Any]] = [
    ("relapse_clue", "came_on", date(2026, 1, 1)), ("relapse_clue", "due_on", date(2099, 1, 1)), ("relapse_clue", "village_code", people.SECOND_VILLAGE),
    ("relapse_cluesource", "said", "x"), ("relapse_sheet", "judgement", "no_risk"), ("relapse_sheet", "official_id", 1), ("relapse_relief", "amount_fen", 1),
    ("relapse_assessment", "standing", "help"), ("decisions_sheet", "reason", "x"), ("decisions_planline", "year", 2017), ("decisions_sheetanswer", "verdict", "refused"),
    ("decisions_window", "closes_on", date(2099, 1, 1)), ("decisions_plantarget", "count", 0), ("decisions_candidateanswer", "reason", "x"),
    ("notices_notice", "lines", "[]"), ("notices_notice", "handled_at", "99"), ("notices_objection", "goes_to", people.VILLAGE), ("notices_sheet", "entries", "[]"),
]  # fmt: skip


def removes(d: Pages) -> None:
    table = d.rng.choice(TABLES)
    d.attempt(
        f"removes {table}",
        d.rng.choice(["delete from public.{}", "truncate public.{} cascade"]).format(table),
    )


def changes(d: Pages) -> None:
    table, column, value = d.rng.choice(CHANGED)
    d.attempt(f"changes {table}.{column}", f"update public.{table} set {column} = %s", value)


ACTS: list[Callable[[Pages], None]] = [
    *[Pages.takes_down, Pages.says, Pages.visits, Pages.visits, Pages.ends, Pages.ends, Pages.helps, Pages.brings_its_paper, Pages.judges_the_year, Pages.identifies, takes_up] * 2, appeals, Pages.lets_go,
    *[Pages.proposes, Pages.proposes, Pages.lines, Pages.opens, Pages.answers_a_plan, Pages.answers_a_plan, Pages.begins_in_no_window, Pages.sets_a_target, Pages.answers_a_candidate],
    *[Pages.hangs, Pages.makes_a_sheet, Pages.goes_on, Pages.asks_and_answers, Pages.asks_and_answers, Pages.pages, Pages.pages],
    lambda d: d.tell_kin(d.home().pk, d.rng.choice(list(d.known.values())).official), lambda d: d.move(d.rng.choice([1, 3, 40])), removes, changes,
]  # fmt: skip


def sound_and_watched(home: Household, opening: Opening) -> None:
    """A household that left poverty and is watched, for less than its time; its year and its people are as they should be."""
    Person.objects.filter(memberships__household=home).update(**SOUND)
    PeriodRecord.objects.create(household=home, village_code=home.village_code, **of_year(beijing_today()))
    WatchEntry.objects.create(
        household=home, village_code=home.village_code, watch_class="unstable", since=beijing_today() - timedelta(days=100), basis="opening", opening=opening,
        recorded_at=beijing_now(), recorded_by="test",
    )  # fmt: skip


@contextmanager
def driving(urls: Any) -> Iterator[Pages]:
    """Four households, everybody, and a village whose exit is at its notice; in one transaction, which is never committed."""
    world = people.small_world()
    with (
        psycopg.connect(urls.owner, autocommit=True) as owner,
        within(scope_of(people.COUNTY), who={"account": "driver"}),
    ):
        opening = sign_opening(
            by=world.county_office, county_code=people.COUNTY, statement="国家系统导出"
        ).opening
        homes = []
        for number, (kind, status) in enumerate(
            [("registered", "exited"), ("other", None), ("registered", "poor"), ("other", None)]
        ):
            village = people.SECOND_VILLAGE if number == 3 else people.VILLAGE
            made, _persons = household(f"{number}", village, {"石满仓": ("head", "male")}, kind=kind)
            homes.append(made)
            if status:
                StatusEntry.objects.create(
                    household=made, village_code=village, status=status, since=date(2020, 1, 1), basis="opening", opening=opening,
                    recorded_at=beijing_now(), recorded_by="test",
                )  # fmt: skip
        sound_and_watched(homes[0], opening)
        VillageRecord.objects.create(
            village_id=people.VILLAGE,
            as_of=date(2019, 1, 1),
            poor_village=True,
            rural_households=50,
            rural_persons=200,
        )
        going = Going.of(world, homes[0], Days(urls.owner))
        with going.acting(going.village[0]):
            leaving = services.begin(
                by=going.village[0],
                procedure="targeted_village_exit",
                place_code=people.VILLAGE,
                completing=OF_THEN,
            ).proceeding
        going.until(leaving, "notice")
        known = everybody(going)
        by = list(Appointment.objects.filter(pk__in=known).select_related("post", "official__account"))
        driver = Pages(
            procedures(Path(xiuhua.rulebook.__file__).parent),
            homes,
            by,
            known,
            [stored(n, people.VILLAGE) for n in range(5)],
            0,
            owner,
        )
        driver.told.begun[leaving.pk] = "targeted_village_exit"
        driver.reached(leaving.pk)
        try:
            yield driver
        finally:
            driver.move(-driver.ahead)


# All tables in one question: it is asked after each sequence.
ROWS = "select " + ", ".join(
    f"(select coalesce(jsonb_agg(to_jsonb(r) order by r.id), '[]') from public.{table} r) as {table}" for table in TABLES
)  # fmt: skip


def rows(driver: Pages) -> dict[str, Rows]:
    [told] = driver.ask(ROWS)
    return {table: json.loads(found) if isinstance(found, str) else found for table, found in told.items()}


def days_lost(driver: Pages, now: dict[str, Rows], before: dict[str, Rows]) -> list[str]:
    """Clues whose days, or what they contest, changed otherwise than by what was said; a visit that nobody made is not put off."""
    was = {one["id"]: one for one in before["relapse_clue"]}
    found = []
    for one in now["relapse_clue"]:
        held = was.get(one["id"], one)
        later = any(one[name] > held[name] for name in ("came_on", "due_on"))
        later |= one["check_due_on"] > held["check_due_on"] and not any(
            each["clue_id"] == one["id"] and each["visited_on"] >= held["said_on"]
            for each in now["relapse_sheet"]
        )
        later |= one["said_on"] < held["said_on"]
        let_off = held["contests_id"] is not None and one["contests_id"] != held["contests_id"]
        moved = any(one[name] != held[name] for name in SAID_EARLIER)
        if later or let_off or (moved and one["id"] not in driver.spoken):
            found.append(f"clue {one['id']} of other days, or contesting something else")
    return found


def run(driver: Pages, seed: int, length: int, before: dict[str, Rows], keep: bool) -> list[str]:
    """One sequence; undone afterwards unless it is to be the ground of those to come."""
    driver.rng, driver.log, driver.at_once, driver.spoken = random.Random(seed), [], [], set()
    held, said = driver.held(), dict(driver.said)
    with connection.cursor() as cursor:
        cursor.execute("savepoint sequence")
        for _ in range(length):
            driver.rng.choice(ACTS)(driver)
        now = rows(driver)
        found = driver.at_once + nothing_lost(now, before, MAY_CHANGE) + days_lost(driver, now, before)
        found += driver.hanging()
        if not keep or found:
            cursor.execute("rollback to savepoint sequence")
            driver.put_back(held)
            driver.said = said
        cursor.execute("release savepoint sequence")
    return found


def broken(driver: Pages, count: int, seed: int) -> list[str]:
    """The first sequence that breaks something, told whole. Every eighth is kept, so that the others begin ever further on; every hundredth anew."""
    began = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute("savepoint ground")
    ground, said = copy.deepcopy(driver.held()), dict(driver.said)
    before = rows(driver)
    for number in range(count):
        if number % 100 == 99:
            with connection.cursor() as cursor:
                cursor.execute("rollback to savepoint ground")
            driver.put_back(copy.deepcopy(ground))
            driver.said = dict(said)
            before = rows(driver)
        own = began.randrange(10**9)
        found = run(driver, own, began.randint(4, 12), before, keep=number % 8 == 0)
        if found:
            return [f"seed {own}", *found, *driver.log]
        if number % 8 == 0:
            before = rows(driver)
    return []


def test_a_thousand_sequences_break_nothing(db: None, server: Any) -> None:
    with driving(server.urls) as driver:
        found = broken(driver, SEQUENCES, SEED)
        assert not found, "\n".join(found)
        least = 3 * SEQUENCES // 10
        assert driver.accepted > least and driver.refused > least, (driver.accepted, driver.refused)
        assert driver.let_go > 0, "no sequence came so far that somebody was let go of"
        assert driver.heard > 0, "no visit of a procedure was signed over what had gone into it"
        assert driver.judged > 0, "no step was judged of what contests a no"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_sequences_break_nothing(db: None, server: Any, seed: int) -> None:
    with driving(server.urls) as driver:
        found = broken(driver, 1_000, seed)
        assert not found, "\n".join(found)


# One guard taken away at a time: the very same sequences must notice each.
DROPPED = {
    "a clue ends in something": "drop trigger relapse_clue_guard on relapse_clue",
    "a visit is somebody's": "drop trigger relapse_sheet_guard on relapse_sheet",
    "help is as it was given": "drop trigger relapse_relief_guard on relapse_relief",
    "a step hears what went into it": "create or replace function relapse_unheard(proceeding bigint) returns boolean language sql stable as $$ select false $$",
    "a clue goes into what will visit": "create or replace function relapse_hears_yet(p decisions_proceeding) returns boolean language sql stable as $$ select true $$",
    "others judge after a no": "create or replace function decisions_kept_besides(asked bigint[]) returns table (proceeding bigint, who bigint) language sql stable as $$ select null::bigint, null::bigint where false $$",
    "an open clue is heard first": "drop trigger relapse_hears_first on decisions_signature",
    "a plan is approved by another": "drop trigger decisions_sheetanswer_guard on decisions_sheetanswer",
    "lines are filed with their sheet": "drop trigger decisions_planline_guard on decisions_planline",
    "a window closes": "drop trigger decisions_window_guard on decisions_proceeding",
    "a page comes down with its matter": "drop trigger decisions_notice_is_over on decisions_proceeding",
    "a notice says what it may": "create or replace function notices_fit_to_hang(lines jsonb) returns boolean language sql immutable as $$ select true $$",
}


@pytest.mark.long
@pytest.mark.parametrize("guard", DROPPED)
def test_a_guard_that_is_gone_is_noticed(fresh_database: Any, guard: str) -> None:
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute(DROPPED[guard])
    with driving(fresh_database) as driver:
        assert broken(driver, 1_000, SEED), f"nobody noticed that the guard is gone: {guard}"
