"""Procedures hold: in order, by different people, on evidence, in their days; and a status follows from nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

import people
from decisions.conftest import household
from decisions.proceedings import VOTE, Days, Going
from intake.reading.support import identity_number
from xiuhua.accounts.models import Appointment, OwnNumber
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.models import Kin, Snapshot
from xiuhua.decisions.services import proceedings as acts
from xiuhua.findings.models import Finding
from xiuhua.notices import services as notices
from xiuhua.notices.models import Objection
from xiuhua.notices.services import CannotHang
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord, Person, StatusEntry
from xiuhua.registry.services import Refused, sign_opening

pytestmark = pytest.mark.database


@pytest.fixture
def days(server: Any) -> Iterator[Days]:
    clock = Days(server.urls.owner)
    yield clock
    clock.back()


@pytest.fixture
def going(db: None, days: Days) -> Going:
    return grown(days)


def grown(days: Days) -> Going:
    """A county with a sound household of two, in the database that is connected."""
    world = people.small_world()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, persons = household(
            "1",
            people.VILLAGE,
            {"石满仓": ("head", "male"), "田秀英": ("spouse", "female")},
            kind="registered",
        )
        for one in persons.values():
            Person.objects.filter(pk=one.pk).update(
                health="healthy",
                basic_insured=True,
                serious_illness_insured=True,
                student_status="none",
                seen="checked",
                seen_on=date(2020, 9, 1),
            )
        PeriodRecord.objects.create(household=home, village_code=people.VILLAGE, **GOOD)
    return Going.of(world, home, days)


GOOD: dict[str, Any] = {
    "year": 2020, "period_start": date(2019, 10, 1), "period_end": date(2020, 9, 30),
    "wage_fen": 3_000_000, "business_fen": 0, "property_fen": 0, "transfer_fen": 0, "business_cost_fen": 0, "net_income_reported_fen": 3_000_000,
    "net_income_per_head_reported_fen": 1_500_000, "income_seen": "checked", "income_seen_on": date(2020, 9, 1),
    "house_grade": "B", "house_dangerous_reported": False, "house_area_m2": 60, "house_seen": "checked", "house_seen_on": date(2020, 9, 1),
    "water_quality_ok": True, "water_litres_per_day": 60, "water_minutes": 0, "water_reliability_percent": 99, "water_seen": "checked",
    "water_seen_on": date(2020, 9, 1), "water_safe_reported": True, "water_difficult_reported": False, "water_reported_seen": "checked",
    "water_reported_seen_on": date(2020, 9, 1), "insured_persons": 2, "insurance_seen": "checked", "insurance_seen_on": date(2020, 9, 1),
    "food_clothing_ok": True, "food_clothing_seen": "checked", "food_clothing_seen_on": date(2020, 9, 1),
}  # fmt: skip


def of_year(ends: date, seen_on: date | None = None, **changed: Any) -> dict[str, Any]:
    """The same of the twelve months that end on a day, seen then or later."""
    told = {**GOOD, "year": ends.year, "period_start": ends - timedelta(days=364), "period_end": ends}
    return told | {name: seen_on or ends for name in GOOD if name.endswith("_seen_on")} | changed


def poor(going: Going) -> None:
    """The county's opening says that the household is poor."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        office = going.world.county_office
        opened = sign_opening(
            by=office, county_code=people.COUNTY, statement="以 2020 年国家系统导出为准"
        ).opening
        StatusEntry.objects.create(
            household=going.household, village_code=people.VILLAGE, status="poor", since=date(2020, 1, 1), basis="opening", opening=opened,
            recorded_at=beijing_now(), recorded_by="test",
        )  # fmt: skip


def refused(going: Going, by: Any, act: Any, match: str) -> None:
    with pytest.raises((Refused, CannotHang), match=match), going.acting(by):
        act()


def test_a_household_is_taken_in_step_by_step_by_people_who_each_did_their_part(going: Going) -> None:
    one = going.begin("targeted_identification")
    seen = [one.at_step]
    while one.course == "open":
        one = going.step(one)
        seen.append(one.at_step)
        assert going.status() == ("poor" if one.effect_on else "none")
    assert [*dict.fromkeys(seen)] == [
        "application", "visit", "meeting", "first_notice", "township", "comparison", "second_notice", "county", "announcement",
    ]  # fmt: skip
    with going.acting(going.county[0]):
        kept = Snapshot.objects.get(proceeding=one, step="county")
        entry = StatusEntry.objects.get(household=going.household)
    assert entry.case_number == f"P{one.pk}" and entry.basis == "case"
    assert len(kept.records["rec_person"]) == 2 and kept.digest


