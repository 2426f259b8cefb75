"""回避 has a page: who is kin of whom is told there, listed there, and ended there by somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import people
from decisions.conftest import Family
from xiuhua.audit.models import Entry
from xiuhua.decisions.models import Kin
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database


def client(appointment: Any) -> Client:
    return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


def told(family: Family, by: Any, **more: str) -> Any:
    form = {
        "official": str(family.world.first_secretary.official_id), "number": family.household.number, "relation": "堂弟", **more,
    }  # fmt: skip
    return client(by).post("/cases/kin/", form)


def kin() -> list[Kin]:
    with within(scope_of(people.COUNTY)):
        return list(Kin.objects.select_related("official"))


def test_kin_are_told_listed_and_ended_by_another(family: Family) -> None:
    world = family.world
    assert told(family, world.first_secretary).status_code == 302, "whoever is kin may tell it themselves"
    [one] = kin()
    assert (one.official_id, one.household_id, one.until) == (
        world.first_secretary.official_id, family.household.pk, None,
    )  # fmt: skip
    office = client(world.township_officer)
    page = office.get("/cases/kin/").content.decode()
    assert one.official.name in page and "堂弟" in page and "石满仓" in page
    assert "/cases/kin/" in office.get("/cases/").content.decode()
    assert "堂弟" not in office.get("/cases/kin/?official=99999").content.decode()
    assert "堂弟" in office.get(f"/cases/kin/?official={one.official_id}").content.decode()
    office.post(f"/cases/kin/{one.pk}/end/", {"reason": ""})
    assert kin()[0].until is None, "not without a reason"
    office.post(f"/cases/kin/{one.pk}/end/", {"reason": "登记有误，同名"})
    assert kin()[0].until is not None
    with within(scope_of(people.COUNTY)):
        assert Entry.objects.get(action="decisions.kin_ended").detail["reason"] == "登记有误，同名"
    office.post(f"/cases/kin/{one.pk}/end/", {"reason": "再来"})
    assert told(family, world.township_officer).status_code == 302, "told anew it holds anew"


def test_nobody_ends_their_own_nor_who_decides_nothing(family: Family) -> None:
    world = family.world
    own = str(world.township_officer.official_id)
    assert told(family, world.county_office, official=own).status_code == 302
    [one] = kin()
    page = client(world.township_officer).get("/cases/kin/").content.decode()
    assert f"/cases/kin/{one.pk}/end/" not in page
    client(world.township_officer).post(f"/cases/kin/{one.pk}/end/", {"reason": "想办"})
    assert client(world.first_secretary).post(f"/cases/kin/{one.pk}/end/", {"reason": "x"}).status_code == 403
    assert kin()[0].until is None


def test_what_is_wrong_is_said_and_who_only_looks_tells_nothing(family: Family) -> None:
    world = family.world
    assert "没有这个编号" in told(family, world.county_office, number="1").content.decode()
    assert told(family, world.county_office, official="99999").status_code == 422
    assert told(family, world.county_office).status_code == 302
    assert "已经登记过" in told(family, world.county_office).content.decode()
    assert told(family, world.auditor).status_code == 302 and len(kin()) == 1
    assert client(world.auditor).get("/cases/kin/").context["form"] is None
    assert {client(one).get("/cases/kin/").status_code for one in (world.leader, world.city_office)} == {403}
