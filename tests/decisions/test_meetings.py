"""A village meets once: its papers tell conclusions and no sums, its ballots are secret, and what came of it goes to each household."""

from __future__ import annotations

import json

import pytest
from django.db import connection

import people
from decisions.conftest import household
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client, photo
from decisions.test_proceedings import days, going, poor  # noqa: F401 - fixtures
from read_pdf import text_of
from xiuhua.decisions.models import Paper, Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.places.scope import scope_of, within
from xiuhua.rulebook.procedures import least_present

pytestmark = pytest.mark.database
PAGE = f"/cases/meetings/{people.VILLAGE}/"


@pytest.fixture
def two(going: Going) -> tuple[Proceeding, Proceeding]:  # noqa: F811
    """An exit and an identification that wait for the same meeting."""
    poor(going)
    leaving = going.until(going.begin("targeted_exit"), "meeting")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household("2", people.VILLAGE, {"马文德": ("head", "male")}, kind="registered")
    other = Going(going.world, home, going.days, going.village, going.township, going.county)
    return leaving, other.until(other.begin("targeted_identification"), "meeting")


def result(one: Proceeding, other: Proceeding, **more: object) -> dict[str, object]:
    votes = {one.pk: (20, 3, 1), other.pk: (5, 18, 1)}
    boxes = {f"{name}_{pk}": n for pk, told in votes.items() for name, n in zip(("yes", "no", "abstained"), told, strict=True)}  # fmt: skip
    return {"entitled": 30, "present": 24, **boxes, "minutes": photo("记录.png"), "photo": photo(), **more}


def test_the_papers_tell_conclusions_and_no_sums_and_there_is_a_ballot_for_each(
    going: Going,  # noqa: F811
    two: tuple[Proceeding, Proceeding],
) -> None:
    worker = client(going.village[0])
    assert "备会和登记结果" in worker.get("/cases/proceedings/").content.decode()
    shown = worker.get(PAGE).content.decode()
    assert "石满仓" in shown and "马文德" in shown and "30000" not in shown and "15000" not in shown
    answer = worker.post(f"{PAGE}pack/", {"held_on": "2026-12-01", "entitled": "30"})
    assert answer["Content-Type"] == "application/pdf"
    said = text_of(answer.content)
    for word in (
        "会议议程",
        "签到表",
        "会议记录",
        "无记名",
        "贫困户退出",
        "贫困户识别",
        "达标",
        "至少到会20人",
    ):
        assert word in said, word
    assert said.count("评议选票") == 30
    for word in ("15000", "30000", "30,000", "healthy", "田秀英", "万元"):
        assert word not in said, word
    assert client(going.county[0]).get(PAGE).status_code == 403
    assert worker.get(f"/cases/meetings/{people.SECOND_VILLAGE}/").status_code == 404


def test_one_meeting_typed_once_decides_for_each_household(
    going: Going,  # noqa: F811
    two: tuple[Proceeding, Proceeding],
) -> None:
    one, other = two
    worker = client(going.village[0])
    wrong = worker.post(PAGE, result(one, other, present=23)).content.decode()
    assert "应等于实到人数" in wrong
    few = {**result(one, other), "entitled": 40}
    assert "到会人数不够" in worker.post(PAGE, few).content.decode()
    shown = worker.post(PAGE, result(one, other), follow=True).content.decode()
    assert "通过 1 户，未通过 1 户" in shown
    with within(scope_of(people.COUNTY)):
        one.refresh_from_db()
        other.refresh_from_db()
        files = {
            key: set(Paper.objects.filter(proceeding=key, step="meeting").values_list("what", "file"))
            for key in (one.pk, other.pk)
        }
        said = other.signatures.latest("number")
    assert one.at_step != "meeting" and one.course == "open" and other.course == "refused"
    assert files[one.pk] == files[other.pk] and len(files[one.pk]) == 2, "brought once, laid to each"
    assert said.detail["vote"] == {"entitled": 30, "present": 24, "yes": 5, "no": 18, "abstained": 1}
    assert "没有过半数" in said.reason


def test_two_thirds_are_enough_and_nobody_less(going: Going, two: tuple[Proceeding, Proceeding]) -> None:  # noqa: F811
    one, other = two
    worker = client(going.village[0])
    votes = {one.pk: (15, 4, 0), other.pk: (5, 14, 0)}
    boxes = {f"{name}_{pk}": n for pk, told in votes.items() for name, n in zip(("yes", "no", "abstained"), told, strict=True)}  # fmt: skip
    assert "到会人数不够" in worker.post(PAGE, result(one, other, present=19, **boxes)).content.decode()
    boxes |= {f"abstained_{one.pk}": 1, f"abstained_{other.pk}": 1}
    shown = worker.post(PAGE, result(one, other, present=20, **boxes), follow=True).content.decode()
    assert "通过 1 户，未通过 1 户" in shown, "20 of 30"


@pytest.mark.parametrize("entitled,least", [(30, 20), (3, 2), (45, 30), (1, 1), (31, 21), (32, 22), (0, 0)])
def test_the_database_and_the_papers_count_alike_without_rounding(
    db: None, entitled: int, least: int
) -> None:
    # What began with a version that wrote two thirds as 67 percent is counted alike; another percentage stays what it says.
    with connection.cursor() as cursor:
        for said in ({"quorum": "2/3"}, {"quorum_percent": 67}):
            cursor.execute("select decisions_least_present(%s, %s)", [json.dumps(said), entitled])
            assert cursor.fetchone()[0] == least == least_present(said, entitled)
        cursor.execute(
            """select decisions_least_present('{"quorum_percent": 50}', 31), decisions_least_present('{}', 31)"""
        )
        assert cursor.fetchone() == (16, 31), "where no quorum is said, all of them"


def test_who_is_kin_of_one_household_records_the_others(
    going: Going,  # noqa: F811
    two: tuple[Proceeding, Proceeding],
) -> None:
    one, other = two
    with going.acting(going.county[0]):
        acts.tell_kin(
            by=going.county[0],
            official=going.village[0].official_id,
            household=going.household,
            relation="堂弟",
        )
    shown = client(going.village[0]).post(PAGE, result(one, other), follow=True).content.decode()
    assert "石满仓：您是这一户的人，或与这一户有亲属关系" in shown and "通过 0 户，未通过 1 户" in shown
    with within(scope_of(people.COUNTY)):
        one.refresh_from_db()
        assert one.at_step == "meeting" and not Paper.objects.filter(proceeding=one, step="meeting").exists()
