"""Posts have days; deputies are named beforehand and act with the principal's role and area within their days only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from people import (
    COUNTY,
    OTHER_COUNTY,
    TOWNSHIP,
    VILLAGE,
    World,
    make_account,
    make_appointment,
    make_post,
    small_world,
)
from xiuhua.accounts import queries, services
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import Refused
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db

TODAY = beijing_today()
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[World]:
    made = small_world()
    with within(scope_of("CN")):
        yield made


def at(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    for module in (queries, services.acts, services.posts):
        monkeypatch.setattr(module, "beijing_today", lambda: day, raising=False)


def names(
    world: World, *, by: Appointment, principal: Appointment, deputy: Appointment, **days: date
) -> Appointment:
    given = {"since": TODAY + DAY, "until": TODAY + 7 * DAY, **days}
    made: Appointment = services.name_deputy(
        by=by, principal=principal, official=deputy.official, **given
    ).subject
    return made


def test_a_deputy_acts_within_the_days_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy = names(
        world, by=world.first_secretary, principal=world.first_secretary, deputy=world.township_officer
    )
    assert (deputy.role, deputy.place_code) == (Role.VILLAGE_WORKER, VILLAGE)
    account = world.township_officer.official.account
    for days, acts in ((0, False), (1, True), (7, True), (8, False)):
        at(monkeypatch, TODAY + days * DAY)
        assert (deputy in queries.appointments_today(account)) is acts
        assert queries.appointments_today(account)[0] == world.township_officer  # one's own post comes first


def test_a_deputy_falls_with_the_principals_post(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy = names(
        world, by=world.first_secretary, principal=world.first_secretary, deputy=world.township_officer
    )
    services.end_appointment(by=world.administrator, appointment=world.first_secretary, until=TODAY + 2 * DAY)
    account = world.township_officer.official.account
    at(monkeypatch, TODAY + 2 * DAY)
    assert deputy in queries.appointments_today(account)
    at(monkeypatch, TODAY + 3 * DAY)
    assert deputy not in queries.appointments_today(account)


def test_a_deputy_is_named_beforehand(world: World) -> None:
    for since in (TODAY, TODAY - DAY):
        with pytest.raises(Refused, match="最早从明天开始"):
            names(
                world,
                by=world.first_secretary,
                principal=world.first_secretary,
                deputy=world.township_officer,
                since=since,
            )


@pytest.mark.parametrize(
    "wrong", [{"since": TODAY, "until": TODAY + DAY}, {"since": TODAY + DAY, "until": None}]
)
def test_the_table_refuses_it_too(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="deputy_named_beforehand"), transaction.atomic():
        Appointment.objects.create(
            official=world.township_officer.official,
            post=world.first_secretary.post,
            deputy_for=world.first_secretary,
            named_on=TODAY,
            **wrong,
        )


def test_who_may_name_whom(world: World) -> None:
    principal = world.first_secretary
    with pytest.raises(Refused, match="不能为自己办理"):
        names(world, by=principal, principal=principal, deputy=principal)
    with pytest.raises(Refused, match="不能为自己办理"):  # nobody makes themselves somebody's deputy
        names(world, by=world.administrator, principal=world.county_office, deputy=world.administrator)
    with pytest.raises(Refused):  # nor does a colleague without the right
        names(world, by=world.township_officer, principal=principal, deputy=world.township_officer)
    with pytest.raises(Refused, match="同一乡镇"):
        names(world, by=principal, principal=principal, deputy=world.outsider)
    with pytest.raises(Refused):
        names(world, by=world.outsider, principal=principal, deputy=world.township_officer)
    assert (
        names(world, by=world.administrator, principal=principal, deputy=world.township_officer).deputy_for
        == principal
    )


def test_a_deputy_names_no_deputy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy = names(world, by=world.county_office, principal=world.county_office, deputy=world.leader)
    at(monkeypatch, TODAY + 2 * DAY)
    with pytest.raises(Refused, match="代理人不能再指定代理人"):
        names(world, by=deputy, principal=deputy, deputy=world.administrator, since=TODAY + 3 * DAY)


def test_one_deputy_at_a_time_and_not_longer_than_the_post(world: World) -> None:
    principal = world.county_office
    names(world, by=principal, principal=principal, deputy=world.leader)
    with pytest.raises(Refused, match="已经指定了代理人"):
        names(
            world,
            by=principal,
            principal=principal,
            deputy=world.auditor,
            since=TODAY + 5 * DAY,
            until=TODAY + 9 * DAY,
        )
    Appointment.objects.filter(pk=world.auditor.pk).update(until=TODAY + 3 * DAY)
    ending = Appointment.objects.get(pk=world.auditor.pk)
    with pytest.raises(Refused, match="任职期限"):
        names(world, by=ending, principal=ending, deputy=world.leader)


def test_nobody_stands_in_for_a_post_that_has_not_begun(world: World) -> None:
    coming = appoint(world.administrator, world.leader, since=TODAY + 5 * DAY)
    with pytest.raises(Refused, match="第一天"):
        names(world, by=world.administrator, principal=coming, deputy=world.township_officer)


def appoint(by: Appointment, who: Appointment, place: str = TOWNSHIP, **more: Any) -> Appointment:
    given: dict[str, Any] = {
        "place": Place.objects.get(pk=place),
        "office": Office.TOWNSHIP_STATION,
        "title": Title.TOWNSHIP_OFFICER,
        "role": Role.TOWNSHIP_OFFICE,
        "since": TODAY,
        **more,
    }
    made: Appointment = services.appoint(by=by, official=who.official, **given).subject
    return made


def test_a_second_post_by_somebody_else(world: World) -> None:
    post = appoint(world.administrator, world.first_secretary)
    assert post in queries.appointments_today(world.first_secretary.official.account)
    with pytest.raises(Refused, match="已经担任"):
        appoint(world.county_office, world.first_secretary)


def test_what_is_no_appointment(world: World) -> None:
    with pytest.raises(Refused, match="不能为自己办理"):
        appoint(world.administrator, world.administrator)
    with pytest.raises(Refused, match="过去的日期"):
        appoint(world.administrator, world.first_secretary, since=TODAY - DAY)
    with pytest.raises(Refused, match="不能早于开始"):
        appoint(world.administrator, world.first_secretary, since=TODAY + DAY, until=TODAY)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        appoint(world.administrator, world.first_secretary, place=OTHER_COUNTY)
    with pytest.raises(Refused, match="上级管理员"):
        appoint(world.administrator, world.outsider)
    with pytest.raises(Refused, match="不能办理"):
        appoint(world.leader, world.first_secretary)


def test_ending_a_post(world: World) -> None:
    with pytest.raises(Refused, match="最后一天"):
        services.end_appointment(
            by=world.administrator, appointment=world.first_secretary, until=TODAY - 2 * DAY
        )
    with pytest.raises(Refused, match="不在您的工作范围内"):
        services.end_appointment(by=world.outsider, appointment=world.first_secretary, until=TODAY)
    services.end_appointment(by=world.administrator, appointment=world.first_secretary, until=TODAY - DAY)
    assert queries.appointments_today(world.first_secretary.official.account) == []
    with pytest.raises(Refused, match="已经结束"):
        services.end_appointment(by=world.administrator, appointment=world.first_secretary, until=TODAY)


def test_ending_does_not_prolong(world: World) -> None:
    short = make_appointment(
        make_account("短期", "duan"),
        make_post(COUNTY, Role.LEADER, Office.GOVERNMENT, Title.HEAD),
        until=TODAY + DAY,
    )
    with pytest.raises(Refused, match="只能提前结束"):
        services.end_appointment(by=world.administrator, appointment=short, until=TODAY + 2 * DAY)
