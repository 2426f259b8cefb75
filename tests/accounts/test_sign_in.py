"""Signing in and out, lock-out, forced passwords, and acting by another of one's posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from people import PASSWORD, TOWNSHIP, World, make_account, make_appointment, make_post, sign_in, small_world
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_now, beijing_today

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return small_world()


def enter(client: Any, username: str, password: str, **more: str) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def test_the_right_password_lets_in_and_leads_back(client: Any, world: World) -> None:
    answer = enter(client, "Chen", PASSWORD, next="/people/")
    assert (answer.status_code, answer.url) == (302, "/people/")
    assert client.get("/people/").status_code == 200


def test_it_does_not_lead_to_another_host(client: Any, world: World) -> None:
    assert enter(client, "chen", PASSWORD, next="https://evil.example/").url == "/"


def test_a_wrong_password_says_one_thing_for_known_and_unknown_names(client: Any, world: World) -> None:
    known = enter(client, "chen", "wrong").context["form"].non_field_errors()
    unknown = enter(client, "nobody", "wrong").context["form"].non_field_errors()
    assert known == unknown and "连续5次密码错误，账号锁定30分钟" in known[0]


def test_five_wrong_passwords_lock_even_the_right_one_out(client: Any, world: World) -> None:
    for number, username in enumerate(["chen", "CHEN", "Chen", "chen", "cHen"], 1):
        answer = enter(client, username, "wrong")
        assert answer.status_code == (429 if number == 5 else 200)
    assert "账号锁定30分钟" in answer.content.decode()
    assert enter(client, "chen", PASSWORD).status_code == 429
    assert enter(client, "wang", PASSWORD).status_code == 302  # the neighbour at the same desk is not locked


def test_signing_in_needs_the_forms_own_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert enter(strict, "chen", PASSWORD).status_code == 403
    token = strict.get("/sign-in/").cookies["csrftoken"].value
    assert enter(strict, "chen", PASSWORD, csrfmiddlewaretoken=token).status_code == 302
    assert strict.post("/sign-out/").status_code == 403


def test_a_session_planted_beforehand_is_worth_nothing(client: Any, world: World) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    enter(client, "chen", PASSWORD)
    assert client.cookies["sessionid"].value != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/people/").status_code == 302


def test_signing_out_is_a_post(client: Any, world: World) -> None:
    sign_in(client, world.administrator)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == "/sign-in/"
    assert client.get("/people/").status_code == 302


def test_a_temporary_password_must_be_changed_before_anything_else(client: Any, world: World) -> None:
    account = world.administrator.official.account
    account.must_change_password, account.temporary_until = True, beijing_now() + timedelta(days=1)
    account.save()
    enter(client, "chen", PASSWORD)
    assert client.get("/people/").url == "/me/"
    assert client.post("/people/ask/").url == "/me/"
    new = "silk thread 2026!"
    kept = client.post("/me/", {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert kept.status_code == 422 and "不能与现用密码相同" in kept.content.decode()
    for old, first, again in (
        (PASSWORD, "1234567890", "1234567890"),
        ("not it", new, new),
        (PASSWORD, new, new + "x"),
    ):
        assert client.post("/me/", {"old": old, "new": first, "again": again}).status_code == 422
    assert client.post("/me/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert client.get("/people/").status_code == 200  # the session goes on
    account.refresh_from_db()
    assert not account.must_change_password and account.temporary_until is None
    assert enter(Client(), "chen", PASSWORD).status_code == 200
    assert enter(Client(), "chen", new).status_code == 302


def test_a_temporary_password_runs_out(client: Any, world: World) -> None:
    account = world.administrator.official.account
    account.must_change_password, account.temporary_until = True, beijing_now() - timedelta(minutes=1)
    account.save()
    answer = enter(client, "chen", PASSWORD)
    assert answer.status_code == 200 and "已经过期" in answer.content.decode()


def test_a_closed_account_does_not_come_in_and_its_session_ends(client: Any, world: World) -> None:
    sign_in(client, world.administrator)
    account = world.administrator.official.account
    account.is_active = False
    account.save()
    assert client.get("/people/").status_code == 302
    assert enter(client, "chen", PASSWORD).status_code == 200


def test_without_a_post_one_can_still_change_the_password(client: Any, world: World) -> None:
    account = make_account("新来的", "xin")
    make_appointment(account, world.leader.post, until=beijing_today() - timedelta(days=1))
    client.force_login(account, backend="xiuhua.accounts.middleware.sessions.ByPassword")
    new = "silk thread 2026!"
    assert client.post("/me/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    account.refresh_from_db()
    assert account.check_password(new)


def test_acting_by_another_of_ones_own_posts(client: Any, world: World) -> None:
    account = world.administrator.official.account
    second = make_appointment(
        account, make_post(TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.GOVERNMENT, Title.OFFICER)
    )
    sign_in(client, world.administrator)
    client.post("/me/post/", {"post": second.pk})
    assert client.session["appointment_id"] == second.pk
    assert client.get("/people/").status_code == 403
    for not_mine in (world.outsider.pk, "x", ""):
        client.post("/me/post/", {"post": not_mine})
        assert client.session["appointment_id"] == second.pk


def test_forgotten_says_whom_to_ask(client: Any) -> None:
    assert "账号管理员" in client.get("/forgotten/").content.decode()
