"""Two sessions at once on the same proceeding, notice or household, each committing: what one does the other sees, or it waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest

import people
from decisions.proceedings import VOTE, Days, Going
from decisions.test_procedures_cannot_be_broken import home
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding, Snapshot
from xiuhua.decisions.queries.proceedings import appointed_rules
from xiuhua.decisions.services.basis import basis_of
from xiuhua.notices import services as notices
from xiuhua.notices.models import Objection
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import StatusEntry
from xiuhua.registry.services import sign_opening

pytestmark = pytest.mark.database

AREA = "select set_config('xiuhua.lo', '990521', true), set_config('xiuhua.hi', '990522', true)"
SIGN = """insert into decisions_signature (proceeding_id, place_code, number, round, step, sign, appointment_id, official_id, actor, post, reason, detail, at)
  select id, place_code, 1, 1, %s, 'signed', %s, 1, 'x', 'x', '', %s::jsonb, now() from decisions_proceeding where id = %s"""
# A step rests on what is kept in its own transaction: the same records, kept again.
KEEP = """insert into decisions_snapshot (proceeding_id, place_code, round, step, as_of, records, outcomes, versions, digest, at)
  select proceeding_id, place_code, round, step, as_of, records, outcomes, versions, digest, now() from decisions_snapshot where proceeding_id = %s order by id desc limit 1"""
BEGIN = """insert into decisions_proceeding (procedure_id, kind, place_code, household_id, course, at_step, round, begun_at, as_of, step_since, effect_status, begun_appointment_id)
  select id, kind, %s, %s, 'open', definition #>> '{steps,0,id}', 1, now(), %s, now(), '', %s from decisions_procedure where name = %s order by id desc limit 1"""
TAKE_OVER = """insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, opening_id, recorded_at, recorded_by)
  values (%s, %s, 'poor', '2020-01-01', 'opening', '', %s, now(), 'x')"""
OBJECT = """insert into notices_objection (notice_id, place_code, channel, said_sealed, came_on, taken_by, answer, answered_by)
  values (%s, %s, 'phone', 'x', %s, 'x', '', '')"""
SHEET = """with one as (insert into decisions_sheet (kind, place_code, reason, filed_in, appointment_id, official_id, actor, post, at)
    values ('plan', %s, 'x', 0, %s, 1, 'x', 'x', now()) returning id, place_code)
  select id from one"""
LINE = "insert into decisions_planline (sheet_id, place_code, household_id, year, acknowledged) values (%s, %s, %s, %s, '')"
APPROVE = """insert into decisions_sheetanswer (place_code, verdict, reason, appointment_id, official_id, actor, post, at, sheet_id)
  values (%s, 'approved', '', %s, 1, 'x', 'x', now(), %s)"""
DOWN = "update notices_notice set taken_down_on = %s, taken_down_by = 'x', taken_down_proof_id = hung_proof_id, taken_down_appointment_id = hung_appointment_id where id = %s"


