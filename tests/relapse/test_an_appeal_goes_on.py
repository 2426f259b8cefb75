"""The appeal against a no is not lost on the way; an open clue has an owner where its household lives; each end is gone against its own way."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

import people
from decisions.conftest import household
from decisions.proceedings import OF_THEN, Going
from decisions.test_pages_of_proceedings import client
from relapse.clues import clue_of, ended, said, visited
from relapse.conftest import found
from relapse.test_a_no_is_answered_for import at_meeting, helped, page_of, planted, raw
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse import public, services
from xiuhua.relapse.models import Clue
from xiuhua.relapse.queries.pages import lists_of, on_the_desk
from xiuhua.relapse.services.applying import Words
from xiuhua.relapse.terms import Channel, End, Origin, Risk

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]


def now(clue: Clue) -> Clue:
    with within(scope_of(people.COUNTY)):
        return Clue.objects.select_related("owner").get(pk=clue.pk)


def denied(going: Going) -> Clue:
    """A clue that two people ended as no risk: village 0 was there, township 0 said so."""
    clue = clue_of(going)
    visited(going, clue)
    return ended(going, clue)


def asked(going: Going, words: str = "我不认可没有风险", by: Appointment | None = None) -> services.TakenDown:
    """An application past the page, not yet tied."""
    by = by or going.village[0]
    told = Words(people.VILLAGE, "石满仓", Risk.ILLNESS, words, Channel.PHONE, beijing_today(), "")
    with going.acting(by):
        return services.take_in(by=by, words=told)


def tied(going: Going, taken: services.TakenDown) -> None:
    with going.acting(going.village[0]):
        services.tie(by=going.village[0], application=taken.application, household=going.household)


def another(going: Going, number: str = "2", code: str = people.VILLAGE) -> Going:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household(number, code, {"马文德": ("head", "male")}, kind="other")
    return Going(going.world, home, going.days, going.village, going.township, going.county)


def united(gone: Household, into: Household) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=gone.pk).update(
            ended_on=beijing_today(), ended_because="merged", merged_into=into
        )


def is_the_appeal(going: Going, clue: Clue, no: Clue) -> None:
    """It contests the no, lies with the county, and those who had a part in the no neither visit nor end it."""
    clue = now(clue)
    assert clue.contests_id == no.pk and clue.owner is not None and clue.owner.place_id == people.COUNTY
    with pytest.raises(DatabaseError, match="others go there after a no"):
        planted(going, clue, going.village[0])
    with pytest.raises(Refused, match="须换别人去"):
        visited(going, clue)
    visited(going, clue, by=1)
    with pytest.raises(Refused, match="没有参加上次"):
        ended(going, clue)
    with pytest.raises(DatabaseError, match="the county decides after a no"):
        raw(going, going.township[1], clue)


def test_it_goes_on_where_its_procedure_is_taken_back(going: Going) -> None:
    no = denied(going)
    going.days.go(1)
    two = clue_of(going, said="我不认可")
    with going.acting(going.village[0]):
        begun = services.begin(by=going.village[0], clue=two).clue.proceeding
    three = clue_of(going, origin=Origin.CADRE, said="村里再记一条")
    assert three.contests_id == no.pk, "a procedure under way has decided nothing"
    with going.acting(going.village[0]):
        acts.take_back(by=going.village[0], proceeding=begun, reason="误点")
    with within(scope_of(people.COUNTY)):
        assert {one.said for one in three.sources.all()} == {"村里再记一条", "我不认可"}
    is_the_appeal(going, three, no)


def test_after_what_was_taken_back_the_no_is_contested_still(going: Going) -> None:
    no = denied(going)
    with going.acting(going.village[0]):
        two = clue_of(going, said="我不认可")
        begun = services.begin(by=going.village[0], clue=two).clue.proceeding
        acts.take_back(by=going.village[0], proceeding=begun, reason="误点")
    with within(scope_of(people.COUNTY)):
        again = Clue.objects.get(end="")
    is_the_appeal(going, again, no)


def test_it_goes_into_the_clue_that_is_open_where_its_household_went(going: Going) -> None:
    no = denied(going)
    two = clue_of(going, said="我不认可")
    other = another(going)
    three = clue_of(other, said="自己的")
    assert three.contests_id is None
    united(going.household, other.household)
    assert now(two).end == End.MOVED
    is_the_appeal(other, three, no)


def test_what_is_said_after_uniting_contests_it_in_the_clue_that_is_open_there(going: Going) -> None:
    no = denied(going)
    other = another(going)
    three = clue_of(other, said="自己的")
    united(going.household, other.household)
    assert now(three).contests_id is None
    clue_of(other, said="并户前那次说没有风险，我不认可")
    is_the_appeal(other, three, no)


def test_an_application_in_time_is_the_appeal_however_late_it_is_tied(going: Going) -> None:
    no = denied(going)
    going.days.go(20)
    taken = asked(going, by=going.township[2])
    going.days.go(15)
    two = clue_of(going, origin=Origin.CADRE, said="走访")
    assert two.contests_id is None
    tied(going, taken)
    assert (beijing_today() - now(two).came_on).days == 15
    is_the_appeal(going, two, no)


@pytest.mark.parametrize("who", ["village", "county"])
def test_it_is_contested_across_villages_by_whoever_takes_it_down(going: Going, who: str) -> None:
    no = denied(going)
    middle, other = another(going), another(going, "3", people.SECOND_VILLAGE)
    united(going.household, middle.household)
    united(middle.household, other.household)
    worker = people.person(
        "下坝", "xiaba", people.SECOND_VILLAGE, Role.VILLAGE_WORKER, Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR
    )  # fmt: skip
    by = worker if who == "village" else going.county[0]
    with going.acting(by):
        clue = services.take_down(by=by, household=other.household, saying=said(said="不认可")).clue
    assert clue.contests_id == no.pk and now(clue).owner.place_id == people.COUNTY  # type: ignore[union-attr]
    assert "由县里了结" in client(worker).get(page_of(clue)).content.decode(), "though they may not read the no"  # fmt: skip
    with going.acting(worker):
        services.judge_visit(by=worker, household=other.household, answers=found(), clue=clue)
    with pytest.raises(Refused, match="没有参加上次"):
        ended(going, clue)
    assert ended(going, clue, by=going.county[0]).end == End.NO_RISK


def test_an_open_clue_has_an_owner_where_its_household_lives_now(going: Going) -> None:
    clue = clue_of(going)
    there = people.person(
        "下坝", "xiaba", people.SECOND_VILLAGE, Role.VILLAGE_WORKER, Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR
    )  # fmt: skip
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(village_code=people.SECOND_VILLAGE)
    assert now(clue).owner_id == there.post_id
    with going.acting(there):
        assert on_the_desk(there) == (1, 0) and list(lists_of(there)["mine"]) == [now(clue)]
    with going.acting(going.township[0]):
        services.hand_over(by=going.township[0], clue=now(clue), to=going.township[0].post)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(village_code=people.VILLAGE)
    assert now(clue).owner_id == going.township[0].post_id, "the township has it there too"


def test_a_contested_clue_stays_the_countys_when_its_household_moves(going: Going) -> None:
    denied(going)
    clue = clue_of(going, said="不认可")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(village_code=people.SECOND_VILLAGE)
    owner = now(clue).owner
    assert owner is not None and owner.place_id == people.COUNTY


def test_a_clue_that_goes_on_in_another_village_is_owned_there(going: Going) -> None:
    clue_of(going)
    other = another(going, "3", people.SECOND_VILLAGE)
    there = people.person(
        "下坝", "xiaba", people.SECOND_VILLAGE, Role.VILLAGE_WORKER, Office.VILLAGE_COMMITTEE, Title.VILLAGE_DIRECTOR
    )  # fmt: skip
    united(going.household, other.household)
    with within(scope_of(people.COUNTY)):
        assert Clue.objects.get(household=other.household, end="").owner_id == there.post_id


def receipt(taken: services.TakenDown) -> str:
    return Client().post("/public/receipt/", {"code": taken.receipt}).content.decode()


def answer(taken: services.TakenDown) -> str:
    """What the receipt says once it is answered, but for its two days."""
    standing = public.standing(code=taken.receipt)
    assert standing is not None and standing.stands == "answered" and standing.answered_on is not None
    page = receipt(taken).split("申请日期")[1].split("全部公示")[0]
    return page.replace(f"{standing.answered_on:%Y-%m-%d}", "").replace(f"{standing.came_on:%Y-%m-%d}", "")


def test_the_receipt_says_every_way_and_the_same_however_it_ended(going: Going) -> None:
    """A receipt may be in anybody's hand: whether a family is helped, refused or watched is told to the family."""
    clue, no = clue_of(going), asked(going, "老伴住院")
    tied(going, no)
    visited(going, clue)
    ended(going, clue)
    said = answer(no)
    assert (
        "30 日内" in said
        and "换没有办过的人" in said
        and "不代替这个申诉" in said
        and "随时可以再申请" in said
    )
    going.days.go(31)
    clue, help = clue_of(going), asked(going, "一袋米不够")
    tied(going, help)
    helped(going, clue, judgement="at_risk", suggested="unstable", reason="自付三万")
    assert answer(help) == said
    clue, refused = clue_of(going), asked(going, "还是不够")
    tied(going, refused)
    going.refuse_by_vote(at_meeting(going, clue), going.village[0])
    assert answer(refused) == said


