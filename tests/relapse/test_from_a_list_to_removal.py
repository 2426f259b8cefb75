"""A department's list finds a household; it is helped before the paper, watched in its class, and let go of half a year later."""

from __future__ import annotations

from datetime import timedelta

import pytest

import people
from decisions.proceedings import VOTE, Going
from decisions.test_proceedings import of_year
from relapse.conftest import found
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.meetings import conclusions, judged_now
from xiuhua.decisions.queries.outcomes_shown import standing_now
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.terms import Help
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord, Person, WatchEntry
from xiuhua.registry.services import Basis, Refused, take_list
from xiuhua.registry.terms import ListKind
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue, Relief
from xiuhua.relapse.services.clues import Saying
from xiuhua.relapse.services.helping import What
from xiuhua.relapse.terms import End, Origin, Risk

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]


def a_list_comes(going: Going, kind: ListKind = ListKind.MEDICAL) -> Clue:
    """A department's list names the head; the intake of it gathers clues at once."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        head = Person.objects.get(memberships__household=going.household, memberships__relation="head")
        Person.objects.filter(pk=head.pk).update(id_blind=b"blind", id_sealed=b"sealed")
        listing = take_list(
            by=going.world.county_office, place_code=people.COUNTY, kind=kind, name="医保.csv", listed_on=beijing_today(), values={},
            basis=Basis("数据共享协议", "防返贫监测", beijing_today()),
            source="select 'blind'::bytea as id_blind, null::text as name, null::text as what, current_date as said_on, 3000000::bigint as amount_fen",
        ).listing  # fmt: skip
        services.gather_from_list(by=going.world.county_office, listing=listing)
        return Clue.objects.get(end="")


def go(going: Going, one: Proceeding, **decided: object) -> Proceeding:
    """Step by step to its end; the sheet is filled in where it is asked, the class or mode said where it is decided."""
    while one.course == "open":
        if one.at_step == "visit" and one.kind == "watch":
            with going.acting(going.village[0]):
                answers = found(
                    judgement="at_risk",
                    suggested="unstable",
                    reason="自付三万，收入中断",
                    difficulties="药费",
                    coping="借了一万",
                )
                services.judge_visit(
                    by=going.village[0], household=going.household, answers=answers, proceeding=one
                )
        if one.at_step == "county":
            by = going.whose(one)[0]
            going.papers(one, by)
            one = going.sign(one, by, **decided)
        elif one.at_step == "meeting":
            going.papers(one, going.village[0])
            one = going.sign(one, going.village[0], vote=VOTE)
        else:
            one = going.step(one)
    return one


def classes_of(going: Going) -> list[tuple[str, str]]:
    with within(scope_of(people.COUNTY)):
        entries = WatchEntry.objects.filter(household=going.household).order_by("pk")
        return [(one.watch_class, one.mode) for one in entries]


def shown_beside(going: Going, removal: Proceeding) -> None:
    """What speaks beside the standards is shown to whoever decides, and stops nothing."""
    shown = {each["says"]: each for each in standing_now(removal)}
    page = conclusions(
        removal, judged_now(Proceeding.objects.filter(pk=removal.pk))[going.household.pk], "zh"
    )
    assert shown["监测户没有新的收入骤减"]["beside"] and not shown["监测户饮水安全"]["beside"]
    assert "监测户上年收入也高于监测范围" in {each["says"] for each in page}


def put_aside_and_taken_back(going: Going, removal: Proceeding, put: Clue) -> Clue:
    """Put into a change of class a clue is still not heard; taken back, it goes on with its days and all that was said."""
    by = going.village[0]
    with going.acting(by):
        other = services.begin(by=by, clue=put).clue.proceeding
        assert other is not None
    with pytest.raises(Refused, match="未了结的线索"):
        go(going, removal, mode="helped")
    with going.acting(by):
        acts.take_back(by=by, proceeding=other, reason="录错")
        clue = Clue.objects.get(end="")
        assert clue.pk != put.pk and clue.sources.count() == put.sources.count() == 2
        assert (clue.came_on, clue.due_on, clue.owner_id) == (put.came_on, put.due_on, put.owner_id)
    with pytest.raises(Refused, match="未了结的线索"):
        go(going, removal, mode="helped")
    return clue


def begins_when_it_was_watched_its_time(going: Going) -> None:
    """Neither begun nor visited for its removal before it was watched half a year; on the first day it may be."""
    with within(scope_of(people.COUNTY)):
        first = WatchEntry.objects.get(household=going.household).since + timedelta(days=180)
    going.days.go((first - beijing_today()).days - 1)
    with pytest.raises(Refused, match=f"到 {first} 才满规定的时间"):
        going.begin("regular_removal")
    going.days.go(1)


def seen_before_it_was_watched(going: Going) -> tuple[Proceeding, PeriodRecord]:
    """Its removal has begun, on a year that ended before it was watched: that says nothing of how it fares since."""
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        since = WatchEntry.objects.get(household=going.household).since
        Person.objects.filter(memberships__household=going.household).update(
            labour="ordinary",
            health="healthy",
            student_status="none",
            basic_insured=True,
            seen="checked",
            seen_on=beijing_today(),
        )
        old = of_year(since - timedelta(days=40), beijing_today())
        record = PeriodRecord.objects.create(household=going.household, village_code=people.VILLAGE, **old)
    return going.begin("regular_removal"), record


def test_from_a_list_to_removal(going: Going) -> None:
    clue = a_list_comes(going)
    by = going.village[0]
    with going.acting(by):
        services.judge_visit(
            by=by, household=going.household, answers=found(judgement="at_risk", reason="自付三万"), clue=clue
        )
        services.give_help(
            by=by,
            household=going.household,
            what=What(Help.RELIEF, "临时救助金", "乡民政所", beijing_today(), 500_000),
        )
        one = services.begin(by=by, clue=clue).clue.proceeding
        assert one is not None and Relief.objects.get().paper is None, "helped before any paper"
    assert go(going, one, watch_class="unstable", measures=["health", "work"]).course == "decided"
    begins_when_it_was_watched_its_time(going)
    removal, record = seen_before_it_was_watched(going)
    with pytest.raises(Refused, match="不达标、不清楚或没有核实"):
        go(going, removal, mode="helped")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        removal = Proceeding.objects.get(pk=removal.pk)
        outcomes = judged_now(Proceeding.objects.filter(pk=removal.pk))[going.household.pk]
        assert outcomes["removal.after_watch"] == "fails" and outcomes["removal.recent"] == "holds"
        PeriodRecord.objects.filter(pk=record.pk).update(**of_year(beijing_today()))
    removal = going.until(going.sign(removal, going.village[1]), "county")
    # What befalls a watched household begins a clue like anybody's; what is said besides joins it.
    clue = a_list_comes(going, ListKind.DISASTER)
    saying = Saying(Origin.CADRE, Risk.WORK, "儿子失业了", beijing_today())
    with going.acting(by):
        assert services.take_down(by=by, household=going.household, saying=saying).joined
        shown_beside(going, removal)
    with pytest.raises(Refused, match="未了结的线索"):
        go(going, removal, mode="helped")
    clue = put_aside_and_taken_back(going, removal, clue)
    with going.acting(by):
        services.judge_visit(by=by, household=going.household, answers=found(), clue=clue)
    with going.acting(going.township[1]):
        services.end(by=going.township[1], clue=clue, how=End.NO_RISK, reason="已重新务工")
        removal.refresh_from_db()
    assert go(going, removal, mode="helped").course == "decided"
    assert classes_of(going) == [("unstable", ""), ("none", "helped")]
