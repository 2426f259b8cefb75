"""Pages of freezes: what is told within the area and what from above, asking, stopping, the manifest byte by byte."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

import people
from freezes.frozen_county import NATION, asked, taken
from xiuhua.freezes import tasks
from xiuhua.freezes.models import Forgetting, Freeze
from xiuhua.freezes.queries import top_place
from xiuhua.freezes.services import NotNow, records_of, take
from xiuhua.freezes.terms import Step
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
def world(fresh_database: Any, tmp_path: Path, settings: Any) -> people.World:
    settings.FREEZES = tmp_path / "freezes"
    return people.small_world()


def client(appointment: Any, language: str = "zh-hans") -> Client:
    found: Client = people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)
    found.cookies["django_language"] = language
    return found


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_one_asks_waits_stops_goes_on_and_reads_what_it_holds(world: people.World) -> None:
    page = client(world.county_office)
    assert "还没有数据快照" in text(page.get("/freezes/"))
    refused = page.post("/freezes/take/", {"place": people.COUNTY, "reason": ""})
    assert "请写明用途" in text(refused)
    for day, why in (("2999-12-31", "规则不能按将来的日子判断"), ("0001-01-01", "还没有任何规则施行")):
        refused = page.post("/freezes/take/", {"place": people.COUNTY, "reason": "考核", "as_of": day})
        assert f"{day}" in text(refused) and why in text(refused)
        with within(scope_of(people.COUNTY)), pytest.raises(NotNow, match=why):
            take(
                by=world.county_office, place_code=people.COUNTY, reason="考核", as_of=date.fromisoformat(day)
            )
    answer = page.post(
        "/freezes/take/", {"place": people.COUNTY, "reason": "年度考核前", "as_of": "2017-12-31"}
    )
    assert answer.status_code == 302
    with within(scope_of(people.COUNTY)):
        freeze = Freeze.objects.get()
    assert ProcrastinateJob.objects.filter(task_name="freezes.work", status="todo").count() == 1
    address = f"/freezes/{freeze.pk}/"
    shown = text(page.get(address))
    assert "排队" in shown and "停下来" in shown and '<noscript><meta http-equiv="refresh"' in shown
    assert "正在生成" in text(page.post("/freezes/take/", {"place": people.COUNTY, "reason": "再来"}))
    page.post(f"{address}stop/")
    assert "已停止" in text(page.get(address)) and page.get(f"{address}progress/").status_code == 286
    page.post(f"{address}resume/")
    tasks.work_at(freeze.pk, people.COUNTY)
    shown = text(page.get(address))
    assert "2017-12-31" in shown and "年度考核前" in shown and "王主任" in shown
    with within(scope_of(people.COUNTY)):
        freeze.refresh_from_db()
    assert freeze.sha256 in shown and str((freeze.tally or {})["sha256"]) in shown
    english = text(client(world.county_office, "en").get(address))
    assert "Digest of the snapshot" in english and "Day that rules are asked for" in english


def test_the_manifest_is_fetched_as_it_was_sealed_and_away_when_it_was_moved(
    world: people.World, tmp_path: Path
) -> None:
    freeze = taken(people.COUNTY)
    page = client(world.auditor)
    answer = page.get(f"/freezes/{freeze.pk}/manifest.json")
    assert hashlib.sha256(answer.content).hexdigest() == freeze.sha256
    records_of(freeze).rename(tmp_path / "away")
    assert "文件已移到别处保存" in text(page.get(f"/freezes/{freeze.pk}/"))
    assert page.get(f"/freezes/{freeze.pk}/manifest.json").status_code == 404


def test_from_above_no_more_is_told_than_which_post(world: people.World) -> None:
    freeze = taken("9905", world.city_office)
    own, county = (
        text(client(one).get(f"/freezes/{freeze.pk}/")) for one in (world.city_office, world.county_office)
    )
    for secret in ("刘科长", "测试"):
        assert secret in own and secret not in county
    assert "示例市" in county and freeze.sha256 in county and "/stop/" not in county
    assert "刘科长" not in text(client(world.county_office).get("/freezes/"))
    assert client(world.county_office).post(f"/freezes/{freeze.pk}/stop/").status_code == 404
    outsider = people.person("邻县人", "lin", people.OTHER_COUNTY, people.Role.COUNTY_OFFICE)
    mine = taken(people.COUNTY)
    assert client(outsider).get(f"/freezes/{mine.pk}/").status_code == 404
    assert client(outsider).get(f"/freezes/?place={people.COUNTY}").status_code == 404
    assert client(outsider).get(f"/freezes/{freeze.pk}/").status_code == 200
    assert client(world.administrator).get("/freezes/").status_code == 403


def test_one_asks_to_forget_and_another_confirms_on_the_page(world: people.World) -> None:
    with within(scope_of(people.COUNTY)):
        Household.objects.create(
            number="户甲", county_code=people.COUNTY, village_code=people.VILLAGE, kind="other"
        )
    taken(people.COUNTY)
    asker, other = client(world.county_office), client(world.leader)
    assert "没有申请过" in text(asker.get("/freezes/forgettings/"))
    assert "不止一户" in text(
        asker.post("/freezes/forgettings/ask/", {"number": "户乙", "reason": "本人申请"})
    )
    assert (
        asker.post("/freezes/forgettings/ask/", {"number": "户甲", "reason": "本人申请"}).status_code == 302
    )
    assert "确认销毁" not in text(asker.get("/freezes/forgettings/"))
    with within(scope_of(people.COUNTY)):
        wish = Forgetting.objects.get()
    asker.post(f"/freezes/forgettings/{wish.pk}/confirm/")
    shown = text(other.get("/freezes/forgettings/"))
    assert "确认销毁" in shown and "户甲" in shown
    assert other.post(f"/freezes/forgettings/{wish.pk}/confirm/").status_code == 302
    after = text(other.get("/freezes/forgettings/"))
    assert "户甲" not in after and "确认销毁" not in after and "本人申请" in after
    assert client(world.auditor).get("/freezes/forgettings/").status_code == 403


def test_the_clock_takes_the_topmost_place_once_nothing_is_on_its_way(
    world: people.World, settings: Any
) -> None:
    assert top_place() == "9905"
    tasks.nightly(timestamp=0)
    with within(NATION):
        assert not Freeze.objects.exists(), "not unless it is switched on"
    settings.FREEZE_NIGHTLY = "top"
    tasks.nightly(timestamp=0)
    tasks.nightly(timestamp=0)
    with within(NATION):
        freeze = Freeze.objects.get()
    assert (freeze.place_code, freeze.asked_by, freeze.step) == ("9905", "system", Step.WAITING)
    assert "系统定时" in text(client(world.city_office).get("/freezes/"))
    job = ProcrastinateJob.objects.filter(task_name="freezes.work")
    assert [one.args for one in job] == [{"freeze_id": freeze.pk, "place_code": "9905"}]

    from xiuhua.intake.tasks import go_on

    with within(scope_of(people.OTHER_COUNTY)):
        go_on(1, people.OTHER_COUNTY)
    tasks.take_when_quiet(people.OTHER_COUNTY, "演示")
    with within(NATION):
        assert Freeze.objects.count() == 1, "a workbook is on its way: later"
    assert (
        ProcrastinateJob.objects.filter(
            task_name="freezes.take_when_quiet", scheduled_at__isnull=False
        ).count()
        == 1
    )
    asked(people.TOWNSHIP, world.township_officer)