def test_a_household_leaves_with_its_own_word_and_standards_that_were_checked(going: Going) -> None:
    poor(going)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        asked = Finding.objects.create(
            place_code=people.VILLAGE, kind="asked", rule="status_differs", household_number=going.household.number,
            params={"value": "exited", "before": "poor"}, fingerprint="x", found_at=beijing_now(),
        )  # fmt: skip
    one = going.until(going.begin("targeted_exit"), "announcement")
    assert going.status() == "exited" and one.course == "open"
    with within(scope_of(people.COUNTY)):
        asked.refresh_from_db()
    assert asked.state == "closed" and f"P{one.pk}" in asked.closed_because, "what a file said is so by now"
    assert going.step(one).course == "decided"


@pytest.mark.parametrize(
    "changed",
    [
        {"house_grade": "D"}, {"house_grade": None, "house_dangerous_reported": None}, {"house_seen": "reported"},
        {"wage_fen": 100_000, "net_income_reported_fen": 100_000, "net_income_per_head_reported_fen": 50_000},
        {"food_clothing_ok": None}, {"income_seen": "reported"},
        # Of four years ago; of the year itself, and looked at in none of the last hundred and eighty days; on a day nobody wrote down.
        {"year": 2016, "period_start": date(2015, 10, 1), "period_end": date(2016, 9, 30)}, {"house_seen_on": date(2019, 9, 1)}, {"water_seen_on": None},
    ],
)  # fmt: skip
def test_what_fails_is_not_known_or_was_only_reported_stops_an_exit(
    going: Going, changed: dict[str, Any]
) -> None:
    poor(going)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.filter(household=going.household).update(**changed)
    one = going.until(going.begin("targeted_exit"), "visit")
    going.papers(one, going.village[0])
    going.sign(one, going.village[0])
    refused(
        going,
        going.village[1],
        lambda: acts.sign(by=going.village[1], proceeding=one),
        "驻村工作队都有人签办",
    )
    refused(
        going,
        going.team[0],
        lambda: acts.sign(by=going.team[0], proceeding=one),
        "不达标、不清楚或没有核实",
    )
    assert going.status() == "poor"


def test_a_household_that_does_not_agree_stays(going: Going) -> None:
    poor(going)
    one = going.until(going.begin("targeted_exit"), "agreement")
    with going.acting(going.village[0]):
        one = acts.say_no(
            by=going.village[0], proceeding=one, reason="户主认为收入不稳定，不同意退出"
        ).proceeding
    assert one.course == "ended" and going.status() == "poor"
    assert going.begin("targeted_exit").course == "open", "it can be begun again"


def test_nobody_does_what_is_not_theirs(going: Going) -> None:
    poor(going)
    one = going.until(going.begin("targeted_exit"), "township")
    for by in (going.village[0], going.county[0], going.world.leader):
        refused(going, by, lambda by=by: acts.sign(by=by, proceeding=one), "不由您现在的职务")
    going.papers(one, going.township[0])
    going.sign(one, going.township[0])
    refused(going, going.township[0], lambda: acts.sign(by=going.township[0], proceeding=one), "已经签办")
    one = going.sign(one, going.township[1])
    # The same person in another post is the same person.
    twice = people.make_appointment(
        going.township[0].official.account,
        people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.DIRECTOR),
    )
    refused(going, twice, lambda: going.papers(one, twice), "没有参与的人")
    refused(going, twice, lambda: acts.sign(by=twice, proceeding=one), "没有参与的人")
    shown = people.sign_in(Client(), twice).get(f"/cases/proceedings/{one.pk}/").content.decode()
    assert "请没有参与的同事办" in shown, "the page says so before anybody tries"


