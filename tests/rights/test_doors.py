"""What guards every page: sessions, the form's own token, policies of the browser, hosts, lock-out, sizes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from people import COUNTY, PASSWORD, World, person, sign_in, small_world
from xiuhua.accounts import services
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.services import Refused
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today
from xiuhua.config.middleware import POLICY
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return small_world()


def enter(client: Client, username: str, password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password}, headers=headers)


# --- sessions


def test_a_session_ends_after_its_hours(world: World) -> None:
    client = Client()
    enter(client, "wang")
    assert client.get("/people/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/people/").url == "/sign-in/?next=/people/"


def test_after_signing_out_the_old_cookie_opens_nothing(world: World) -> None:
    client = Client()
    enter(client, "wang")
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/people/").status_code == 200
    client.post("/sign-out/")
    assert thief.get("/people/").status_code == 302


def test_a_new_password_ends_the_sessions_elsewhere(world: World) -> None:
    here, elsewhere = Client(), Client()
    enter(here, "wang")
    enter(elsewhere, "wang")
    new = "silk thread 2026!"
    assert here.post("/me/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get("/people/").status_code == 200
    assert elsewhere.get("/people/").status_code == 302


def test_an_appointment_that_ends_is_refused_from_the_next_request_on(world: World) -> None:
    client = sign_in(Client(), world.county_office)
    assert client.get("/people/").status_code == 200
    Appointment.objects.filter(pk=world.county_office.pk).update(until=beijing_today() - DAY)
    assert client.get("/people/").url == "/me/no-post/"
    assert client.post("/people/ask/").status_code in (302, 403)


def test_cookies_are_for_the_server_and_this_site_only(world: World, settings: Any) -> None:
    client = Client()
    cookie = enter(client, "wang").cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
    settings.SESSION_COOKIE_SECURE = True
    assert enter(Client(), "wang").cookies["sessionid"]["secure"]


# --- the form's own token


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "刷新后再提交"), ("en", "[Rr]eload")])
def test_a_form_without_its_token_is_refused_in_words_with_a_next_step(
    world: World, language: str, word: str
) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), world.county_office)
    answer = client.post("/people/ask/", {"name": "x"}, headers={"Accept-Language": language})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert re.search(word, text) and 'href="/"' in text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_every_address_that_takes_a_post_asks_for_the_token(world: World) -> None:
    from django.urls import reverse

    from rights.expected import EXPECTED

    client = sign_in(Client(enforce_csrf_checks=True, raise_request_exception=False), world.county_office)
    for address, probe in EXPECTED.items():
        if address.startswith("api:"):
            continue
        given = {
            name: kind[1:] if kind[0] == "=" else COUNTY if kind == "place" else 1
            for name, kind in probe.kinds.items()
        }
        answer = client.post(reverse(address, kwargs=given))
        assert answer.status_code in (403, 404), address


# --- what the browser is told


def test_the_policy_stands_on_every_kind_of_answer(world: World) -> None:
    signed = sign_in(Client(raise_request_exception=False), world.county_office)
    anybody = Client(raise_request_exception=False)
    answers = {
        "page": signed.get("/"),
        "sign in": anybody.get("/sign-in/"),
        "redirect": anybody.get("/"),
        "not found": signed.get("/nowhere/"),
        "refused": sign_in(Client(), world.first_secretary).get("/people/"),
        "bad host": anybody.get("/", headers={"host": "evil.example"}),
        "bad request": signed.get("/search/?q=%00"),
        "json": signed.get("/api/v1/places/"),
        "json refused": anybody.get("/api/v1/places/"),
        "static": anybody.get("/static/design/flower.svg"),
    }
    for kind, answer in answers.items():
        assert answer.headers.get("Content-Security-Policy") == POLICY, kind
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", kind
        if kind != "static":
            assert answer.headers.get("X-Frame-Options") == "DENY", kind
    assert answers["bad host"].status_code == answers["bad request"].status_code == 400
    assert "unsafe" not in POLICY and "frame-ancestors 'none'" in POLICY
    assert answers["page"].headers["Cache-Control"] == "no-store"


def test_pages_hold_no_script_or_style_of_their_own(world: World) -> None:
    client = sign_in(Client(), world.county_office)
    pages = (
        "/",
        "/people/",
        f"/places/{COUNTY}/",
        "/findings/",
        "/intake/",
        "/me/",
        "/me/programs/",
        "/api/",
        "/search/",
        "/design/",
    )
    for page in pages:
        text = client.get(page).content.decode()
        assert not re.search(
            r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>|<style|\son[a-z]+=|\sstyle=|javascript:",
            text,
        ), page
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), page


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "testserver@evil.example"])
def test_a_host_that_is_not_ours_is_not_answered(world: World, host: str) -> None:
    assert Client().get("/sign-in/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "\t//evil.example", "http://testserver@evil.example/"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(world: World, target: str) -> None:
    answer = Client().post("/sign-in/", {"username": "wang", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.url) == (302, "/")
    language = Client().post("/i18n/setlang/", {"language": "en", "next": target})
    assert language.status_code in (204, 302) and "evil" not in language.headers.get("Location", "")


# --- lock-out


def locked(answers: list[Any]) -> bool:
    return bool(answers[-1].status_code == 429)


def test_without_a_proxy_nobody_names_their_own_address(world: World) -> None:
    tries = [enter(Client(), "wang", "wrong", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)]
    assert locked(tries)


def test_behind_a_proxy_the_clients_address_is_counted(world: World, settings: Any) -> None:
    settings.PROXIES = 1
    tries = [enter(Client(), "wang", "wrong", **{"X-Forwarded-For": "203.0.113.7"}) for _n in range(5)]
    assert locked(tries)
    assert (
        enter(Client(), "wang", **{"X-Forwarded-For": "203.0.113.8"}).status_code == 302
    )  # the owner, elsewhere
    assert enter(Client(), "wang", **{"X-Forwarded-For": "203.0.113.7"}).status_code == 429


def test_what_a_client_writes_before_the_proxy_is_not_believed(world: World, settings: Any) -> None:
    settings.PROXIES = 1
    tries = [
        enter(Client(), "wang", "wrong", **{"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.7"}) for n in range(5)
    ]
    assert locked(tries)
    settings.PROXIES = 2
    tries = [
        enter(Client(), "li", "wrong", **{"X-Forwarded-For": f"9.9.9.{n}, 203.0.113.7, 10.1.1.1"})
        for n in range(5)
    ]
    assert locked(tries)


def test_a_shorter_header_than_our_proxies_write_counts_the_peer(world: World, settings: Any) -> None:
    settings.PROXIES = 3
    tries = [enter(Client(), "wang", "wrong", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)]
    assert locked(tries)


def test_an_address_that_guesses_at_many_names_is_closed_to_all_of_them(world: World, settings: Any) -> None:
    settings.PROXIES, settings.WRONG_FROM_ONE_ADDRESS = 1, 12
    guessing, desk = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.10"}
    tries = [enter(Client(), f"guessed{n}", "wrong", **guessing) for n in range(12)]
    assert not locked(tries), "each name was tried once"
    assert enter(Client(), "wang", **guessing).status_code == 429
    assert enter(Client(), "wang", **desk).status_code == 302


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed: what an answer's time is made of."""

    times = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        type(self).times += 1
        return str(super().encode(*args, **kwargs))


