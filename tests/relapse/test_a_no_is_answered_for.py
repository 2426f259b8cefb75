"""No risk is not said against its own sheet, and after it others look again; what was helped is asked again; a refused procedure swallows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import people
from decisions.conftest import household
from decisions.proceedings import VOTE, Going
from decisions.test_pages_of_proceedings import client
from relapse.clues import clue_of, ended, visited
from relapse.conftest import found
from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.terms import Help
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, ClueSource, Measure, Sheet
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import End, Origin

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]
AGAINST = {
    "no income": {"net_income_fen": 0}, "under the range": {"net_income_fen": 1_199_999},
    "after its payments": {"net_income_fen": 1_250_000, "education_own_fen": 60_000}, "its own medical": {"medical_own_fen": 500_000},
    "school": {"education_own_fen": 1_000_001},
}  # fmt: skip
MARKS = {
    "no income": "income",
    "under the range": "income",
    "after its payments": "left",
    "its own medical": "medical",
    "school": "education",
}


def raw(
    going: Going, by: Appointment, clue: Clue, end: str = "no_risk", proceeding: int | None = None
) -> None:
    """Ends a clue as anybody with the application's role can try."""
    with going.acting(by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """update relapse_clue set "end" = %s, ended_on = notices_today(), ended_by = 'x', end_reason = '没有', ended_official_id = %s,
            ended_appointment_id = %s, proceeding_id = %s where id = %s""",
            [end, by.official_id, by.pk, proceeding, clue.pk],
        )


def planted(going: Going, clue: Clue, by: Appointment, **changed: Any) -> Sheet:
    """A sheet that no service looked at."""
    with going.acting(by), transaction.atomic():
        return Sheet.objects.create(
            household=going.household, village_code=people.VILLAGE, clue=clue, appointment=by, official=by.official, post="x", at=beijing_now(),
            **found(**changed),
        )  # fmt: skip


def page_of(clue: Clue) -> str:
    return reverse("relapse:clue", args=[clue.pk])


@contextmanager
def seen() -> Iterator[None]:
    with within(scope_of(people.COUNTY)):
        yield


@pytest.mark.parametrize("missing", ["food_clothing", "schooling", "medical", "house", "water"])
def test_a_guarantee_that_is_not_held_is_a_risk(going: Going, missing: str) -> None:
    clue = clue_of(going)
    with pytest.raises(Refused, match="不能研判为"):
        visited(going, clue, **{missing: False})
    sheet = planted(going, clue, going.village[0], **{missing: False})
    with seen():
        sheet.refresh_from_db()
    assert sheet.marks == "guarantee"
    with pytest.raises(Refused, match="保障没有落实"):
        ended(going, clue)
    for by in (going.township[0], going.county[0]):
        with pytest.raises(DatabaseError, match="a guarantee is not held"):
            raw(going, by, clue)


@pytest.mark.parametrize("what", AGAINST)
def test_what_reaches_a_measure_is_the_countys_to_end_and_stands_on_its_list(going: Going, what: str) -> None:
    clue = clue_of(going)
    sheet = visited(going, clue, **AGAINST[what])
    with seen():
        sheet.refresh_from_db()
    assert sheet.marks == MARKS[what], (
        "by the range of the newest year, for two people, and the county's warnings"
    )
    with pytest.raises(Refused, match="须由县里决定"):
        ended(going, clue)
    button = 'name="how" value="no_risk"'
    shown = client(going.township[0]).get(page_of(clue)).content.decode()
    assert "研判表到了标准" in shown and button not in shown
    assert button in client(going.county[1]).get(page_of(clue)).content.decode()
    with pytest.raises(DatabaseError, match="the county answers"):
        raw(going, going.township[0], clue)
    with going.acting(going.county[0]):
        services.judge_visit(
            by=going.county[0], household=going.household, answers=found(**AGAINST[what]), clue=clue
        )
    with pytest.raises(Refused, match="不能自己了结"):
        ended(going, clue, by=going.county[0])
    done = ended(going, clue, by=going.county[1], reason="收入漏登，已核存折")
    assert done.end == "no_risk"
    listed = client(going.county[0]).get(f"{reverse('relapse:list')}?show=marked").content.decode()
    assert "到线而以“没有风险”了结" in listed and "石满仓" in listed


