"""Opening an account and resetting a password take two people, neither of them the account's own person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from people import (
    CITY,
    COUNTY,
    OTHER_COUNTY,
    PASSWORD,
    TOWNSHIP,
    VILLAGE,
    World,
    make_appointment,
    make_post,
    small_world,
)
from xiuhua.accounts import services
from xiuhua.accounts.models import Account, AccountRequest, Appointment, Official
from xiuhua.accounts.services import Refused
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    made = small_world()
    with within(scope_of("CN")):
        yield made


def ask(by: Appointment, username: str = "sun", place: str = VILLAGE, **more: Any) -> AccountRequest:
    given: dict[str, Any] = {
        "place": Place.objects.get(pk=place),
        "office": Office.VILLAGE_COMMITTEE,
        "title": Title.VILLAGE_CLERK,
        "role": Role.VILLAGE_WORKER,
        "username": username,
        "name": "孙信息",
        "unit": "上坝村委会",
        "reason": "新任信息员",
        **more,
    }
    request: AccountRequest = services.ask_for_account(by=by, **given).subject
    return request


def test_one_asks_and_another_grants(world: World) -> None:
    request = ask(world.county_office)
    assert not Account.objects.filter(username="sun").exists()
    done = services.answer_request(by=world.administrator, request=request, grant=True)
    account = Account.objects.get(username="sun")
    assert account.check_password(done.password) and account.must_change_password
    assert account.temporary_until is not None and account.temporary_until > beijing_now()
    post = Appointment.objects.get(official=account.official)
    assert (post.place_code, post.role, post.since) == (VILLAGE, Role.VILLAGE_WORKER, beijing_today())
    actions = list(Entry.objects.order_by("number").values_list("actor", "action"))
    assert actions == [("wang", "accounts.ask_for_account"), ("chen", "accounts.answer_request")]
    assert done.password not in str(list(Entry.objects.values_list("detail", flat=True)))
    assert done.password not in repr(done)


def test_the_asker_does_not_answer(world: World) -> None:
    request = ask(world.county_office)
    with pytest.raises(Refused, match="另一位"):
        services.answer_request(by=world.county_office, request=request, grant=True)


def test_nor_in_another_post_of_theirs(world: World) -> None:
    request = ask(world.county_office)
    second = make_appointment(world.county_office.official.account, world.administrator.post)
    with pytest.raises(Refused, match="另一位"):
        services.answer_request(by=second, request=request, grant=True)


def test_the_table_refuses_it_too(world: World) -> None:
    request = ask(world.county_office)
    with pytest.raises(IntegrityError, match="asker_does_not_answer"), transaction.atomic():
        AccountRequest.objects.filter(pk=request.pk).update(
            answered_by=request.asked_by, answered_at=timezone.now(), granted=True
        )


def test_refusing_opens_nothing_and_lets_ask_again(world: World) -> None:
    request = ask(world.county_office)
    done = services.answer_request(by=world.administrator, request=request, grant=False)
    assert done.password == "" and not Account.objects.filter(username="sun").exists()
    with pytest.raises(Refused, match="已经有人答复"):
        services.answer_request(by=world.administrator, request=request, grant=True)
    ask(world.county_office, official=request.official)


def test_one_open_request_at_a_time(world: World) -> None:
    request = ask(world.county_office)
    with pytest.raises(Refused, match="还没有答复"):
        ask(world.administrator, username="sun2", official=request.official)


@pytest.mark.parametrize("username", ["chen", "zhang"])
def test_a_name_in_use_is_refused(world: World, username: str) -> None:
    with pytest.raises(Refused, match="已有人使用"):
        ask(world.county_office, username=username)


def test_a_name_taken_meanwhile_is_refused(world: World) -> None:
    first, second = ask(world.county_office), ask(world.county_office, name="另一个孙")
    services.answer_request(by=world.administrator, request=first, grant=True)
    with pytest.raises(Refused, match="换名重新申请"):
        services.answer_request(by=world.administrator, request=second, grant=True)


@pytest.mark.parametrize("place", [OTHER_COUNTY, CITY, "CN"])
def test_nobody_asks_outside_their_area(world: World, place: str) -> None:
    with pytest.raises(Refused, match="不在您的工作范围内"):
        ask(world.county_office, place=place, role=Role.ADMINISTRATOR)


def test_a_role_stands_at_its_level(world: World) -> None:
    with pytest.raises(Refused, match="不能设在行政村一级"):
        ask(world.county_office, role=Role.COUNTY_OFFICE)


@pytest.mark.parametrize("who", ["township_officer", "first_secretary", "auditor", "leader", "city_office"])
def test_other_roles_neither_ask_nor_answer(world: World, who: str) -> None:
    by = getattr(world, who)
    with pytest.raises(Refused):
        ask(by)
    request = ask(world.county_office)
    with pytest.raises(Refused):
        services.answer_request(by=by, request=request, grant=True)


def test_an_administrator_of_another_county_does_not_answer(world: World) -> None:
    request = ask(world.county_office)
    with pytest.raises(Refused):
        services.answer_request(by=world.outsider, request=request, grant=True)


def test_a_reset_takes_two_and_ends_the_old_password(world: World) -> None:
    account = world.first_secretary.official.account
    request = services.ask_for_reset(by=world.county_office, account=account, reason="忘记").subject
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    done = services.answer_request(by=world.administrator, request=request, grant=True)
    account.refresh_from_db()
    assert account.check_password(done.password) and not account.check_password(PASSWORD)
    assert account.must_change_password


def test_nobody_resets_themselves_from_either_side(world: World) -> None:
    own = world.county_office.official.account
    with pytest.raises(Refused, match="不能为自己办理"):
        services.ask_for_reset(by=world.county_office, account=own, reason="x")
    request = services.ask_for_reset(by=world.administrator, account=own, reason="x").subject
    with pytest.raises(Refused, match="不能为自己办理"):
        services.answer_request(by=world.county_office, request=request, grant=True)


def test_a_county_resets_nobody_who_also_acts_above_it(world: World) -> None:
    account = world.leader.official.account
    make_appointment(account, make_post(CITY, Role.LEADER, Office.GOVERNMENT, Title.HEAD))
    with pytest.raises(Refused, match="上级管理员"):
        services.ask_for_reset(by=world.county_office, account=account, reason="x")
    with pytest.raises(Refused, match="上级管理员"):
        services.close_account(by=world.administrator, account=account, reason="x")


def test_closing_is_immediate_and_opening_again_takes_two(world: World) -> None:
    account = world.first_secretary.official.account
    services.close_account(by=world.administrator, account=account, reason="调离")
    account.refresh_from_db()
    assert not account.is_active and not account.has_usable_password()
    with pytest.raises(Refused, match="已停用"):
        services.ask_for_reset(by=world.administrator, account=account, reason="x")
    request = ask(world.administrator, username="zhang", official=account.official)
    done = services.answer_request(by=world.county_office, request=request, grant=True)
    account.refresh_from_db()
    assert account.is_active and account.check_password(done.password)


def test_nobody_closes_their_own_account(world: World) -> None:
    with pytest.raises(Refused, match="不能为自己办理"):
        services.close_account(
            by=world.administrator, account=world.administrator.official.account, reason="x"
        )


def test_one_changes_ones_own_password_only(world: World) -> None:
    with pytest.raises(Refused, match="只能修改自己的密码"):
        services.change_password(
            by=world.administrator, account=world.leader.official.account, password="silk thread 2026!"
        )


def test_what_is_refused_leaves_nothing_behind(world: World) -> None:
    before = (Official.objects.count(), Entry.objects.count())
    with pytest.raises(Refused):
        ask(world.county_office, username="chen")
    assert (Official.objects.count(), Entry.objects.count()) == before


def test_the_first_two_come_from_the_server_and_only_once(world: World) -> None:
    by, place = services.operator(COUNTY), Place.objects.get(pk=COUNTY)
    with pytest.raises(Refused, match="已有账号"):
        services.first_administrators(by=by, place=place, people=[("甲", "jia"), ("乙", "yi")])


def test_temporary_passwords_are_long_and_never_the_same(world: World) -> None:
    from xiuhua.accounts.services.opening import LETTERS, temporary_password

    made = {temporary_password() for _number in range(200)}
    assert len(made) == 200
    assert all(len(one) == 14 and set(one) <= {*LETTERS, "-"} for one in made)


def test_the_township_of_the_new_colleague_does_not_matter_to_the_county(world: World) -> None:
    request = ask(
        world.administrator,
        place=TOWNSHIP,
        role=Role.TOWNSHIP_OFFICE,
        title=Title.TOWNSHIP_OFFICER,
        office=Office.TOWNSHIP_STATION,
    )
    services.answer_request(by=world.county_office, request=request, grant=True)
    assert Appointment.objects.filter(official=request.official, post__place_id=TOWNSHIP).exists()
