"""A small graduation programme that no line of the product knows: a folder of YAML, from entry by score to graduation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import people
from decisions.conftest import household
from decisions.proceedings import Days, Going
from decisions.test_proceedings import GOOD, refused
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.learning import learn_procedures
from xiuhua.decisions.models import Snapshot
from xiuhua.decisions.queries.proceeding_ends import can_begin, due
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.lapsing import lapse_what_lies
from xiuhua.engine import door
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import PeriodRecord, Person
from xiuhua.rulebook import reader

pytestmark = pytest.mark.database
PROGRAMMES = Path(__file__).parent / "programmes"


@pytest.fixture
def third(fresh_database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Going]:
    """A database that has learned the programme, a household that is on nobody's list, and people in posts."""
    monkeypatch.setenv(reader.FURTHER, str(PROGRAMMES))
    door._own.cache_clear()
    clock = Days(fresh_database.owner)
    try:
        learn_procedures()
        world = people.small_world()
        with within(scope_of(people.COUNTY), who={"account": "test"}):
            members = {"石满仓": ("head", "male"), "田秀英": ("spouse", "female")}
            home, _persons = household("1", people.VILLAGE, {**members, "石小军": ("son", "male"), "石小梅": ("daughter", "female")}, kind="other")  # fmt: skip
            Person.objects.update(health="healthy", seen="checked", seen_on=date(2020, 9, 1))
            PeriodRecord.objects.create(
                household=home,
                village_code=people.VILLAGE,
                **{**GOOD, "house_grade": "D", "wage_fen": 400_000, "net_income_reported_fen": 400_000, "net_income_per_head_reported_fen": 100_000},
            )  # fmt: skip
        yield Going.of(world, home, clock)
    finally:
        clock.back()
        door._own.cache_clear()


def test_from_entry_by_score_over_coaching_to_graduation(third: Going) -> None:
    with third.acting(third.village[0]):
        offered = {one["name"] for one in can_begin(third.village[0], third.household)}
    assert "graduation_entry" in offered and "graduation_exit" not in offered

    one = third.begin("graduation_entry")
    while one.course == "open":
        one = third.step(one)
    assert third.status() == "poor"
    with third.acting(third.county[0]):
        kept = Snapshot.objects.get(proceeding=one, step="selection")
        third.household.refresh_from_db()
    assert kept.outcomes["graduation.score"]["result"] == "holds" and third.household.kind == "registered"
    assert kept.outcomes["graduation.score"]["figures"]["graduation_entry_points"][0] == 50

    coached = third.begin("graduation_coaching")
    assert coached.due_on == due(beijing_today(), 20, "working")
    while coached.course == "open":
        coached = third.step(coached)
    assert (coached.course, third.status()) == ("decided", "poor")

    leaving, by = third.begin("graduation_exit"), third.village
    third.papers(leaving, by[0])
    third.sign(leaving, by[0])
    refused(third, by[1], lambda: acts.sign(by=by[1], proceeding=leaving), "不达标")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        PeriodRecord.objects.update(
            house_grade="B", wage_fen=4_000_000, net_income_reported_fen=4_000_000, net_income_per_head_reported_fen=1_000_000
        )  # fmt: skip
    leaving = third.sign(leaving, by[1])
    while leaving.course == "open":
        leaving = third.step(leaving)
    assert third.status() == "exited"


def test_its_own_days_lapse_and_its_own_score_refuses(third: Going) -> None:
    one = third.begin("graduation_entry")
    while one.at_step != "selection":
        one = third.step(one)
    with third.acting(third.township[0]):
        one = acts.say_no(by=third.township[0], proceeding=one, reason="评分卡填错").proceeding
    assert one.course == "refused"
    one = third.begin("graduation_entry")
    while one.course == "open":
        one = third.step(one)
    lying = third.begin("graduation_exit")
    third.days.go((due(beijing_today(), 20) - beijing_today()).days + 1)
    assert lapse_what_lies(people.COUNTY) == 1
    with third.acting(third.county[0]):
        lying.refresh_from_db()
    assert lying.course == "lapsed"
