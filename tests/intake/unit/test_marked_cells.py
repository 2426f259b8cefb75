"""A marked workbook cell by cell: what is kept, what is added, and what of a corrected one is taken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

import people
from intake import taking
from intake.conftest import sign
from intake.marked_back import LEAF, LIST, RED, STRAW, cells, exports, listed, office, waiting
from intake.reading.compound import xls
from intake.reading.support import PERSON_HEADINGS
from intake.unit.small import HOME, household, id_number, persons, villages
from intake.unit.three import LETTER, SECOND, at, changed, data, one, setting, three
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.files.services import content
from xiuhua.intake.services.receive import NotNow
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
def officer(fresh_database: Any) -> Appointment:
    made = office()
    sign()
    return made


# What comes back.


def test_everything_of_the_office_stays(officer: Appointment, tmp_path: Path) -> None:
    path = persons(tmp_path, three(**{"务工时间(月)": 15.0, "人均纯收入": "很多"}))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.insert_rows(1)
    sheet["A1"] = "临川县贫困人口信息表"
    sheet.merge_cells("A1:F1")
    sheet.column_dimensions["C"].width = 33
    sheet["D5"].font = Font(bold=True, color="FF0000FF")
    sheet["AB3"] = "=SUM(Q3:Q8)"
    sheet[at("务工时间(月)", 3)].comment = Comment("问过本人", "老李")
    sheet[at("务工时间(月)", 3)].font = Font(italic=True)
    sheet.protection.sheet = True
    hidden = book.create_sheet("底稿")
    hidden.sheet_state = "hidden"
    hidden["A1"] = 1
    book.save(path)
    back = one(taking.preview([villages(tmp_path), path]), officer, tmp_path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(back) as new:
        for part in ("xl/worksheets/sheet2.xml", "xl/theme/theme1.xml", "docProps/core.xml"):
            assert new.read(part) == old.read(part), "what nobody marked is not even written anew"
    book = openpyxl.load_workbook(back)
    assert book.sheetnames == [LIST, "Sheet", "底稿"] and book["底稿"].sheet_state == "hidden"
    sheet = book["Sheet"]
    assert "A1:F1" in {str(area) for area in sheet.merged_cells.ranges}
    assert (
        sheet.column_dimensions["C"].width == 33
        and sheet["D5"].font.b
        and sheet["AB3"].value == "=SUM(Q3:Q8)"
    )
    cell = sheet[at("务工时间(月)", 3)]
    assert cell.comment.author == "老李" and cell.comment.text.startswith(
        "问过本人\n—— 绣花 ——\n【校验未通过】"
    )
    assert cell.font.i and cell.fill.fgColor.rgb == RED and cell.value == 15
    # A protected sheet stays so; the cells to be put right are open.
    assert sheet.protection.sheet and not cell.protection.locked and sheet["D5"].protection.locked
    assert not sheet.sheet_view.tabSelected, "two selected sheets would be written to at once"


def test_colours_comments_and_list_say_the_same(officer: Appointment, tmp_path: Path) -> None:
    head = {"证件号码": id_number(1971)[:17] + "0", "务工时间(月)": 15.0, "民族": "汉", "人数": 9.0}
    back = one(taking.preview([villages(tmp_path), persons(tmp_path, three(**head))]), officer, tmp_path)
    book = openpyxl.load_workbook(back)
    red = {cell for _, cell in cells(book, RED)}
    assert {at("证件号码", 2), at("务工时间(月)", 2)} <= red
    assert (book["Sheet"][at("民族", 2)].fill.fgColor.rgb == LEAF) == (
        at("民族", 2) in {c for _, c in cells(book, LEAF)}
    )
    assert {cell[0] for _, cell in cells(book, STRAW)} == {LETTER["人数"]}
    lines = listed(book)
    assert {line[2] for line in lines if line[0] == "校验未通过"} == red
    number = next(line for line in lines if line[2] == at("证件号码", 2))
    assert number[3] == HOME and number[4] == "（号码，见单元格）" and number[6]
    links = {cell.hyperlink.location for row in book[LIST].iter_rows() for cell in row if cell.hyperlink}
    assert "'Sheet'!" + at("证件号码", 2) in links
    # What is typed anew there keeps its digits.
    assert book["Sheet"][at("证件号码", 2)].number_format == "@"
    assert book["Sheet"][at("务工时间(月)", 2)].number_format == "General"


def test_several_findings_of_a_cell_are_one_comment(officer: Appointment, tmp_path: Path) -> None:
    rows = [*household({"与户主关系": "户主"}, {"与户主关系": "户主"}, 人数=7.0)]
    batch = taking.preview([villages(tmp_path), persons(tmp_path, rows)])
    book = openpyxl.load_workbook(one(batch, officer, tmp_path))
    words = [c.comment.text for row in data(book).iter_rows() for c in row if c.comment]
    assert len(words) < len(listed(book)) or all(w.count("【") == 1 for w in words)
    assert sum(w.count("【") for w in words) == sum(1 for line in listed(book) if line[2])


def test_it_speaks_the_readers_language(officer: Appointment, tmp_path: Path) -> None:
    batch = taking.preview([villages(tmp_path), persons(tmp_path, three(**{"务工时间(月)": 15.0}))])
    back = one(batch, officer, tmp_path, "en")
    assert back.name == "贫困人口信息表 (marked).xlsx"
    book = openpyxl.load_workbook(back)
    assert book.sheetnames[0] == "Findings"
    words = data(book)[at("务工时间(月)", 2)].comment.text
    assert words.startswith("[Refused] ") and "What to do: " in words
    assert one(batch, officer, tmp_path).name == "贫困人口信息表（已标注）.xlsx"


@pytest.mark.parametrize("danger", ['=HYPERLINK("http://evil.example")', "+1+1", "-1+1", "@SUM(1)", "\t=1"])
def test_nothing_that_we_write_is_a_formula(officer: Appointment, tmp_path: Path, danger: str) -> None:
    rows = [*household({"文化程度": "x"}, {}), *household({}, {}, number=SECOND)]
    rows[0][PERSON_HEADINGS.index("文化程度")] = danger
    lines = [
        ",".join(f'"{str(cell if cell is not None else "").replace(chr(34), chr(34) * 2)}"' for cell in row)
        for row in (PERSON_HEADINGS, *rows)
    ]
    path = tmp_path / "贫困人口信息表.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    back = one(taking.preview([villages(tmp_path), path]), officer, tmp_path)
    with zipfile.ZipFile(back) as archive:
        sheets = [
            name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        assert len(sheets) == 2
        assert all(b"<f>" not in archive.read(name) and b"<f " not in archive.read(name) for name in sheets)
    for line in listed(openpyxl.load_workbook(back)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in line)


def test_a_csv_comes_back_as_xlsx_whose_numbers_keep_their_digits(
    officer: Appointment, tmp_path: Path
) -> None:
    rows = three(**{"务工时间(月)": 15})
    text = "\n".join(
        ",".join("" if cell is None else str(cell) for cell in row) for row in (PERSON_HEADINGS, *rows)
    )
    path = tmp_path / "贫困人口信息表.csv"
    path.write_text(text, encoding="gb18030")
    first = taking.take([villages(tmp_path), path])
    [export] = exports(first, officer)
    assert export.file is not None and export.file.name == "贫困人口信息表（已标注）.xlsx"
    assert export.note is not None and "csv" in export.note["zh"]
    back = one(first, officer, tmp_path)
    sheet = data(openpyxl.load_workbook(back))
    assert (
        sheet[at("证件号码", 2)].value == id_number(1971, 11)
        and sheet[at("证件号码", 2)].number_format == "@"
    )
    assert sheet[at("务工时间(月)", 2)].value == 15 and sheet[at("务工时间(月)", 2)].fill.fgColor.rgb == RED
    # And corrected, it is known again.
    second = taking.take([changed(back, tmp_path / "改好.xlsx", setting("务工时间(月)", 2, 5))])
    assert second.counts["corrects"] == {
        "batches": [first.pk],
        "changed": 1,
        "removed": 0,
        "put_right": 1,
        "open": 0,
    } | {"open": second.counts["corrects"]["open"]}
    assert waiting() == [] and second.counts["left"] == 2


def test_an_xls_comes_back_as_xlsx_and_says_what_it_lost(officer: Appointment, tmp_path: Path) -> None:
    rows = three(**{"务工时间(月)": 15.0, "证件号码": 990521197101010000.0})
    path = tmp_path / "贫困人口信息表.xls"
    path.write_bytes(xls({"表": [list(PERSON_HEADINGS), *rows]}))
    first = taking.take([villages(tmp_path), path])
    [export] = exports(first, officer)
    assert export.note is not None and "宏" in export.note["zh"]
    back = one(first, officer, tmp_path)
    sheet = data(openpyxl.load_workbook(back))
    cell = sheet[at("证件号码", 2)]
    assert isinstance(cell.value, int | float), (
        "a number that lost its digits is not made to look like a text"
    )
    assert cell.number_format == "@" and cell.fill.fgColor.rgb == RED

    def change(book: Any) -> None:
        data(book)[at("证件号码", 2)].value = id_number(1971, 11)
        data(book)[at("务工时间(月)", 2)].value = 5

    taking.take([changed(back, tmp_path / "改好.xlsx", change)])
    assert waiting() == []


# Who may have it.


def test_a_neighbour_and_whoever_only_looks_get_none(officer: Appointment, tmp_path: Path) -> None:
    from django.test import Client

    batch = taking.preview([villages(tmp_path), persons(tmp_path, three(**{"务工时间(月)": 15.0}))])
    people.make_place(people.OTHER_COUNTY, "白岭县")
    neighbour = people.person("邻县人", "lin", people.OTHER_COUNTY, Role.COUNTY_OFFICE)
    leader = people.person("周县长", "zhou", people.COUNTY, Role.LEADER)
    for who, status in ((neighbour, 404), (leader, 403)):
        client = people.sign_in(Client(headers={"host": "127.0.0.1"}), who)
        assert client.post(f"/intake/{batch.pk}/mark/").status_code == status
    mine = people.sign_in(Client(headers={"host": "127.0.0.1"}), officer)
    assert "下载标注好的工作簿" in mine.get(f"/intake/{batch.pk}/").content.decode()
    assert mine.post(f"/intake/{batch.pk}/mark/").status_code == 302
    seen = people.sign_in(Client(headers={"host": "127.0.0.1"}), leader).get(f"/intake/{batch.pk}/")
    assert "下载标注好的工作簿" not in seen.content.decode()


def test_no_private_number_stands_in_what_is_kept_of_it(officer: Appointment, tmp_path: Path) -> None:
    batch = taking.preview(
        [villages(tmp_path), persons(tmp_path, three(证件号码=id_number(1971)[:17] + "0"))]
    )
    [export] = exports(batch, officer)
    rows = taking.ask(
        "select row_to_json(e)::text from files_export e union all select row_to_json(a)::text from audit_entry a"
    )
    assert rows and not any(id_number(1971)[:17] in row for (row,) in rows)
    assert export.file is not None
    with within(scope_of(taking.COUNTY)):
        book = openpyxl.load_workbook(io.BytesIO(content(export.file)))
    assert not any(id_number(1971)[:17] in cell for line in listed(book) for cell in line)


def test_an_unchecked_batch_is_not_marked_yet(officer: Appointment, tmp_path: Path) -> None:
    pk = taking.arrive([villages(tmp_path), persons(tmp_path, three())])
    with within(scope_of(taking.COUNTY)), pytest.raises(NotNow):
        from xiuhua.intake.services.marked import want_marked

        want_marked(by=officer, batch_id=pk, language="zh")
