"""A year that no file has brought is entered once, by whoever may correct the household, with its evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import people
from decisions.conftest import household
from xiuhua.common.clock import beijing_today
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Correction, PeriodRecord, Person, Standing
from xiuhua.registry.services import Evidence, Refused, enter_year
from xiuhua.registry.terms import Seen

pytestmark = pytest.mark.database


def test_a_year_is_entered_once_with_who_knows_it_how_and_what_is_not_known_stays_empty(db: None) -> None:
    world = people.small_world()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household("1", people.VILLAGE, {"石满仓": ("head", "male")}, kind="registered")
    today = beijing_today()
    start, worker = today - timedelta(days=364), world.first_secretary
    told = {"period_start": str(start), "period_end": str(today), "wage_fen": "12000.50", "house_grade": "B", "seen": "checked",
            "seen_on": str(today), "members_seen": "on"}  # fmt: skip
    client, address = (
        people.sign_in(Client(headers={"host": "127.0.0.1"}), worker),
        f"/households/{home.pk}/year/",
    )
    assert "附户主签字的收支核算表" in client.post(address, told).content.decode()
    assert (
        "十二个月"
        in client.post(address, {**told, "period_start": str(start + timedelta(days=90))}).content.decode()
    )
    photo: dict[str, Any] = {"evidence": SimpleUploadedFile("sheet.jpg", b"photo")}
    assert client.post(address, {**told, **photo}).status_code == 302
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        made, how = PeriodRecord.objects.get(), Correction.objects.get()
        assert (made.year, made.wage_fen, made.business_fen, made.income_seen, made.house_seen_on) == (
            today.year,
            1_200_050,
            None,
            "checked",
            today,
        )
        assert (made.water_seen, made.brought_by) == (None, None)
        assert how.evidence is not None and (how.column, how.post) == ("year", worker.post_name)
        assert Person.objects.get().seen == "checked" and Standing.objects.filter(household=home).exists()
        with pytest.raises(Refused, match="已有记录"):
            enter_year(by=worker, household=home, period_start=start, period_end=today, values={"wage_fen": 1}, evidence=Evidence(Seen.REPORTED, today))  # fmt: skip
        with pytest.raises(Refused, match="还没有过完"):
            enter_year(by=worker, household=home, period_start=today, period_end=today + timedelta(days=364), values={"wage_fen": 1}, evidence=Evidence(Seen.REPORTED, today))  # fmt: skip
    page = client.get(f"/households/{home.pk}/").content.decode()
    assert f"{today.year} 年度在页面登记" in page and "登记年度收入" in page
    for who in (world.leader, world.auditor):
        assert people.sign_in(Client(headers={"host": "127.0.0.1"}), who).get(address).status_code == 403
