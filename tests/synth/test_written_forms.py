"""The same county, however it is written: other orders, headings, formats, encodings; the same bytes each time."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from synth.opened import content, grids, lines
from xiuhua.synth.__main__ import main
from xiuhua.synth.county import County, invent, plant, write

BOOKS = ("village_list", "person_export", "yearly_record", "household_roll")


@pytest.fixture(scope="module")
def county() -> County:
    county = invent(11, 180)
    plant(county, 0.5)
    return county


@pytest.fixture(scope="module")
def plain(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    write(county, out)
    return out


def test_the_same_seed_gives_the_same_bytes(county: County, plain: Path, tmp_path: Path) -> None:
    again = invent(11, 180)
    plant(again, 0.5)
    paths = write(again, tmp_path)
    assert [p.name for p in paths] == [
        "行政村名单.xlsx",
        "贫困人口信息表.xlsx",
        "户年度收入与生活条件.xlsx",
        "农村住户花名册.xlsx",
    ]
    for path in [*paths, tmp_path / "key.json"]:
        assert path.read_bytes() == (plain / path.name).read_bytes()
    assert invent(12, 300).households[0].head.id_number != county.households[0].head.id_number


def test_a_neighbour_shares_nothing() -> None:
    here, there = invent(11, 400), invent(11, 400, code="990522")
    assert here.name != there.name and here.city == there.city and here.province == there.province
    assert invent(1, 1, code="990101").city != here.city
    for pick in (
        lambda c: {p.id_number for h in c.households for p in h.members} | {r.head_id for r in c.roll},
        lambda c: {h.number for h in c.households} | {r.number for r in c.roll},
        lambda c: {v.code for v in c.villages},
    ):
        assert pick(here).isdisjoint(pick(there))
    for bad in ("123456", "99052", "99052a"):
        with pytest.raises(ValueError, match="six digits"):
            invent(1, 1, code=bad)


def test_the_shape_is_that_of_the_office(plain: Path) -> None:
    book = openpyxl.load_workbook(plain / "贫困人口信息表.xlsx")
    assert len(book.sheetnames) == 3
    for sheet in book:
        assert (
            sheet.cell(1, 1).value.endswith("建档立卡贫困人口信息表")
            and sheet.title in sheet.cell(1, 1).value
        )
        assert [str(r) for r in sheet.merged_cells.ranges] == ["A1:Z1"]
        assert [c.value for c in sheet[2]][4:6] == ["数据截止:", "2017年9月30日"]
        assert sum(c.value is not None for c in sheet[4]) == 26
        assert (
            sheet.cell(sheet.max_row, 1).value == "填表人:" and sheet.cell(sheet.max_row - 1, 1).value is None
        )
    assert len(openpyxl.load_workbook(plain / "行政村名单.xlsx").active[1]) == 10


@pytest.mark.parametrize(
    "options",
    [
        {"shuffle_columns": True},
        {"rename": 3},
        {"rename": {"证件号码": "身份证号码", "户编号": "贫困户编号"}},
        {"one_sheet": True},
        {"shuffle_columns": True, "rename": 5, "one_sheet": True},
    ],
)
def test_another_layout_has_the_same_content(
    county: County, plain: Path, tmp_path: Path, options: dict[str, object]
) -> None:
    write(county, tmp_path, **options)  # type: ignore[arg-type]
    for book in BOOKS:
        assert content(tmp_path, book) == content(plain, book)
    if "shuffle_columns" in options:
        assert list(lines(tmp_path, "person_export")[0].values) != list(
            lines(plain, "person_export")[0].values
        )
    headings = {str(v) for rows in grids(tmp_path / "贫困人口信息表.xlsx").values() for v in rows[3]}
    if options.get("rename") == 3:
        assert (
            len(headings - {str(v) for v in next(iter(grids(plain / "贫困人口信息表.xlsx").values()))[3]})
            == 3
        )


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_csv_has_the_same_content(county: County, plain: Path, tmp_path: Path, encoding: str) -> None:
    write(county, tmp_path, format="csv", encoding=encoding)
    for book in BOOKS:
        theirs = content(plain, book)
        ours = content(tmp_path, book, encoding)
        assert len(ours) == len(theirs)
        # An ID that Excel took for a number loses more digits in a csv; everything else is equal.
        different = Counter(ours) - Counter(theirs)
        lost = [f for f in county.faults if f.kind == "id_stored_as_number"]
        assert different.total() <= (len(lost) if book == "person_export" else 0)
    key = json.loads((tmp_path / "key.json").read_text("utf-8"))
    assert not [f for f in key["faults"] if f["kind"] == "phone_as_number__mend"]
    assert any("E+17" in str(r["id_number"]) for r in lines(tmp_path, "person_export", encoding))


def test_what_cannot_be_written_is_said(county: County, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xlsx or csv"):
        write(county, tmp_path, format="xls")
    with pytest.raises(ValueError, match="no such heading: 住址"):
        write(county, tmp_path, drop=["住址"])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            ["--households", "80", "--seed", "2", "--out", str(tmp_path), "--faults", "0", "--format", "csv"]
        )
        == 0
    )
    assert "80 households" in capsys.readouterr().out
    assert main(["--households", "80", "--code", "110101", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
