"""A township of a county takes its own workbooks in: by its pages, in its own area, with the county's questions answered there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import people
from intake import taking
from intake.conftest import sign
from intake.marked_back import RED, cells, office, opened, waiting
from intake.reading.support import PERSON_HEADINGS
from intake.unit.small import HOME, household, id_number, person, persons, villages, write, years
from intake.unit.three import SECOND, THIRD, at, changed, one, setting
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.decisions.models import Search
from xiuhua.decisions.services.searching import AREA
from xiuhua.decisions.tasks import look_for_pairs, sweep_searches, want_after
from xiuhua.files.models import Export
from xiuhua.files.services import content, make
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import compare, steps
from xiuhua.intake.services.marked import want_own_rows
from xiuhua.intake.services.taken import taken_since
from xiuhua.intake.tasks import advance_batch
from xiuhua.places.scope import scope_of, within
from xiuhua.runtime.jobs import GIVEN_UP

pytestmark = [pytest.mark.database, pytest.mark.slow]
TOWNSHIP = "990521001"
FAR = ["临川县", "黑水镇", "河口村", "990521002001"]
BOTH, NOWHERE, SECRET = f"{THIRD[:-1]}4", f"{THIRD[:-1]}5", "外乡秘密甲"
Offices = tuple[Appointment, Appointment]


@pytest.fixture
def offices(fresh_database: Any, tmp_path: Path) -> Offices:
    """The county's office, whose places are there and whose opening is signed, and one of its townships'."""
    county = office()
    sign()
    taking.take([villages(tmp_path)])
    place = Office.TOWNSHIP_STATION, Title.TOWNSHIP_OFFICER
    return county, people.person("卓玛", "zhuoma", TOWNSHIP, Role.TOWNSHIP_OFFICE, *place)


def by_pages(officer: Appointment, path: Path, *, merge: bool = True) -> tuple[Batch, Client]:
    """A workbook handed in and merged by an officer's pages, the worker's jobs done between."""
    client = people.sign_in(Client(), officer)
    file = SimpleUploadedFile(path.name, path.read_bytes())
    assert client.post(reverse("intake:new"), {"workbooks": [file]}).status_code == 302
    with within(scope_of(officer.place_code)):
        pk = Batch.objects.order_by("-pk")[0].pk
    advance_batch(batch_id=pk, place_code=officer.place_code)
    if merge:
        assert client.post(reverse("intake:merge", args=[pk])).status_code == 302
        advance_batch(batch_id=pk, place_code=officer.place_code)
    with within(scope_of(officer.place_code)):
        return Batch.objects.get(pk=pk), client


def test_a_township_merges_is_asked_and_puts_right(offices: Offices, tmp_path: Path) -> None:
    _county, township = offices
    one_id = {"姓名": "罗一", "证件号码": id_number(1971)}
    rows = [*household(one_id, {"务工时间(月)": 15.0}), *household(one_id, {}, number=SECOND)]
    first, client = by_pages(township, persons(tmp_path, rows))
    assert first.step == Step.DONE and taking.changes(first) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "held": 1,
    }
    assert [(rule, number) for rule, number, _file in waiting(place=TOWNSHIP)] == [
        ("months_out_of_range", HOME)
    ]
    assert "已并入" in client.get(reverse("intake:batch", args=[first.pk])).content.decode()
    asked = "select place_code, state from decisions_pair"
    assert taking.ask(asked, TOWNSHIP) == [("990521001001", "open")]
    # Corrected: the fault is closed, and what was asked of the two is asked no more.
    second, _client = by_pages(township, persons(tmp_path / "改好", [*household({}, {}), *rows[2:]]))
    assert second.step == Step.DONE and waiting(place=TOWNSHIP) == []
    assert taking.ask(asked, TOWNSHIP) == [("990521001001", "gone")]
    assert taking.ask("select id from decisions_search") == [], "everybody had a number: nobody is looked for"
    recorded = "select distinct place_code from audit_entry where action like 'decisions.pairs%%'"
    assert taking.ask(recorded) == [(TOWNSHIP,)], "recorded where the township itself can read it"


def test_numbers_that_another_township_has_are_told_without_whose_they_are(
    offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _county, township = offices
    theirs = {"乡镇": "黑水镇", "行政村": "河口村"}
    far = [
        *household({"姓名": "外乡人甲"}, number=SECOND, **theirs),
        *household({"姓名": "外乡人乙"}, number=THIRD, **theirs),
    ]
    lists = write(tmp_path / "二" / "行政村名单.xlsx", [["县", "乡镇", "行政村", "行政村编码"], FAR])
    taking.take([lists, persons(tmp_path / "二", far)])
    rows = [
        *household({}, number=SECOND),  # the household's number is in use there, and its head's too
        *household({}, {"人编号": f"{THIRD}01"}),  # its second member's number is
        *household({}, number=f"{THIRD[:-1]}4"),
    ]
    paths = persons(tmp_path, rows)
    # As if the others had been merged between the check and the merge: looked at once more, and the rest goes in.
    with monkeypatch.context() as earlier:
        earlier.setattr(compare, "numbers_elsewhere", lambda *_: [])
        batch, client = by_pages(township, paths, merge=False)
    assert taking.changes(batch)["new"] == 3
    assert client.post(reverse("intake:merge", args=[batch.pk])).status_code == 302
    looks: list[bool] = []

    def too_late(held: Batch) -> bool:
        looks.append(bool(looks) and taken_since(held))
        return looks[-1]

    with (
        monkeypatch.context() as later
    ):  # and even in the moment of merging: the first look still finds nothing
        later.setattr(steps, "taken_since", too_late)
        advance_batch(batch_id=batch.pk, place_code=TOWNSHIP)
    assert looks == [False, True, False], (
        "before the merge, after the table refused it, before the rest is merged"
    )
    with within(scope_of(TOWNSHIP)):
        batch.refresh_from_db()
    assert batch.step == Step.DONE, batch.trouble
    assert taking.changes(batch) == {"new": 1, "changed": 0, "unchanged": 0, "held": 2}
    told = sorted((rule, number) for rule, number, _file in waiting(place=TOWNSHIP))
    assert told == [
        ("household_number_elsewhere", SECOND),
        ("person_number_elsewhere", HOME),
        ("person_number_elsewhere", SECOND),
    ]
    refused = "select id from findings_finding where state = 'open' and kind = 'refused'"
    for (pk,) in taking.ask(refused, TOWNSHIP):
        page = client.get(reverse("workbench:finding", args=[pk])).content.decode()
        assert "不在您的辖区" in page and "请县级办公室查明" in page
        assert not any(word in page for word in ("外乡人", "黑水", "河口", "990521002"))
    # Its head's ID number too: in this county, and told as that.
    [(pk, pair)] = taking.ask(
        "select f.id, p.id from findings_finding f, decisions_pair p where f.rule = 'id_elsewhere' and p.kind = 'id_elsewhere'",
        TOWNSHIP,
    )
    assert "县其他乡镇已有登记" in client.get(reverse("workbench:finding", args=[pk])).content.decode()
    page = client.get(reverse("decisions:pair", args=[pair])).content.decode()
    assert "人在本县其他乡镇，这里这一条核减" in page and "外县" not in page


def test_who_came_without_a_number_is_looked_for_by_itself_and_only_asked_about(
    offices: Offices, fresh_database: Any, tmp_path: Path
) -> None:
    _county, township = offices
    born = {"姓名": "罗小安", "证件号码": None}
    rows = [
        *household({}, born),
        *household({}, born | {"姓名": "罗晓安"}, number=SECOND, 行政村="小湾村"),
    ]
    rows = [[*row, "2001-05-06" if row[PERSON_HEADINGS.index("证件号码")] is None else None] for row in rows]
    batch, client = by_pages(township, persons(tmp_path, rows, [*PERSON_HEADINGS, "出生日期"]))
    assert batch.step == Step.DONE and taking.changes(batch)["new"] == 2
    asked = "select id, state, place_code, started_by, told ->> 'batch' from decisions_search"
    [(pk, *wanted)] = taking.ask(asked)
    assert wanted == ["waiting", TOWNSHIP, "zhuoma", str(batch.pk)]
    with within(scope_of(TOWNSHIP)):
        assert want_after(batch.pk, TOWNSHIP, township) is None
    assert len(taking.ask(asked)) == 1, "one that waits is enough"
    with psycopg.connect(fresh_database.owner, autocommit=True) as other:
        lock = [AREA.lock + crc32(TOWNSHIP.encode())]
        other.execute("select pg_advisory_lock(%s)", lock)
        look_for_pairs(search_id=pk, place_code=TOWNSHIP)
        assert taking.ask(asked)[0][1] == "waiting", "another of the area is at work"
        # By word: of a connection that is closed the server lets go a moment later.
        other.execute("select pg_advisory_unlock(%s)", lock)
    look_for_pairs(search_id=pk, place_code=TOWNSHIP)
    assert taking.ask(asked)[0][1] == "done"
    assert taking.ask("select kind, state, case_id from decisions_pair") == [("may_be_same", "open", None)]
    assert len(taking.ask("select id from registry_person where name like '罗%%安'")) == 2, (
        "nothing is merged"
    )
    page = client.get(reverse("decisions:pairs")).content.decode()
    assert f"第 {batch.pk} 批并入了没有证件号码的人，并入后自动查找" in page and "新开 1 对" in page
    # Its job was given up: it says so, and the area can be searched again.
    with within(scope_of(TOWNSHIP)):
        Search.objects.filter(pk=pk).update(state="at_work", started_at="2017-09-30T00:00:00Z")
    sweep_searches(timestamp=0)
    assert taking.ask(asked)[0][1] == "at_work", "the job that looks again later is still there"
    with psycopg.connect(fresh_database.owner, autocommit=True) as other:
        other.execute("delete from procrastinate_jobs")
    sweep_searches(timestamp=0)
    assert taking.ask(asked)[0][1] == "failed"
    assert GIVEN_UP["zh"] in client.get(reverse("decisions:pairs")).content.decode()


def of_its_county(offices: Offices, folder: Path) -> Batch:
    """A county's batch over two townships: a fault in each, a row of nobody's, one number written for a family of either and
    for one whose village nobody knows; and a newer form of a household without a fault."""
    lists = write(folder / "二" / "行政村名单.xlsx", [["县", "乡镇", "行政村", "行政村编码"], FAR])
    wrong = {"务工时间(月)": 15.0}
    rows = [
        *household(wrong, {}),
        *household({}, {}, number=SECOND),
        *household(wrong, {}, number=THIRD, 乡镇="黑水镇", 行政村="河口村"),
        *household({"户编号": None, "人编号": None, "姓名": "无编号人"}, number=f"{THIRD[:-1]}9"),
    ]
    for number, village in ((BOTH, "河口村"), (NOWHERE, "何口屯")):
        rows += [
            *household({}, number=number),
            person(number, 2, 姓名=SECRET, 与户主关系="户主", 乡镇="黑水镇", 行政村=village),
        ]
    first = taking.take([lists, persons(folder, rows), years(folder, {"户编号": HOME, "耕地面积(亩)": 2})])
    taking.take([persons(folder / "newer", household({"健康状况": "长期慢性病"}, {}, number=SECOND))])
    return first


def its_own_rows(township: Appointment, first: Batch, to: Path) -> Path:
    """The way of a finding's owner: from its page to the marked workbook of her own rows, and of nobody else's."""
    refused = (
        "select id from findings_finding where state = 'open' and kind = 'refused' and household_number = %s"
    )
    [(pk,)] = taking.ask(refused, TOWNSHIP, [HOME])
    client = people.sign_in(Client(), township)
    page = client.get(reverse("workbench:finding", args=[pk])).content.decode()
    own = reverse("workbench:own_rows", args=[pk])
    assert own in page and reverse("intake:batch", args=[first.pk]) not in page, (
        "no way that is closed to her"
    )
    assert client.post(own).status_code == 302
    with within(scope_of(TOWNSHIP)):
        asked = Export.objects.get()
    made = make(asked.pk, TOWNSHIP)
    assert made.step == "done" and made.file is not None, made.trouble
    with within(scope_of(TOWNSHIP)):
        inside = content(made.file)
    with zipfile.ZipFile(io.BytesIO(inside)) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert SECOND in told and not any(word in told for word in (THIRD, "河口村", SECRET, BOTH, NOWHERE))
    shared, *_others = taking.ask(refused, TOWNSHIP, [BOTH])
    way, says = reverse("workbench:own_rows", args=shared), "同一户编号的行分在两个乡镇，由县级办公室"
    page = client.get(reverse("workbench:finding", args=shared)).content.decode()
    assert says in page and way not in page, "what is not given is not offered"
    assert says in client.post(way, follow=True).content.decode()
    assert cells(opened(inside), RED) == [("Sheet", at("务工时间(月)", 2))]
    to.write_bytes(inside)
    with within(scope_of(TOWNSHIP), who={"account": "zhuoma"}):
        of_years = {"household": HOME, "language": "zh", "file_name": "户年度收入与生活条件.xlsx"}
        other, _new = want_own_rows(by=township, batch_id=first.pk, **of_years)
    assert other.pk != asked.pk and "户年度收入与生活条件" in other.title["zh"], (
        "of two workbooks that in which it stands"
    )
    return to


@pytest.mark.parametrize("whole", [False, True])
def test_a_countys_file_is_put_right_by_whose_rows_they_are(
    offices: Offices, tmp_path: Path, whole: bool
) -> None:
    county, township = offices
    first = of_its_county(offices, tmp_path)
    back = one(first, county, tmp_path) if whole else its_own_rows(township, first, tmp_path / "标注.xlsx")
    second, _client = by_pages(township, changed(back, tmp_path / "改好.xlsx", setting("务工时间(月)", 2, 0)))
    assert second.step == Step.DONE
    told = second.counts["corrects"]
    assert (told["batches"], told["changed"], told["removed"]) == ([first.pk], 1, 0)
    assert (told["put_right"], told["open"], second.counts["held"]) == (1, 0, 2 if whole else 0)
    stays = {("missing_key", ""), ("two_heads", BOTH), ("two_heads", NOWHERE), ("village_unknown", NOWHERE)}
    still = {(rule, number) for rule, number, _file in waiting(place=TOWNSHIP)}
    assert still - ({("village_unknown", BOTH)} if whole else set()) == stays, (
        "what was not in her part is open yet"
    )
    theirs = {(rule, number) for rule, number, _file in waiting()} - still
    assert theirs == {("months_out_of_range", THIRD), ("rows_disagree", BOTH)}
    health = (
        "select p.health from registry_person p join registry_membership m on m.person_id = p.id"
        " join registry_household h on h.id = m.household_id where h.number = %s order by 1"
    )
    assert taking.ask(health, values=[SECOND]) == [("chronic",), ("healthy",)], (
        "an old copy takes nothing back"
    )
