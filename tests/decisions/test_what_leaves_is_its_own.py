"""A household leaves by its own word, by a meeting that was one, after a notice of itself: what is none of that is refused or stands out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.proceedings import VOTE, Days, Going
from decisions.test_exits_are_looked_through import exit_row, said
from decisions.test_proceedings import days, going, grown, poor  # noqa: F401  fixtures
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.proposing import Upload
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice
from xiuhua.places.models import VillageRecord
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Membership, Person
from xiuhua.registry.services import Refused

pytestmark = pytest.mark.database


def refused(going: Going, sql: str, *values: Any) -> str:  # noqa: F811
    """Why the database refuses a statement of the application's role; fails where it is accepted."""
    with going.acting(going.village[1]), pytest.raises(DatabaseError) as why, transaction.atomic():  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
    return str(why.value).splitlines()[0]


def hung(going: Going, one: Proceeding, by: Any, **changed: Any) -> Notice:  # noqa: F811
    line = {"village": "上坝村", "head": "石满仓", "people": 2, **changed}
    with going.acting(by), transaction.atomic():
        return notices.hang(
            by=by, reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}", place_code=one.place_code, matter={"zh": "表彰", "en": "Praise"},
            lines=[line], board=notices.Board("村务公开栏", 7, "calendar", beijing_today()), photo_name="b.jpg", photo=[b"board"],
        ).notice  # fmt: skip


def represented(going: Going, one: Proceeding) -> None:  # noqa: F811
    with going.acting(going.village[0]):
        acts.bring(
            by=going.village[0],
            proceeding=one,
            papers=[Upload("representation", "weituo.jpg", iter([b"authority"]))],
        )


def sign_for(going: Going, one: Proceeding, member: str, reason: str = "") -> Proceeding:  # noqa: F811
    for by in going.village[:2]:
        with going.acting(by):
            one = acts.sign(by=by, proceeding=one, detail={"member": member}, reason=reason).proceeding
    return one


def test_somebody_who_is_no_member_signs_with_a_paper_and_a_reason_or_not_at_all(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "agreement")
    going.papers(one, going.village[0])
    with pytest.raises(Refused, match="须交委托书或监护证明"):
        sign_for(going, one, "nobody", "亲戚代签")
    represented(going, one)
    with pytest.raises(Refused, match="须交委托书或监护证明"):
        sign_for(going, one, "nobody", " ")
    one = sign_for(going, one, "nobody", "户主卧床，其他人在外，委托侄子")
    going.until(one, "announcement")
    assert going.status() == "exited"
    outcomes = said(going)
    assert exit_row(going)["confirmed_by"] == "representative"
    assert (outcomes["agreed"], outcomes["represented"]) == ("holds", "fails"), "an amber mark, not a red one"


def test_a_representatives_paper_stands_for_no_member(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "agreement")
    represented(going, one)
    with pytest.raises(Refused, match="还缺材料"):
        sign_for(going, one, going.head())


def test_nobody_under_age_agrees_for_a_household(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "agreement")
    going.papers(one, going.village[0])
    eighteen = beijing_today().replace(year=beijing_today().year - 18)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        child = Membership.objects.get(household=going.household, relation="spouse").person_id
        Person.objects.filter(pk=child).update(birth_date=eighteen + timedelta(days=1))
    with pytest.raises(Refused, match="未成年人不能替本户认可"):
        sign_for(going, one, str(child))
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Person.objects.filter(pk=child).update(birth_date=eighteen)
    assert sign_for(going, one, str(child)).at_step != "agreement"


def test_what_was_agreed_to_by_somebody_under_age_takes_no_effect(going: Going) -> None:  # noqa: F811
    """Also where it is known only afterwards, or was signed before anybody asked."""
    poor(going)
    one = going.until(going.begin("targeted_exit"), "agreement")
    going.papers(one, going.village[0])
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        other = Membership.objects.get(household=going.household, relation="spouse").person_id
    one = going.until(sign_for(going, one, str(other)), "announcement")
    effect = one.procedure.definition["effect_at"]
    assert going.status() == "exited" or effect == "announcement"
    with within(scope_of(people.COUNTY)), connection.cursor() as cursor:
        cursor.execute("select decisions_confirmed_by(%s)", [one.pk])
        assert cursor.fetchone() == ("adult",)
        Person.objects.filter(pk=other).update(birth_date=beijing_today() - timedelta(days=17 * 365))
        cursor.execute("select decisions_confirmed_by(%s)", [one.pk])
        assert cursor.fetchone() == ("minor",)