@pytest.fixture
def two(fresh_database: Any, server: Any) -> Iterator[tuple[Going, Any]]:
    days = Days(fresh_database.owner)
    world = people.small_world()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        household = home("1")
        opening = sign_opening(
            by=world.county_office, county_code=people.COUNTY, statement="以 2020 年国家系统导出为准"
        ).opening
        StatusEntry.objects.create(
            household=household, village_code=people.VILLAGE, status="exited", since=date(2020, 1, 1), basis="opening", opening=opening,
            recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip
    yield Going.of(world, household, days), fresh_database
    days.back()


@contextmanager
def session(urls: Any, level: psycopg.IsolationLevel | None = None) -> Iterator[psycopg.Connection]:
    """A session of the application's role that sees the county; it commits at the end."""
    with psycopg.connect(urls.app) as one:
        one.isolation_level = level
        one.execute(AREA)
        yield one


def at_once(urls: Any, *acts: tuple[str, list[Any]], before: tuple[str, ...] = ()) -> list[bool]:
    """Each act, with the statement before it about the same proceeding (its last value), in a session of its own: the first is done and waits, the second begins meanwhile, then they commit in turn."""
    came = [False, False]
    sessions = [psycopg.connect(urls.app) for _ in acts]

    def do(number: int) -> None:
        session = sessions[number]
        try:
            session.execute(AREA)
            for statement in before:
                session.execute(statement, acts[number][1][-1:])
            session.execute(*acts[number])
            came[number] = True
        except psycopg.Error:
            session.rollback()

    do(0)
    second = threading.Thread(target=do, args=(1,))
    second.start()
    second.join(0.5)
    sessions[0].commit()
    second.join(20)
    sessions[1].commit()
    for session in sessions:
        session.close()
    return came


def test_one_of_a_kind_is_begun_and_one_status_taken_over(two: tuple[Going, Any]) -> None:
    going, urls = two
    values = [people.VILLAGE, going.household.pk, date(2020, 12, 31), going.village[0].pk, "targeted_return"]
    assert at_once(urls, (BEGIN, values), (BEGIN, values)) == [True, False]
    # Nor are two statuses taken over for one household.
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        other = home("2")
        opening = StatusEntry.objects.get(household=going.household).opening_id
    taken = (TAKE_OVER, [other.pk, people.VILLAGE, opening])
    assert at_once(urls, taken, taken) == [True, False]


def test_a_step_is_done_once_and_a_person_signs_once(two: tuple[Going, Any]) -> None:
    going, urls = two
    one = going.until(going.begin("targeted_return"), "visit")
    going.papers(one, going.village[0])
    first = (SIGN, ["visit", going.village[0].pk, "{}", one.pk])
    assert at_once(urls, first, first) == [True, False]
    one = going.sign(one, going.village[1])
    going.papers(one, going.village[0])
    vote = '{"vote": {"entitled": 30, "present": 24, "yes": 20, "no": 3, "abstained": 1}}'
    assert VOTE["yes"] == 20
    acts = [(SIGN, ["meeting", by.pk, vote, one.pk]) for by in going.village[:2]]
    assert at_once(urls, *acts) == [True, False]


def test_a_notice_does_not_come_down_over_an_objection_brought_at_the_same_moment(
    two: tuple[Going, Any],
) -> None:
    going, urls = two
    one = going.until(going.begin("targeted_return"), "notice")
    notice = going.hang(one, going.village[0])
    going.days.go((notice.due_on - beijing_today()).days + 1)
    objecting = (OBJECT, [notice.pk, people.VILLAGE, beijing_today()])
    down = (DOWN, [beijing_today(), notice.pk])
    # Nor in a session that looks at what stood before the objection.
    with session(urls, psycopg.IsolationLevel.REPEATABLE_READ) as blind:
        with session(urls) as other:
            other.execute(*objecting)
        with pytest.raises(psycopg.errors.CheckViolation, match="as it stands"):
            blind.execute(*down)
        blind.rollback()
    assert at_once(urls, objecting, down) == [True, False]
    # Taken down, an objection that came in time is recorded while somebody signs the step: one of the two waits for the other and fails.
    with going.acting(going.township[2]):
        for each in Objection.objects.filter(answered_at__isnull=True):
            notices.answer(by=going.township[2], objection=each, answer="查无此事", upheld=False)
    going.take_down(notice, going.village[0])
    sign = (SIGN, ["notice", going.village[0].pk, "{}", one.pk])
    assert at_once(urls, objecting, sign) == [True, False]


def kept(going: Going, one: Proceeding, by: Appointment) -> None:
    """What the step is decided on, as the service keeps it."""
    with going.acting(by):
        basis = basis_of(one.household_id or 0, one.place_code, one.as_of, appointed_rules(one))
        Snapshot.objects.create(
            proceeding=one, place_code=one.place_code, round=1, step=one.at_step, as_of=one.as_of, records=basis.records, outcomes=basis.outcomes,
            versions=basis.versions, digest=basis.digest, at=beijing_now(),
        )  # fmt: skip


def test_two_effects_at_once_follow_each_other(two: tuple[Going, Any]) -> None:
    """Removed and let out at the same moment: whoever comes second no longer finds the household where it was."""
    going, urls = two
    acts = []
    ours = going.county
    going.until(going.begin("targeted_return"), "announcement")
    for name, by in (("targeted_removal", ours[0]), ("targeted_exit", ours[1])):
        one = going.until(going.begin(name), "county")
        going.papers(one, by)
        kept(going, one, by)
        acts.append((SIGN, ["county", by.pk, "{}", one.pk]))
    assert at_once(urls, *acts, before=(KEEP,)) == [True, False]
    assert going.status() == "removed"
    with within(scope_of(people.COUNTY)):
        assert sorted(Proceeding.objects.values_list("effect_status", flat=True)) == [
            "",
            "removed",
            "returned",
        ]


def test_a_signature_rests_on_the_records_of_its_own_moment(two: tuple[Going, Any]) -> None:
    """Not on what was kept a moment before, whether the records changed in the same transaction or in another."""
    going, urls = two
    one = going.until(going.begin("targeted_return"), "county")
    by = going.county[0]
    going.papers(one, by)
    kept(going, one, by)
    signing = (SIGN, ["county", by.pk, "{}", one.pk])
    change = (
        "update registry_periodrecord set house_grade = %s where household_id = %s",
        ["D", one.household_id],
    )
    for changing in ("itself", "another"):
        with session(urls) as first:
            first.execute(KEEP, [one.pk])
            if changing == "itself":
                first.execute(*change)
            else:
                with session(urls) as second:
                    second.execute(*change)
            with pytest.raises(psycopg.errors.CheckViolation, match="not as they stand"):
                first.execute(*signing)
            first.rollback()
    with going.acting(by):
        assert going.status() == "exited" and not one.signatures.filter(step="county").exists()
    # Nor on what somebody else kept in their own transaction.
    kept(going, one, by)
    with session(urls) as first, pytest.raises(psycopg.errors.CheckViolation, match="was not kept"):
        first.execute(*signing)


def test_of_two_plans_for_one_village_one_is_approved(two: tuple[Going, Any]) -> None:
    going, urls = two
    sheets = []
    for year, by in zip((2019, 2020), going.village, strict=False):
        with session(urls) as filing:
            row = filing.execute(SHEET, [people.VILLAGE, by.pk]).fetchone()
            assert row is not None
            sheets.append(row[0])
            filing.execute(LINE, [row[0], people.VILLAGE, None, year])
    # What was filed is not added to in another transaction.
    with (
        session(urls) as later,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="not altered"),
    ):
        later.execute(LINE, [sheets[0], people.VILLAGE, going.household.pk, 2018])
    acts = [
        (APPROVE, [people.VILLAGE, by.pk, sheet]) for by, sheet in zip(going.township, sheets, strict=False)
    ]
    assert at_once(urls, *acts) == [True, False]
