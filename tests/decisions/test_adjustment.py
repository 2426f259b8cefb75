"""The yearly adjustment: a window two people set, households that the rules point at, and what came of each of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.conftest import household
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from decisions.test_plans import planned  # noqa: F401 - fixture
from decisions.test_proceedings import days, going  # noqa: F401 - fixtures
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Candidate, Sheet
from xiuhua.decisions.queries import adjustment, adjustment_pages
from xiuhua.decisions.services import adjusting, planning
from xiuhua.decisions.services.proceedings import tell_kin
from xiuhua.decisions.terms import Verdict
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, PeriodRecord
from xiuhua.registry.services import Refused
from xiuhua.registry.services.standings import compute_standings

pytestmark = pytest.mark.database


def settle_window(going: Going, opens: date | None, closes: date | None, year: int = 2020) -> None:  # noqa: F811
    """The county's window, filed by one and approved by another."""
    one, other = going.county[0], going.county[1]
    with going.acting(one):
        sheet = adjusting.file_window(by=one, year=year, opens_on=opens, closes_on=closes, reason="省通知").sheet  # fmt: skip
        with pytest.raises(Refused, match="另一个人批准"):
            planning.answer(by=one, sheet=sheet, verdict=Verdict.APPROVED)
    with going.acting(other):
        planning.answer(by=other, sheet=sheet, verdict=Verdict.APPROVED)


def look(going: Going) -> dict[str, list[str]]:  # noqa: F811
    """What the rules find in the village on the day of its data, by household number."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        homes = list(Household.objects.values_list("pk", flat=True))
        compute_standings(households=homes, as_of=date(2020, 9, 30))
    adjusting.find_candidates(people.COUNTY)
    with within(scope_of(people.COUNTY)):
        told: dict[str, list[str]] = {}
        for one in Candidate.objects.filter(stands=True).select_related("household").order_by("rule"):
            told.setdefault(one.household.number, []).append(one.rule)
        return told


def test_procedures_of_the_adjustment_wait_for_the_window_and_urgent_entry_does_not(planned: Going) -> None:  # noqa: F811
    today = beijing_today()
    settle_window(planned, today + timedelta(days=10), today + timedelta(days=40))
    with pytest.raises(Refused, match="时间窗口没有开放"):
        planned.begin("targeted_exit")
    with pytest.raises(Refused, match="时间窗口没有开放"):
        planned.begin("targeted_removal")
    # Somebody in need is taken in on any day; so is whoever fell back.
    assert planned.begin("regular_watch").course == "open"
    planned.days.go(10)
    assert planned.begin("targeted_exit").course == "open"
    planned.days.go(31)
    with pytest.raises(Refused, match="时间窗口没有开放"):
        planned.begin("targeted_removal")
    settle_window(planned, None, None)
    assert planned.begin("targeted_removal").course == "open"


def test_where_no_county_set_a_window_it_is_always_open(planned: Going) -> None:  # noqa: F811
    with within(scope_of(people.VILLAGE)):
        assert adjustment.this_round(people.VILLAGE).is_open
    assert planned.begin("targeted_exit").course == "open"


def test_a_window_is_the_countys_and_stays_as_it_was_filed(planned: Going) -> None:  # noqa: F811
    township = planned.township[0]
    with planned.acting(township), pytest.raises(Refused):
        adjusting.file_window(by=township, year=2020, opens_on=None, closes_on=None, reason="x")
    settle_window(planned, None, None)
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.get()
    for sql in (
        "update decisions_window set year = 2019",
        "delete from decisions_window",
        f"insert into decisions_window (sheet_id, place_code, year) values ({sheet.pk}, '{people.COUNTY}', 2018)",
    ):
        with (
            pytest.raises(DatabaseError),
            planned.acting(planned.county[0]),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def reported(year: str = "") -> list[dict[str, Any]]:
    """The closing report's rows of the county itself."""
    with within(scope_of(people.COUNTY)):
        place = Place.objects.get(code=people.COUNTY)
        return [row for row in adjustment_pages.report(place, year) if row["place"] == place.name]