def before_it_was_asked(urls: Any, trigger: str, table: str) -> Going:
    """The county in a database that does not ask yet."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(f"alter table {table} disable trigger {trigger}")
    return grown(Days(urls.owner))


def test_what_was_agreed_to_by_nobody_before_takes_no_effect(fresh_database: Any) -> None:
    old = before_it_was_asked(fresh_database, "decisions_signature_who", "decisions_signature")
    try:
        poor(old)
        one = old.until(old.begin("targeted_exit"), "agreement")
        old.papers(one, old.village[0])
        one = sign_for(old, one, "nobody")
        one = old.until(one, one.procedure.definition["effect_at"])
        with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
            owner.execute("alter table decisions_signature enable trigger decisions_signature_who")
        with pytest.raises(Refused, match="不能生效"):
            old.step(one)
        assert old.status() == "poor"
    finally:
        old.days.back()


def meeting_of(going: Going, **vote: int) -> None:  # noqa: F811
    """The exit with a meeting of so many."""
    one, step = going.begin("targeted_exit"), ""
    while one.course == "open" and one.at_step != "announcement":
        assert one.at_step != step, "it goes on"
        step = one.at_step
        if acts.current_step(one)["vote"]:
            going.papers(one, going.village[0])
            for by in going.whose(one)[: acts.current_step(one)["people"]]:
                one = going.sign(one, by, vote={**VOTE, **vote})
        else:
            one = going.step(one)


ONE = {"entitled": 1, "present": 1, "yes": 1, "no": 0, "abstained": 0}


@pytest.mark.parametrize(("vote", "homes", "expected"), [({}, 400, "holds"), (ONE, 50, "fails"), ({}, 3000, "fails")])  # fmt: skip
def test_a_meeting_of_hardly_anybody_stands_out(
    going: Going,  # noqa: F811
    vote: dict[str, int],
    homes: int,
    expected: str,
) -> None:
    poor(going)
    VillageRecord.objects.create(village_id=people.VILLAGE, as_of=date(2019, 1, 1), poor_village=True, rural_households=homes, rural_persons=4 * homes)  # fmt: skip
    meeting_of(going, **vote)
    row = exit_row(going)
    assert (row["meeting_entitled"], row["meeting_homes"]) == ({**VOTE, **vote}["entitled"], homes)
    assert said(going)["meeting"] == expected


def test_a_meeting_is_held_against_the_villages_other_meetings(going: Going) -> None:  # noqa: F811
    poor(going)
    # The village's other meeting: ninety were entitled to come, and it did not agree.
    first = going.begin("targeted_exit")
    while not acts.current_step(first)["vote"]:
        first = going.step(first)
    by = going.village[0]
    going.papers(first, by)
    with going.acting(by):
        told = {"entitled": 90, "present": 80, "yes": 20, "no": 59, "abstained": 1}
        ended = acts.say_no(by=by, proceeding=first, reason="没有过半", detail={"vote": told}).proceeding
    assert ended.course == "ended"
    meeting_of(going)
    row = exit_row(going)
    assert (row["meeting_entitled"], row["meeting_usual"]) == (30, 90)
    assert said(going)["meeting"] == "fails"


@pytest.mark.parametrize(
    "wrong",
    [{"head": "王五"}, {"head": ""}, {"people": 99}, {"village": "下坝村"}, {"matter": "表彰"}],
    ids=str,
)
def test_what_hangs_of_a_household_is_the_registers(going: Going, wrong: dict[str, Any]) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "notice")
    with pytest.raises(notices.CannotHang, match="与登记的这一户不一致"):
        hung(going, one, going.village[0], **wrong)
    right = hung(going, one, going.village[0])
    assert right.matter["zh"].startswith("贫困户退出"), "the matter is the procedure's, whoever wrote it"


def test_a_number_of_people_of_the_day_of_hanging_will_do(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "notice")
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        left = Membership.objects.filter(household=going.household).exclude(relation="head").latest("pk")
        Membership.objects.filter(pk=left.pk).update(until=beijing_today() + timedelta(days=1))
    assert hung(going, one, going.village[0], people=2).lines[0]["people"] == 2


@pytest.mark.parametrize(
    "line",
    [
        {"head": "石满仓 患癌症 低保"}, {"matter": "因艾滋病纳入监测"}, {"head": "石满仓（残疾）"}, {"head": "石满仓，孤儿"}, {"village": "上坝村 低保户"}, {"head": "石满仓13800001111"},
        {"head": "石满仓病重"}, {"matter": "五保"}, {"head": "某某某某某某某"},
    ],
    ids=str,
)  # fmt: skip
def test_what_tells_of_somebody_is_not_fit_to_hang(going: Going, line: dict[str, str]) -> None:  # noqa: F811
    with going.acting(going.village[0]), connection.cursor() as cursor:
        cursor.execute("select notices_fit_to_hang(jsonb_build_array(%s::jsonb))", [_json(line)])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    "line",
    [{"head": "石满仓"}, {"head": "霍去病"}, {"head": "辛弃疾", "people": 3}, {"head": "玛依拉·阿不都热依木"}, {"head": "Li Bai"}, {"head": None}, {"matter": "青石县"}],
    ids=str,
)  # fmt: skip
def test_names_are_fit_to_hang(going: Going, line: dict[str, Any]) -> None:  # noqa: F811
    with going.acting(going.village[0]), connection.cursor() as cursor:
        cursor.execute("select notices_fit_to_hang(jsonb_build_array(%s::jsonb))", [_json(line)])
        assert cursor.fetchone() == (True,)


def _json(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False)


def test_a_notice_of_somebody_else_stands_out(fresh_database: Any) -> None:
    old = before_it_was_asked(fresh_database, "notices_says_its_step", "notices_notice")
    try:
        poor(old)
        one = old.until(old.begin("targeted_exit"), "notice")
        notice = hung(old, one, old.village[0], head="王五", people=1)
        old.days.go((notice.due_on - beijing_today()).days + 1)
        old.take_down(notice, old.village[0])
        for by in old.village[: acts.current_step(one)["people"]]:
            one = old.sign(one, by)
        old.until(one, "announcement")
        assert exit_row(old)["hung_of_another"] == 1
        assert said(old)["hung_own"] == "fails"
    finally:
        old.days.back()


def test_who_belongs_is_ended_and_never_removed(going: Going) -> None:  # noqa: F811
    poor(going)
    going.begin("targeted_exit")
    home = going.household.pk
    assert "ended, not removed" in refused(
        going, "delete from registry_membership where household_id = %s and relation = 'spouse'", home
    )
    assert "ended, not changed" in refused(
        going, "update registry_membership set household_id = household_id + 1 where household_id = %s", home
    )
    refused(going, "truncate registry_membership cascade")
    with going.acting(going.village[0]), connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_membership where household_id = %s", [home])
        assert cursor.fetchone() == (2,)


def test_what_a_matter_rests_on_stays_as_it_came(going: Going) -> None:  # noqa: F811
    poor(going)
    one = going.until(going.begin("targeted_exit"), "township")
    with going.acting(going.village[0]):
        paper = one.papers.order_by("pk").first()
        assert paper is not None
        board = Notice.objects.get(reference__startswith=f"proceeding:{one.pk}:").hung_proof_id
    for file in (paper.file_id, board):
        for column in ("sha256 = repeat('0', 64)", "size_bytes = 1", "name = 'x'", "path = 'x'", "stored_by = 'x'"):  # fmt: skip
            why = refused(going, f"update files_storedfile set {column} where id = %s", file)
            assert "stays as it came" in why
        assert "rests on" in refused(
            going, "update files_storedfile set removed_at = now() where id = %s", file
        )
        refused(going, "delete from files_storedfile where id = %s", file)


@pytest.mark.parametrize("reference", ["x", "proceeding:", "proceeding:999999999:notice:1", "proceeding:{pk}:nowhere:1"])  # fmt: skip
def test_what_is_of_no_step_of_a_proceeding_does_not_hang(going: Going, reference: str) -> None:  # noqa: F811
    one = going.begin("targeted_identification")
    with (
        going.acting(going.village[0]),
        pytest.raises(
            (notices.CannotHang, DatabaseError),
            match=r"只公示正在办的程序|the step that the proceeding is at",
        ),
        transaction.atomic(),
    ):
        notices.hang(
            by=going.village[0], reference=reference.format(pk=one.pk), place_code=one.place_code, matter={"zh": "表彰", "en": "Praise"},
            lines=[{"village": "上坝村", "head": "王五", "people": 99}], board=notices.Board("村务公开栏", 7, "calendar", beijing_today()),
            photo_name="b.jpg", photo=[b"board"],
        )  # fmt: skip
