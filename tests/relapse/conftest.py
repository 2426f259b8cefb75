"""A household that left poverty, people in all posts, and what a visit may find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

import people
from decisions.conftest import household
from decisions.proceedings import Days, Going
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, StatusEntry
from xiuhua.registry.services import sign_opening

MEMBERS = {"石满仓": ("head", "male"), "田秀英": ("spouse", "female")}


@pytest.fixture
def days(server: Any) -> Iterator[Days]:
    clock = Days(server.urls.owner)
    yield clock
    clock.back()


@pytest.fixture
def going(db: None, days: Days) -> Going:
    world = people.small_world()
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household("99052100001", people.VILLAGE, MEMBERS)
        opened = sign_opening(
            by=world.county_office, county_code=people.COUNTY, statement="国家系统导出"
        ).opening
        exited(home, opened)
    return Going.of(world, home, days)


def exited(home: Household, opened: Any) -> None:
    StatusEntry.objects.create(
        household=home, village_code=home.village_code, status="exited", since=date(2020, 1, 1), basis="opening", opening=opened,
        recorded_at=beijing_now(), recorded_by="test",
    )  # fmt: skip


def found(**changed: Any) -> dict[str, Any]:
    """What a visit found: everything known, and no risk."""
    return {
        "visited_on": beijing_today(), "said": "医药费报销后自己出了三千，儿子在务工，不难", "net_income_fen": 4_000_000,
        "medical_own_fen": 300_000, "education_own_fen": 0, "disaster_own_fen": 0, "other_spending_fen": 0, "food_clothing": True,
        "schooling": True, "medical": True, "house": True, "water": True, "judgement": "no_risk", "reason": "收入稳定，支出已报销",
        **changed,
    }  # fmt: skip
