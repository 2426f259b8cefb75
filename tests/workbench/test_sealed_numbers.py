"""A sealed number: searched without being written down, opened on the record, a minor's only with a reason."""

from __future__ import annotations

import pytest

from intake import taking
from workbench.conftest import Town
from xiuhua.audit.models import Entry
from xiuhua.audit.services import broken_links
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]


def member(condition: str) -> tuple[int, int]:
    """Household and person of whom a condition holds (p: person)."""
    found = taking.ask(
        "select m.household_id, p.id from registry_person p join registry_membership m on m.person_id = p.id"
        f" where p.id_sealed is not null and {condition} order by p.id limit 1"
    )
    return int(found[0][0]), int(found[0][1])


def plain_of(town: Town, person: int) -> str:
    [(number,)] = taking.ask("select number from registry_person where id = %s", values=[person])
    return next(
        str(p.id_number) for h in town.files.county.households for p in h.members if p.number == number
    )


ADULT, MINOR = (
    "p.birth_date < '1990-01-01' and p.number is not null",
    "p.birth_date > '2012-01-01' and p.number is not null",
)


def test_opening_a_number_is_recorded_and_the_number_is_not(town: Town) -> None:
    household, person = member(ADULT)
    client, plain = town.client(town.world.county_office), plain_of(town, person)
    page = client.get(f"/households/{household}/").content.decode()
    assert plain not in page and f"{plain[:4]}**********{plain[-4:]}" in page
    address = f"/households/{household}/people/{person}/open/"
    assert plain not in client.get(address).content.decode(), "looking at the question opens nothing"
    answer = client.post(address, {"reason": "核对参保名单"})
    assert plain in answer.content.decode()
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    with within(scope_of(taking.COUNTY)):
        entry = Entry.objects.filter(action="registry.id_opened").get()
        assert (entry.actor, entry.subject) == ("wang", f"person:{person}")
        assert entry.detail["reason"] == "核对参保名单"
        assert plain not in str(entry.detail)
        assert broken_links(taking.COUNTY) == []


def test_a_minors_number_needs_a_reason_and_shows_no_digit_before(town: Town) -> None:
    household, person = member(MINOR)
    client, plain = town.client(town.world.county_office), plain_of(town, person)
    assert plain[-4:] not in client.get(f"/households/{household}/").content.decode()
    address = f"/households/{household}/people/{person}/open/"
    refused = client.post(address, {"reason": "  "})
    assert refused.status_code == 422 and plain not in refused.content.decode()
    assert plain in client.post(address, {"reason": "核对学籍名单"}).content.decode()


def test_who_does_not_meet_people_opens_no_number(town: Town) -> None:
    household, person = member(ADULT)
    world = town.world
    for appointment in (world.leader, world.city_office, world.administrator):
        client = town.client(appointment)
        assert (
            client.post(f"/households/{household}/people/{person}/open/", {"reason": "看看"}).status_code
            == 403
        )
    with within(scope_of(taking.COUNTY)):
        assert not Entry.objects.filter(action="registry.id_opened").exists()


def test_a_number_searched_for_stays_out_of_every_address(town: Town) -> None:
    household, person = member(ADULT)
    client, plain = town.client(town.world.county_office), plain_of(town, person)
    found = client.post("/search/", {"q": f" {plain.lower()} "})
    assert found.status_code == 200 and f"/households/{household}/" in found.content.decode()
    assert plain not in found.content.decode()
    by_address = client.get("/search/", {"q": plain})
    assert (by_address.status_code, by_address["Location"]) == (302, "/search/")
    told = client.get("/search/").content.decode()
    assert plain not in told and "不能写在网址里" in told
    by_name = client.post("/search/", {"q": "王"})
    assert by_name.status_code == 302 and "q=" in by_name["Location"]


def test_a_tampered_entry_of_the_audit_is_found(town: Town) -> None:
    from django.db import connections

    with within(scope_of(taking.COUNTY)):
        entry = Entry.objects.filter(book=taking.COUNTY).order_by("number").first()
        assert entry is not None and broken_links(taking.COUNTY) == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger all")
        cursor.execute("update audit_entry set post = 'nobody' where id = %s", [entry.pk])
        cursor.execute("alter table audit_entry enable trigger all")
    with within(scope_of(taking.COUNTY)):
        assert broken_links(taking.COUNTY) != []
