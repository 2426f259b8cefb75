"""A clue has its days, joins what is said meanwhile, and ends once: in a procedure, in help, or as no risk when all is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

import people
from decisions.proceedings import Going
from relapse.clues import clue_of, ended, visited
from relapse.conftest import found
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings
from xiuhua.decisions.services.proposing import Upload
from xiuhua.decisions.terms import Help
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import ClueSource
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import End, Origin, Risk

pytestmark = pytest.mark.database


def test_a_clue_gets_its_days_its_owner_and_joins_the_open_one(going: Going) -> None:
    first = clue_of(going, came_on=beijing_today() - timedelta(days=1))
    again = clue_of(going, origin=Origin.CADRE, risk=Risk.WORK, said="走访时说儿子失业了")
    assert again.pk == first.pk
    with going.acting(going.county[0]), connection.cursor() as cursor:
        assert ClueSource.objects.filter(clue=first).count() == 2
        cursor.execute(
            "select notices_due(%s, 20, 'working'), notices_due(%s, 3, 'calendar')",
            [first.came_on, first.came_on],
        )
        assert (first.due_on, first.check_due_on) == cursor.fetchone(), "the days run from the first saying"
    assert first.owner is not None and first.owner.place_id == people.VILLAGE
    earlier = clue_of(going, came_on=beijing_today() - timedelta(days=9))
    assert (earlier.pk, earlier.came_on) == (first.pk, beijing_today() - timedelta(days=9))
    assert earlier.due_on < first.due_on, "what was said before the clue was begun moves its days forward"


def test_not_known_is_not_no_risk(going: Going) -> None:
    clue = clue_of(going)
    with pytest.raises(Refused, match="还没有入户"):
        ended(going, clue)
    with pytest.raises(Refused, match="不清楚"):
        visited(going, clue, house=None)
    visited(going, clue, house=None, judgement="not_known", reason="住房还要鉴定")
    with pytest.raises(Refused, match="不清楚不等于没有风险"):
        ended(going, clue)
    visited(going, clue)
    done = ended(going, clue)
    assert (done.end, done.ended_on, done.end_reason) == ("no_risk", beijing_today(), "支出已报销，收入稳定")
    assert clue_of(going).pk != clue.pk, "what is said later is another clue"


def test_whoever_was_there_does_not_end_it_alone(going: Going) -> None:
    clue = clue_of(going)
    with going.acting(going.township[0]):
        services.judge_visit(by=going.township[0], household=going.household, answers=found(), clue=clue)
    with pytest.raises(Refused, match="不能自己了结"):
        ended(going, clue)
    with pytest.raises(Refused, match="职务不能办理"):
        ended(going, clue, by=going.village[1])
    assert ended(going, clue, by=going.township[1]).end == "no_risk"


def test_what_is_said_after_the_visit_is_heard_first(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue)
    clue_of(going, origin=Origin.CADRE, said="又住院了")
    with pytest.raises(Refused, match="再次入户"):
        ended(going, clue)
    visited(going, clue)
    assert ended(going, clue).end == "no_risk"


def test_a_clue_of_a_household_that_is_no_more_ends_by_an_office_with_its_reason(going: Going) -> None:
    clue, gone = clue_of(going), "独居老人去世，后事已办，没有遗属"
    with pytest.raises(Refused, match="没有销户"):
        ended(going, clue, End.GONE, gone)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(ended_on=beijing_today(), ended_because="empty")  # fmt: skip
    with pytest.raises(Refused, match="已经结束"):
        visited(going, clue)
    address = reverse("relapse:clue", args=[clue.pk])
    village, office = (people.sign_in(Client(), by) for by in (going.village[0], going.township[0]))
    assert "由乡镇或县的工作人员了结" in village.get(address).content.decode()
    shown = office.get(address).content.decode()
    assert "了结：本户已销户" in shown and reverse("relapse:visit", args=[clue.pk]) not in shown
    with pytest.raises(Refused, match="写明"):
        ended(going, clue, End.GONE, " ")
    office.post(reverse("relapse:end", args=[clue.pk]), {"how": "gone", "reason": gone})
    with within(scope_of(people.COUNTY)):
        clue.refresh_from_db()
    assert (clue.end, clue.ended_official_id, clue.end_reason) == ("gone", going.township[0].official_id, gone)  # fmt: skip


def test_help_comes_first_and_its_paper_is_owed(going: Going) -> None:
    clue = clue_of(going)
    with pytest.raises(Refused, match="还没有登记帮扶"):
        ended(going, clue, End.HELPED)
    by = going.village[0]
    with going.acting(by):
        given = services.give_help(
            by=by,
            household=going.household,
            what=What(Help.RELIEF, "临时救助金", "乡民政所", beijing_today(), 200_000),
        ).relief
        assert (
            given.clue_id == clue.pk
            and given.paper_id is None
            and given.paper_due_on > beijing_today() + timedelta(days=10)
        )
    with pytest.raises(Refused, match="还没有入户"):
        ended(going, clue, End.HELPED)
    visited(going, clue, judgement="at_risk", reason="救助后能过")
    with pytest.raises(Refused, match="职务不能办理"):
        ended(going, clue, End.HELPED, by=by)
    assert ended(going, clue, End.HELPED, "临时救助已到位").end == "helped"
    with going.acting(by):
        services.bring_paper(by=by, relief=given, name="审批表.jpg", pieces=[b"\xff\xd8\xffphoto"])
        with pytest.raises(Refused, match="已经补过"):
            services.bring_paper(by=by, relief=given, name="审批表.jpg", pieces=[b"\xff\xd8\xffphoto"])


def a_photo_of_a_paper_judges_nothing(going: Going, one: Proceeding) -> None:
    """The page has no field for it and the service takes none: each part is somebody's word, and none is left out."""
    by = going.village[0]
    photo = [Upload("judgement", "photo.jpg", iter([b"\xff\xd8\xffphoto"]))]
    with going.acting(by), pytest.raises(Refused, match="四项都要写"):
        proceedings.bring(by=by, proceeding=one, papers=photo)
    shown = people.sign_in(Client(), by).get(reverse("decisions:proceeding", args=[one.pk])).content.decode()
    assert 'name="paper_visit_record"' in shown and 'name="paper_judgement"' not in shown
    assert reverse("relapse:judge", args=[one.pk]) in shown
    with going.acting(by), pytest.raises(Refused, match="没有的，写“没有”"):
        services.judge_visit(by=by, household=going.household, answers=found(judgement="at_risk"), proceeding=one)  # fmt: skip
    going.papers(one, by, {"visit_record"})
    with pytest.raises(Refused, match="综合研判表还没有填写"):
        going.sign(one, by)