def test_nobody_signs_for_their_kin(going: Going) -> None:
    one = going.begin("targeted_identification")
    with going.acting(going.county[0]):
        acts.tell_kin(
            by=going.county[0],
            official=going.village[0].official_id,
            household=going.household,
            relation="堂弟",
        )
    going.papers(one, going.village[1])
    refused(going, going.village[0], lambda: acts.sign(by=going.village[0], proceeding=one), "亲属关系")
    assert going.sign(one, going.village[1]).at_step == "visit"


def test_nobody_signs_about_the_household_they_live_in(going: Going, client: Client) -> None:
    one, mine, number = (
        going.begin("targeted_identification"),
        going.village[0],
        identity_number("99052119800307123"),
    )
    guard = going.world.administrator
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Person.objects.filter(memberships__household=going.household, memberships__relation="head").update(
            id_sealed=seal(number), id_blind=blind(number), id_kind="resident18", id_valid=True
        )
    page = f"/people/{mine.official_id}/own/"
    people.sign_in(client, guard)
    assert "校验码" in client.post(page, {"number": number[:-1] + "Y"}).content.decode()
    assert client.post(page, {"number": number.lower()}).url == "/people/"
    assert "已登记在另一位干部名下" in client.post(f"/people/{going.village[1].official_id}/own/", {"number": number}).content.decode()  # fmt: skip
    told = OwnNumber.objects.get()
    with within(scope_of(people.COUNTY)):
        entry = Entry.objects.filter(action="accounts.tie").get()
        assert number not in str(entry.detail) and bytes(told.id_blind) == blind(number)
    going.papers(one, going.village[1])
    refused(going, mine, lambda: acts.sign(by=mine, proceeding=one), "您是这一户的人")
    assert (
        "您是这一户的人" in people.sign_in(client, mine).get(f"/cases/proceedings/{one.pk}/").content.decode()
    )
    for raw in (
        "delete from accounts_ownnumber",
        "update accounts_ownnumber set id_blind = '\\x00'",
        "update accounts_ownnumber set until = notices_today() - 1, ended_by = 'x'",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            going.acting(mine),
            connection.cursor() as cursor,
        ):
            cursor.execute(raw)
    # It ends with a reason, and holds its last day still; then it can be said anew.
    people.sign_in(client, guard).post(f"{page}end/", {"reason": "登记错了"})
    assert OwnNumber.objects.get().until == beijing_today()
    refused(going, mine, lambda: acts.sign(by=mine, proceeding=one), "您是这一户的人")
    going.days.go(1)
    assert going.sign(one, mine).at_step == "visit"


def test_a_notice_hangs_its_days_and_an_objection_stops_it(going: Going) -> None:
    one = going.until(going.begin("targeted_identification"), "first_notice")
    by = going.village[0]
    refused(going, by, lambda: acts.sign(by=by, proceeding=one), "没有张贴")
    notice = going.hang(one, by)
    refused(going, by, lambda: acts.sign(by=by, proceeding=one), "没有到期")
    refused(going, by, lambda: going.take_down(notice, by), "没有满")
    with going.acting(by):
        said = notices.bring(
            by=by, notice=notice, channel="phone", came_on=beijing_today(), said="他家在县城有房"
        ).objection
    going.days.go((notice.due_on - beijing_today()).days + 1)
    refused(going, by, lambda: going.take_down(notice, by), "没有答复")
    refused(
        going, by, lambda: notices.answer(by=by, objection=said, answer="查无此房", upheld=False), "不能办理"
    )
    with going.acting(going.township[2]):
        notices.answer(by=going.township[2], objection=said, answer="经查该房属其弟，登记在案", upheld=False)
    going.take_down(notice, by)

    # Handed in while it hung, taken down by a clerk only now: it is heard before the step is signed.
    def late(came_on: date) -> Any:
        return notices.bring(by=by, notice=notice, channel="paper", came_on=came_on, said="他家有辆车")

    going.days.go(1)
    refused(going, by, lambda: late(beijing_today()), "不在公示期内")
    with going.acting(by):
        said = late(notice.due_on).objection
    refused(going, by, lambda: acts.sign(by=by, proceeding=one), "有异议没有答复")
    second = going.township[2]
    for telling, why in (
        ("经查石满仓（证件９９０５２１１９７００２０３００１１）无车", "不写证件号"),
        ("经查该户因患肝癌治疗费用高", "不写病情"),
    ):
        refused(
            going,
            second,
            lambda telling=telling: notices.answer(by=second, objection=said, answer=telling, upheld=False),
            why,
        )
    with going.acting(second):
        with pytest.raises(DatabaseError, match="holds a number"), transaction.atomic():
            Objection.objects.filter(pk=said.pk).update(answer="电话 139 0000 1111", upheld=False, answered_by="x", answered_official=second.official_id, answered_at=beijing_now())  # fmt: skip
        notices.answer(
            by=second, objection=said, answer="经查该车已于 2024-05-06 过户，价款 120000 元", upheld=False
        )
    one = going.sign(one, by)
    assert one.at_step == "township"
    refused(going, by, lambda: late(notice.due_on), "已经办完")


