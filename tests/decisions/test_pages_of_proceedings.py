"""Pages of proceedings: from the household's page to the status, every step by the post that it is for, on phones and desks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

import people
from decisions.proceedings import OF_THEN, OF_THEN_BY_PAGE, VOTE, Going
from decisions.test_proceedings import days, going  # noqa: F401 - fixtures
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Paper, Proceeding
from xiuhua.decisions.queries.proceedings import current_step
from xiuhua.decisions.services import proceedings as acts
from xiuhua.notices.models import Notice, Objection
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def client(appointment: Any) -> Client:
    return people.sign_in(Client(headers={"host": "127.0.0.1"}), appointment)  # type: ignore[no-any-return]


def photo(name: str = "照片.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PICTURE, "image/png")


def newest() -> Proceeding:
    with within(scope_of(people.COUNTY)):
        return Proceeding.objects.select_related("procedure").latest("pk")


def step_by_page(going: Going, one: Proceeding) -> Proceeding:  # noqa: F811
    """Does the step by its page, as whoever has to would."""
    step, address = current_step(one), f"/cases/proceedings/{one.pk}/"
    for by in going.whose(one)[: step["people"]]:
        page = client(by)
        shown = page.get(address).content.decode()
        assert (step["says"]["zh"] in shown and "签办这一步" in shown) or step["does"] in (
            "notice",
            "announcement",
        )
        if step["does"] in ("notice", "announcement"):
            page.post(
                f"{address}hang/",
                {
                    "board": "村务公开栏",
                    "hung_on": beijing_today().isoformat(),
                    "days": "7",
                    "photo": photo(),
                },
            )
            with within(scope_of(people.COUNTY)):
                notice = Notice.objects.latest("pk")
            going.days.go((notice.due_on - beijing_today()).days + 1)
            page = client(by)
            page.post(f"{address}notices/{notice.pk}/take-down/", {"photo": photo()})
        said = {
            "act": "sign",
            "reason": "",
            **({f"vote_{name}": n for name, n in VOTE.items()} if step["vote"] else {}),
        }
        said |= {f"paper_{paper['code']}": photo() for paper in step["evidence"]}
        said |= {f"sources_{paper['code']}": ["vehicle"] for paper in step["evidence"]}
        assert page.post(f"{address}sign/", said).status_code == 302
    after = newest()
    assert after.at_step != one.at_step or after.course != "open", (
        one.at_step,
        client(going.county[2]).get(address).content.decode()[-3000:],
    )
    return after


def test_from_the_households_page_to_the_status_by_pages_alone(going: Going) -> None:  # noqa: F811
    worker = client(going.village[0])
    assert "办理程序" in worker.get(f"/households/{going.household.pk}/").content.decode()
    shown = worker.get(f"/cases/proceedings/begin/{going.household.pk}/").content.decode()
    assert "贫困户识别" in shown and "监测对象识别" in shown and "贫困户退出" not in shown
    # What is of today stands first; what completes the records of 2014-2020 apart, and is not begun without a day of then and a reason.
    assert shown.index("监测对象识别") < shown.index("不决定今天的事") < shown.index("贫困户识别")
    address, asked = (
        f"/cases/proceedings/begin/{going.household.pk}/",
        {"procedure": "targeted_identification"},
    )
    for wrong, why in (
        ({}, "为什么要补"),
        ({**OF_THEN_BY_PAGE, "completes_why": " "}, "为什么要补"),
        ({**OF_THEN_BY_PAGE, "completes_on": "2026-01-05"}, "施行的时间内"),
        ({**OF_THEN_BY_PAGE, "completes_on": "2019-02-30"}, "没有这一天"),
    ):
        assert why in worker.post(address, asked | wrong, follow=True).content.decode(), wrong
    worker.post(address, asked | OF_THEN_BY_PAGE)
    one = newest()
    assert (one.completes_on, one.completes_why) == (OF_THEN.on, OF_THEN.why)
    assert (
        f"补齐 2019-06-30 的记录：{OF_THEN.why}"
        in worker.get(f"/cases/proceedings/{one.pk}/").content.decode()
    )
    while one.course == "open":
        one = step_by_page(going, one)
    assert going.status() == "poor"
    closed = (
        client(going.world.auditor)
        .get(f"/cases/proceedings/{one.pk}/", headers={"accept-language": "en"})
        .content.decode()
    )
    assert "entitled 30, present 24, in favour 20" in closed and "digest" in closed and "村务公开栏" in closed
    assert "石满仓" in client(going.county[0]).get("/cases/proceedings/?show=closed").content.decode()


def test_a_refusal_is_a_sentence_and_what_was_brought_is_not_lost(going: Going) -> None:  # noqa: F811
    going.begin("targeted_identification")
    one, worker = newest(), client(going.village[0])
    address = f"/cases/proceedings/{one.pk}/"
    answer = worker.post(
        f"{address}sign/", {"act": "sign", "paper_application": photo()}, follow=True
    ).content.decode()
    assert "还缺材料" in answer and "照片.png" in answer, (
        "the application stays though the authorisation is missing"
    )
    answer = worker.post(
        f"{address}sign/",
        {"act": "papers", "paper_authorisation": SimpleUploadedFile("x.exe", b"MZ")},
        follow=True,
    )
    assert "不是照片或 PDF" in answer.content.decode()
    assert "不由您现在的职务办理" in client(going.county[0]).get(address).content.decode()
    # Who has nothing to do at the step brings nothing either: not the township, the county, the auditor, a leader, nor kin of the household.
    with going.acting(going.county[0]):
        acts.tell_kin(
            by=going.county[0],
            official=going.village[2].official_id,
            household=going.household,
            relation="堂弟",
        )
        kept = Paper.objects.count()
    for who in (
        going.township[0],
        going.county[0],
        going.world.auditor,
        going.world.leader,
        going.village[2],
    ):
        for act in ("papers", "sign"):
            told = {"act": act, "paper_application": photo()}
            answer = client(who).post(f"{address}sign/", told, follow=True).content.decode()
            assert ("亲属关系" if who is going.village[2] else "不由您现在的职务办理") in answer
    with going.acting(going.county[0]):
        assert Paper.objects.count() == kept


def test_departments_are_asked_what_the_household_let_be_asked_and_nothing_after_its_last_day(
    going: Going,  # noqa: F811
) -> None:
    going.begin("targeted_identification")
    one, worker, county = newest(), client(going.village[0]), client(going.county[0])
    address, last = f"/cases/proceedings/{one.pk}/", beijing_today() + timedelta(days=45)
    brought = {"act": "sign", "paper_application": photo(), "paper_authorisation": photo()}
    answer = worker.post(f"{address}sign/", brought, follow=True).content.decode()
    assert "请勾选“授权可以查哪些”" in answer and "没有授权，不能查" not in answer
    said = {"sources_authorisation": ["vehicle", "house"], "until_authorisation": last.isoformat()}
    worker.post(
        f"{address}sign/", brought | {"paper_application": photo(), "paper_authorisation": photo()} | said
    )
    one = going.until(newest(), "comparison")
    shown = county.get(address).content.decode()
    assert "可以查：机动车登记、房产登记" in shown and f"还有 {(last - beijing_today()).days} 天" in shown
    assert "银行存款（没有授权，不能查）" in shown and "房产登记（没有授权，不能查）" not in shown

    def compared(*sources: str, **more: Any) -> str:
        told = {"act": "sign", "paper_comparison": photo(), "paper_hearing": photo()}
        told |= {"sources_comparison": sources, **more}
        return county.post(f"{address}sign/", told, follow=True).content.decode()

    assert "授权书没有写明可以查：银行存款" in compared("vehicle", "deposit")
    with (
        going.acting(going.county[0]),
        pytest.raises(DatabaseError, match="no authorisation speaks"),
        transaction.atomic(),
    ):
        row = {
            "proceeding": one,
            "place_code": one.place_code,
            "round": 1,
            "step": "comparison",
            "what": "comparison",
            "brought_by": "x",
            "appointment": going.county[0],
        }
        file = one.papers.order_by("pk")[0].file
        Paper.objects.create(file=file, at=beijing_now(), sources=["deposit"], **row)
    going.days.go((last - beijing_today()).days + 1)
    assert f"授权书已于 {last} 到期，不能再查" in compared("vehicle")
    assert "已到期" in county.get(address).content.decode() and newest().at_step == "comparison"
    more = {"anew_authorisation": photo(), "sources_authorisation": ["vehicle", "deposit"]}
    assert "授权书没写全或已到期：补签" in county.get(address).content.decode()
    assert "已签办" in compared("vehicle", "deposit", **more)
    with within(scope_of(people.COUNTY)):
        kept = Paper.objects.get(what="comparison")
    assert kept.sources == ["vehicle", "deposit"]
    assert "机动车登记、银行存款" in client(going.world.auditor).get(address).content.decode()


def test_an_objection_is_sealed_and_opened_only_to_whoever_answers(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "first_notice")
    notice = going.hang(one, going.village[0])
    address = f"/cases/proceedings/{one.pk}/"
    worker = client(going.village[0])
    said = {
        "channel": "spoken",
        "came_on": beijing_today().isoformat(),
        "said": "他家有小轿车",
        "who": "李某",
    }
    shown = worker.post(f"{address}notices/{notice.pk}/object/", said, follow=True).content.decode()
    assert "异议待答复" in shown and "小轿车" not in shown and "李某" not in shown
    with within(scope_of(people.COUNTY)):
        found = Objection.objects.get()
    assert worker.get(f"{address}objections/{found.pk}/").status_code == 403
    office = client(going.township[2])
    assert "他家有小轿车" in office.get(f"{address}objections/{found.pk}/").content.decode()
    office.post(f"{address}objections/{found.pk}/", {"answer": "系借用邻居车辆，非其所有", "upheld": "no"})
    assert "异议不成立" in worker.get(address).content.decode()