def test_a_clue_goes_into_the_procedure_with_its_sheet_and_its_own_day(going: Going) -> None:
    clue = clue_of(going, came_on=beijing_today() - timedelta(days=2))
    visited(
        going,
        clue,
        judgement="at_risk",
        suggested="unstable",
        net_income_fen=None,
        reason="住院自付两万，收入断了",
    )
    with going.acting(going.village[0]):
        done = services.begin(by=going.village[0], clue=clue).clue
        one = done.proceeding
        assert one is not None and (done.end, one.kind, one.counts_from) == (
            "proceeding",
            "watch",
            clue.came_on,
        )
    one = going.until(one, "visit")
    a_photo_of_a_paper_judges_nothing(going, one)
    answers = found(judgement="at_risk", reason="有风险", difficulties="药还要吃", coping="没有", net_income_fen=None)  # fmt: skip
    with going.acting(going.village[0]):
        sheet = services.judge_visit(
            by=going.village[0], household=going.household, answers=answers, proceeding=one
        ).sheet
        assert set(sheet.outcomes) >= {"monitor.unstable", "monitor.sudden"}, (
            "what the rules say stands beside it"
        )
        assert "judgement" in one.papers.filter(
            step="visit", file__name__startswith="综合研判表"
        ).values_list("what", flat=True), "kept with the proceeding"
    assert going.sign(one, going.village[0]).at_step == "visit", "the first of two"
    assert going.sign(one, going.village[1]).at_step == "comparison"
