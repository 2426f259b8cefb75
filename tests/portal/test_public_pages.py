"""Anybody reads what hangs today and may have a page, objects without a name, and sees the answer by a code; nothing else is open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

import people
from decisions.proceedings import OF_THEN, Going
from registry.kinds import told_by_a_file
from relapse.conftest import found
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.models import Entry
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import proceedings as acts
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice, Objection, Publication
from xiuhua.notices.services import CannotHang
from xiuhua.places.models import VillageRecord
from xiuhua.places.scope import NoScope, scope_of, within
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Application, Clue
from xiuhua.relapse.services.clues import Saying
from xiuhua.relapse.terms import End, Origin, Risk

pytestmark = pytest.mark.database
SAID = "这个村的饮水工程还没有通水"


@pytest.fixture
def notice(going: Going) -> Notice:
    """The township hangs a village's exit, which may have a page."""
    VillageRecord.objects.create(
        village_id=people.VILLAGE, as_of=date(2019, 1, 1), poor_village=True, rural_households=50, rural_persons=200
    )  # fmt: skip
    worker, by = going.village[0], going.township[0]
    with going.acting(worker):
        one = acts.begin(by=worker, procedure="targeted_village_exit", place_code=people.VILLAGE, completing=OF_THEN).proceeding  # fmt: skip
    one = going.until(one, "notice")
    with going.acting(by):
        return notices.hang(
            by=by, reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}", place_code=people.VILLAGE, matter={"zh": "贫困村退出", "en": "Exit of a poor village"},
            lines=acts.lines_of(one), board=notices.Board("镇政府公开栏", 7, "calendar", beijing_today()), photo_name="b.jpg", photo=[b"photo"],
        ).notice  # fmt: skip


@pytest.fixture
def stranger() -> Client:
    return Client(headers={"host": "127.0.0.1"})


def test_an_objection_without_a_name_comes_to_an_answer_by_somebody_above(
    going: Going,
    notice: Notice,
    stranger: Client,
) -> None:
    slug = Publication.objects.get(notice_id=notice.pk).slug
    assert notice.handled_at == people.TOWNSHIP
    listed = stranger.get("/public/")
    assert "上坝村" in listed.content.decode() and slug in listed.content.decode()
    shown = stranger.get(f"/public/notices/{slug}/", headers={"accept-language": "en"})
    assert "Exit of a poor village" in shown.content.decode() and "青溪县" in shown.content.decode()
    for answer in (listed, shown):
        assert "script-src 'self'" in answer["Content-Security-Policy"] and "sessionid" not in answer.cookies
    sent = stranger.post(f"/public/notices/{slug}/object/", {"said": SAID, "who": ""}).content.decode()
    found = re.search(r"\d{4}-\d{4}-\d{4}", re.sub(r"\d{4}-\d\d-\d\d", "", sent))
    assert found is not None
    code = found[0]
    with within(scope_of(people.COUNTY)):
        brought = Objection.objects.get()
        told = Entry.objects.filter(action="notices.objected").latest("pk")
    assert (
        brought.channel == "page"
        and brought.who_sealed is None
        and SAID.encode() not in bytes(brought.said_sealed)
    )
    with connection.cursor() as cursor:
        cursor.execute("select notices_due(%s, 15, 'calendar')", [beijing_today()])
        assert (brought.goes_to, brought.due_on) == (people.COUNTY, cursor.fetchone()[0])
    assert told.actor == "公众" and code not in str(told.detail) and SAID not in str(told.detail)
    waits = stranger.post("/public/receipt/", {"code": code.replace("-", "")}).content.decode()
    assert "正在核查" in waits
    assert "没有这个回执码" in stranger.post("/public/receipt/", {"code": "000000000000"}).content.decode()
    apart = people.person("镇干三", "zhen3", people.TOWNSHIP, Role.TOWNSHIP_OFFICE, Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER)  # fmt: skip
    with pytest.raises(CannotHang, match="上一级"), going.acting(apart):
        notices.answer(by=apart, objection=brought, answer="已通水", upheld=False)
    with going.acting(going.county[0]):
        notices.answer(
            by=going.county[0], objection=brought, answer="11 月已通水，水质检测合格", upheld=False
        )
    answered = stranger.post("/public/receipt/", {"code": code}).content.decode()
    assert (
        "水质检测合格" in answered
        and "异议不成立" in answered
        and "县干" not in answered
        and SAID not in answered
    )


def test_a_page_comes_down_by_itself_when_the_days_have_run(
    going: Going,
    notice: Notice,
    stranger: Client,
) -> None:
    slug = Publication.objects.get(notice_id=notice.pk).slug
    going.days.go((notice.due_on - beijing_today()).days)
    assert stranger.get(f"/public/notices/{slug}/").status_code == 200, "on its last day it still hangs"
    going.days.go(1)
    for address in (f"/public/notices/{slug}/", f"/public/notices/{slug}/object/"):
        assert stranger.get(address).status_code == 410
    assert stranger.post(f"/public/notices/{slug}/object/", {"said": SAID}).status_code == 410
    assert slug not in stranger.get("/public/").content.decode() and not Publication.objects.exists()


