"""The gate with transactions that really commit, as in service: nothing leaks to the next request of a connection."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client

from people import PASSWORD, VILLAGE, World, small_world
from xiuhua.accounts import services
from xiuhua.accounts.models import Account, AccountRequest, Appointment
from xiuhua.accounts.services import Refused
from xiuhua.audit.models import Entry
from xiuhua.audit.services import broken_links
from xiuhua.places.scope import scope_of, within

NEW = {
    "name": "孙信息", "unit": "上坝村委会", "username": "sun", "place": VILLAGE, "office": "village_committee",
    "title": "village_clerk", "role": "village_worker", "reason": "新任信息员",
}  # fmt: skip


@pytest.fixture
def world(fresh_database: Any) -> Iterator[World]:
    yield small_world()


def signed_in(username: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def test_a_request_leaves_no_scope_behind(world: World) -> None:
    client = signed_in("chen")
    for answer in (client.get("/people/"), client.post("/people/ask/", NEW), client.get("/people/requests/")):
        assert answer.status_code in (200, 302)
        with connection.cursor() as cursor:
            cursor.execute(
                "select coalesce(current_setting('xiuhua.lo', true), ''), current_setting('transaction_read_only')"
            )
            assert cursor.fetchone() == ("", "off")


def test_signing_in_twice_over_and_choosing_a_post_keep_their_session(world: World) -> None:
    client = signed_in("chen")
    client.post("/me/post/", {"post": world.administrator.pk})
    assert (
        Session.objects.get(pk=client.cookies["sessionid"].value).get_decoded()["appointment_id"]
        == world.administrator.pk
    )
    # The form's message travels although the page that shows it may not write.
    client.post("/people/ask/", NEW)
    assert "已办理" in client.get("/people/requests/").content.decode()


def test_two_who_grant_at_once_open_one_account(world: World) -> None:
    signed_in("wang").post("/people/ask/", NEW)
    request = AccountRequest.objects.get()
    second = Appointment.objects.create(
        official=world.leader.official, post=world.administrator.post, since=world.leader.since
    )

    def grant(by: Appointment) -> str:
        try:
            with within(scope_of(by.place_code)):
                return str(services.answer_request(by=by, request=request, grant=True).password)
        except Refused:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        passwords = list(pool.map(grant, [world.administrator, second]))
    assert sorted(map(bool, passwords)) == [False, True]
    assert Account.objects.get(username="sun").check_password("".join(passwords))
    with within(scope_of("CN")):
        assert Entry.objects.filter(action="accounts.answer_request").count() == 1
        assert broken_links("990521") == []