def test_what_was_measured_first_and_written_anew_stands_on_the_list_too(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, net_income_fen=0)
    visited(going, clue)
    ended(going, clue)
    page = client(going.county[0]).get(f"{reverse('relapse:list')}?show=marked")
    assert [row["marks"] for row in page.context["rows"]] == ["收入在监测范围以下"]


def test_the_measures_are_the_rulebooks_and_nobody_writes_them(going: Going) -> None:
    with going.acting(going.county[0]):
        assert Measure.objects.filter(figure="appeal_days", value=30).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.create(
                figure="monitoring_line_yuan", place_code=people.VILLAGE, since="2020-01-01", value=1
            )
    clue = clue_of(going)
    visited(going, clue, net_income_fen=0)
    with going.acting(going.village[0]), connection.cursor() as cursor:
        cursor.execute(
            "select relapse_figure('monitoring_line_yuan', %s, '2021-12-31'), relapse_figure('nothing', %s, '2021-12-31')",
            [people.VILLAGE] * 2,
        )
        assert cursor.fetchone() == (6000, None)


def test_after_a_no_others_go_there_and_the_county_decides(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue)
    ended(going, clue)
    page = client(going.village[2]).get(page_of(clue)).content.decode()
    assert "本户不服怎么办" in page and "本户不服，登记" in page
    going.days.go(29)
    again = clue_of(going, said="我不认可，情况没查清")
    assert again.contests_id == clue.pk
    assert again.owner is not None and again.owner.place_id == people.COUNTY, "it lies outside the village"
    with pytest.raises(Refused, match="须换别人去"):
        visited(going, again)
    for kept_out in (going.village[0], going.township[0]):
        with pytest.raises(DatabaseError, match="others go there after a no"):
            planted(going, again, kept_out)
    shown = client(going.village[0]).get(page_of(again)).content.decode()
    assert "您参加过上次研判" in shown and f"{page_of(again)}visit/" not in shown
    assert f"{page_of(again)}visit/" in client(going.village[1]).get(page_of(again)).content.decode()
    visited(going, again, by=1)
    with pytest.raises(Refused, match="没有参加上次"):
        ended(going, again)
    with pytest.raises(Refused, match="由县里了结"):
        ended(going, again, by=going.township[1])
    with pytest.raises(DatabaseError, match="the county decides"):
        raw(going, going.township[1], again)
    assert "县里了结" in client(going.township[1]).get(page_of(again)).content.decode()
    assert ended(going, again, by=going.county[0]).end == "no_risk"
    third = clue_of(going, said="还是不认可")
    assert third.contests_id == again.pk
    visited(going, third)
    with pytest.raises(Refused, match="没有参加上次"):
        ended(going, third, by=going.county[0])
    assert ended(going, third, by=going.county[1]).end == "no_risk"


def test_after_its_days_it_is_a_clue_like_another_and_a_yes_needs_nobody_else(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue)
    ended(going, clue)
    soon = clue_of(going, said="不认可")
    assert soon.contests_id == clue.pk
    with going.acting(going.village[0]):
        assert services.begin(by=going.village[0], clue=soon).clue.end == End.PROCEEDING, (
            "a procedure decides for it"
        )
    going.days.go(31)
    with seen():
        assert clue_of(going, said="情况变了").contests_id is None


def test_who_writes_the_row_cannot_leave_out_what_it_contests(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue)
    ended(going, clue)
    again = clue_of(going, said="不认可")
    with (
        going.acting(going.county[0]),
        pytest.raises(DatabaseError, match="what a clue says is not changed"),
        transaction.atomic(),
    ):
        Clue.objects.filter(pk=again.pk).update(contests=None)


def at_meeting(going: Going, clue: Clue | None = None) -> Proceeding:
    """An identification at its meeting; `clue`: what went into it before its visit."""
    one = going.begin("regular_watch")
    if clue is not None:
        with going.acting(going.village[0]):
            services.begin(by=going.village[0], clue=clue)
    while one.at_step != "meeting":
        if one.at_step == "visit":
            with going.acting(going.village[0]):
                answers = found(
                    judgement="at_risk",
                    suggested="unstable",
                    reason="自付三万",
                    difficulties="药费",
                    coping="借",
                )
                services.judge_visit(
                    by=going.village[0], household=going.household, answers=answers, proceeding=one
                )
        one = going.step(one)
    return one


