"""The pages of accounts: two colleagues open an account in the browser's way; another county sees nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from people import COUNTY, TOWNSHIP, VILLAGE, World, sign_in, small_world
from xiuhua.accounts.models import Account, AccountRequest, Appointment
from xiuhua.common.clock import beijing_today

pytestmark = pytest.mark.django_db

NEW = {
    "name": "孙信息", "unit": "上坝村委会", "username": "Sun", "place": VILLAGE, "office": "village_committee",
    "title": "village_clerk", "role": "village_worker", "reason": "新任信息员",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return small_world()


def test_two_colleagues_open_an_account(world: World) -> None:
    asks, grants = sign_in(Client(), world.county_office), sign_in(Client(), world.administrator)
    assert VILLAGE in asks.get("/people/ask/").content.decode()
    assert asks.post("/people/ask/", NEW).url == "/people/requests/"
    page = f"/people/requests/{AccountRequest.objects.get().pk}/"
    assert page not in asks.get("/people/requests/").content.decode()
    asks.post(page, {"answer": "grant"})
    assert "另一位" in asks.get("/people/requests/").content.decode()
    assert not Account.objects.filter(username="sun").exists()
    assert page in grants.get("/people/requests/").content.decode()
    assert grants.get(page).status_code == 405
    granted = grants.post(page, {"answer": "grant"})
    password = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", granted.content.decode())
    assert password and granted.headers["Cache-Control"] == "no-store"
    again = grants.post(page, {"answer": "grant"}, follow=True).content.decode()
    assert "已经有人答复" in again and password.group() not in again
    new = Client()
    assert new.post("/sign-in/", {"username": "sun", "password": password.group()}).status_code == 302
    assert new.get("/people/").url == "/me/"


def test_sending_back_opens_nothing(world: World) -> None:
    sign_in(Client(), world.county_office).post("/people/ask/", NEW)
    page = f"/people/requests/{AccountRequest.objects.get().pk}/"
    assert sign_in(Client(), world.administrator).post(page, {"answer": "refuse"}).url == "/people/requests/"
    assert not Account.objects.filter(username="sun").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "9x"},
        {"username": "a b c"},
        {"name": ""},
        {"place": "990522"},
        {"place": "no"},
        {"role": "emperor"},
        {"reason": ""},
        {"username": "chen"},
    ],
)
def test_what_is_wrong_is_said_on_the_form(client: Any, world: World, wrong: dict[str, str]) -> None:
    answer = sign_in(client, world.county_office).post("/people/ask/", {**NEW, **wrong})
    assert answer.status_code == 422 and answer.context["form"].errors
    assert not AccountRequest.objects.exists()


def test_another_county_sees_none_of_it(client: Any, world: World) -> None:
    sign_in(Client(), world.county_office).post("/people/ask/", NEW)
    sign_in(client, world.outsider)
    page = client.get("/people/").content.decode()
    assert "外县人" in page
    assert not any(name in page for name in ("王主任", "孙信息", "张书记", "青溪县"))
    assert "没有符合的人员" in client.get("/people/?q=张书记").content.decode()
    request, official = AccountRequest.objects.get(), world.first_secretary.official_id
    for guessed in (
        f"/people/{official}/reset/",
        f"/people/{official}/close/",
        f"/people/{official}/appoint/",
        f"/people/posts/{world.first_secretary.pk}/end/",
        f"/people/posts/{world.first_secretary.pk}/deputy/",
    ):
        assert client.get(guessed).status_code == 404
        assert client.post(guessed, {"reason": "x", "until": "2030-01-01"}).status_code == 404
    assert client.post(f"/people/requests/{request.pk}/", {"answer": "grant"}).status_code == 404
    assert "孙信息" not in client.get("/people/requests/").content.decode()
    assert "青溪县" not in client.get("/people/ask/").content.decode()


def test_the_list_says_who_holds_which_post(client: Any, world: World) -> None:
    page = sign_in(client, world.administrator).get("/people/").content.decode()
    assert all(name in page for name in ("王主任", "李专干", "张书记", "赵审计", "周县长"))
    assert "外县人" not in page and "刘科长" not in page


def test_the_auditor_reads_and_changes_nothing(client: Any, world: World) -> None:
    page = sign_in(client, world.auditor).get("/people/").content.decode()
    assert "王主任" in page and "/close/" not in page and "/people/ask/" not in page
    assert client.get("/people/ask/").status_code == 403
    assert client.post(f"/people/{world.leader.official_id}/close/", {"reason": "x"}).status_code == 403


def test_reset_close_appoint_and_end(client: Any, world: World) -> None:
    sign_in(client, world.administrator)
    official = world.first_secretary.official
    assert client.get(f"/people/{official.pk}/reset/").status_code == 200
    assert client.post(f"/people/{official.pk}/reset/", {"reason": "忘记"}).url == "/people/requests/"
    post = {
        "place": TOWNSHIP,
        "office": "township_station",
        "title": "township_officer",
        "role": "township_office",
    }
    assert client.get(f"/people/{official.pk}/appoint/").status_code == 200
    assert (
        client.post(f"/people/{official.pk}/appoint/", {**post, "since": beijing_today()}).url == "/people/"
    )
    made = Appointment.objects.get(official=official, post__place_id=TOWNSHIP)
    assert client.post(f"/people/posts/{made.pk}/end/", {"until": beijing_today()}).url == "/people/"
    assert client.post(f"/people/{official.pk}/close/", {"reason": "调离"}).url == "/people/"
    assert not Account.objects.get(official=official).is_active


def test_one_names_ones_own_deputy_from_ones_account_page(client: Any, world: World) -> None:
    sign_in(client, world.first_secretary)
    page = f"/people/posts/{world.first_secretary.pk}/deputy/"
    assert page in client.get("/me/").content.decode()
    form = client.get(page).context["form"]
    assert [one.name for one in form.fields["official"].queryset] == ["李专干"]
    days = {"since": beijing_today() + timedelta(days=1), "until": beijing_today() + timedelta(days=3)}
    assert client.post(page, {"official": world.township_officer.official_id, **days}).url == "/me/"
    assert Appointment.objects.get(deputy_for=world.first_secretary).place_code == VILLAGE


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(client: Any, world: World, language: str) -> None:
    sign_in(client, world.administrator)
    official = world.first_secretary.official_id
    for page in (
        "/me/",
        "/people/",
        "/people/ask/",
        f"/people/{official}/close/",
        f"/people/posts/{world.leader.pk}/end/",
    ):
        answer = client.get(page, headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in answer.content.decode()


def test_a_page_asks_a_bounded_number_of_questions(
    client: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, world.administrator)
    with django_assert_max_num_queries(25):
        client.get("/people/")


def test_county_code_is_in_the_suggestions(client: Any, world: World) -> None:
    assert f'value="{COUNTY}"' in sign_in(client, world.county_office).get("/people/ask/").content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "“村级工作”不能设在县一级"), ("en", "“Village worker” cannot be given")],
)
def test_a_role_at_a_wrong_level_is_refused_on_the_page_in_the_readers_words(
    client: Any, world: World, language: str, said: str
) -> None:
    sign_in(client, world.county_office)
    answer = client.post("/people/ask/", {**NEW, "place": COUNTY}, headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert said in answer.content.decode()
