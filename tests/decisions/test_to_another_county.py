"""A household goes to another county: offered, seen only as an offer, received, and known on both sides afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.conftest import Family
from decisions.test_each_kind import opened
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Case, Transfer
from xiuhua.decisions.services import Refused, accept, decline, receive, withdraw
from xiuhua.decisions.terms import State
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.relapse import services as relapse
from xiuhua.relapse.models import Clue
from xiuhua.relapse.services.clues import Saying
from xiuhua.relapse.terms import Origin, Risk
from xiuhua.workbench.queries.report import Period, told

pytestmark = pytest.mark.database
OFFERED = """
insert into decisions_transfer (case_number, kind, place_code, from_code, head_name, about, people, registered, effective_on, reason,
  offered_by, offered_at, state, answer, answered_by, answer_reason)
values (99, 'move_away', '990522', '990521101201', 'x', '', 1, true, '2026-01-01', '', '', now(), 'sent', '', '', '')
"""


@pytest.fixture
def receiver(family: Family) -> Any:
    return people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)


def offered(family: Family) -> Transfer:
    case = family.propose("move_away", county=people.OTHER_COUNTY, reason="随子女定居")
    with family.act(family.world.township_officer):
        assert accept(by=family.world.township_officer, case=case).case.state == State.SENT
    with within(scope_of(people.OTHER_COUNTY)):
        return Transfer.objects.get()


def test_it_is_received_with_people_statuses_and_years_and_the_sender_keeps_its_record(
    family: Family, receiver: Any
) -> None:
    with within(scope_of(people.COUNTY)):
        opened(family.household)
    transfer = offered(family)
    with family.act(receiver):
        # Before the answer: the offer, and nothing of the household.
        assert not Case.objects.exists() and not Household.objects.exists() and not Person.objects.exists()
        assert (transfer.head_name, transfer.people, transfer.registered) == ("石满仓", 4, True)
        done = receive(by=receiver, transfer=transfer, village_code=people.OTHER_VILLAGE)
        there = Household.objects.get(pk=done.household)
        assert (there.number, there.moved_from_code, there.begun_on) == (
            "99052100001",
            people.VILLAGE,
            date(2026, 5, 1),
        )
        assert there.memberships.filter(until__isnull=True).count() == 4
        assert (there.statuses.get().status, there.statuses.get().basis) == ("poor", "moved")
    with within(scope_of(people.COUNTY)):
        left = Household.objects.get(pk=family.household.pk)
        assert (left.ended_because, left.moved_to_code) == ("moved", people.OTHER_VILLAGE)
        assert left.statuses.count() == 1 and left.memberships.filter(until=date(2026, 5, 1)).count() == 4
        assert Case.objects.get().state == State.ACCEPTED
    with within(scope_of("99")):
        assert Membership.objects.filter(person__name="石满仓", until__isnull=True).count() == 1
    then = Period(date(2026, 5, 1), date(2026, 5, 31))
    for county, told_there in (
        (people.COUNTY, {"stood_before": 1, "moved_in": 0, "struck": 1, "stood_after": 0}),
        (people.OTHER_COUNTY, {"stood_before": 0, "moved_in": 1, "struck": 0, "stood_after": 1}),
    ):
        with within(scope_of(county)):
            place = Place.objects.get(pk=county)
            assert {key: told(place, then, only=key).numbers[key].count for key in told_there} == told_there


def test_an_open_clue_goes_along_so_that_the_receiving_county_knows(family: Family, receiver: Any) -> None:
    by = family.world.township_officer
    saying = Saying(Origin.HOUSEHOLD, Risk.ILLNESS, "老伴住院，借了两万", beijing_today())
    with family.act(by):
        clue = relapse.take_down(by=by, household=family.household, saying=saying).clue
    transfer = offered(family)
    with family.act(receiver):
        done = receive(by=receiver, transfer=transfer, village_code=people.OTHER_VILLAGE)
        there = Clue.objects.get()
        assert (there.household_id, there.end, there.came_on) == (done.household, "", clue.came_on)
        assert there.sources.get().said == "老伴住院，借了两万"
    with family.act(by):
        clue.refresh_from_db()
        assert (clue.end, clue.ended_on) == ("moved", beijing_today())


def test_a_declined_household_stays_where_it_is(family: Family, receiver: Any) -> None:
    transfer = offered(family)
    with family.act(receiver), pytest.raises(Refused, match="理由"):
        decline(by=receiver, transfer=transfer, reason=" ")
    with family.act(receiver):
        decline(by=receiver, transfer=transfer, reason="没有迁入本县的手续")
    assert len(family.living()) == 4
    with within(scope_of(people.COUNTY)):
        case = Case.objects.get()
        assert case.state == State.REFUSED and case.steps.last().reason == "没有迁入本县的手续"


def test_what_was_taken_back_can_no_longer_be_received(family: Family, receiver: Any) -> None:
    transfer = offered(family)
    with family.act(family.world.first_secretary):
        withdraw(by=family.world.first_secretary, case=Case.objects.get())
    with family.act(receiver), pytest.raises((Refused, DatabaseError)):
        receive(by=receiver, transfer=transfer, village_code=people.OTHER_VILLAGE)
    assert len(family.living()) == 4


@pytest.mark.parametrize(
    "sql",
    [
        "update decisions_transfer set answer = 'received'",
        OFFERED,
        "select registry_carry_household(%(household)s, '990522101201', 'x', '2026-01-01', 1, 'x')",
    ],
    ids=["answered past its door", "offered by nobody", "carried without an answer"],
)
def test_the_receiver_has_no_other_door(family: Family, receiver: Any, sql: str) -> None:
    offered(family)
    with (
        pytest.raises(DatabaseError),
        family.act(receiver),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, {"household": family.household.pk})
    assert len(family.living()) == 4
