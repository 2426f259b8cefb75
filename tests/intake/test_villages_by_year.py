"""A village's yearly form and the county's basics come in like any workbook: read, refused at the cell, merged, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake import taking
from intake.conftest import Files, sign
from intake.test_taken_back import take_back
from xiuhua.intake.models import Step
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import VillageYear
from xiuhua.registry.queries.standards import standards

pytestmark = [pytest.mark.database, pytest.mark.slow]
COUNTY = taking.COUNTY
HEAD = ("乡镇", "行政村", "年度", "建档立卡户数", "到乡镇是否通硬化路", "是否通客运班车", "通生活用电户数", "饮水安全户数",
        "未改造危房户数", "是否有卫生室", "村医人数", "村集体经济收入（万元）", "是否有驻村工作队", "核实方式")  # fmt: skip
BASICS = ("县", "县代码", "所在地区", "是否贫困县", "是否深度贫困县", "乡村人口")
YEARS = "select village_code, year, road_hardened, licensed_doctors, collective_income_fen, seen from registry_villageyear order by 1, 2"
HISTORY = "select road_hardened, pgh_label from registry_villageyearevent order by pgh_id"


def book(path: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in (head, *rows):
        sheet.append(list(row))
    made.save(path)
    return path


def row(files: Files, at: int, year: int = 2018, road: str = "是", how: str = "", **more: Any) -> list[Any]:
    village = files.county.villages[at]
    name = more.get("name", village.name)
    return [village.township, name, year, 9, road, "否", village.rural_households, village.rural_households, 0, "是", 1, 2.5, "是", how]  # fmt: skip


def forms(files: Files, folder: Path, rows: Iterable[Sequence[Any]]) -> Path:
    return book(folder / "行政村年度情况表.xlsx", "行政村年度情况表", HEAD, rows)


@pytest.fixture
def county(small: Files, fresh_database: Any) -> Files:
    sign()
    taking.take([small.path("行政村名单")])
    return small


def test_a_form_of_villages_is_recognised_and_kept_by_year(county: Files, tmp_path: Path) -> None:
    batch = taking.take(
        [forms(county, tmp_path, [row(county, 0), row(county, 0, 2017, "否"), row(county, 1)])]
    )
    assert [(sheet.book, sheet.rows) for sheet in _sheets(batch)] == [("village_year", 3)]
    first, second = county.county.villages[0].code, county.county.villages[1].code
    assert taking.ask(YEARS) == [
        (first, 2017, False, 1, 2_500_000, "reported"),
        (first, 2018, True, 1, 2_500_000, "reported"),
        (second, 2018, True, 1, 2_500_000, "reported"),
    ]
    assert taking.ask(YEARS, place=second) == [(second, 2018, True, 1, 2_500_000, "reported")]
    assert taking.ask(YEARS, place="990522") == []


def test_what_was_checked_yields_to_a_check_only_and_every_change_is_kept(
    county: Files, tmp_path: Path
) -> None:
    taking.take([forms(county, tmp_path, [row(county, 0, how="入户核实")])])
    taking.take([forms(county, tmp_path, [row(county, 0, road="否")])])
    assert taking.ask(YEARS)[0][2:] == (True, 1, 2_500_000, "checked")
    assert taking.ask(HISTORY) == []
    taking.take([forms(county, tmp_path, [row(county, 0, road="否", how="入户核实")])])
    assert taking.ask(YEARS)[0][2] is False
    assert taking.ask(HISTORY) == [(True, "changed")]


def test_a_village_that_is_not_known_is_refused_at_its_cell(county: Files, tmp_path: Path) -> None:
    batch = taking.take([forms(county, tmp_path, [row(county, 0), row(county, 1, name="没有此村")])])
    found = [line for line in taking.lines(batch) if line["rule"] == "village_unknown"]
    assert [(line["row"], line["column"]) for line in found] == [(3, 2)]
    assert len(taking.ask(YEARS)) == 1


def test_a_batch_of_forms_is_taken_back_as_it_was(county: Files, tmp_path: Path) -> None:
    taking.take([forms(county, tmp_path, [row(county, 0)])])
    basics = book(
        tmp_path / "县基本情况表.xlsx",
        "县基本情况表",
        BASICS,
        [[county.county.name, COUNTY, "西部", "是", "否", 20000]],
    )
    before = taking.ask(YEARS), taking.ask("select * from rec_county")
    batch = taking.take([forms(county, tmp_path, [row(county, 0, road="否"), row(county, 1)]), basics])
    assert taking.ask(
        "select county_code, region, poor_county, deep_poor_county, rural_persons from rec_county"
    ) == [(COUNTY, "west", True, False, 20000)]
    assert len(taking.ask(YEARS)) == 2
    assert take_back(batch).step == Step.TAKEN_BACK
    assert (taking.ask(YEARS), taking.ask("select * from rec_county")) == before


def test_a_county_tells_of_itself_only(county: Files, tmp_path: Path) -> None:
    basics = book(
        tmp_path / "县基本情况表.xlsx",
        "县基本情况表",
        BASICS,
        [["邻县", "990522", "西部", "是", "否", 20000]],
    )
    batch = taking.take([basics])
    assert [(line["rule"], line["row"], line["column"]) for line in taking.lines(batch)] == [
        ("county_other", 2, 2)
    ]
    assert taking.ask("select count(*) from places_countyrecord") == [(0,)]


def test_a_village_stands_against_its_standards_by_its_form_and_its_households(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    sign()
    poor = next(at for at, village in enumerate(small.county.villages) if village.poor)
    taking.take(
        [
            *small.paths,
            forms(small, tmp_path, [row(small, at, 2016) for at in range(len(small.county.villages))]),
        ]
    )
    code = small.county.villages[poor].code
    with within(scope_of(code)):
        judged = standards(code)
        [year] = VillageYear.objects.all()
    said = {one.rule.id: one for one in judged.outcomes}
    assert year.village_code == code and judged.year == 2016
    assert said["village.road"].holds and said["village.bus"].fails
    on_record = taking.ask("select count(*) from registry_household where kind = 'registered'", place=code)[
        0
    ][0]
    seen = {one.fact: one.value for one in said["village_form.registered"].facts}
    assert seen["registered_on_record"] == on_record and seen["registered_by_form"] == 9
    # The county's region nobody has said; the county itself reads all its villages.
    with within(scope_of(COUNTY)):
        county = {one.rule.id: one for one in standards(COUNTY).outcomes}
        assert standards(code[:9]).outcomes == []
    assert county["county.incidence"].not_known and county["county.villages_reported"].holds
    with within(scope_of("990522")):
        assert standards("990522").outcomes == []


def _sheets(batch: Any) -> list[Any]:
    with within(scope_of(COUNTY)):
        return list(batch.sheets.all())
