"""A household divides: whom its open clue is about nobody knows, so who moves out has it too, and the appeal against a no of before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client
from relapse.clues import clue_of, ended, said, visited
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services import Said, Upload, accept, ask_undo, propose, undo
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership
from xiuhua.relapse import services
from xiuhua.relapse.models import Clue
from xiuhua.relapse.terms import End

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("own_lines")]


def divided(going: Going) -> tuple[Any, Household]:
    """The wife moves out; the case, and her household."""
    with within(scope_of(people.COUNTY)):
        wife = Membership.objects.get(household=going.household, relation="spouse").person_id
    told = Said(on=beijing_today(), payload={"relations": {str(wife): "head"}})
    papers = [Upload("booklet", "户口簿.png", iter([b"PNG"])), Upload("agreement", "意见.png", iter([b"PNG"]))]  # fmt: skip
    with going.acting(going.village[0]):
        case = propose(by=going.village[0], kind="split", household=going.household, person=None, said=told, papers=papers).case  # fmt: skip
    with going.acting(going.township[0]):
        case = accept(by=going.township[0], case=case).case
    with within(scope_of(people.COUNTY)):
        return case, Household.objects.get(split_from=going.household, ended_on__isnull=True)


def open_of(home: Household) -> Clue | None:
    with within(scope_of(people.COUNTY)):
        return Clue.objects.select_related("owner").filter(household=home, end="").first()


def test_an_open_clue_is_open_of_who_moved_out_too(going: Going) -> None:
    clue = clue_of(going, came_on=beijing_today() - timedelta(days=1))
    _case, new = divided(going)
    there = open_of(new)
    assert there is not None and open_of(going.household) is not None, "and stays open of who stayed"
    with within(scope_of(people.COUNTY)):
        assert [one.said for one in there.sources.all()] == ["老伴住院，借了两万"]
        clue.refresh_from_db()
    assert (there.came_on, there.due_on, there.owner_id) == (clue.came_on, clue.due_on, clue.owner_id)
    assert "老伴住院" in client(going.village[0]).get(f"/clues/{there.pk}/").content.decode()


def test_who_was_visited_before_the_division_is_visited_again_within_its_days(going: Going) -> None:
    clue = clue_of(going)
    visited(going, clue, judgement="not_known")
    with within(scope_of(people.COUNTY)):
        clue.refresh_from_db()
    going.days.go((clue.check_due_on - beijing_today()).days + 1)
    _case, new = divided(going)
    there = open_of(new)
    assert there is not None and there.check_due_on > beijing_today() and there.due_on == clue.due_on


def test_what_is_in_a_procedure_that_has_not_decided_is_open_of_who_moved_out(going: Going) -> None:
    with going.acting(going.village[0]):
        services.begin(by=going.village[0], clue=clue_of(going))
    _case, new = divided(going)
    assert open_of(new) is not None and open_of(going.household) is None


def test_an_appeal_and_the_right_to_it_go_along(going: Going) -> None:
    no = clue_of(going)
    visited(going, no)
    ended(going, no)
    going.days.go(1)
    two = clue_of(going, said="我不认可")
    _case, new = divided(going)
    there = open_of(new)
    assert there is not None and there.owner is not None
    assert (there.contests_id, there.owner.place_id) == (no.pk, people.COUNTY) and two.contests_id == no.pk


def test_who_moved_out_contests_the_no_of_before_and_not_one_of_after(going: Going) -> None:
    no = clue_of(going)
    visited(going, no)
    ended(going, no)
    _case, new = divided(going)
    assert open_of(new) is None, "what has ended is not open again"

    def says() -> Clue:
        with going.acting(going.village[0]):
            return services.take_down(by=going.village[0], household=new, saying=said(said="不认可")).clue

    assert says().contests_id == no.pk


def test_a_no_to_who_stayed_is_none_to_who_moved_out(going: Going) -> None:
    _case, new = divided(going)
    going.days.go(1)
    visited(going, no := clue_of(going))
    ended(going, no)
    with going.acting(going.village[0]):
        there = services.take_down(by=going.village[0], household=new, saying=said(said="我家也难")).clue
    assert there.contests_id is None


def test_a_division_that_is_undone_gives_the_clue_back(going: Going) -> None:
    clue = clue_of(going)
    case, new = divided(going)
    there = open_of(new)
    assert there is not None
    with going.acting(going.village[0]):
        services.take_down(by=going.village[0], household=new, saying=said(said="分出以后又病了"))
    with going.acting(going.township[0]):
        case = ask_undo(by=going.township[0], case=case, reason="办错了").case
    with going.acting(going.township[1]):
        undo(by=going.township[1], case=case)
    with within(scope_of(people.COUNTY)):
        there.refresh_from_db()
        assert there.end == End.MOVED
        assert [one.said for one in clue.sources.order_by("pk")] == ["老伴住院，借了两万", "分出以后又病了"]