def test_what_is_said_after_a_refusal_is_not_swallowed_by_it(going: Going) -> None:
    clue = clue_of(going)
    one = going.refuse_by_vote(at_meeting(going), going.village[0])
    assert one.course == "refused"
    going.days.go(5)
    assert clue_of(going, origin=Origin.CADRE, said="又住院了，花了八万").pk == clue.pk
    with pytest.raises(DatabaseError, match="no such proceeding"):
        raw(going, going.village[0], clue, "proceeding", one.pk)
    with seen():
        clue.refresh_from_db()
        assert clue.end == ""


def test_two_thirds_of_a_meeting_are_enough_by_raw_sql_too(going: Going) -> None:
    one = at_meeting(going)
    going.papers(one, going.village[0])
    with pytest.raises(Refused, match="到会人数不够"):
        going.sign(one, going.village[0], vote={**VOTE, "present": 19, "yes": 15})
    assert going.sign(one, going.village[0], vote={**VOTE, "present": 20, "yes": 16}).at_step == "notice"


def helped(going: Going, clue: Clue, **changed: Any) -> None:
    visited(going, clue, **changed)
    with going.acting(going.village[0]):
        given = What(Help.RELIEF, "一袋米", "村委会", beijing_today())
        services.give_help(by=going.village[0], household=going.household, what=given)
    ended(going, clue, End.HELPED, "给了一袋米")


def gathered(going: Going) -> int:
    with going.acting(going.county[0]):
        return services.gather_by_rules(by=going.world.county_office, place_code=people.COUNTY).households


def test_what_a_household_said_is_asked_again_when_the_term_of_its_help_is_over(going: Going) -> None:
    clue = clue_of(going)
    helped(going, clue, judgement="at_risk", suggested="unstable", reason="自付三万")
    going.days.go(89)
    assert gathered(going) == 0
    going.days.go(1)
    assert gathered(going) == 1
    assert gathered(going) == 0, "once"
    with seen():
        again = Clue.objects.get(household=going.household, end="")
        source = ClueSource.objects.get(clue=again)
    assert (source.origin, source.mark, again.contests_id) == ("again", f"again:{clue.pk}", None)
    page = client(going.village[0]).get(page_of(again)).content.decode()
    assert "了结期满再问" in page and f'href="{page_of(clue)}"' in page
    visited(going, again)
    ended(going, again)
    going.days.go(120)
    assert gathered(going) == 0, "somebody went there and it is over"


def test_what_ended_against_its_sheet_is_asked_again_and_what_did_not_is_not(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, medical_own_fen=9_000_000)
    ended(going, clue, by=going.county[0], reason="已报销到位，待回款")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household("2", people.VILLAGE, {"马文德": ("head", "male")}, kind="other")
    other = Going(going.world, home, going.days, going.village, going.township, going.county)
    second = clue_of(other)
    visited(other, second)
    ended(other, second)
    going.days.go(90)
    assert gathered(going) == 1
    with seen():
        assert list(Clue.objects.filter(end="").values_list("household", flat=True)) == [going.household.pk]


def test_the_clues_page_says_that_holidays_of_a_year_are_not_known(going: Going) -> None:
    going.days.go(366 * 4)  # beyond the calendar of the rulebook
    clue = clue_of(going)
    page = client(going.village[0]).get(page_of(clue)).content.decode()
    assert f"{clue.due_on.year} 年的放假安排没有登记" in page


def test_what_went_into_another_household_is_contested_and_asked_again_there(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, medical_own_fen=9_000_000)
    ended(going, clue, by=going.county[0], reason="已报销到位，待回款")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        into, _persons = household("2", people.VILLAGE, {"马文德": ("head", "male")}, kind="other")
        Household.objects.filter(pk=going.household.pk).update(
            ended_on=beijing_today(), ended_because="merged", merged_into=into
        )
    other = Going(going.world, into, going.days, going.village, going.township, going.county)
    going.days.go(90)
    assert gathered(going) == 1
    with seen():
        again = Clue.objects.get(household=into, end="")
        assert ClueSource.objects.get(clue=again).mark == f"again:{clue.pk}"
    visited(other, again)
    ended(other, again)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        last, _persons = household("3", people.VILLAGE, {"白自强": ("head", "male")}, kind="other")
        Household.objects.filter(pk=into.pk).update(
            ended_on=beijing_today(), ended_because="merged", merged_into=last
        )
    third = Going(going.world, last, going.days, going.village, going.township, going.county)
    assert clue_of(third, said="不认可").contests_id == again.pk
