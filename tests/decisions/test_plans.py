"""A year of exit is proposed by one and approved by another; what was filed is not altered; moving forward asks what is lacking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.proceedings import Going
from decisions.test_proceedings import days, going, poor  # noqa: F401 - fixtures
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import PlanLine, PlanTarget, Sheet, SheetAnswer
from xiuhua.decisions.services import planning
from xiuhua.decisions.services.planning import NotReady
from xiuhua.decisions.terms import Measure, SheetKind, Verdict
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord, StatusEntry
from xiuhua.registry.services import Refused

pytestmark = pytest.mark.database


@pytest.fixture
def planned(going: Going) -> Going:  # noqa: F811
    poor(going)
    return going


def propose(going: Going, by: Appointment, year: int | None, **more: Any) -> Sheet:  # noqa: F811
    with going.acting(by):
        done = planning.propose(by=by, years={going.household.pk: year}, reason="与县规划一致", **more)
    return done.sheets[0].sheet


def answer(going: Going, by: Appointment, sheet: Sheet, verdict: Verdict, reason: str = "") -> None:  # noqa: F811
    with going.acting(by):
        planning.answer(by=by, sheet=sheet, verdict=verdict, reason=reason)


def counts(going: Going) -> int | None:  # noqa: F811
    with within(scope_of(people.COUNTY)):
        return planning.planned([going.household.pk])[going.household.pk]


def raw(going: Going, by: Appointment, sql: str, values: list[Any]) -> None:  # noqa: F811
    """As the application's role, past every service."""
    with going.acting(by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_year_counts_once_another_person_approved_it_and_decides_nothing(planned: Going) -> None:
    worker, township = planned.village[0], planned.township[0]
    sheet = propose(planned, worker, 2020)
    assert counts(planned) is None
    with pytest.raises(Refused, match="职务不能"):
        answer(planned, worker, sheet, Verdict.APPROVED)
    answer(planned, township, sheet, Verdict.APPROVED)
    assert (counts(planned), planned.status()) == (2020, "poor")
    with within(scope_of(people.COUNTY)):
        assert StatusEntry.objects.count() == 1
    with pytest.raises(Refused, match="没有要改的"):
        propose(planned, worker, 2020)
    with pytest.raises(Refused, match="已经有了结果"):
        answer(planned, township, sheet, Verdict.REFUSED, "再想想")


def test_nobody_approves_what_they_filed_and_a_no_has_reasons(planned: Going) -> None:
    township = planned.township[0]
    sheet = propose(planned, township, 2020)
    with pytest.raises(Refused, match="另一个人批准"):
        answer(planned, township, sheet, Verdict.APPROVED)
    with pytest.raises(Refused, match="理由"):
        answer(planned, planned.township[1], sheet, Verdict.REFUSED)
    with pytest.raises(Refused, match="只有提交人"):
        answer(planned, planned.township[1], sheet, Verdict.WITHDRAWN)
    answer(planned, planned.township[1], sheet, Verdict.REFUSED, "收入还不稳")
    assert counts(planned) is None


def test_a_deputy_counts_as_both_people(planned: Going) -> None:
    township, other = planned.township[0], planned.township[1]
    today = beijing_today()
    deputy = people.make_appointment(
        other.official.account, township.post, since=today, until=today + timedelta(days=30),
        named_on=today - timedelta(days=1), deputy_for=township,
    )  # fmt: skip
    with pytest.raises(Refused, match="另一个人批准"):
        answer(planned, deputy, propose(planned, township, 2020), Verdict.APPROVED)
    filed = propose(planned, deputy, 2019)
    with pytest.raises(Refused, match="另一个人批准"):
        answer(planned, township, filed, Verdict.APPROVED)
    answer(planned, planned.township[2], filed, Verdict.APPROVED)
    assert counts(planned) == 2019


def test_moving_forward_names_what_is_lacking_and_wants_a_reason(planned: Going) -> None:
    worker, township = planned.village[0], planned.township[0]
    answer(planned, township, propose(planned, worker, 2020), Verdict.APPROVED)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.filter(household=planned.household).update(
            house_grade="D", food_clothing_ok=None, water_seen="reported", water_reported_seen="reported"
        )
    with pytest.raises(NotReady) as lacking:
        propose(planned, worker, 2019)
    found = lacking.value.homes[planned.household.pk]
    # What it would rest on is years old besides.
    assert found.fails == ["exit.housing", "exit.recent"] and found.unknown == ["exit.food_clothing"]
    assert "exit.water" in found.unchecked
    sheet = propose(planned, worker, 2019, acknowledged="危房改造 10 月完工")
    with within(scope_of(people.COUNTY)):
        kept = PlanLine.objects.get(sheet=sheet)
    assert kept.before == 2020 and kept.acknowledged and kept.readiness["fails"] == found.fails
    # Later, and off the plan, asks for nothing.
    answer(planned, township, sheet, Verdict.APPROVED)
    answer(planned, township, propose(planned, worker, None), Verdict.APPROVED)
    assert counts(planned) is None
    # Off the plan and then on it again, earlier than before: that is moved forward as well.
    with pytest.raises(NotReady):
        propose(planned, worker, 2018)
    propose(planned, worker, 2019)


def test_of_two_sheets_about_one_household_the_second_is_filed_anew(planned: Going) -> None:
    worker, township = planned.village[0], planned.township[0]
    first, second = propose(planned, worker, 2019), propose(planned, planned.village[1], 2020)
    answer(planned, township, first, Verdict.APPROVED)
    with pytest.raises(Refused, match="已经变过"):
        answer(planned, township, second, Verdict.APPROVED)
    answer(planned, planned.village[1], second, Verdict.WITHDRAWN)


def test_a_county_hears_its_year_from_above_and_a_target_changes_no_plan(planned: Going) -> None:
    county, city = planned.county[0], planned.world.city_office
    place = Place.objects.get(code=people.COUNTY)
    with planned.acting(county):
        sheet = planning.propose_place(by=county, place=place, year=2019, reason="省定 2019 年摘帽").sheet
    with pytest.raises(Refused, match="县由县以上"):
        answer(planned, planned.county[1], sheet, Verdict.APPROVED)
    answer(planned, city, sheet, Verdict.APPROVED)
    with within(scope_of(people.VILLAGE)), connection.cursor() as cursor:
        cursor.execute("select decisions_deadline(%s)", [people.VILLAGE])
        assert cursor.fetchone() == (2019,)
    with planned.acting(county):
        planning.set_target(
            by=county, place=Place.objects.get(code=people.TOWNSHIP), year=2019, measure=Measure.HOUSEHOLDS, count=30, basis="县脱贫攻坚规划"
        )  # fmt: skip
        with pytest.raises(Refused, match="上一级下达"):
            planning.set_target(
                by=county, place=place, year=2019, measure=Measure.HOUSEHOLDS, count=30, basis="自己定"
            )
    assert counts(planned) is None


def test_the_database_holds_to_it_whoever_writes(planned: Going) -> None:
    worker, township = planned.village[0], planned.township[0]
    sheet = propose(planned, worker, 2020)
    said = "appointment_id, official_id, actor, post, at"
    answered = f"insert into decisions_sheetanswer (sheet_id, place_code, verdict, reason, {said}) values (%s, %s, 'approved', '', %s, %s, 'x', 'x', now())"
    # By one's own hand in another's name, by a post that may not, later than filed, altered, removed.
    for by, sql, values in (
        (worker, answered, [sheet.pk, sheet.place_code, worker.pk, township.official_id]),
        (township, answered, [sheet.pk, sheet.place_code, worker.pk, township.official_id]),
        (worker, "update decisions_planline set year = 2017", []),
        (worker, "delete from decisions_planline", []),
        (worker, "update decisions_sheet set reason = 'x'", []),
        (worker, "truncate decisions_sheetanswer", []),
        (township, f"insert into decisions_plantarget (place_code, year, measure, count, basis, {said}) values (%s, 2019, 'households', 1, 'x', %s, 1, 'x', 'x', now())", [people.TOWNSHIP, township.pk]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError):
            raw(planned, by, sql, values)
    answer(planned, township, sheet, Verdict.APPROVED)
    line = "insert into decisions_planline (sheet_id, place_code, household_id, year, readiness, acknowledged) values (%s, %s, null, %s, %s, '')"
    with pytest.raises(DatabaseError, match="not altered"):
        raw(planned, worker, line, [sheet.pk, people.VILLAGE, 2019, None])
    # Forward without having looked.
    with (
        pytest.raises(DatabaseError, match="readiness check"),
        planned.acting(worker),
        transaction.atomic(),
    ):
        other = planning.file(worker, "plan", people.VILLAGE, "x")  # type: ignore[arg-type]
        PlanLine.objects.create(
            sheet=other, place_code=people.VILLAGE, household=planned.household, year=2018
        )
    with within(scope_of(people.COUNTY)):
        assert (PlanTarget.objects.count(), SheetAnswer.objects.count()) == (0, 1)


def test_a_readiness_that_says_too_much_is_not_approved(planned: Going) -> None:
    """Written past the service, or true when it was filed and no longer: what is found at the approval counts."""
    worker, township = planned.village[0], planned.township[0]
    answer(planned, township, propose(planned, worker, 2020), Verdict.APPROVED)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.filter(household=planned.household).update(house_grade="D")
    with planned.acting(worker):
        forged = planning.file(worker, SheetKind.PLAN, planned.household.village_code, "提前")
        PlanLine.objects.create(
            sheet=forged, place_code=forged.place_code, household_id=planned.household.pk, year=2018, before=2020, acknowledged="",
            readiness={"fails": [], "unknown": [], "unchecked": []},
        )  # fmt: skip
    with pytest.raises(Refused, match="比现在核对的好"):
        answer(planned, township, forged, Verdict.APPROVED)
    assert counts(planned) == 2020
    answer(planned, township, forged, Verdict.REFUSED, "达标情况没有写全")
    filed = propose(planned, worker, 2018, acknowledged="危房改造 10 月完工")
    answer(planned, township, filed, Verdict.APPROVED)
    assert counts(planned) == 2018