def test_whoever_had_a_part_in_it_does_not_answer_the_objection(going: Going) -> None:
    one = going.until(going.begin("targeted_identification"), "second_notice")
    by = going.village[0]
    notice = going.hang(one, by)
    with going.acting(by):
        said = notices.bring(
            by=by, notice=notice, channel="paper", came_on=beijing_today(), said="不符合", who="某人"
        ).objection
    refused(
        going,
        going.township[0],
        lambda: notices.answer(by=going.township[0], objection=said, answer="查", upheld=True),
        "没有参与的人",
    )
    deputy = Appointment.objects.create(
        official=going.township[1].official, post=going.township[0].post, since=beijing_today(), until=beijing_today() + timedelta(days=9),
        named_on=beijing_today() - timedelta(days=1), deputy_for=going.township[0],
    )  # fmt: skip
    with going.acting(going.county[0]):
        Kin.objects.create(
            official=going.county[1].official, household=going.household, place_code=people.VILLAGE, relation="兄弟", told_by="x", at=beijing_now(),
        )  # fmt: skip
    for nobody, why in (
        (by, "不能办理"),
        (going.township[0], "参与过"),
        (deputy, "参与过"),
        (going.township[1], "参与过"),
        (going.county[1], "亲属关系"),
    ):
        refused(going, nobody, partial(notices.open_objection, by=nobody, objection=said), why)
    with going.acting(going.township[2]):
        assert notices.open_objection(by=going.township[2], objection=said).who == "某人"
        notices.answer(by=going.township[2], objection=said, answer="属实", upheld=True)
    going.days.go((notice.due_on - beijing_today()).days + 1)
    going.take_down(notice, by)
    refused(going, by, lambda: acts.sign(by=by, proceeding=one), "已经办结")


@pytest.mark.parametrize(
    ("vote", "why"),
    [
        (None, "对不上"), ({**VOTE, "yes": 21}, "对不上"), ({**VOTE, "entitled": 40}, "到会人数不够"), ({**VOTE, "yes": 12, "no": 11}, "没有过半"),
        ({**VOTE, "yes": 30, "no": -6, "abstained": 0}, "对不上"),
    ],
)  # fmt: skip
def test_a_meeting_needs_its_people_and_more_than_half_of_them(going: Going, vote: Any, why: str) -> None:
    one = going.until(going.begin("targeted_identification"), "meeting")
    going.papers(one, going.village[0])
    refused(
        going,
        going.village[0],
        lambda: acts.sign(by=going.village[0], proceeding=one, detail={"vote": vote} if vote else {}),
        why,
    )


def test_what_is_sent_back_is_done_anew_with_its_evidence(going: Going) -> None:
    one = going.until(going.begin("targeted_identification"), "township")
    with going.acting(going.township[0]):
        one = acts.send_back(
            by=going.township[0], proceeding=one, to="visit", reason="收入核算没有分项"
        ).proceeding
    assert (one.at_step, one.round) == ("visit", 2)
    going.sign(one, going.village[0])
    refused(going, going.village[1], lambda: acts.sign(by=going.village[1], proceeding=one), "还缺材料")
    going.papers(one, going.village[1])
    one = going.sign(one, going.village[1])
    assert going.until(one, "comparison").round == 2


def test_one_of_a_kind_at_a_time_and_only_from_where_the_household_stands(going: Going) -> None:
    going.begin("targeted_identification")
    refused(going, going.village[0], lambda: going.begin("targeted_identification"), "正在办理")
    refused(going, going.village[0], lambda: going.begin("targeted_exit"), "不适用")
