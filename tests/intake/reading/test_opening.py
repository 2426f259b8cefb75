"""Files of every kind are opened with true row and column numbers, or refused in one sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from intake.reading.compound import compound_file, xls
from intake.reading.support import BOOKS, CODES, GOOD_ID, PERSON_HEADINGS, person_row, xlsx
from xiuhua.intake import reading
from xiuhua.intake.reading import guard

TABLE = [["姓名", "证件号码", "数"], ["张三", GOOD_ID, 3.5]]


def sentence(content: bytes) -> str:
    with pytest.raises(reading.Unreadable) as refused:
        reading.open_workbook("a.xlsx", content)
    assert refused.value.zh and refused.value.en.isascii()
    return refused.value.zh


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_tables_of_any_encoding_and_separator(encoding: str, separator: str) -> None:
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in TABLE) + "\r\n\r\n"
    (page,) = reading.open_workbook("名单.csv", text.encode(encoding)).sheets
    assert page.cells == [["姓名", "证件号码", "数"], ["张三", GOOD_ID, "3.5"]]


def test_xlsx_and_xls_keep_numbers_apart_from_text_whatever_the_name_says() -> None:
    old = reading.open_workbook("名单.xlsx", xls({"名单": TABLE})).sheets
    new = reading.open_workbook("名单.xls", xlsx(TABLE)).sheets
    assert old[0].cells == new[0].cells == TABLE


def test_characters_that_no_database_keeps_are_spaces() -> None:
    # What a spreadsheet program writes for a character that XML cannot hold.
    (page,) = reading.open_workbook("a", xlsx([["姓_x0000_名", "数"], ["张_x0000_三_x0007_", "a\tb"]])).sheets
    assert page.cells == [["姓 名", "数"], ["张 三 ", "a\tb"]]
    late = "姓名,数\n" + "张三,1\n" * 20_000 + "张\0三,2\n"
    assert reading.open_workbook("a.csv", late.encode()).sheets[0].cells[-1] == ["张 三", "2"]


def test_row_and_column_numbers_are_those_of_the_file() -> None:
    book = openpyxl.Workbook()
    book.active["C3"] = "姓名"
    book.active["D4"] = True
    out = io.BytesIO()
    book.save(out)
    (page,) = reading.open_workbook("a", out.getvalue()).sheets
    assert (page.cells[2][2], page.cells[3][3]) == ("姓名", "TRUE")


def test_hidden_and_empty_sheets_are_not_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名"])
    book.create_sheet("旧的").append(["秘密"])
    book["旧的"].sheet_state = "hidden"
    book.create_sheet("空的")
    out = io.BytesIO()
    book.save(out)
    assert [page.name for page in reading.open_workbook("a", out.getvalue()).sheets] == ["Sheet"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (b" \r\n", "空的"),
        (b"PK\x03\x04 half a file", "损坏"),
        (xlsx(TABLE)[:3000], "损坏"),
        (xls({"a": TABLE})[:600], "不是表格|损坏"),
        (xls({"a": TABLE}, password=True), "密码"),
        (compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x" * 5000}), "密码"),
        (compound_file({"WordDocument": b"x"}), "不是表格"),
        (b"%PDF-1.7\n\x00\x01\x02", "不是表格"),
        ("一段没有表格的话".encode(), "不是表格"),
        (b"<html><table><tr><td>1,2</td></tr></table></html>", "网页"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(content: bytes, word: str) -> None:
    assert any(part in sentence(content) for part in word.split("|"))


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _archive({"xl/workbook.xml": b"<workbook/>", "xl/media/a": bytes(3 << 20)})
    monkeypatch.setattr(guard, "MOST_UNPACKED_BYTES", 1 << 20)
    assert "过大" in sentence(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = _archive({"xl/workbook.xml": b"<workbook/>", "xl/media/a": bytes(3 << 20)})
    assert bomb.count(struct.pack("<I", 3 << 20)) == 2
    sentence(bomb.replace(struct.pack("<I", 3 << 20), struct.pack("<I", 100)))


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_two_cells_at_far_corners_are_refused(prefix: str) -> None:
    cells = "".join(
        f'<{prefix}row r="{row}"><{prefix}c r="{place}"><{prefix}v>1</{prefix}v></{prefix}c></{prefix}row>'
        for row, place in ((1, "ZZ1"), (1048576, "A1048576"))
    )
    sheet = f"<{prefix}worksheet><{prefix}sheetData>{cells}</{prefix}sheetData></{prefix}worksheet>"
    assert "过大" in sentence(_archive({"xl/workbook.xml": b"<workbook/>", "xl/other/1.xml": sheet.encode()}))


def test_a_cell_beyond_the_columns_of_any_sheet_is_refused_before_a_sheet_is_laid_out() -> None:
    # Laid out, five thousand bytes filled a gigabyte and took two seconds.
    sheet = '<worksheet><sheetData><row r="3"><c r="ZZZZZ3"><v>1</v></c></row></sheetData></worksheet>'
    assert "过大" in sentence(_archive({"xl/workbook.xml": b"<workbook/>", "xl/other/1.xml": sheet.encode()}))


def test_other_archives_are_no_workbooks() -> None:
    assert "不是表格" in sentence(_archive({"word/document.xml": b"<document/>"}))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.opening, "MOST_ROWS", 1)
    assert "行" in sentence(xlsx(TABLE))


def test_one_table_reads_the_same_from_every_kind_of_file() -> None:
    rows = [
        ["临川县贫困人口信息表"],
        PERSON_HEADINGS,
        person_row(),
        person_row(姓名="李四", 人数="3", 联系电话="0971-8123456"),
    ]
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    files = {"a.xlsx": xlsx(rows), "a.xls": xls({"表": rows}), "a.csv": text.encode("gb18030")}
    read = []
    for name, content in files.items():
        (page,) = reading.open_workbook(name, content).sheets
        layout = reading.detect(page, BOOKS)
        assert layout is not None and layout.certain
        read.append(reading.parse(page, layout, CODES))
    assert read[0].columns == read[1].columns == read[2].columns
    assert read[0].rows == read[1].rows == read[2].rows == [3, 4]
    assert read[0].columns["net_income_per_head_reported_fen"] == [431268, 431268]


def test_the_sample_county_opens(sample_folder: Path) -> None:
    for path in sample_folder.glob("*.[xc]*s*"):
        assert reading.open_workbook(path.name, path.read_bytes()).sheets
