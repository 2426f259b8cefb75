"""Nobody decides what they proposed: not by a service, not by another post of theirs, not by SQL as the application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

import people
from decisions.conftest import Family
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.kinds import KINDS
from xiuhua.decisions.models import Case, CaseStep, Kin
from xiuhua.decisions.services import (
    Refused,
    Said,
    accept,
    ask_undo,
    give_back,
    refuse,
    resubmit,
    undo,
    withdraw,
)
from xiuhua.decisions.terms import State
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database
BOY = {"name": "石安安", "sex": "male", "relation": "son"}
STEP = """
insert into decisions_casestep (case_id, place_code, number, act, appointment_id, official_id, actor, post, reason, detail, at)
values (%(case)s, '990521101201', 9, '{act}', %(appointment)s, %(official)s, 'x', 'x', '', '{{}}', now())
"""

BORN_ACCEPTED = """
insert into decisions_case (kind, place_code, state, claim, households, persons, payload, effective_on, reason, to_code, begun_at)
values ('birth', '990521101201', 'accepted', 'x', '{}', '{}', '{}', '2026-01-01', '', '', now())
"""


def refused(sql: str, **values: Any) -> None:
    with (
        pytest.raises(DatabaseError),
        within(scope_of(people.COUNTY)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
        if cursor.rowcount == 0:
            raise DatabaseError("nothing was changed")


def test_a_village_worker_decides_nothing_and_an_officer_not_their_own(family: Family) -> None:
    world = family.world
    for proposer in (world.first_secretary, world.township_officer):
        case = family.propose("birth", by=proposer, **BOY | {"name": f"石{proposer.pk}"})
        with family.act(proposer), pytest.raises(Refused):
            accept(by=proposer, case=case)
        assert len(family.living()) == 4


def test_another_post_of_the_same_person_is_the_same_person(family: Family) -> None:
    proposer = family.world.township_officer
    post = people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.OFFICER)
    other_hat = people.make_appointment(proposer.official.account, post)
    case = family.propose("birth", by=proposer, **BOY)
    with family.act(other_hat), pytest.raises(Refused, match="本人提交"):
        accept(by=other_hat, case=case)
    refused(
        STEP.format(act="accepted"),
        case=case.pk,
        appointment=other_hat.pk,
        official=family.world.county_office.official_id,
    )


def test_kin_and_a_deputy_of_who_proposed_decide_no_change_either(family: Family) -> None:
    world = family.world
    office, officer = world.county_office, world.township_officer
    case = family.propose("birth", by=world.first_secretary, **BOY)
    with family.act(office):
        Kin.objects.create(
            official=officer.official, household=family.household, place_code=people.VILLAGE, relation="堂弟", told_by="x", at=beijing_now(),
        )  # fmt: skip
    sql = STEP.format(act="accepted")
    for decide in (accept, give_back, refuse):
        with family.act(officer), pytest.raises(Refused, match="亲属关系"):
            decide(by=officer, case=case, reason="x")
    refused(sql, case=case.pk, appointment=officer.pk, official=officer.official_id)

    own = family.propose("birth", by=office, **BOY | {"name": "石平平"})
    post = people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.OFFICER)
    other = people.make_appointment(people.make_account("代办", "dai"), post)
    deputy = Appointment.objects.create(
        official=other.official, post=office.post, since=beijing_today(), until=beijing_today() + timedelta(days=9),
        named_on=beijing_today() - timedelta(days=1), deputy_for=office,
    )  # fmt: skip
    with family.act(deputy), pytest.raises(Refused, match="本人提交"):
        accept(by=deputy, case=own)
    refused(sql, case=own.pk, appointment=deputy.pk, official=deputy.official_id)
    with family.act(other):
        accept(by=other, case=own)
    assert len(family.living()) == 5, "by a post of their own, who stands in for nobody, it is decided"


@pytest.mark.parametrize(
    "sql",
    [
        "update decisions_case set state = 'accepted' where id = %(case)s",
        "update decisions_case set payload = '{}' where id = %(case)s",
        "delete from decisions_case where id = %(case)s",
        "update decisions_casestep set reason = 'x' where case_id = %(case)s",
        "delete from decisions_casestep where case_id = %(case)s",
        "truncate decisions_casestep",
        BORN_ACCEPTED,
        STEP.format(act="accepted"),
        STEP.format(act="undone"),
        STEP.format(act="received"),
    ],
)  # fmt: skip
def test_the_database_itself_keeps_cases(family: Family, sql: str) -> None:
    case = family.propose("birth", by=family.world.township_officer, **BOY)
    by = family.world.township_officer
    # Whoever signs with another's name is still the person of the appointment.
    refused(sql, case=case.pk, appointment=by.pk, official=family.world.county_office.official_id)
    with within(scope_of(people.COUNTY)):
        assert Case.objects.get(pk=case.pk).state == State.PENDING and CaseStep.objects.count() == 1


def test_an_appointment_that_is_over_or_lies_elsewhere_decides_nothing(family: Family) -> None:
    from datetime import date

    case = family.propose("birth", **BOY)
    over = people.make_appointment(
        people.make_account("旧人", "jiu"), family.world.township_officer.post, until=date(2020, 1, 1)
    )
    elsewhere = people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    for one in (over, elsewhere):
        refused(STEP.format(act="accepted"), case=case.pk, appointment=one.pk, official=one.official_id)


def test_one_open_case_of_a_kind_about_the_same(family: Family) -> None:
    family.propose("death", person=family.persons["石小军"])
    with pytest.raises(Refused, match="已经提交过"):
        family.propose("death", by=family.world.township_officer, person=family.persons["石小军"])
    family.propose("birth", **BOY)
    family.propose("birth", **BOY | {"name": "石平平"})  # twins are two


def test_it_is_given_back_corrected_and_then_decided_with_all_of_it_kept(family: Family) -> None:
    case = family.propose("birth", **BOY)
    officer, village = family.world.township_officer, family.world.first_secretary
    with family.act(officer), pytest.raises(Refused):
        give_back(by=officer, case=case, reason=" ")
    with family.act(officer):
        give_back(by=officer, case=case, reason="姓名与出生证不符")
    with family.act(village):
        resubmit(by=village, case=case, said=Said(case.effective_on, BOY | {"name": "石安宁"}))
    with family.act(officer):
        accept(by=officer, case=case)
        steps = list(case.steps.order_by("number"))
    assert "石安宁" in family.living()
    assert [one.act for one in steps] == ["proposed", "returned", "resubmitted", "accepted"]
    assert steps[0].detail["payload"]["name"] == "石安安"


def test_a_proposer_takes_back_and_nobody_else_does(family: Family) -> None:
    case = family.propose("birth", **BOY)
    with family.act(family.world.county_office), pytest.raises(Refused):
        withdraw(by=family.world.county_office, case=case)
    with family.act(family.world.first_secretary):
        assert withdraw(by=family.world.first_secretary, case=case).case.state == State.WITHDRAWN
    family.propose("birth", **BOY)


@pytest.mark.parametrize("kind", ["death", "move_away"])
def test_nobody_leaves_on_a_word_alone(family: Family, kind: str) -> None:
    person = family.persons["石小梅"] if kind == "death" else None
    more = {"county": people.OTHER_COUNTY} if kind == "move_away" else {}
    case = family.propose(kind, person=person, papers=(), **more)
    officer = family.world.township_officer
    page = people.sign_in(Client(), officer).get(f"/cases/{case.pk}/").content.decode()
    assert "这里一份也没有" in page
    with family.act(officer), pytest.raises(Refused, match="证明材料"):
        accept(by=officer, case=case, reason="  ")
    act = "agreed" if kind == "move_away" else "accepted"
    values = {"case": case.pk, "appointment": officer.pk, "official": officer.official_id}
    with pytest.raises(DatabaseError, match="no paper"), family.act(officer), transaction.atomic():
        connection.cursor().execute(STEP.format(act=act), values)
    with family.act(officer):
        done = accept(by=officer, case=case, reason="火化证遗失，村委会已书面说明").step
    assert (done.act, done.reason) == (act, "火化证遗失，村委会已书面说明")


def test_the_database_asks_for_papers_of_the_same_kinds(db: None) -> None:
    with connection.cursor() as cursor:
        for code, kind in KINDS.items():
            cursor.execute("select decisions_wants_a_paper(%s)", [code])
            assert cursor.fetchone() == (kind.wants_a_paper,), code


def test_undoing_takes_two_people_as_well(family: Family) -> None:
    case = family.propose("birth", **BOY)
    officer = family.world.township_officer
    with family.act(officer):
        accept(by=officer, case=case)
        ask_undo(by=officer, case=case, reason="孩子不在本户")
    with family.act(officer), pytest.raises(Refused):
        undo(by=officer, case=case)
    refused(STEP.format(act="undone"), case=case.pk, appointment=officer.pk, official=officer.official_id)
    with family.act(family.world.county_office):
        undo(by=family.world.county_office, case=case)
    assert len(family.living()) == 4


def test_a_refusal_needs_its_reason_and_changes_nothing(family: Family) -> None:
    case, officer = family.propose("birth", **BOY), family.world.township_officer
    with family.act(officer), pytest.raises(Refused, match="理由"):
        refuse(by=officer, case=case, reason="")
    with family.act(officer):
        refuse(by=officer, case=case, reason="孩子户口在外婆家")
    assert len(family.living()) == 4


def test_the_auditor_sees_and_does_nothing(family: Family) -> None:
    case = family.propose("birth", **BOY)
    auditor: Appointment = family.world.auditor
    with family.act(auditor):
        assert Case.objects.get(pk=case.pk).steps.count() == 1
        with pytest.raises(Refused):
            accept(by=auditor, case=case)