def test_the_receipt_of_what_was_taken_back_goes_on_with_the_clue(going: Going) -> None:
    clue, taken = clue_of(going), asked(going, "老伴住院")
    tied(going, taken)
    with going.acting(going.village[0]):
        begun = services.begin(by=going.village[0], clue=clue).clue.proceeding
        acts.take_back(by=going.village[0], proceeding=begun, reason="误点")
    standing = public.standing(code=taken.receipt)
    assert standing is not None and standing.stands == "taken_back"
    with within(scope_of(people.COUNTY)):
        again = Clue.objects.get(end="")
    visited(going, again)
    ended(going, again)
    standing = public.standing(code=taken.receipt)
    assert standing is not None and standing.stands == "answered"


def test_a_clue_ends_in_nothing_that_completes_the_records_of_a_past_programme(going: Going) -> None:
    clue = clue_of(going)
    with going.acting(going.village[0]), transaction.atomic():
        old = acts.begin(
            by=going.village[0], procedure="targeted_return", household=going.household, completing=OF_THEN
        ).proceeding
    with pytest.raises(DatabaseError, match="no such proceeding"):
        raw(going, going.village[0], clue, "proceeding", old.pk)
    with going.acting(going.village[0]):
        assert services.begin(by=going.village[0], clue=clue).clue.proceeding_id != old.pk
