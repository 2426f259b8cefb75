"""Keys for programs: whose they are, what they open, how they end, and that whatever they read is on record."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from people import COUNTY, PASSWORD, VILLAGE, World, make_appointment, make_post, sign_in, small_world
from xiuhua.accounts import services
from xiuhua.accounts.models import Appointment, Token
from xiuhua.accounts.services import Refused
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.django_db
TODAY = beijing_today()
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return small_world()


def make(by: Appointment, **more: Any) -> str:
    with within(scope_of("CN")):
        given = {"purpose": "大屏", "until": TODAY + 30 * DAY, **more}
        return str(services.make_token(by=by, **given).password)


def call(token: str, path: str = "places/", **more: Any) -> Any:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}, **more)


def said(answer: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.content)
    assert set(told) == {"code", "zh", "en", "where"} and told["zh"] and told["en"].isascii()
    assert answer.headers["Content-Type"].startswith("application/json")
    return told


def test_it_is_made_on_a_page_shown_once_and_kept_as_a_hash(world: World) -> None:
    client = sign_in(Client(), world.township_officer)
    form = {"purpose": "乡镇大屏", "until": str(TODAY + 365 * DAY), "password": PASSWORD}
    wrong = client.post("/me/programs/new/", {**form, "password": "not it"})
    assert wrong.status_code == 422 and "现用密码不对" in wrong.content.decode()
    page = client.post("/me/programs/new/", form)
    token = page.context["plain"]
    assert token in page.content.decode() and page.headers["Cache-Control"] == "no-store"
    assert token not in client.get("/me/programs/").content.decode()
    kept = Token.objects.get()
    assert token not in str(vars(kept)) and kept.digest != token
    with within(scope_of("CN")):
        assert token not in str(list(Entry.objects.values()))
    assert call(token).status_code == 200
    kept.refresh_from_db()
    assert kept.last_used_at is not None


@pytest.mark.parametrize("days", [-1, 367])
def test_it_lasts_a_year_at_most(world: World, days: int) -> None:
    with pytest.raises(Refused, match="最长一年"):
        make(world.leader, until=TODAY + days * DAY)


def test_it_does_not_outlast_the_appointment_it_is_made_for(world: World) -> None:
    Appointment.objects.filter(pk=world.leader.pk).update(until=TODAY + DAY)
    world.leader.refresh_from_db()
    with pytest.raises(Refused, match="任职的最后一天"):
        make(world.leader)


def test_whoever_keeps_accounts_gets_none(world: World) -> None:
    with pytest.raises(Refused):
        make(world.administrator)
    assert sign_in(Client(), world.administrator).get("/me/programs/new/").status_code == 403


def test_no_more_than_five_at_a_time(world: World) -> None:
    for _number in range(5):
        make(world.leader)
    with pytest.raises(Refused, match="最多同时有 5 个"):
        make(world.leader)


@pytest.mark.parametrize("text", ["", "x", "xh_", "xh_" + "a" * 43, "xh_" + "a" * 500, "xh_中文"])
def test_a_text_that_is_no_token_opens_nothing(world: World, text: str) -> None:
    assert said(call(text))["code"] == "sign_in"
    answer = Client().get("/api/v1/places/", headers={"Authorization": f"Basic {text}"})
    assert answer.status_code == 401


def test_without_token_and_session_it_says_how_to_get_one() -> None:
    answer = Client().get("/api/v1/places/")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert "令牌" in said(answer)["zh"]


def test_a_token_counts_before_a_session_that_comes_with_it(world: World) -> None:
    client = sign_in(Client(), world.county_office)
    assert client.get("/api/v1/places/", headers={"Authorization": "Bearer xh_no"}).status_code == 401


def test_it_ends_with_its_day_the_appointment_the_post_and_the_account(world: World) -> None:
    token = make(world.township_officer)
    assert call(token).status_code == 200
    Token.objects.update(until=TODAY - DAY)
    assert call(token).status_code == 401
    Token.objects.update(until=TODAY)
    assert call(token).status_code == 200
    Appointment.objects.filter(pk=world.township_officer.pk).update(until=TODAY - DAY)
    assert call(token).status_code == 401
    Appointment.objects.filter(pk=world.township_officer.pk).update(until=None)
    account = world.township_officer.official.account
    account.is_active = False
    account.save()
    assert call(token).status_code == 401


def test_it_keeps_to_its_own_appointment_though_its_owner_acts_by_another(world: World) -> None:
    account = world.first_secretary.official.account
    make_appointment(account, make_post(COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.OFFICER))
    items = json.loads(call(make(world.first_secretary)).content)["items"]
    assert [one["code"] for one in items] == [VILLAGE]


def test_its_owner_stops_it_and_so_may_who_stops_accounts(world: World) -> None:
    token, second = make(world.township_officer), make(world.township_officer)
    one, two = Token.objects.order_by("pk")
    assert sign_in(Client(), world.leader).post(f"/me/programs/{one.pk}/stop/").status_code == 302
    assert call(token).status_code == 200  # a leader sees the area and stops nobody's
    assert sign_in(Client(), world.outsider).post(f"/me/programs/{one.pk}/stop/").status_code == 404
    assert sign_in(Client(), world.township_officer).post(f"/me/programs/{one.pk}/stop/").status_code == 302
    assert call(token).status_code == 401
    page = sign_in(Client(), world.administrator).get("/me/programs/").content.decode()
    assert two.shown in page and one.shown not in page
    sign_in(Client(), world.administrator).post(f"/me/programs/{two.pk}/stop/")
    assert call(second).status_code == 401


def test_closing_the_account_and_resetting_the_password_end_it(world: World) -> None:
    token, other = make(world.township_officer), make(world.first_secretary)
    with within(scope_of("CN")):
        asked = services.ask_for_reset(
            by=world.county_office, account=world.township_officer.official.account, reason="丢失"
        ).subject
        services.answer_request(by=world.administrator, request=asked, grant=True)
        services.close_account(
            by=world.administrator, account=world.first_secretary.official.account, reason="调离"
        )
    assert call(token).status_code == call(other).status_code == 401
    assert not Token.objects.filter(stopped_at__isnull=True).exists()


def test_it_opens_no_page(world: World) -> None:
    token = make(world.county_office)
    for page in ("/", "/people/", "/search/?q=a", "/intake/"):
        answer = Client().get(page, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/")


def test_what_it_reads_is_on_record(world: World) -> None:
    assert call(make(world.township_officer), "households/").status_code == 200
    with within(scope_of("CN")):
        entry = Entry.objects.get(action="accounts.program_read")
    assert (entry.actor, entry.subject) == ("li", "api:households")
    assert entry.detail == {"rows": 0, "token": Token.objects.get().pk}


def test_a_right_that_the_post_lacks_is_refused_and_recorded(world: World) -> None:
    answer = call(make(world.first_secretary), "batches/")
    assert answer.status_code == 403 and said(answer)["code"] == "not_allowed"
    with within(scope_of("CN")):
        assert Entry.objects.get(action="accounts.refused").subject == "api:batches"


def test_an_operation_without_a_right_is_nobodys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from xiuhua.config import rights

    monkeypatch.delitem(rights.table().addresses, "api:places")
    answer = call(make(world.county_office))
    assert answer.status_code == 403 and said(answer)["code"] == "unlisted"


def test_findings_one_by_one_are_given_to_programs_of_whom_the_page_gives_them(world: World) -> None:
    """Who leads, and an office above the county, have counts: by the page and by a program alike."""
    for appointment, status in (
        (world.leader, 403),
        (world.city_office, 403),
        (world.county_office, 200),
        (world.auditor, 200),
    ):
        token = make(appointment)
        assert call(token, "findings/").status_code == status
        assert call(token, "findings/counts/").status_code == 200
        page = sign_in(Client(), appointment).get("/findings/1/").status_code
        assert (page == 403) == (status == 403)
    for appointment in (world.leader, world.city_office):
        assert call(make(appointment), "batches/1/findings/").status_code == 403
        assert sign_in(Client(), appointment).get("/intake/1/findings/").status_code == 403


def test_calls_are_counted_by_the_minute(world: World, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 3
    token, other = make(world.leader), make(world.county_office)
    answers = [call(token).status_code for _number in range(5)]
    # The minute may turn in between; then the count begins again.
    assert answers.count(429) >= 1 or beijing_now().second < 3
    assert call(other).status_code == 200
    last = call(token)
    if last.status_code == 429:
        assert last.headers["Retry-After"] == "60" and "一分钟" in said(last)["zh"]


def test_a_session_reads_too_and_posts_with_the_pages_token_only(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, world.county_office)
    assert client.get("/api/v1/households/").status_code == 200
    body = json.dumps({"q": "张"})
    refused = client.post("/api/v1/search/", body, content_type="application/json")
    assert refused.status_code == 403 and said(refused)["code"] == "not_from_our_page"
    client.get("/me/programs/new/")
    token = client.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    answer = client.post("/api/v1/search/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_a_temporary_password_opens_nothing_for_programs_either(world: World) -> None:
    account = world.county_office.official.account
    account.must_change_password = True
    account.save()
    answer = sign_in(Client(), world.county_office).get("/api/v1/places/")
    assert answer.status_code == 403 and said(answer)["code"] == "own_password"


@pytest.mark.parametrize(
    "path", ["places/?limit=0", "places/?limit=201", "households/?show=x", "households/?after=%F0"]
)
def test_what_is_not_understood_is_told_by_its_place_and_not_quoted(world: World, path: str) -> None:
    answer = call(make(world.county_office), path)
    assert answer.status_code == 422
    assert said(answer)["where"][0].startswith("query.")


def test_an_address_that_is_none_answers_as_the_others_do(world: World) -> None:
    assert said(call(make(world.leader), "nothing/here/"))["code"] == "not_found"
