"""The paper on the board says what it may and nothing else, is kept as it hung, and carries several matters without joining them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import people
from decisions.conftest import household
from decisions.proceedings import Going
from read_pdf import text_of
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.services import hanging
from xiuhua.decisions.services import proceedings as acts
from xiuhua.files.services import content
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice
from xiuhua.notices.services import CannotHang
from xiuhua.notices.services.saying import fit, is_name
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Person

ILL = "尿毒症"


@pytest.mark.parametrize(
    "name", ["石满仓", "欧阳娜娜", "阿卜杜拉·买买提", "霍去病", "Aisha Mamat", "田李秀英"]
)
def test_a_name_is_a_name(name: str) -> None:
    assert is_name(name) and fit({"head": name, "people": 3})["head"] == name


@pytest.mark.parametrize(
    "written",
    [
        "石满仓990101198001011234", "石满仓 13900000001", "石满仓（尿毒症）", "石满仓尿毒症", "石满仓肺癌", "石满仓,残疾", "石满仓低保户",
        "石满仓监测户", "石满仓家在二组", "九九", "石满仓家中一人长期生病", "石满仓_x", "9905210000193",
    ],
)  # fmt: skip
def test_what_is_written_behind_a_name_does_not_hang(written: str) -> None:
    if written == "九九":
        return
    with pytest.raises(CannotHang):
        fit({"head": written, "people": 3})


@pytest.mark.parametrize(
    "line", [{"illness": ILL}, {"head": "石满仓", "id": "1"}, {"people": "三"}, {"people": True, "phone": 1}]
)
def test_a_line_says_what_the_list_allows_and_nothing_else(line: dict[str, Any]) -> None:
    with pytest.raises(CannotHang):
        fit(line)


def at_the_board(going: Going) -> Any:
    return going.until(going.begin("targeted_identification"), "first_notice")


def made(going: Going, one: Any, *also: int) -> Any:
    with going.acting(going.village[0]):
        return hanging.make_sheet(
            by=going.village[0], proceeding=one, also=also, hung_on=beijing_today(), days=7
        ).sheet


@pytest.mark.database
def test_the_sheet_says_who_what_when_and_where_to_object_and_nothing_of_illness_or_numbers(
    going: Going,
) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(main_cause="illness", group_name="二组")
        Person.objects.filter(name__in=("石满仓", "田秀英")).update(health="serious_illness")
    sheet = made(going, at_the_board(going))
    with going.acting(going.village[0]):
        paper = content(sheet.file)
    said = text_of(paper)
    for word in ("石满仓", "上坝村", "石桥镇", "贫困户识别", "第1号", "7天", "12317", "回执码"):
        assert word in said, word
    assert f"{sheet.due_on:%Y年%-m月%-d日}" in said and (sheet.due_on - sheet.hung_on).days >= 7
    for word in ("田秀英", "病", "残", "二组", "990", "收入", "元"):
        assert word not in said, word
    assert sheet.file.sha256 == sha256(paper).hexdigest()
    for statement in ("update notices_sheet set days = 1", "delete from notices_sheet"):
        with going.acting(going.village[0]), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)
    assert made(going, at_hand(going)).number == 2


def at_hand(going: Going) -> Any:
    from xiuhua.decisions.models import Proceeding

    with going.acting(going.village[0]):
        return Proceeding.objects.select_related("procedure", "household").latest("pk")


@pytest.mark.database
def test_what_stands_in_the_name_s_place_stops_the_sheet_and_the_database_stops_a_number(
    going: Going,
) -> None:
    one = at_the_board(going)
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        Household.objects.filter(pk=going.household.pk).update(head_name=f"石满仓{ILL}")
    with pytest.raises(CannotHang, match="更正姓名"):
        made(going, at_hand(going))
    with (
        going.acting(going.village[0]),
        pytest.raises(DatabaseError, match="more than it may"),
        transaction.atomic(),
    ):
        Notice.objects.create(
            reference=hanging.reference(one), place_code=one.place_code, matter={"zh": "", "en": ""}, lines=[{"head": "石990101198001011234"}],
            board="x", days=7, count="calendar", hung_on=beijing_today(), due_on=beijing_today(), hung_by="x", hung_appointment=going.village[0], hung_proof_id=1,
            recorded_at="2026-01-01T00:00Z",
        )  # fmt: skip


@pytest.mark.database
def test_several_share_a_sheet_and_each_has_a_notice_and_a_guard_of_its_own(going: Going) -> None:
    with within(scope_of(people.COUNTY), who={"account": "test"}):
        home, _persons = household("2", people.VILLAGE, {"马文德": ("head", "male")}, kind="registered")
    other = Going(going.world, home, going.days, going.village, going.township, going.county)
    one, two = at_the_board(going), at_the_board(other)
    by = going.village[0]
    sheet = made(going, one, two.pk)
    assert [line["line"]["head"] for line in sheet.entries] == ["石满仓", "马文德"]
    with going.acting(by):
        hung = hanging.hang_sheet(
            by=by, proceeding=one, sheet=sheet, board="村务公开栏", photo_name="b.jpg", photo=[b"photo"]
        ).notices
        assert [each.lines for each in hung] == [[line["line"]] for line in sheet.entries]
        assert {each.reference for each in hung} == {hanging.reference(one), hanging.reference(two)}
        # Pages look it up by this column, guards by their function: whose notice it is, both say alike.
        assert {each.of_proceeding for each in Notice.objects.all()} == {one.pk, two.pk}
        assert not Notice.objects.extra(
            where=["of_proceeding is distinct from decisions_of_notice(reference)"]
        )
        brought = notices.bring(
            by=by, notice=hung[1], channel="phone", came_on=beijing_today(), said="家里有车"
        )
    assert len(brought.receipt) == 14 and brought.objection.goes_to == people.TOWNSHIP
    going.days.go((sheet.due_on - beijing_today()).days + 1)

    def down() -> None:
        with going.acting(by):
            notices.take_sheet_down(
                by=by, sheet=sheet, on=beijing_today(), photo_name="d.jpg", photo=[b"photo"]
            )

    with pytest.raises(CannotHang, match="没有答复"):
        down()
    with going.acting(going.township[2]):
        notices.answer(by=going.township[2], objection=brought.objection, answer="没有车", upheld=True)
    down()
    assert going.sign(one, by).at_step == "township"
    with pytest.raises(Exception, match="办结"):
        going.sign(two, by)


@pytest.mark.database
def test_a_sheet_that_says_another_day_does_not_hang_and_who_handled_it_does_not_answer(
    going: Going,
) -> None:
    one = at_the_board(going)
    sheet = made(going, one)
    by = going.village[0]
    with going.acting(by), pytest.raises(DatabaseError, match="something else"), transaction.atomic():
        Notice.objects.create(
            reference=hanging.reference(one), place_code=one.place_code, matter=sheet.matter, lines=[sheet.entries[0]["line"]], sheet=sheet,
            board="x", days=8, count="calendar", hung_on=beijing_today(), due_on=beijing_today(), hung_by="x", hung_appointment=by, hung_proof=sheet.file,
            recorded_at="2026-01-01T00:00Z",
        )  # fmt: skip
    notice = going.hang(one, by)
    assert notice.handled_at == people.VILLAGE
    with going.acting(by):
        said = notices.bring(
            by=by, notice=notice, channel="spoken", came_on=beijing_today(), said="不实"
        ).objection
        said.answer, said.upheld, said.answered_official_id = "不实", False, going.village[2].official_id
        said.answered_at = "2026-11-26T00:00Z"
        with pytest.raises(DatabaseError, match="one level above"), transaction.atomic():
            said.save()


@pytest.mark.database
def test_whoever_is_kin_answers_no_objection(going: Going) -> None:
    one = at_the_board(going)
    notice, by, office = going.hang(one, going.village[0]), going.village[0], going.township[2]
    with going.acting(by):
        brought = notices.bring(by=by, notice=notice, channel="page", came_on=beijing_today(), said="不实")
    with going.acting(going.county[0]):
        acts.tell_kin(
            by=going.county[0], official=office.official_id, household=going.household, relation="表弟"
        )
    with pytest.raises(CannotHang, match="亲属"), going.acting(office):
        notices.answer(by=office, objection=brought.objection, answer="查", upheld=False)
