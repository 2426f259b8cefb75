"""Deputies are held apart like those whom they stand in for; days by which a step is due."""

# ruff: noqa: F811
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

import people
from decisions.proceedings import Going
from decisions.test_proceedings import days, going, poor, refused  # noqa: F401 - fixtures
from decisions.test_what_follows import say_no
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.proceeding_ends import due
from xiuhua.decisions.services import proceedings as acts
from xiuhua.notices import services as notices

pytestmark = pytest.mark.database


def deputy_of(going: Going, who: Any, name: str) -> Any:
    """Somebody new who was named beforehand to stand in for an appointment."""
    account = people.make_account(f"代{name}", name)
    return people.make_appointment(
        account, who.post, since=beijing_today(), until=beijing_today() + timedelta(days=400),
        named_on=beijing_today() - timedelta(days=1), deputy_for=who,
    )  # fmt: skip


def test_whoever_stands_in_for_somebody_is_held_apart_like_them(going: Going) -> None:
    poor(going)
    one = going.until(going.begin("targeted_exit"), "township")
    first, second = going.township[0], deputy_of(going, going.township[0], "daili")
    going.papers(one, first)
    going.sign(one, first)
    refused(going, second, lambda: acts.sign(by=second, proceeding=one), "已经签办")
    one = going.sign(one, going.township[1])
    # A deputy at the county of somebody who signed below judges nothing either.
    below = people.make_appointment(going.township[1].official.account, people.make_post(people.COUNTY, Role.COUNTY_OFFICE, Office.POVERTY_OFFICE, Title.DIRECTOR))  # fmt: skip
    third = deputy_of(going, below, "dailiren")
    refused(going, third, lambda: going.papers(one, third), "没有参与的人")
    refused(going, third, lambda: acts.sign(by=third, proceeding=one), "没有参与的人")


def test_a_deputy_does_not_sign_for_the_kin_of_the_one_they_stand_in_for(going: Going) -> None:
    one, second = going.begin("targeted_identification"), deputy_of(going, going.village[0], "daili")
    with going.acting(going.county[0]):
        acts.tell_kin(
            by=going.county[0],
            official=going.village[0].official_id,
            household=going.household,
            relation="弟",
        )
    refused(going, second, lambda: going.papers(one, second), "亲属关系")
    refused(going, second, lambda: acts.sign(by=second, proceeding=one), "亲属关系")


def test_whoever_stands_in_for_somebody_with_a_part_answers_no_objection(going: Going) -> None:
    one = going.until(going.begin("targeted_identification"), "second_notice")
    notice, second = going.hang(one, going.village[0]), deputy_of(going, going.township[0], "daili")
    with going.acting(going.village[0]):
        said = notices.bring(by=going.village[0], notice=notice, channel="phone", came_on=beijing_today(), said="不符合").objection  # fmt: skip
    refused(going, second, lambda: notices.answer(by=second, objection=said, answer="查", upheld=False), "没有参与的人")  # fmt: skip
    with going.acting(going.township[2]):
        notices.answer(by=going.township[2], objection=said, answer="查无此事", upheld=False)


def test_a_step_is_due_by_the_calendar_from_the_end_of_the_step_it_names(going: Going) -> None:
    one = going.begin("regular_watch")
    clue = beijing_today()
    assert one.due_on == due(clue, 20, "working"), "lying at its first step it is late as well"
    one = going.step(one)
    assert (one.at_step, one.due_on) == ("visit", due(clue, 3))
    going.days.go(9)
    with going.acting(going.county[0]):
        assert Proceeding.objects.filter(due_on__lt=beijing_today()).count() == 1
    for step in ("meeting", "notice", "township"):
        one = going.until(one, step)
        assert one.due_on == due(clue, 20, "working"), f"{step} has no days of its own, but the whole has"
        with going.acting(going.county[0]), connection.cursor() as cursor:
            cursor.execute(
                "select decisions_due_on(p, '') from decisions_proceeding p where p.id = %s", [one.pk]
            )
            assert cursor.fetchone() == (one.due_on,), (
                "of the signatures alone, as what lay open before was given it"
            )
    one = going.until(one, "county")
    assert one.due_on == due(clue, 20, "working"), "counted from the clue, whatever came between"
    # Twenty working days are four weeks at least: no weekend and no day off counts.
    assert one.due_on is not None and (one.due_on - clue).days >= 28 - 2
    one = say_no(going, one, going.whose(one)[0])
    assert one.due_on is None