def test_rules_point_and_what_came_of_each_is_counted_and_opens(planned: Going) -> None:  # noqa: F811
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        household("2", people.VILLAGE, {"马文德": ("head", "male")})
        Household.objects.filter(number="2").update(members_reported=3)
    found = look(planned)
    with within(scope_of(people.COUNTY)):
        was_year = Candidate.objects.values_list("year", flat=True).distinct().get()
    assert "adjust.ready_to_exit" in found["1"] and found["2"] == ["natural.members_more"]
    worker = client(planned.village[0])
    address = f"/cases/adjustment/{people.VILLAGE}/households/"
    assert "石满仓" in worker.get(f"{address}?category=exit&found=not_yet").content.decode()
    planned.begin("targeted_exit")
    assert "石满仓" not in worker.get(f"{address}?category=exit&found=not_yet").content.decode()
    assert "看办理过程" in worker.get(f"{address}?category=exit&found=open").content.decode()
    with within(scope_of(people.COUNTY)):
        home = Household.objects.get(number="2")
    said = {"household": home.pk, "category": "natural", "reason": "户口簿核对，人数无误"}
    worker.post(address, {**said, "reason": ""})
    assert "马文德" in worker.get(f"{address}?found=not_yet").content.decode()
    with planned.acting(planned.county[0]):
        tell_kin(
            by=planned.county[0], official=planned.village[1].official_id, household=home, relation="女婿"
        )
    of_it = client(planned.village[1])
    assert "由别人核查" in of_it.get(f"{address}?found=not_yet").content.decode()
    assert "须由别人核查" in of_it.post(address, said, follow=True).content.decode()
    assert "马文德" in worker.get(f"{address}?found=not_yet").content.decode()
    worker.post(address, said)
    assert "马文德" in worker.get(f"{address}?found=looked").content.decode()
    county = client(planned.county[0]).get(f"/cases/adjustment/{people.COUNTY}/").content.decode()
    assert "石桥镇" in county and "常年开放" in county
    # A second look does not count anybody twice, and what no longer holds is found no more; the round's report keeps it.
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.all().update(house_grade="D")
    again = look(planned)
    assert "adjust.ready_to_exit" not in again.get("1", [])
    was = [row for row in reported() if row["candidates"]]
    assert {(row["category"].value, row["candidates"], row["open"], row["looked"]) for row in was} == {("exit", 1, 1, 0), ("natural", 1, 0, 1)}  # fmt: skip
    opens = beijing_today() + timedelta(days=30)
    settle_window(planned, opens, opens + timedelta(days=30), was_year + 1)
    planned.days.go(31)
    look(planned)
    assert [row for row in reported(str(was_year)) if row["candidates"]] == was
    assert not any(row["open"] + row["looked"] for row in reported())
    page = client(planned.county[0]).get(f"/cases/adjustment/{people.COUNTY}/").content.decode()
    assert f"{was_year} 年结账报告" in page and f"year={was_year}" in page


def test_the_window_is_set_on_its_page_by_two(planned: Going) -> None:  # noqa: F811
    one, other = client(planned.county[0]), client(planned.county[1])
    address = f"/cases/adjustment/{people.COUNTY}/"
    one.post("/cases/adjustment/window/", {"year": "2020", "opens_on": "2020-10-01", "closes_on": "2020-10-31", "reason": "省通知"})  # fmt: skip
    assert "等待批准" in one.get(address).content.decode()
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.get()
    other.post(f"/cases/adjustment/sheets/{sheet.pk}/", {"verdict": "approved"})
    assert "现在没有开放" in other.get(address).content.decode()
    assert "现在没有开放" in client(planned.village[0]).get("/cases/adjustment/").content.decode()
    english = other.get(address, headers={"accept-language": "en"})
    assert english.status_code == 200
    looked = other.post(f"{address}look/", follow=True)
    assert "逐村查找" in looked.content.decode()


def test_a_suspicion_is_named_to_its_handlers_and_counted_to_leaders(planned: Going) -> None:  # noqa: F811
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Candidate.objects.create(
            household=planned.household, place_code=people.VILLAGE, category="wrong", rule="adjust.wrong_exit", year=adjustment.this_round(people.VILLAGE).year, as_of=date(2020, 9, 30), found_at=beijing_now(),
        )  # fmt: skip
    page, listed = (f"/cases/adjustment/{people.COUNTY}/{part}" for part in ("", "households/"))
    for by in (planned.county[0], planned.world.auditor):
        assert "石满仓" in client(by).get(f"{listed}?category=wrong").content.decode()
        assert "category=wrong&amp;only=1" in client(by).get(page).content.decode()
    for by in (planned.world.leader, planned.world.city_office):
        for address in (listed, f"{listed}?category=wrong", f"{listed}?only=1"):
            assert "石满仓" not in client(by).get(address).content.decode()
        assert "只列数字" in client(by).get(f"{listed}?category=wrong").content.decode()
        counted = client(by).get(page).content.decode()
        assert "错评错退" in counted and "category=wrong" not in counted
        place = Place.objects.get(code=people.COUNTY)
        with planned.acting(by):
            assert list(adjustment_pages.every(by, place, {})) == []
