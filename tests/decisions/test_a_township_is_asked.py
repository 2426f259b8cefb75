"""That a township is asked before anybody comes into it is held by the database too: past the services, as the application's role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

import people
from decisions.conftest import Family
from decisions.river import RIVER_VILLAGE, STEP, River, by_sql, offered, where
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Case, Kin, Transfer
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.queries.transfers import waiting_here, waiting_here_count
from xiuhua.decisions.services import (
    Refused,
    accept,
    receive,
)
from xiuhua.decisions.terms import Act, State
from xiuhua.places.scope import ask_together_here, scope_of, within

pytestmark = pytest.mark.database
MOVED_STATUS = """
insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
values (%(household)s, '990521102201', 'poor', '2026-01-01', 'moved', %(case)s, now(), 'x')
"""


@pytest.mark.parametrize(
    ("sql", "by", "why"),
    [
        (STEP.format(act="accepted"), "county", "takes no step"),
        (STEP.format(act="received"), "county", "only the township that it goes to"),
        (STEP.format(act="declined"), "county", "only the township that it goes to"),
        (STEP.format(act="received"), "township", "only the township that it goes to"),
        (STEP.format(act="received"), "worker", "only the township that it goes to"),
        ("update decisions_transfer set answer = 'received', state = 'pending' where case_number = %(case)s", "county", "through its case"),
        ("update decisions_case set state = 'pending' where id = %(case)s", "county", "follows from its steps"),
        ("update decisions_case set payload = '{}' where id = %(case)s", "county", "corrected only after"),
        ("select decisions_answer((select id from decisions_transfer), 'received', '', '', %(by)s, 'x', 'x', '', now())", "county", "only the township"),
        ("select decisions_answer((select id from decisions_transfer), 'declined', '', '', %(by)s, 'x', 'x', ' ', now())", "river", "has its reason"),
    ],
)  # fmt: skip
def test_the_database_itself_asks_the_township(
    family: Family, river: River, sql: str, by: str, why: str
) -> None:
    case, _transfer = offered(family)
    world = family.world
    who = {
        "county": world.county_office,
        "township": world.township_officer,
        "worker": river.worker,
        "river": river.officer,
    }[by]
    with pytest.raises(DatabaseError, match=why):
        by_sql(family, sql, case=case.pk, by=who.pk)
    with within(scope_of(people.COUNTY)):
        assert Case.objects.get(pk=case.pk).state == State.SENT and Transfer.objects.get().answer == ""


def test_past_the_services_too_only_the_county_carries_out_and_no_status_comes_with_it(
    family: Family, river: River
) -> None:
    case, transfer = offered(family)
    with family.act(river.officer):
        receive(by=river.officer, transfer=transfer)
    officer = family.world.township_officer
    with family.act(officer):
        assert why_not(officer, Case.objects.get(), Act.ACCEPTED) == {
            "zh": "这一事项涉及两个乡镇，由县级业务岗位审核", "en": "It touches two townships: the county office decides",
        }  # fmt: skip
    with pytest.raises(DatabaseError, match="touches two townships"):
        by_sql(family, STEP.format(act="accepted"), case=case.pk, by=officer.pk)
    with pytest.raises(DatabaseError, match="no move was received"):
        by_sql(family, MOVED_STATUS, household=river.household.pk, case=str(case.pk))


@pytest.mark.parametrize("payload", ["{}", '{"village": "990522101201"}', '{"village": "9"}'])
def test_what_leads_nowhere_in_the_county_is_not_proposed(family: Family, river: River, payload: str) -> None:
    with pytest.raises(DatabaseError, match="no village of this county"):
        by_sql(
            family,
            "with made as (insert into decisions_case (kind, place_code, state, claim, households, persons, payload, effective_on, reason, to_code, begun_at)"
            " values ('move', '990521101201', 'drafted', 'x', array[%(home)s]::bigint[], '{}', %(payload)s, '2026-01-01', '', '', now()) returning id)"
            " insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at)"
            " select id, '990521101201', 9, 'proposed', %(by)s, null, 'x', 'x', '', '{}', now() from made",
            home=family.household.pk, payload=payload, by=family.world.township_officer.pk,
        )  # fmt: skip


def test_only_the_townships_own_office_answers_and_nobody_on_both_sides(family: Family, river: River) -> None:
    world = family.world
    _case, transfer = offered(family)
    for by, n in (
        (river.officer, 1),
        (world.county_office, 0),
        (world.township_officer, 0),
        (river.worker, 0),
    ):
        with family.act(by):
            assert ask_together_here([waiting_here_count(by)]) == [waiting_here(by).count()] == [n]
    for by in (world.county_office, world.township_officer, river.worker):
        with family.act(by), pytest.raises((Refused, Transfer.DoesNotExist)):
            receive(by=by, transfer=transfer)
    # Of one person two posts: who proposed does not receive, who received does not carry out, nor does whoever stands in for them.
    both = people.make_appointment(world.first_secretary.official.account, river.officer.post)
    with family.act(both), pytest.raises(Refused, match="本人提交"):
        receive(by=both, transfer=transfer)
    with family.act(world.county_office):
        Kin.objects.create(
            official=river.officer.official, household=family.household, place_code=people.VILLAGE, relation="堂弟", told_by="x", at=beijing_now(),
        )  # fmt: skip
    with family.act(river.officer), pytest.raises(Refused, match="亲属关系"):
        receive(by=river.officer, transfer=transfer)
    other = people.make_appointment(people.make_account("河二", "he2"), river.officer.post)
    with family.act(other):
        receive(by=other, transfer=transfer)
    post = people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.OFFICER)
    hat = people.make_appointment(other.official.account, post)
    county = people.make_appointment(people.make_account("代办", "dai"), post)
    deputy = Appointment.objects.create(
        official=county.official, post=post, since=beijing_today(), until=beijing_today() + timedelta(days=9),
        named_on=beijing_today() - timedelta(days=1), deputy_for=hat,
    )  # fmt: skip
    with within(scope_of(people.COUNTY)):
        case = Case.objects.get()
    for by in (hat, deputy):
        with family.act(by), pytest.raises(Refused, match="代表迁入乡镇"):
            accept(by=by, case=case)
        with pytest.raises(DatabaseError, match="nobody decides what they proposed"):
            by_sql(family, STEP.format(act="accepted"), case=case.pk, by=by.pk)
    with family.act(county):
        accept(by=county, case=case)
    assert where(family) == RIVER_VILLAGE