@pytest.mark.parametrize("without", [("seqscan",), ("indexscan", "indexonlyscan", "bitmapscan")])
def test_without_a_session_nothing_but_publications_can_be_read_or_written(
    notice: Notice,
    stranger: Client,
    without: tuple[str, ...],
) -> None:
    """By whatever plan: of a table without a row the policy may never be asked, so an objection stands there to be hidden."""
    slug = Publication.objects.get().slug
    stranger.post(f"/public/notices/{slug}/object/", {"said": SAID, "who": ""})
    with within(scope_of(people.COUNTY)):
        assert Objection.objects.exists()
    with pytest.raises(NoScope):
        Notice.objects.first()
    with connection.cursor() as cursor:
        for scan in without:
            cursor.execute(f"set local enable_{scan} = off")
    for statement in (
        "select count(*) from notices_notice", "select count(*) from notices_objection", "select count(*) from decisions_proceeding",
        f"update notices_publication set down_on = null, matter = '{{}}' where slug = '{slug}'",
        "delete from notices_publication",
        "insert into notices_publication select * from notices_publication", "select notices_publish(n) from notices_notice n",
        "select count(*) from notices_knocks", "insert into relapse_application (village_code) values ('990521101201')",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            if "knocks" in statement:
                assert cursor.fetchone() == (0,)
            if statement.startswith(("update", "delete")):
                assert cursor.rowcount == 0
            if "knocks" in statement or statement.startswith(("update", "delete")):
                raise DatabaseError("nothing was seen or changed")


def test_only_kinds_that_may_have_a_page_have_one_and_whoever_is_watched_never(
    going: Going,
    notice: Notice,
) -> None:
    one = going.until(going.begin("targeted_identification"), "first_notice")
    going.hang(one, going.village[0])
    assert [each.notice_id for each in Publication.objects.all()] == [notice.pk]
    assert may_have_a_page(one)
    watched = going.begin("regular_watch")
    assert not may_have_a_page(watched)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        told_by_a_file(going.household, "watched")
    assert not may_have_a_page(one)


def may_have_a_page(one: Proceeding) -> bool:
    with within(scope_of(people.COUNTY)), connection.cursor() as cursor:
        cursor.execute(
            "select decisions_may_have_a_page(c) from decisions_proceeding c where id = %s", [one.pk]
        )
        return bool(cursor.fetchone()[0])


APPLIED = {"village": people.VILLAGE, "head": "石满仓", "risk": "illness", "said": "老伴住院，借了两万多，娃快没学费了", "contact": "138 0000 0000"}  # fmt: skip


FORM = f"/public/apply/?at={people.TOWNSHIP}"


def code_of(page: Any) -> str:
    found = re.search(r"\d{4}-\d{4}-\d{4}", re.sub(r"\d{4}-\d\d-\d\d", "", page.content.decode()))
    assert found is not None, page.content.decode()
    return found[0]


@dataclass
class Asking:
    """Somebody who asked for help for a household: their browser, the codes for one that is known and one that is not."""

    stranger: Client
    known: str
    lost: str

    def stands(self, code: str) -> str:
        """What the page says of a code."""
        return self.stranger.post("/public/receipt/", {"code": code}).content.decode()


@pytest.fixture
def asking(going: Going, stranger: Client) -> Asking:
    assert people.COUNTY in stranger.get("/public/apply/").content.decode()
    assert people.TOWNSHIP in stranger.get(f"/public/apply/?at={people.COUNTY}").content.decode()
    refused = stranger.post(FORM, {**APPLIED, "said": "他的号码是13800000000"}).content.decode()
    assert "请不要在这里写证件号" in refused and "这里只显示一次" not in refused
    known, lost = (stranger.post(FORM, {**APPLIED, "head": head}) for head in ("石满仓", "无此人"))
    for page in (known, lost):
        assert all(word not in page.content.decode() for word in ("登记册", "没有找到", "石满仓", "无此人"))
    return Asking(stranger, code_of(known), code_of(lost))


def test_help_asked_from_the_page_is_heard_from_that_day_whoever_it_is_for(
    going: Going, asking: Asking
) -> None:
    began, clerk = beijing_today(), people.sign_in(Client(), going.village[0])
    for statement in ("select count(*) from relapse_application", "update relapse_application set risk = 'other'"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with within(scope_of(people.COUNTY)):
        first = Application.objects.order_by("pk")[0]
        kept = b"".join(bytes(one) for one in (first.head_sealed, first.said_sealed, first.contact_sealed))
        told = str(Entry.objects.filter(action="relapse.applied").values_list("detail", "actor"))
    assert "石满仓".encode() not in kept and b"138" not in kept and first.came_on == began
    assert "公众" in told and "石满仓" not in told and asking.known not in told
    going.days.go(5)
    listed = clerk.get(reverse("relapse:list")).content.decode()
    assert "申请，等认户" in listed and "超期 2 天" in listed and "石满仓" not in listed
    page = clerk.get(reverse("relapse:application", args=[first.pk])).content.decode()
    tie = reverse("relapse:tie", args=[first.pk, going.household.pk])
    assert "138 0000 0000" in page and going.household.number in page and tie in page
    with going.acting(going.village[0]):
        services.take_down(by=going.village[0], household=going.household, saying=Saying(Origin.CADRE, Risk.WORK, "走访听说", beijing_today()))  # fmt: skip
    clue = clerk.post(tie).headers["Location"]
    with within(scope_of(people.COUNTY)):
        one = Clue.objects.get()
        assert (one.came_on, one.due_on) == (began, first.due_on), "the clue's days run from the asking"
        assert Entry.objects.filter(action="relapse.application_opened").count() == 1
    assert clue == reverse("relapse:clue", args=[one.pk])
    assert "看申请和怎么联系" in clerk.get(clue).content.decode()
    sent = [asking.stranger.post(FORM, APPLIED).status_code for _n in range(6)]
    assert sent == [200] * 5 + [429], "five an hour from one address"


def test_a_code_tells_how_far_it_is_and_nothing_of_anybody(going: Going, asking: Asking) -> None:
    office, clerk = going.township[0], people.sign_in(Client(), going.village[0])
    assert "已收到" in asking.stands(asking.known) and "已收到" in asking.stands(asking.lost)
    with within(scope_of(people.COUNTY)):
        first, second = Application.objects.order_by("pk")
    with going.acting(going.village[0]):
        services.tie(by=going.village[0], application=first, household=going.household)
        one = Clue.objects.get()
    assert "正在上门核实" in asking.stands(asking.known)
    back = reverse("relapse:ask_back", args=[second.pk])
    assert clerk.post(back, {"reason": "", "where": "村委会"}).status_code == 422
    clerk.post(back, {"reason": "村里没有听说过这个名字，请写清住在哪个组", "where": "村委会便民窗口"})
    assert "便民窗口" in asking.stands(asking.lost) and "申请一直有效" in asking.stands(asking.lost)
    assert "继续找" in people.sign_in(Client(), office).get(reverse("relapse:list")).content.decode()
    with going.acting(office):
        assert Application.objects.get(pk=second.pk).owner_id == office.post_id, "the township looks further"
        with pytest.raises(Refused), transaction.atomic():
            services.ask_back(by=office, application=first, reason="晚了", where="村里")
    with going.acting(going.village[0]):
        services.judge_visit(by=going.village[0], household=going.household, answers=found(), clue=one)
    assert "正在办理" in asking.stands(asking.known)
    with going.acting(office):
        services.end(by=office, clue=one, how=End.NO_RISK, reason="医药费已报销")
    answered = asking.stands(asking.known)
    assert "已答复" in answered and f"{beijing_today():%Y-%m-%d}" in answered
    assert all(word not in answered for word in ("没有风险", "报销", "石满仓", "村干", people.VILLAGE))


def test_whoever_sends_too_much_waits_an_hour(notice: Notice, stranger: Client) -> None:
    slug = Publication.objects.get(notice_id=notice.pk).slug
    sent = [
        stranger.post(f"/public/notices/{slug}/object/", {"said": f"{SAID}{n}"}).status_code for n in range(7)
    ]
    assert sent == [200] * 5 + [429] * 2
    looked: list[Any] = [
        stranger.post("/public/receipt/", {"code": f"{n:012d}"}).status_code for n in range(32)
    ]
    assert looked == [200] * 30 + [429] * 2
    with within(scope_of(people.COUNTY)):
        assert Objection.objects.count() == 5


def test_what_the_web_says_of_a_notice_is_its_step_and_its_village(going: Going) -> None:
    def hung(one: Proceeding, **changed: Any) -> Notice:
        told: dict[str, Any] = {"lines": acts.lines_of(one), "board": "镇政府公开栏", **changed}
        return notices.hang(
            by=going.township[0], reference=f"proceeding:{one.pk}:{one.at_step}:{one.round}", place_code=people.VILLAGE, matter={"zh": "张三家偷税", "en": "x"},
            lines=told["lines"], board=notices.Board(told["board"], 7, "calendar", beijing_today()), photo_name="b.jpg", photo=[b"photo"],
        ).notice  # fmt: skip

    VillageRecord.objects.create(
        village_id=people.VILLAGE, as_of=date(2019, 1, 1), poor_village=True, rural_households=50, rural_persons=200
    )  # fmt: skip
    with going.acting(going.village[0]):
        one = acts.begin(
            by=going.village[0],
            procedure="targeted_village_exit",
            place_code=people.VILLAGE,
            completing=OF_THEN,
        ).proceeding
    one = going.until(one, "notice")
    with going.acting(going.township[0]):
        with pytest.raises(notices.CannotHang, match="不一致"):
            hung(one, lines=[{"village": "别的村"}])
        with pytest.raises(notices.CannotHang, match="不一致"):
            hung(one, lines=[{"village": acts.lines_of(one)[0]["village"], "head": "石满仓"}])
        made = hung(one)
        assert "偷税" not in str(made.matter) and made.matter["zh"].startswith("贫困村")
        assert Publication.objects.get().matter == made.matter
