"""A notice that is missing, left hanging or short, and an objection without an answer, are findings; in order again, they are closed."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

import people
from decisions.proceedings import Going
from decisions.test_pages_of_proceedings import client, photo
from decisions.test_proceedings import days, going  # noqa: F401 - fixtures
from workbench.conftest import take
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services.notice_watch import look_at_notices
from xiuhua.findings.models import Finding
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice, Sheet
from xiuhua.notices.queries import holidays
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database


def found() -> dict[str, str]:
    """What stands after a look, by rule, with who owns it."""
    look_at_notices(people.COUNTY)
    with within(scope_of(people.COUNTY)):
        listed = Finding.objects.filter(
            rule__in=("notice_not_hung", "notice_hangs_too_long", "notice_too_short", "objection_late")
        )
        return {one.rule: one.owner.place_id if one.owner else "" for one in listed.exclude(state="closed")}


def test_what_hangs_is_watched_from_missing_to_answered(going: Going) -> None:  # noqa: F811
    one, by = going.until(going.begin("targeted_identification"), "first_notice"), going.village[0]
    assert found() == {}
    going.days.go(6)
    assert found() == {"notice_not_hung": people.TOWNSHIP}
    with within(scope_of(people.COUNTY)):
        pk = Finding.objects.get(rule="notice_not_hung").pk
    office = client(going.township[2])
    assert "至今没有张贴登记" in office.get("/findings/?rule=notice_not_hung").content.decode()
    assert "生成公示单" in office.get(f"/findings/{pk}/").content.decode()
    notice = going.hang(one, by)
    assert found() == {}, "hung, so it is closed"
    with going.acting(by):
        said = notices.bring(
            by=by, notice=notice, channel="paper", came_on=beijing_today(), said="不实", who="某人"
        ).objection
    assert "1 件异议待答复" in office.get("/").content.decode()
    listed = office.get("/cases/objections/").content.decode()
    assert "查看并答复" in listed and "不实" not in listed and "某人" not in listed
    assert client(by).get("/cases/objections/").status_code == 403
    # A last day that no office works is the next that one does: by the calendar it is not always the same number of days.
    assert (said.due_on - said.came_on).days >= 15
    going.days.go((said.due_on - beijing_today()).days + 1)
    assert found() == {"objection_late": people.TOWNSHIP}, "it has to hang as long as an objection is open"
    office = client(going.township[2])
    page = office.get("/cases/objections/?show=overdue")
    assert "已逾期" in page.content.decode()
    [offered] = page.context["actions"]
    assert "decisions.objections" in offered["url"] and "show=overdue" in offered["url"]
    file = take(
        SimpleNamespace(client=client), going.township[2], "decisions.objections", "csv", show="overdue"
    )
    text = file.content.decode("utf-8-sig")
    assert "核对" in text and "已逾期" in text and page.context["rows"][0]["matter"] in text
    assert "不实" not in text and "某人" not in text, "neither what was said nor by whom"
    board = office.get("/cases/proceedings/board/")
    assert "decisions.board" in board.context["actions"][0]["url"]
    text = take(SimpleNamespace(client=client), going.township[2], "decisions.board", "csv").content.decode(
        "utf-8-sig"
    )
    step = board.context["procedures"][0]["rows"][0]
    assert f"{step['says']},1," in text and board.context["places"][0]["name"] in text
    with going.acting(going.township[2]):
        notices.answer(by=going.township[2], objection=said, answer="已核实", upheld=False)
    assert found() == {"notice_hangs_too_long": people.TOWNSHIP}
    assert "撤下并登记" in client(by).get("/").content.decode()
    going.take_down(notice, by)
    assert found() == {}


def test_a_notice_for_too_few_days_is_found(going: Going) -> None:  # noqa: F811
    one = going.until(going.begin("targeted_identification"), "first_notice")
    going.hang(one, going.village[0], days=3)
    assert found() == {"notice_too_short": people.TOWNSHIP}


def test_the_board_by_pages_from_the_sheet_to_the_proof(going: Going) -> None:  # noqa: F811
    one, worker = (
        going.until(going.begin("targeted_identification"), "first_notice"),
        client(going.village[0]),
    )
    address = f"/cases/proceedings/{one.pk}/"
    assert "第一步：生成公示单" in worker.get(address).content.decode()
    worker.post(f"{address}sheets/", {"hung_on": beijing_today().isoformat(), "days": "7"})
    with within(scope_of(people.COUNTY)):
        sheet: Any = Sheet.objects.select_related("file").get()
    paper = worker.get(f"{address}sheets/{sheet.pk}/")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    shown = worker.post(
        f"{address}sheets/{sheet.pk}/hang/", {"board": "村务公开栏", "photo": photo()}, follow=True
    ).content.decode()
    assert "公示已登记" in shown
    with within(scope_of(people.COUNTY)):
        notice = Notice.objects.get()
    told = {"channel": "phone", "came_on": beijing_today().isoformat(), "said": "有车", "who": ""}
    shown = worker.post(f"{address}notices/{notice.pk}/object/", told, follow=True).content.decode()
    assert "请把回执码告诉提出人" in shown and "有车" not in shown
    proof = client(going.world.auditor).get(f"{address}notices/{notice.pk}/").content.decode()
    assert sheet.file.sha256 in proof and "SHA-256" in proof
    assert "收到 1 件，已答复 0 件" in proof
    assert client(going.world.leader).get(f"{address}notices/{notice.pk}/").status_code == 403
    picture = client(going.world.auditor).get(f"{address}notices/{notice.pk}/photos/hung/")
    assert picture["Content-Type"] == "image/png"
    going.days.go((notice.due_on - beijing_today()).days + 1)
    # Whoever had a part does not open what was said; whoever had none does.
    with within(scope_of(people.COUNTY)):
        said = notice.objections.get()
    office = client(going.township[2])
    assert "有车" in office.get(f"{address}objections/{said.pk}/").content.decode()


def test_a_year_without_its_holidays_is_the_countys_to_bring(going: Going) -> None:  # noqa: F811
    def missing() -> list[str]:
        look_at_notices(people.COUNTY)
        with within(scope_of(people.COUNTY)):
            found = Finding.objects.filter(rule="holidays_missing").exclude(state="closed")
            assert {one.owner.place_id for one in found if one.owner} <= {people.COUNTY}
            return sorted(one.params["zh"][:4] for one in found)

    known = [int(year) for year, one in holidays().items() if one.announced]
    going.days.go((date(max(known), 6, 1) - beijing_today()).days)
    assert missing() == []
    going.days.go(200)  # twenty working days from the middle of December end in January
    assert missing() == [f"{max(known) + 1}"]
    going.days.go(366)
    assert missing() == [f"{max(known) + 1}", f"{max(known) + 2}"], (
        "worked out from the law, and nothing at all"
    )
    page = client(going.county[0]).get("/findings/?rule=holidays_missing").content.decode()
    assert "按法定假日推算" in page and "只按周末计" in page
