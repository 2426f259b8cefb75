"""What follows a no, a wait, a change of mind: appeal, lapse, withdrawal, deputies, days by which a step is due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

import people
from decisions.proceedings import OF_THEN, Going, listed_wrongly
from decisions.test_pages_of_proceedings import client
from decisions.test_proceedings import days, going, poor, refused  # noqa: F401 - fixtures
from xiuhua.accounts.terms import Role
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.kinds.households import Merge, Move, MoveAway
from xiuhua.decisions.kinds.kind import Change, under_way
from xiuhua.decisions.kinds.leaving import HouseholdEnds
from xiuhua.decisions.models import Appeal, Proceeding, Recheck, Signature, Snapshot
from xiuhua.decisions.queries.proceeding_ends import aftermath, appeal_level, due
from xiuhua.decisions.services import appeals
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.lapsing import lapse_what_lies
from xiuhua.decisions.services.notice_watch import look_at_notices
from xiuhua.findings.models import Finding
from xiuhua.notices import services as notices
from xiuhua.notices.queries import calendar_note
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, StatusEntry
from xiuhua.workbench.queries.report import Period, told

pytestmark = pytest.mark.database


def say_no(going: Going, one: Proceeding, by: Any, reason: str = "人均收入高于标准") -> Proceeding:  # noqa: F811
    with going.acting(by):
        return acts.say_no(by=by, proceeding=one, reason=reason).proceeding


def appeal(going: Going, one: Proceeding, by: Any, on: date | None = None) -> Appeal:  # noqa: F811
    with going.acting(by):
        return appeals.appeal(
            by=by, proceeding=one, channel="spoken", came_on=on or beijing_today(), said="只有打零工收入"
        ).appeal


def decide(going: Going, one: Appeal, by: Any, upheld: bool) -> Proceeding:  # noqa: F811
    with going.acting(by):
        return appeals.decide_appeal(by=by, appeal=one, upheld=upheld, answer="已入户重新核算").proceeding


@pytest.fixture
def refused_by_county(going: Going) -> Proceeding:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "county")
    return say_no(going, one, going.whose(one)[0])


def test_an_appeal_that_is_upheld_is_done_anew_by_other_people(
    going: Going,  # noqa: F811
    refused_by_county: Proceeding,
) -> None:
    one = refused_by_county
    assert one.course == "refused" and one.closed_on == beijing_today()
    with going.acting(going.county[0]):
        who_refused = Signature.objects.get(proceeding=one, sign="no").appointment
    made = appeal(going, one, going.township[2])
    # The county refused: nobody there hears it, neither whoever refused nor others, nor an office below.
    refused(going, who_refused, lambda: decide(going, made, who_refused, True), "不由您")
    refused(going, going.township[2], lambda: decide(going, made, going.township[2], True), "不由您")
    other = going.world.county_office
    refused(going, other, lambda: decide(going, made, other, True), "不由您")
    one = decide(going, made, going.world.city_office, True)
    assert (one.course, one.at_step, one.round, one.closed_on) == ("open", "county", 2, None)
    refused(going, who_refused, lambda: going.papers(one, who_refused), "没有参与的人")
    refused(going, who_refused, lambda: acts.sign(by=who_refused, proceeding=one), "没有参与的人")
    fresh = people.person("县干九", "xian9", people.COUNTY, Role.COUNTY_OFFICE)
    going.papers(one, fresh)
    assert going.sign(one, fresh).effect_on is not None and going.status() == "poor"


def test_an_appeal_that_is_not_upheld_ends_it_and_one_can_apply_again(
    going: Going,  # noqa: F811
    refused_by_county: Proceeding,
) -> None:
    made = appeal(going, refused_by_county, going.county[2])
    for by, reads in ((going.village[0], True), (going.world.auditor, True), (going.world.leader, False)):
        page = client(by).get(f"/cases/proceedings/{refused_by_county.pk}/").content.decode()
        assert (made.said in page) == reads, "a family's own words are for those who handle it"
    assert decide(going, made, going.world.city_office, False).course == "refused"
    refused(going, going.village[0], lambda: appeal(going, refused_by_county, going.village[0]), "已经答复")
    assert going.begin("targeted_identification").course == "open"


def test_what_is_said_against_a_decision_joins_one_appeal_with_a_day(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "meeting")
    decided = going.village[0]
    one = going.refuse_by_vote(one, decided)
    refused(going, decided, lambda: appeal(going, one, decided), "由别人登记")
    first = appeal(going, one, going.village[1])
    assert first.due_on == due(beijing_today(), 30)
    going.days.go(20)
    second = appeal(going, one, going.township[0])
    assert (second.joins_id, second.due_on) == (first.pk, first.due_on)
    refused(going, going.county[0], lambda: decide(going, second, going.county[0], True), "已经答复")
    address, office = f"/cases/proceedings/{one.pk}/", client(going.county[0])
    shown = office.get(address).content.decode()
    assert (
        "并入同一件" in shown and "补记到这一件" in shown and f"应在 {first.due_on:%Y-%m-%d} 前答复" in shown
    )
    look_at_notices(people.COUNTY)
    late = {"rule": "appeal_late", "state": "open"}
    with within(scope_of(people.COUNTY)):
        assert not Finding.objects.filter(**late).exists()
    going.days.go((first.due_on - beijing_today()).days + 1)
    look_at_notices(people.COUNTY)
    with within(scope_of(people.COUNTY)):
        assert "没有答复" in Finding.objects.get(**late).params["zh"]
    listed = client(going.county[0]).get("/cases/proceedings/?show=appeals").content.decode()
    assert "申诉待答复" in listed and "已超期" in listed and listed.count("石满仓") == 1
    # The household began anew meanwhile: that it was right changes nothing here, and that is said.
    anew = going.begin("targeted_identification")
    answer = {"upheld": "yes", "answer": "会没有开"}
    shown = (
        client(going.county[0]).post(f"{address}appeals/{first.pk}/", answer, follow=True).content.decode()
    )
    assert "这一件不再恢复" in shown and f'href="/cases/proceedings/{anew.pk}/"' in shown
    look_at_notices(people.COUNTY)
    with within(scope_of(people.COUNTY)):
        assert not Finding.objects.filter(**late).exists()
        assert Proceeding.objects.get(pk=one.pk).course == "refused"


def test_days_run_on_into_the_next_year_and_what_is_not_announced_of_it_is_said(db: None) -> None:
    # New Year's Day is a Friday; the days of spring do not count.
    assert due(date(2026, 12, 25), 7) == date(2027, 1, 4)
    assert due(date(2027, 2, 4), 1, "working") == date(2027, 2, 11)
    assert calendar_note(date(2026, 12, 31), None) == ""
    assert "2027 年的放假通知还没有登记" in calendar_note(date(2027, 1, 4))
    assert "2031 年的放假安排没有登记" in calendar_note(date(2031, 1, 4))


def test_an_appeal_has_its_days(going: Going, refused_by_county: Proceeding) -> None:  # noqa: F811
    last = due(refused_by_county.closed_on or date.min, 30)
    going.days.go((last - beijing_today()).days + 1)
    refused(going, going.village[0], lambda: appeal(going, refused_by_county, going.village[0]), "期限已过")
    assert appeal(going, refused_by_county, going.village[0], last).came_on == last


def objected(going: Going, one: Proceeding, notice: Any) -> Any:  # noqa: F811
    with going.acting(going.village[0]):
        return notices.bring(
            by=going.village[0], notice=notice, channel="phone", came_on=beijing_today(), said="他家有车"
        ).objection


def answered(going: Going, objection: Any, by: Any) -> Proceeding:  # noqa: F811
    with going.acting(by):
        notices.answer(by=by, objection=objection, answer="核实确有轿车", upheld=True)
        return Proceeding.objects.get(pk=int(objection.notice.reference.split(":")[1]))


def applied_on(going: Going) -> Any:  # noqa: F811
    """Since when the records say that the household is being taken in."""
    with within(scope_of(people.COUNTY)), connection.cursor() as cursor:
        cursor.execute("select applied_on from rec_household where household_key = %s", [going.household.pk])
        return cursor.fetchone()[0]


def test_an_objection_that_is_right_refuses_with_its_answer_and_the_name_comes_down(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "first_notice")
    assert applied_on(going) == beijing_today(), (
        "who is being taken in is compared with departments' lists before they are"
    )
    notice = going.hang(one, going.village[0])
    with pytest.raises(notices.CannotHang, match="没有满"):
        going.take_down(notice, going.village[0])
    said = objected(going, one, notice)
    answers = people.sign_in(Client(headers={"host": "127.0.0.1"}), going.township[2])
    page = answers.get(reverse("decisions:objection", args=[one.pk, said.pk])).content.decode()
    assert "异议成立，不予通过" in page and "答复就是理由" in page
    one = answered(going, said, going.township[2])
    hangs = people.sign_in(Client(headers={"host": "127.0.0.1"}), going.village[0])
    page = hangs.get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert "现在撤下" in page and "核实确有轿车" in page and "登记撤下" in page
    assert (one.course, one.closed_on) == ("refused", beijing_today()) and applied_on(going) is None
    going.take_down(notice, going.village[0])
    with going.acting(going.village[0]):
        told = aftermath(going.village[0], one)
        assert told is not None and "核实确有轿车" in told["why"] and told["appeal"]["open"] and told["again"]
        assert appeal_level(one) == "county"
    assert going.begin("targeted_identification").course == "open", "one can apply again"


def test_an_appeal_against_an_upheld_objection_hangs_it_anew_for_others_to_answer(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "first_notice")
    one = answered(going, objected(going, one, going.hang(one, going.village[0])), going.township[2])
    made = appeal(going, one, going.village[1])
    one = decide(going, made, going.county[2], True)
    assert (one.course, one.at_step, one.round) == ("open", "first_notice", 2)
    again = objected(going, one, going.hang(one, going.village[0]))
    with pytest.raises(notices.CannotHang, match="参与过"):
        answered(going, again, going.township[2])


def test_an_objection_against_an_announcement_is_answered_and_the_announcement_goes_on(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "announcement")
    notice = going.hang(one, going.village[0])
    one = answered(going, objected(going, one, notice), going.world.county_office)
    assert (one.course, one.effect_status) == ("open", "poor"), "it took effect before"
    going.days.go((notice.due_on - beijing_today()).days + 1)
    going.take_down(notice, going.village[0])
    assert going.sign(one, going.village[0]).course == "decided"


def test_an_application_whose_paper_was_laid_down_is_not_taken_back_without_its_household(
    going: Going,  # noqa: F811
) -> None:
    one, by = going.begin("targeted_identification"), going.village[0]
    going.papers(one, by)
    refused(going, by, lambda: acts.take_back(by=by, proceeding=one, reason="录错了户"), "撤回申请")


def test_a_household_stays_where_it_is_while_something_is_under_way(going: Going) -> None:  # noqa: F811
    one = going.begin("targeted_identification")
    with going.acting(going.world.county_office):
        change = Change(household=going.household, on=beijing_today())
        for kind in (Move(), Merge(), MoveAway(), HouseholdEnds()):
            found = under_way(kind.lets_go(change))
            assert f"P{one.pk}" in found[0].zh and str(one.pk) in found[0].url
        for said in ("village_code = '990101101202'", "ended_on = '2026-01-01'"):
            with (
                pytest.raises(DatabaseError, match="under way"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"update registry_household set {said} where id = %s", [going.household.pk])


def test_one_no_of_a_recomputation_counts_for_ever(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "announcement")
    with going.acting(going.county[0]), connection.cursor() as cursor:
        shots = list(Snapshot.objects.filter(proceeding=one))
        for agrees in (False, True):
            for shot in shots:
                Recheck.objects.create(snapshot=shot, place_code=shot.place_code, agrees=agrees, at=shot.at)
        cursor.execute("select decisions_recomputed(%s)", [one.pk])
        assert cursor.fetchone()[0] is False


def test_a_place_that_asks_for_more_days_is_held_to_them(going: Going) -> None:  # noqa: F811
    with going.acting(going.county[0]), connection.cursor() as cursor:
        for place, least in (("990101101201", 10), ("990102101201", 7)):
            cursor.execute(
                "select decisions_least(%s::jsonb, %s)",
                ['{"least": 7, "least_at": {"990101": 10, "990102": 5}}', place],
            )
            assert cursor.fetchone()[0] == least


def reported() -> dict[str, int]:
    """Who stands on the list by the report of a period up to today, and who was removed."""
    period = Period(date(2012, 1, 1), beijing_today())
    with within(scope_of(people.COUNTY)):
        place = Place.objects.get(pk=people.COUNTY)
        return {key: told(place, period, only=key).numbers[key].count for key in ("stood_after", "removed")}


def test_a_household_that_was_wrongly_removed_stands_again_as_before(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_removal", going.township[0]), "township")
    # Nothing that somebody checked speaks for a wrong listing yet: heard or not, what stands is no ground.
    by = going.whose(one)[0]
    going.papers(one, by)
    refused(going, by, lambda: acts.sign(by=by, proceeding=one), "没有一条已核实的错评依据")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        listed_wrongly(going.household)
    one = going.until(one, "announcement")
    assert going.status() == "removed" and reported() == {"stood_after": 0, "removed": 1}
    with within(scope_of(people.COUNTY)):
        shot = Snapshot.objects.get(proceeding=one, step="county")
    kept = shot.outcomes["adjust.wrongly_listed"]
    assert (kept["result"], kept["evidence"]) == ("fails", "checked") and "adjust.red_line" in shot.outcomes
    made = appeal(going, one, going.village[2])
    refused(going, going.county[2], lambda: decide(going, made, going.county[2], True), "不由您")
    one = decide(going, made, going.world.city_office, True)
    assert going.status() == "poor" and one.course == "ended"
    with going.acting(going.county[0]):
        entry = StatusEntry.objects.order_by("-pk")[0]
    assert (entry.basis, entry.case_number) == ("case", f"A{made.pk}")
    assert reported() == {"stood_after": 1, "removed": 0}, "what an appeal took back never was"


def test_a_removed_household_can_be_identified_again(going: Going) -> None:  # noqa: F811
    poor(going)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        listed_wrongly(going.household)
    one = going.begin("targeted_removal", going.township[0])
    while one.course == "open":
        one = going.step(one)
    assert (one.course, going.status()) == ("decided", "removed")
    assert going.begin("targeted_identification").course == "open"


def test_what_lies_too_long_ends_by_itself_but_never_an_application(going: Going) -> None:  # noqa: F811
    poor(going)
    lying = going.until(going.begin("targeted_exit"), "visit")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        other = Household.objects.create(number="Q9", village_code=people.VILLAGE, county_code=people.COUNTY, kind="other", head_name="赵六")  # fmt: skip
    with going.acting(going.village[0]):
        asked = acts.begin(by=going.village[0], procedure="targeted_identification", household=other, completing=OF_THEN).proceeding  # fmt: skip
    assert lapse_what_lies(people.COUNTY) == 0
    going.days.go((due(beijing_today(), 180) - beijing_today()).days)
    assert lapse_what_lies(people.COUNTY) == 0, "the last day is not over"
    going.days.go(1)
    assert lapse_what_lies(people.COUNTY) == 1
    with going.acting(going.county[0]):
        assert Proceeding.objects.get(pk=lying.pk).course == "lapsed"
        assert Proceeding.objects.get(pk=asked.pk).course == "open"
        told = Entry.objects.get(action="decisions.lapsed")
    assert told.detail["step"] == "visit" and going.status() == "poor"
    assert going.begin("targeted_exit").course == "open"


def test_the_village_does_not_stop_a_removal(going: Going) -> None:  # noqa: F811
    poor(going)
    one, by = going.begin("targeted_removal", going.township[0]), going.village[0]
    refused(going, by, lambda: acts.take_back(by=by, proceeding=one, reason="不清退了"), "不能由您撤回")
    with going.acting(going.township[1]):
        assert (
            acts.take_back(by=going.township[1], proceeding=one, reason="资料有误").proceeding.course
            == "withdrawn"
        )


RAW = {
    "an appeal is answered by nobody": "update decisions_appeal set upheld = true, answer = 'x' where id = %(appeal)s",
    "it is answered by whoever took it": "update decisions_appeal set upheld = true, answer = 'x', answered_at = now(), answered_appointment_id = %(taker)s where id = %(appeal)s",
    "it is put off": "update decisions_appeal set due_on = due_on + 90 where id = %(appeal)s",
    "whoever decided takes one down": "insert into decisions_appeal (proceeding_id, place_code, round, channel, came_on, said, taken_by, taken_official_id, taken_appointment_id, taken_at, answer, answered_by) select proceeding_id, place_code, 1, 'paper', came_on, 'x', '', taken_official_id, %(decider)s, now(), '', '' from decisions_appeal",
    "it is removed": "delete from decisions_appeal",
    "what was said is changed": "update decisions_appeal set said = 'x' where id = %(appeal)s",
    "another is written for an open matter": "insert into decisions_appeal (proceeding_id, place_code, round, channel, came_on, said, taken_by, taken_official_id, taken_appointment_id, taken_at, answer, answered_by) select proceeding_id, place_code, 7, 'paper', current_date - 900, 'x', '', taken_official_id, taken_appointment_id, now(), '', '' from decisions_appeal",
    "the matter is opened again": "update decisions_proceeding set course = 'open', at_step = 'visit' where id = %(id)s",
    "a status is written by appeal": "insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by) select household_id, place_code, 'poor', current_date, 'case', 'A' || %(appeal)s, now(), 'x' from decisions_proceeding where id = %(id)s",
    "all is emptied": "truncate decisions_appeal",
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_the_application_cannot_do_it_by_raw_sql_either(
    going: Going,  # noqa: F811
    what: str,
) -> None:
    one = going.until(going.begin("targeted_identification"), "meeting")
    one = going.refuse_by_vote(one, going.village[0])
    made = appeal(going, one, going.county[2])
    with (
        going.acting(going.county[0]),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            RAW[what],
            {"id": one.pk, "appeal": made.pk, "taker": going.county[2].pk, "decider": going.village[0].pk},
        )
        assert cursor.rowcount == 0, what
        raise DatabaseError("nothing was touched")
    with going.acting(going.county[0]):
        kept = Appeal.objects.get()
        assert (kept.upheld, kept.said, Proceeding.objects.get(pk=one.pk).course) == (
            None,
            "只有打零工收入",
            "refused",
        )
    assert going.status() == "none"