def test_unknown_closed_and_known_names_cost_the_same(world: World, settings: Any) -> None:
    account = world.leader.official.account
    account.is_active = False
    account.set_unusable_password()
    account.save()
    settings.PASSWORD_HASHERS = ["test_doors.Counting"]
    spent = {}
    for username in ("wang", "nobody", "zhou"):
        before = Counting.times
        enter(Client(), username, "wrong")
        spent[username] = Counting.times - before
    assert len(set(spent.values())) == 1 and spent["wang"] >= 1, spent


# --- sizes


def test_a_file_that_is_too_large_is_told_in_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from xiuhua.files import uploads
    from xiuhua.intake import forms

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    for module in (uploads, forms):
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
    client = sign_in(Client(), world.county_office)
    answer = client.post("/intake/new/", {"workbooks": SimpleUploadedFile("大.xlsx", bytes(3 << 20))})
    assert answer.status_code == 422
    assert "超过 1 MB" in answer.content.decode() and "按乡镇拆分" in answer.content.decode()


@pytest.mark.parametrize("form", [{}, {"reason": "x"}, {"workbooks": ""}])
def test_an_upload_without_a_file_is_told_so(world: World, form: dict[str, str]) -> None:
    answer = sign_in(Client(), world.county_office).post("/intake/new/", form)
    assert answer.status_code == 422 and "请选择要导入的表格" in answer.content.decode()


