"""The gate: who may come in, by which appointment, for which area, and that looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from gate_addresses import HERE

from people import COUNTY, TOWNSHIP, World, make_account, make_appointment, make_post, sign_in, small_world
from xiuhua.accounts.models import Appointment, Official
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_today
from xiuhua.config import rights
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.django_db, pytest.mark.urls("gate_addresses")]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    table = rights.table()
    more = rights.Table(table.rights, {**table.addresses, **HERE}, table.reads_that_write)
    monkeypatch.setattr(rights, "table", lambda: more)
    yield


def written() -> bool:
    return Official.objects.filter(name="写入").exists()


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_the_page(client: Any) -> None:
    answer = client.get("/people/?q=a b")
    assert answer.status_code == 302
    assert answer.url == "/sign-in/?next=/people/%3Fq%3Da%2520b"


def test_a_stranger_inside_a_page_is_sent_by_htmx(client: Any) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=a"}
    answer = client.post("/people/requests/1/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/people/%3Fq%3Da"
    elsewhere = client.get("/people/", headers={**headers, "HX-Current-URL": "http://evil.example//x"})
    assert "evil" not in elsewhere.headers["HX-Redirect"]


@pytest.mark.parametrize("page", ["/gate/unlisted/", "/gate/unnamed/"])
def test_an_address_without_a_right_is_refused_to_everybody(client: Any, world: World, page: str) -> None:
    assert client.get(page).status_code == 403
    answer = sign_in(client, world.administrator).get(page)
    assert answer.status_code == 403
    assert "没有登记权限" in answer.content.decode()


def test_an_address_that_is_none_is_not_found(client: Any) -> None:
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/people").status_code == 301  # the missing slash is still added


def test_a_role_without_the_right_is_refused_told_what_to_do_and_recorded(client: Any, world: World) -> None:
    answer = sign_in(client, world.township_officer).get("/people/")
    assert answer.status_code == 403
    assert "账号管理员" in answer.content.decode()
    with within(scope_of(TOWNSHIP)):
        entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == ("li", "accounts.refused", "accounts:people")


@pytest.mark.parametrize("who", ["administrator", "county_office", "auditor"])
def test_a_role_with_the_right_comes_in_with_its_area(client: Any, world: World, who: str) -> None:
    assert sign_in(client, getattr(world, who)).get("/gate/scope/").content.decode() == COUNTY


def test_without_a_post_nothing_opens(client: Any, world: World) -> None:
    Appointment.objects.filter(pk=world.leader.pk).update(until=beijing_today() - timedelta(days=1))
    answer = sign_in(client, world.leader).get("/gate/scope/")
    assert (answer.status_code, answer.url) == (302, "/me/no-post/")
    assert "没有登记在任的职务" in client.get("/me/no-post/").content.decode()


def test_an_appointment_that_ended_meanwhile_writes_nothing(client: Any, world: World) -> None:
    account = world.administrator.official.account
    second = make_appointment(
        account, make_post(TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.GOVERNMENT, Title.OFFICER)
    )
    sign_in(client, second)
    Appointment.objects.filter(pk=second.pk).update(until=beijing_today() - timedelta(days=1))
    answer = client.post("/gate/write/")
    assert answer.status_code == 403 and "已经到期" in answer.content.decode()
    assert not written()


def test_another_persons_appointment_in_the_session_is_not_acted_by(client: Any, world: World) -> None:
    sign_in(client, world.administrator)
    session = client.session
    session["appointment_id"] = world.outsider.pk
    session.save()
    assert client.get("/gate/scope/").content.decode() == COUNTY


def test_looking_cannot_write(client: Any, world: World) -> None:
    sign_in(client, world.administrator)
    client.raise_request_exception = False
    for method in (client.get, client.head, client.options):
        assert method("/gate/write/").status_code == 500
    client.logout()
    assert client.get("/gate/free/").status_code == 500
    assert not written()


def test_the_database_itself_says_so(client: Any, world: World) -> None:
    with pytest.raises(InternalError, match="read-only transaction"):
        sign_in(client, world.administrator).get("/gate/write/")


def test_a_declared_read_may_write(client: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rights.table().reads_that_write, "gate_write", "tried here")
    assert sign_in(client, world.administrator).get("/gate/write/").status_code == 200
    assert written()


@pytest.mark.parametrize("page", ["/gate/fails/", "/gate/fails/?how=missing", "/gate/write/?status=500"])
def test_what_fails_leaves_nothing(client: Any, world: World, page: str) -> None:
    client.raise_request_exception = False
    assert sign_in(client, world.administrator).post(page).status_code in (404, 500)
    assert not written()


def test_what_is_refused_with_words_keeps_its_record(client: Any, world: World) -> None:
    assert sign_in(client, world.administrator).post("/gate/write/?status=422").status_code == 422
    assert written()


def test_history_knows_who_acted(client: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def look(_request: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('pghistory.context_metadata', true)")
            seen.append(cursor.fetchone()[0])

    from gate_addresses import urlpatterns

    pattern = next(p for p in urlpatterns if getattr(p, "name", "") == "gate_scope")
    inner = pattern.callback
    monkeypatch.setattr(pattern, "callback", lambda request: (look(request), inner(request))[1])
    sign_in(client, world.administrator).get("/gate/scope/")
    assert '"account": "chen"' in seen[0]


def test_a_read_only_savepoint_ends_with_the_savepoint() -> None:
    # The tests' own transaction stands around every request: this is what lets them go on writing.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
    make_account("某人", "mou")
