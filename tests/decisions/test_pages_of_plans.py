"""Pages of the exit plan: years chosen once for many, approved by another, every number opening to its households."""

from __future__ import annotations

import pytest

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from decisions.test_plans import planned  # noqa: F401 - fixture
from decisions.test_proceedings import days, going  # noqa: F401 - fixtures
from xiuhua.decisions.models import PlanTarget, Sheet
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord
from xiuhua.registry.services.standings import compute_standings

pytestmark = pytest.mark.database


def test_a_village_chooses_its_years_once_and_the_township_approves(planned: Going) -> None:  # noqa: F811
    worker, township = client(planned.village[0]), client(planned.township[0])
    home = planned.household.pk
    shown = worker.get(f"/cases/plan/{people.VILLAGE}/").content.decode()
    assert "没有退出年度" in shown and "逐户定年度" in shown
    # Today nobody is planned to leave poverty any more: the years are of the programme that ended, to complete its records.
    assert 'value="2020"' in worker.get(f"/cases/plan/{people.VILLAGE}/households/").content.decode()
    assert "只用来补齐当年的记录" in shown and "不排年度，没有指标" in shown
    chosen = {"pick": [str(home)], "picked_year": "2020", f"year_{home}": "", "reason": "产业见效"}
    filed = worker.post(f"/cases/plan/{people.VILLAGE}/households/", chosen, follow=True)
    assert "等待批准" in filed.content.decode()
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.get()
    address = f"/cases/plan/sheets/{sheet.pk}/"
    assert "批准</button>" not in worker.get(address).content.decode()
    assert "从现在起作数" in township.post(address, {"verdict": "approved"}, follow=True).content.decode()
    listed = township.get(f"/cases/plan/{people.TOWNSHIP}/households/?year=2020").content.decode()
    assert "石满仓" in listed
    assert (
        "石满仓" not in township.get(f"/cases/plan/{people.TOWNSHIP}/households/?year=none").content.decode()
    )
    assert "计划 2020 年退出" in worker.get(f"/households/{home}/").content.decode()
    assert "产业见效" in worker.get(f"/cases/plan/households/{home}/").content.decode()


def test_moving_forward_asks_and_keeps_what_was_chosen(planned: Going) -> None:  # noqa: F811
    worker, township = client(planned.village[0]), client(planned.township[0])
    home, address = planned.household.pk, f"/cases/plan/{people.VILLAGE}/households/"
    worker.post(address, {f"year_{home}": "2020", "reason": "x"})
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        sheet = Sheet.objects.get()
        PeriodRecord.objects.filter(household=home).update(house_grade="D")
    township.post(f"/cases/plan/sheets/{sheet.pk}/", {"verdict": "approved"})
    asked = worker.post(address, {f"year_{home}": "2019", "reason": "赶进度"}).content.decode()
    assert "提前退出前的核对" in asked and "有安全住房" in asked and 'value="赶进度"' in asked
    done = worker.post(address, {f"year_{home}": "2019", "reason": "赶进度", "acknowledged": "房子 9 月完工"}, follow=True)  # fmt: skip
    assert "房子 9 月完工" in done.content.decode() and "提前" in done.content.decode()


def test_a_county_sees_years_targets_and_differences(planned: Going) -> None:  # noqa: F811
    county, city = client(planned.county[0]), client(planned.world.city_office)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        from datetime import date

        compute_standings(households=[planned.household.pk], as_of=date(2020, 9, 30))
    target = {
        "place": people.COUNTY,
        "year": "2019",
        "measure": "households",
        "count": "40",
        "basis": "市规划",
    }
    city.post(f"/cases/plan/{people.COUNTY}/target/", target)
    refused = county.post(f"/cases/plan/{people.COUNTY}/target/", target, follow=True).content.decode()
    assert "上一级下达" in refused
    with within(scope_of(people.COUNTY)):
        assert PlanTarget.objects.count() == 1
    shown = county.get(f"/cases/plan/{people.COUNTY}/").content.decode()
    assert "-40" in shown and "现在各项达标" in shown and "石桥镇" in shown
    county.post(f"/cases/plan/{people.COUNTY}/year/", {"year": "2019", "reason": "省定"})
    with within(scope_of(people.COUNTY)):
        sheet = Sheet.objects.get()
    assert "县由县以上" in client(planned.county[1]).post(f"/cases/plan/sheets/{sheet.pk}/", {"verdict": "approved"}, follow=True).content.decode()  # fmt: skip
    city.post(f"/cases/plan/sheets/{sheet.pk}/", {"verdict": "approved"})
    assert "本县摘帽年度" in client(planned.village[0]).get(f"/cases/plan/{people.VILLAGE}/").content.decode()
    english = county.get(f"/cases/plan/{people.COUNTY}/", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_a_neighbours_plan_is_not_there(planned: Going) -> None:  # noqa: F811
    worker = client(planned.village[0])
    assert worker.get(f"/cases/plan/{people.OTHER_COUNTY}/").status_code == 404
    assert worker.get(f"/cases/plan/{people.COUNTY}/").status_code == 404


def test_a_township_has_no_year_of_its_own(planned: Going) -> None:  # noqa: F811
    township = client(planned.township[0])
    said = township.post(f"/cases/plan/{people.TOWNSHIP}/year/", {"year": "2019", "reason": "x"}, follow=True)
    assert "只有村和县" in said.content.decode()
