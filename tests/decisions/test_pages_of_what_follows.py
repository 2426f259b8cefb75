"""Pages of places that leave, of what follows a no, and of the procedures themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

import people
from decisions.proceedings import LOST, OF_THEN_BY_PAGE, Going, listed_wrongly
from decisions.test_pages_of_proceedings import client, photo
from decisions.test_proceedings import days, going, poor  # noqa: F401 - fixtures
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Appeal, Paper, Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.models import VillageRecord
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, StatusEntry

pytestmark = pytest.mark.database


def said(page: Client, address: str, **more: Any) -> str:
    answer = page.get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_village_begins_to_leave_from_its_own_page(going: Going) -> None:  # noqa: F811
    worker, begin = client(going.village[0]), f"/cases/proceedings/begin/at/{people.VILLAGE}/"
    assert "办理程序" not in said(worker, f"/places/{people.VILLAGE}/"), "nobody said that it is poor"
    assert "还不知道是不是贫困村" in said(worker, begin)
    VillageRecord.objects.create(village_id=people.VILLAGE, as_of=date(2019, 1, 1), poor_village=True)
    assert begin in said(worker, f"/places/{people.VILLAGE}/")
    assert "贫困村退出" in said(worker, begin)
    answer = worker.post(
        begin, {"procedure": "targeted_village_exit", **OF_THEN_BY_PAGE}, follow=True
    ).content.decode()
    assert "上坝村 · 程序" in answer and "看这个村" in answer
    with going.acting(going.county[0]):
        one = Proceeding.objects.get()
    address = f"/cases/proceedings/{one.pk}/"
    worker.post(f"{address}sign/", {"act": "sign", "paper_proposal": photo()})
    assert "乡镇核查" in said(client(going.township[0]), address)
    assert "上坝村" in said(client(going.township[0]), "/cases/proceedings/")
    # Its papers name no household: an office above the county reads them, but not those of a household.
    with going.acting(going.county[0]):
        paper = Paper.objects.get()
    city = client(going.world.city_office)
    assert city.get(f"{address}papers/{paper.pk}/").status_code == 200
    home = going.begin("targeted_identification")
    going.papers(home, going.village[0], {"application"})
    with going.acting(going.county[0]):
        form = Paper.objects.get(proceeding=home)
    assert city.get(f"/cases/proceedings/{home.pk}/papers/{form.pk}/").status_code == 403
    assert client(going.village[0]).get("/cases/proceedings/begin/at/990522101201/").status_code == 404


def test_a_refusal_says_where_one_can_appeal_and_the_appeal_is_heard_by_pages(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "meeting")
    address, worker = f"/cases/proceedings/{one.pk}/", client(going.village[1])
    # No meeting was held: nobody's word alone refuses a family.
    desk = client(going.village[0])
    alone = {"act": "no", "reason": "代表认为家里有存款"}
    assert (
        "没有开会的，不能按“不同意”办理" in desk.post(f"{address}sign/", alone, follow=True).content.decode()
    )
    counted = {**alone, **{f"vote_{name}": n for name, n in LOST.items()}}
    assert "还缺材料" in desk.post(f"{address}sign/", counted, follow=True).content.decode()
    agreed = {
        **counted,
        "vote_yes": 20,
        "vote_no": 3,
        "paper_minutes": photo(),
        "paper_meeting_photo": photo(),
    }
    assert "会议已经通过" in desk.post(f"{address}sign/", agreed, follow=True).content.decode()
    going.refuse_by_vote(one, going.village[0], "代表认为家里有存款")
    shown = said(worker, address)
    assert "代表认为家里有存款" in shown and "向青溪县申诉" in shown and "重新办理" in shown
    english = said(worker, address, headers={"accept-language": "en"})
    assert "can appeal to 青溪县 until" in english
    worker.post(
        f"{address}appeal/",
        {"channel": "spoken", "came_on": beijing_today().isoformat(), "said": "存款是征地补偿，已还债"},
    )
    office = client(going.world.county_office)
    assert "申诉待答复" in said(office, "/cases/proceedings/?show=appeals")
    assert "存款是征地补偿" in said(office, address)
    with going.acting(going.county[0]):
        made = Appeal.objects.get()
    assert "待答复：由县级" in said(worker, address)
    answer = office.post(
        f"{address}appeals/{made.pk}/", {"answer": "已核实债务", "upheld": "yes"}, follow=True
    ).content.decode()
    assert "申诉成立" in answer and "现在要办" in answer
    with going.acting(going.county[0]):
        assert Proceeding.objects.get(pk=one.pk).round == 2


def test_what_is_late_is_told_in_the_inbox_and_on_its_page(going: Going) -> None:  # noqa: F811
    one = going.step(going.begin("regular_watch"))
    going.days.go(9)
    worker = client(going.village[0])
    assert "已超期" in said(worker, "/cases/proceedings/?show=overdue")
    assert "已超期：应在" in said(worker, f"/cases/proceedings/{one.pk}/")
    assert "石满仓" in said(worker, "/cases/proceedings/?show=mine")
    # What waits for a post may be for another of its people; each line says so, and for whom.
    mine = "/cases/proceedings/?show=waiting"
    assert "由别人办" not in said(worker, mine) and "还须另一人" not in said(worker, mine)
    going.papers(one, going.village[0])
    going.sign(one, going.village[0])
    assert "您已签办，还须另一人签办：" in said(worker, mine) and "您已签办" not in said(
        client(going.village[1]), mine
    )
    with going.acting(going.county[0]):
        acts.tell_kin(by=going.county[0], official=going.village[1].official_id, household=going.household, relation="舅舅")  # fmt: skip
    assert "由别人办：村" in said(client(going.village[1]), mine)


def test_a_removed_household_stands_in_its_own_list(going: Going) -> None:  # noqa: F811
    poor(going)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        listed_wrongly(going.household)
    one = going.begin("targeted_removal", going.township[0])
    while one.course == "open":
        one = going.step(one)
    office, address = client(going.county[0]), f"/places/{people.VILLAGE}/households/"
    assert "石满仓" in said(office, f"{address}?show=removed")
    assert "石满仓" in said(office, f"{address}?show=other")
    assert "石满仓" not in said(office, f"{address}?show=registered")
    assert "已清退" in said(office, f"/households/{going.household.pk}/")


def test_procedures_are_told_with_who_on_what_and_where_a_no_leads(going: Going) -> None:  # noqa: F811
    page = client(going.county[0])
    listed = said(page, "/rulebook/?show=procedures")
    assert "贫困村退出" in listed and "/rulebook/procedures/regular_watch/" in listed
    assert "贫困村退出" not in said(page, "/rulebook/?show=procedures&q=监测")
    shown = said(page, "/rulebook/procedures/targeted_exit/")
    for words in (
        "到这一步生效",
        "须 2 人分别签办",
        "前面办过的人不能办这一步",
        "不少于 7 个自然日",
        "退出意见",
        "30 天内向县级（县级作出决定的，向上一级）申诉",
    ):
        assert words in shown, words
    assert "不超过 20 个工作日" in said(page, "/rulebook/procedures/regular_watch/")
    assert page.get("/rulebook/procedures/nothing/").status_code == 404


def test_what_a_household_applied_for_is_taken_back_by_page_with_its_paper(going: Going) -> None:  # noqa: F811
    one = going.step(going.begin("targeted_identification"))
    address, worker = f"/cases/proceedings/{one.pk}/", client(going.village[0])
    assert "农户签字的撤回申请" in said(worker, address)
    worker.post(f"{address}take-back/", {"reason": "不办了"})
    with going.acting(going.county[0]):
        assert Proceeding.objects.get().course == "open"
    worker.post(f"{address}take-back/", {"reason": "农户撤回", "paper": photo(), "member": going.head()})
    with within(scope_of(people.COUNTY)):
        assert Proceeding.objects.get().course == "withdrawn"
    assert "农户撤回" in said(worker, address)


def test_an_exited_household_returns_and_its_year_says_so(going: Going) -> None:  # noqa: F811
    poor(going)
    going.until(going.begin("targeted_exit"), "announcement")
    one = going.begin("targeted_return")
    while one.effect_on is None:
        one = going.step(one)
    assert going.status() == "returned"
    # What completes a record of 2019 is an exit of 2019: one of two that left then, half of that year's cohort. One taken over whose year nobody knows is no year's, and no zero.
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        opening = StatusEntry.objects.order_by("pk")[0].opening
        for n, known in (("8", True), ("9", False)):
            other = Household.objects.create(number=n, village_code=people.VILLAGE, county_code=people.COUNTY, kind="registered", head_name=f"左邻{n}", exit_year=2019 if known else None)  # fmt: skip
            StatusEntry.objects.create(household=other, village_code=people.VILLAGE, status="exited", since=date(2020, 1, 1), basis="opening", opening=opening, recorded_at=opening.signed_at, recorded_by="test")  # fmt: skip
    address = "/clues/returned/?year=2019"
    shown = client(going.village[0]).get(address).content.decode()
    assert "50.0%" in shown and "石满仓" in shown and "左邻8" not in shown and "年度不明" in shown
    leader = client(going.world.leader).get(address).content.decode()
    assert "50.0%" in leader and "石满仓" not in leader, "whoever does not work with households sees counts"