def test_a_form_that_is_too_large_is_told_so(world: World) -> None:
    client = sign_in(Client(raise_request_exception=False), world.county_office)
    assert client.post("/people/ask/", {"name": "x" * (6 << 20)}).status_code in (400, 413)
    assert client.post("/people/ask/", {f"f{n}": "" for n in range(1500)}).status_code == 400


@pytest.mark.parametrize("page", ["²", "９", "-1", "1e9", "99999999999999999999", "%00", "\ud83e"])
def test_a_page_number_that_is_none_breaks_nothing(world: World, page: str) -> None:
    client = sign_in(Client(raise_request_exception=False), world.county_office)
    for address in ("/intake/", "/findings/", f"/places/{COUNTY}/households/"):
        for key in ("page", "after", "before", "kind", "rule", "show", "place", "household"):
            answer = client.get(
                address,
                {key: page.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
                if "%" not in page
                else None,
            )
            assert answer.status_code in (200, 400, 404), (address, key)


# --- the last two administrators


def test_the_last_two_administrators_neither_end_nor_close_without_successors(world: World) -> None:
    second = person("李管理", "guan", COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR)
    today = beijing_today()
    with within(scope_of("CN")):
        for act in (
            lambda: services.end_appointment(by=world.county_office, appointment=second, until=today),
            lambda: services.close_account(
                by=world.county_office, account=second.official.account, reason="x"
            ),
            lambda: services.end_appointment(
                by=second, appointment=world.administrator, until=today + 60 * DAY
            ),
        ):
            with pytest.raises(Refused, match="只剩两位账号管理员"):
                act()
        third = person("孙管理", "sun", COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR)
        services.close_account(by=world.county_office, account=second.official.account, reason="调离")
        with pytest.raises(Refused, match="只剩两位账号管理员"):
            services.end_appointment(by=third, appointment=world.administrator, until=today)


def test_a_deputy_or_one_with_a_last_day_is_no_successor(world: World) -> None:
    second = person("李管理", "guan", COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR)
    third = person("孙管理", "sun", COUNTY, Role.ADMINISTRATOR, Office.SERVICE, Title.ADMINISTRATOR)
    Appointment.objects.filter(pk=third.pk).update(until=beijing_today() + 30 * DAY)
    with within(scope_of("CN")), pytest.raises(Refused, match="只剩两位账号管理员"):
        services.close_account(by=world.county_office, account=second.official.account, reason="x")


def test_other_posts_of_an_administrator_may_end(world: World) -> None:
    from people import make_appointment, make_post

    other = make_appointment(
        world.administrator.official.account, make_post(COUNTY, Role.AUDITOR, Office.AUDIT, Title.AUDITOR)
    )
    with within(scope_of("CN")):
        services.end_appointment(by=world.county_office, appointment=other, until=beijing_today())
