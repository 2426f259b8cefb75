"""Other departments' lists: every planted hit of the sample county is found and nothing else; nobody else is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from databases import fresh, kept
from intake import taking
from intake.conftest import Files, sign
from intake.reading.support import sheet
from xiuhua.common.clock import beijing_today
from xiuhua.common.sealing import CannotOpen
from xiuhua.files.models import StoredFile
from xiuhua.files.services import content
from xiuhua.intake import books, reading
from xiuhua.intake.models import Batch, StagedRow, Step
from xiuhua.intake.reading import open_workbook
from xiuhua.intake.services import receive, steps
from xiuhua.intake.services.lists import detect
from xiuhua.intake.services.receive import NotNow
from xiuhua.intake.services.takeback import want_take_back
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Listing, ListingCover, ListingHit
from xiuhua.registry.services import Basis
from xiuhua.synth.county import invent
from xiuhua.synth.ledgers import HELPERS, write_ledgers
from xiuhua.synth.lists import lists

pytestmark = [pytest.mark.database, pytest.mark.slow]
FILES = ("公安_死亡注销.csv", "工商_市场主体.csv", "财政_供养人员.csv", "车管_机动车登记.csv")
# What the key calls a hit, and the list and the rule that tell it.
PLANTED = {
    "dead_in_list": ("death", "lead.death"),
    "owns_car": ("vehicle", "lead.vehicle"),
    "public_payroll": ("payroll", "lead.payroll"),
    "owns_company": ("business", "lead.business"),
}
DAY = date(2017, 9, 30)
HITS = """
select x.kind, h.number, p.name, x.state, x.what, x.amount_fen from registry_listinghit x join registry_person p on p.id = x.person_id
join registry_membership m on m.person_id = p.id and m.until is null join registry_household h on h.id = m.household_id
"""
LEADS = "select rule, household_number from findings_finding where left(rule, 5) = 'lead.' and state = 'open'"


def basis(days: int = 90) -> Basis:
    return Basis("县人民政府授权书（测试）", "识别对象比对核查", beijing_today() + timedelta(days=days))


def arrive(paths: list[Path], listing: Basis | None, place: str = taking.COUNTY) -> int:
    with within(scope_of(place), who={"account": "test"}):
        uploads = [(path.name, iter([path.read_bytes()])) for path in paths]
        return receive.receive(
            by=taking.WHO, place_code=place, uploads=uploads, data_date=DAY, listing=listing
        ).batch.pk


def take(paths: list[Path], listing: Basis | None) -> Batch:
    batch = steps.advance(arrive(paths, listing), taking.COUNTY)
    assert batch.step == Step.PREVIEW, (batch.step, batch.trouble)
    return taking.merge(batch)


def planted(folder: Path) -> set[tuple[str, str, str]]:
    faults = json.loads((folder / "key.json").read_text(encoding="utf-8"))["faults"]
    return {
        (PLANTED[one["kind"]][0], one["household"], one["name"]) for one in faults if one["kind"] in PLANTED
    }


def hits() -> set[tuple[str, str, str]]:
    return {(kind, number, name) for kind, number, name, *_said in taking.ask(HITS)}


@pytest.fixture(scope="module")
def kept_county(
    sample_folder: Path, server: Any, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[str, None]]:
    """The sample county taken in once."""

    def take_in() -> None:
        sign()
        taking.take([sample_folder / name for name in taking.SAMPLE])

    with kept(server, django_db_blocker, take_in) as made:
        yield made


@pytest.fixture
def county(
    sample_folder: Path, kept_county: tuple[str, None], server: Any, django_db_blocker: Any
) -> Iterator[Path]:
    with fresh(server, django_db_blocker, kept_county[0]):
        yield sample_folder


def test_the_sample_countys_hits_are_found_and_nobody_else_is_kept(county: Path) -> None:
    before = taking.digest()
    batch = take([county / name for name in FILES], basis())
    # Some planted people are held back with their household: whom the register does not have, no list can name.
    known = {number for (number,) in taking.ask("select number from registry_household")}
    wanted = {one for one in planted(county) if one[1] in known}
    assert len(wanted) >= 18
    assert hits() == wanted
    assert taking.digest() != before  # the findings of the leads, and nothing else:
    rules = {PLANTED_RULE[kind] for kind, *_rest in wanted}
    leads = set(taking.ask(LEADS))
    assert leads == {(PLANTED_RULE[kind], number) for kind, number, _name in wanted}
    assert {rule for rule, _number in leads} == rules
    counts = {one.kind: one for one in Listing.objects.filter(batch=batch.pk)}
    assert {kind: one.rows for kind, one in counts.items()} == {
        "death": 305,
        "business": 404,
        "payroll": 504,
        "vehicle": 808,
    }
    for kind, one in counts.items():
        assert one.unmatched == one.rows - sum(1 for hit in wanted if hit[0] == kind)
    with within(scope_of(taking.COUNTY)):
        assert not StagedRow.objects.filter(batch=batch.pk).exists()
        file = StoredFile.objects.get(pk=batch.counts["files"][0])
        with pytest.raises(CannotOpen):
            content(file)


PLANTED_RULE = dict(PLANTED.values())


def test_a_list_changes_no_household(county: Path) -> None:
    before = taking.register(taking.COUNTY, "findings")
    history = taking.history()
    take([county / name for name in FILES], basis())
    assert taking.register(taking.COUNTY, "findings") == before
    assert taking.history() == history


def test_without_basis_a_list_is_not_read(county: Path) -> None:
    batch = steps.advance(arrive([county / FILES[3]], None), taking.COUNTY)
    assert batch.step == Step.FAILED
    assert "依据" in (batch.trouble or {})["zh"]
    with within(scope_of(taking.COUNTY)):
        assert not StagedRow.objects.filter(batch=batch.pk).exists()
    assert not Listing.objects.exists()
    for wrong in (
        Basis("", "核查", beijing_today()),
        Basis("授权", " ", beijing_today()),
        basis(-1),
        basis(800),
    ):
        with pytest.raises(NotNow):
            arrive([county / FILES[3]], wrong)


def test_beside_other_tables_a_list_without_basis_is_left_out(
    sample_folder: Path, fresh_database: Any
) -> None:
    sign()
    batch = taking.take([sample_folder / name for name in (*taking.SAMPLE, *FILES)])
    assert batch.counts["new"] > 2000
    assert not Listing.objects.exists()
    with within(scope_of(taking.COUNTY)):
        assert not ListingHit.objects.exists() and not ListingCover.objects.exists()
        assert all(sheet.lacks_basis for sheet in batch.sheets.filter(book__startswith="list_"))
        assert batch.sheets.filter(book__startswith="list_").count() == 4


def test_another_countys_lists_name_exactly_whom_they_name(
    made: Callable[..., Files], fresh_database: Any, tmp_path: Path
) -> None:
    files = made(77, 200)
    named = lists(files.county, tmp_path, seed=5)
    sign()
    taken = take([*files.paths, *sorted(tmp_path.glob("*.csv"))], basis())
    assert taken.counts["new"] > 800
    known = dict(
        taking.ask(
            "select p.number, p.id_blind is not null from registry_person p where p.number is not null"
        )
    )
    wanted = {
        (kind, person) for kind, people in named.items() for _home, person in people if known.get(person)
    }
    found = taking.ask(
        "select x.kind, p.number from registry_listinghit x join registry_person p on p.id = x.person_id"
    )
    assert wanted and set(found) == wanted


def test_a_batch_taken_back_takes_its_hits_along(county: Path) -> None:
    before = taking.register(taking.COUNTY, "findings")
    batch = take([county / FILES[3]], basis())
    assert hits()
    with within(scope_of(taking.COUNTY)):
        want_take_back(by=taking.WHO, batch_id=batch.pk, why="名单给错了")
    done = steps.advance(batch.pk, taking.COUNTY)
    assert done.step == Step.TAKEN_BACK, done.trouble
    assert hits() == set() and taking.ask(LEADS) == []
    assert Listing.objects.get(batch=batch.pk).ended_because == "taken_back"
    assert taking.register(taking.COUNTY, "findings") == before


HEADINGS = {
    "list_death": ("死亡人员.xlsx", ["序号", "姓名", "身份证号码", "死亡时间"]),
    "list_vehicle": ("名下车辆.xlsx", ["机动车所有人", "身份证明号码", "车型", "初次登记日期"]),
    "list_business": (
        "企业法人.xlsx",
        ["法定代表人", "法定代表人身份证号", "企业名称", "注册资本（万元）", "成立日期"],
    ),
    "list_payroll": ("公职人员名单.xlsx", ["姓名", "身份证号", "工作单位"]),
    "list_house": ("不动产查询.xlsx", ["权利人", "权利人证件号码", "规划用途", "登记时间"]),
    "list_dibao": ("农村低保花名册.xlsx", ["姓名", "身份证号码", "保障金额(元)", "享受起始日期"]),
    "list_disability": ("残联持证.xlsx", ["姓名", "身份证号", "残疾类别", "发证日期"]),
    "list_medical": ("医保大额自付.xlsx", ["参保人姓名", "证件号码", "个人自付费用", "结算日期"]),
    "list_dropout": ("辍学名单.xlsx", ["学生姓名", "学生身份证号", "原就读学校", "辍学日期"]),
    "list_disaster": ("受灾户.xlsx", ["姓名", "身份证号码", "损失金额", "受灾日期"]),
}


@pytest.mark.parametrize("book", HEADINGS)
def test_a_list_is_told_by_words_and_its_columns_are_certain(book: str) -> None:
    name, headings = HEADINGS[book]
    row = (
        ["1", "张三", "994392197702269521"][-len(headings) :]
        if headings[0] == "序号"
        else ["张三", "994392197702269521"]
    )
    page = sheet([headings, [*row, *["2017-01-01"] * (len(headings) - len(row))]])
    layout = detect(page, name, {})
    assert layout is not None and layout.book.id == book and layout.certain, layout


def test_name_number_and_unit_alone_are_anybodys_table() -> None:
    page = sheet([["姓名", "身份证号", "工作单位"], ["张三", "994392197702269521", "县医院"]])
    assert detect(page, "通讯录.xlsx", {}) is None


def test_other_tables_of_an_office_are_no_lists(sample_folder: Path) -> None:
    for name in ("帮扶责任人花名册.xlsx", "项目与资金.xlsx", *taking.SAMPLE):
        for page in open_workbook(name, (sample_folder / name).read_bytes()).sheets:
            assert detect(page, name, {}) is None, (name, page.name)


def test_ledgers_that_are_made_have_the_sheets_and_headings_of_an_offices(
    sample_folder: Path, tmp_path: Path
) -> None:
    """As the sample's, they are no book of the register: a batch that brings them says so of each sheet."""
    for path in write_ledgers(invent(5, 60), tmp_path):
        made = open_workbook(path.name, path.read_bytes()).sheets
        theirs = open_workbook(path.name, (sample_folder / path.name).read_bytes()).sheets
        assert [page.name for page in made] == [page.name for page in theirs]
        for mine, their in zip(made, theirs, strict=True):
            head = 1 if path.name == HELPERS else 0
            assert list(mine.cells[head]) == list(their.cells[head]), mine.name
            for page in (mine, their):
                assert reading.detect(page, tuple(books.OWN_BOOKS.values()), {}) is None, page.name
                assert detect(page, path.name, {}) is None, page.name
