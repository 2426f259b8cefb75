"""Whatever somebody types into an address or a form: an answer, never a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import people
from decisions.conftest import Family
from xiuhua.decisions.models import Case
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database
ODD = ("²", "²²²²", "٣", "٣٣٣٣", "-1", "0", "0000", "9" * 40, "x")
COUNTY, VILLAGE = people.COUNTY, people.VILLAGE


def entered(appointment: Any) -> Client:
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    return people.sign_in(client, appointment)  # type: ignore[no-any-return]


@pytest.mark.parametrize("odd", ODD)
def test_a_number_in_an_address_that_is_none_breaks_nothing(family: Family, odd: str) -> None:
    client = entered(family.world.county_office)
    for address, name in (
        (f"/cases/new/{family.household.pk}/death/", "person"),
        (f"/places/{VILLAGE}/households/?show=exited", "year"),
        (f"/places/{COUNTY}/households/?show=poor", "band"),
        (f"/cases/plan/{VILLAGE}/households/", "year"), (f"/cases/plan/{VILLAGE}/households/", "page"),
        (f"/cases/adjustment/{VILLAGE}/households/", "page"), (f"/cases/adjustment/{COUNTY}/", "year"),
        ("/cases/exits/", "page"), ("/cases/kin/", "official"), ("/cases/", "page"), (f"/places/{COUNTY}/", "freeze"),
        ("/freezes/compare/", "freeze"),
    ):  # fmt: skip
        path, _question, query = address.partition("?")
        told = dict(one.split("=") for one in query.split("&") if one)
        answer = client.get(path, {**told, name: odd})
        assert answer.status_code in (200, 302, 404), (address, name, answer.status_code)


@pytest.mark.parametrize("odd", ODD)
def test_a_number_in_a_form_that_is_none_breaks_nothing(family: Family, odd: str) -> None:
    client = entered(family.world.county_office)
    for address, form in (
        (f"/cases/plan/{VILLAGE}/households/", {"pick": odd, "picked_year": "2016", "reason": "x"}),
        (f"/cases/plan/{VILLAGE}/households/", {f"year_{odd}": odd, "reason": "x"}),
        (f"/cases/plan/{COUNTY}/target/", {"year": odd, "place": COUNTY, "count": odd, "measure": "households"}),
        (f"/cases/plan/{COUNTY}/target/", {"year": "2016", "place": VILLAGE, "count": odd, "measure": "households"}),
        (f"/cases/adjustment/{VILLAGE}/households/", {"household": odd, "category": "exit", "reason": "x"}),
        ("/cases/adjustment/window/", {"year": odd, "opens_on": odd, "closes_on": odd, "reason": "x"}),
        (f"/cases/meetings/{VILLAGE}/pack/", {"only": odd}),
        ("/findings/hand-out/", {"finding": odd, "from": odd, "post": odd, "which": "some"}),
        ("/sign-in/", {"username": odd, "password": odd}), ("/me/post/", {"post": odd}),
    ):  # fmt: skip
        answer = client.post(address, form)
        assert answer.status_code < 500, (address, form, answer.status_code)


def test_a_nul_in_any_form_is_told_in_words_and_changes_nothing(family: Family) -> None:
    case = family.propose(
        "marriage_in", name="王春花", sex="female", birth_date="1990-03-04", relation="daughter_in_law"
    )
    client = entered(family.world.township_officer)
    for form in (
        {"act": "accepted", "reason": "a\0b"},
        {"act": "returned", "reason": "\0"},
        {"act": "accepted", "reason": "a", "x\0": "y"},
    ):
        answer = client.post(f"/cases/{case.pk}/act/", form)
        assert answer.status_code == 400 and "不能保存的字符" in answer.content.decode()
    english = client.post(f"/cases/{case.pk}/act/", {"reason": "\0"}, headers={"Accept-Language": "en"})
    assert "cannot be kept" in english.content.decode()
    with within(scope_of(COUNTY)):
        assert Case.objects.get(pk=case.pk).state == "pending"
    # In a part of an upload too, before anybody signed in, and in an address.
    fresh = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    assert fresh.post("/sign-in/", {"username": "a\0", "password": "x"}).status_code == 400
    assert client.get("/cases/?show=%00").status_code == 400


def test_a_nul_is_answered_to_a_program_as_it_was_declared(family: Family) -> None:
    client = entered(family.world.county_office)
    form = "application/x-www-form-urlencoded"
    for body, sort in (("q=%00", form), ('{"q": "石\\u0000"}', "application/json")):
        answer = client.post("/api/v1/search/", body, content_type=sort)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_understood"), sort
    upload = client.post("/api/v1/search/", {"q": "a\0"})  # several parts, which are no JSON
    assert (upload.status_code, upload.json()["code"]) == (422, "not_understood")
