"""What a page says is said in order, once, and of what still waits; an empty one leads on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

import people
from people import make_place, sign_in, small_world
from xiuhua.common.clock import beijing_now
from xiuhua.common.paging import pager
from xiuhua.decisions.models import Case, CaseStep
from xiuhua.findings.models import Finding, Move
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household
from xiuhua.workbench.queries.frame import names_apart

pytestmark = pytest.mark.django_db
CLOSED = {"closed_at": datetime(2025, 1, 1, tzinfo=UTC), "closed_because": "符合了"}


@pytest.fixture
def world() -> people.World:
    return small_world()


def client(appointment: Any) -> Client:
    return sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


def test_villages_of_one_name_are_told_apart_by_their_township(world: people.World) -> None:
    with within(scope_of("CN")):
        make_place("990521102", "沙河镇")
        make_place("990521102201", "上坝村")
        codes = [people.VILLAGE, people.SECOND_VILLAGE, "990521102201", None]
        assert names_apart(codes) == {
            people.VILLAGE: "石桥镇上坝村",
            people.SECOND_VILLAGE: "下坝村",
            "990521102201": "沙河镇上坝村",
        }


def test_what_lies_below_a_place_is_counted_from_above(world: people.World) -> None:
    page = client(world.city_office).get(f"/places/{people.CITY}/").content.decode()
    told = [page.index(word) for word in ("个县", "个乡镇", "个村")]
    assert told == sorted(told)


def found(state: str, **more: Any) -> Finding:
    return Finding.objects.create(
        place_code=people.VILLAGE, kind="warned", rule="doubt.exited_income", household_number="1", state=state, params={},
        fingerprint=state, found_at=beijing_now(), due_on=date(2025, 1, 2), **more,
    )  # fmt: skip


def test_a_closed_finding_says_neither_what_to_do_nor_until_when(world: people.World) -> None:
    post = world.first_secretary.post
    with within(scope_of(people.COUNTY)):
        open_one, closed = found("open", owner=post), found("closed", owner=post, **CLOSED)
    reader = client(world.county_office)
    page = reader.get(f"/findings/{open_one.pk}/").content.decode()
    assert "怎么办" in page and "2025-01-02" in page and "已超期" in page
    page = reader.get(f"/findings/{closed.pk}/").content.decode()
    assert "怎么办" not in page and "2025-01-02" not in page and "已超期" not in page


def test_the_log_of_closings_turns_its_pages_also_when_it_is_narrowed(world: people.World) -> None:
    with within(scope_of(people.COUNTY)):
        one = found("closed", **CLOSED)
        for n in range(120):
            Move.objects.create(
                finding=one, place_code=one.place_code, at=beijing_now(), act="closed", way="holds", by="wang", post="县级业务", says={"zh": f"第{n}次", "en": f"no. {n}"},
            )  # fmt: skip
    for narrowed in ({}, {"way": "holds"}, {"who": "wang"}):
        seen, where = (
            set(),
            "/findings/closings/?" + "&".join(f"{key}={value}" for key, value in narrowed.items()),
        )
        while where:
            page = client(world.county_office).get(where)
            seen |= {row["because"] for row in page.context["rows"]}
            where = (page.context["pager"] or {}).get("next_url") or ""
        assert len(seen) == 120, narrowed
    assert {row["because"] for row in client(world.leader).get("/findings/closings/").context["rows"]} == {""}


def test_an_empty_page_leads_on(world: people.World) -> None:
    for appointment in (world.leader, world.first_secretary):
        assert client(appointment).get("/cases/").context["empty"]["actions"][0]["url"]
    assert client(world.leader).get("/findings/closings/").context["onward"][0]["url"]


def test_whoever_waits_longest_is_read_first_and_nobody_is_cut_off(world: people.World) -> None:
    with within(scope_of(people.COUNTY)):
        home = Household.objects.create(
            number="99052100001", county_code=people.COUNTY, village_code=people.VILLAGE, kind="registered", head_name="石满仓"
        )  # fmt: skip
        by = world.first_secretary
        for n in range(103):
            case = Case.objects.create(
                kind="death", place_code=people.VILLAGE, claim=f"person:{n}", households=[home.pk], persons=[], payload={"person_name": f"人{n:03}"},
                effective_on=date(2026, 5, 1), reason="", begun_at=beijing_now(),
            )  # fmt: skip
            CaseStep.objects.create(
                case=case, place_code=case.place_code, number=1, act="proposed", appointment=by, official=by.official, actor="zhang", post="村",
                reason="", detail={"lines": []}, at=beijing_now(),
            )  # fmt: skip
    seen, where = [], "/cases/?show=waiting"
    while where:
        page = client(world.leader).get(where)
        seen += [row["who"] for row in page.context["rows"]]
        where = (page.context["pager"] or {}).get("next_url") or ""
    assert seen == [f"人{n:03}" for n in range(103)]


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("", 1, 50), ("2", 51, 100), ("99", 101, 103), ("²", 1, 50), ("-1", 1, 50), ("9" * 30, 1, 50)]
)  # fmt: skip
def test_a_page_that_is_none_is_the_first_and_one_too_far_the_last(asked: str, first: int, last: int) -> None:
    at, told = pager(103, asked, str)
    assert told is not None and (at, told["first"], told["last"]) == (first - 1, first, last)
    assert pager(50, asked, str) == (0, None)
