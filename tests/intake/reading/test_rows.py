"""Which rows are data: not blanks, totals, signatures, headers again; a row without its key is refused."""

from __future__ import annotations

from intake.reading.support import BOOKS, CODES, PERSON_HEADINGS, person_row, persons, sheet
from xiuhua.intake import reading

BLANK = [""] * 26


def line(*cells: object) -> list[object]:
    return [*cells, *[""] * (26 - len(cells))]


def test_what_is_no_data_is_left_out() -> None:
    parsed = persons(
        line(*(str(at) for at in range(1, 27))),
        person_row(),
        BLANK,
        PERSON_HEADINGS,
        line("临川县青石镇建档立卡贫困人口信息表"),
        line("临川县", "青石镇", "大坪村"),
        person_row(人编号="990521000000102"),
        line("合计", "", "", "", "", "", "", "", 1777.0),
        line("", "", "", "", "合 计", "", "", "", 1777.0),
        line("填表人:", "审核人:", "", "填报日期:"),
        line("注：务工时间按月填写"),
        line("   "),
    )
    assert parsed.rows == [3, 8] and parsed.faults == []


def test_a_row_without_its_key_is_refused_and_kept_in_view() -> None:
    parsed = persons(person_row(), person_row(户编号=""), person_row(姓名=" "))
    assert parsed.rows == [2, 3, 4]
    assert [(f.rule.value, f.row, f.letter) for f in parsed.faults] == [
        ("missing_key", 3, "E"),
        ("missing_key", 4, "G"),
    ]
    assert parsed.refused_rows == {3, 4}
    assert parsed.columns["household_number"] == ["9905210000001", None, "9905210000001"]


def test_a_number_merged_over_the_members_counts_for_each() -> None:
    made = sheet(
        [
            PERSON_HEADINGS,
            person_row(),
            person_row(户编号="", 姓名="李四"),
            person_row(户编号="9905210000002"),
        ],
        merged=[((1, 4), (2, 4))],
    )
    layout = reading.detect(made, BOOKS)
    assert layout is not None
    parsed = reading.parse(made, layout, CODES)
    assert (
        parsed.columns["household_number"] == ["9905210000001", "9905210000001", "9905210000002"]
        and not parsed.faults
    )


def test_a_village_list_skips_totals_and_refuses_a_village_without_code() -> None:
    made = sheet([
        ["县", "乡镇", "行政村", "行政村编码", "农村户数"],
        ["临川县", "青石镇", "大坪村", "990521101201", 357.0],
        ["临川县", "青石镇", "石沟村", "", 380.0],
        ["临川县", "青石镇", "", "990521101203.0", 196.0],
        ["合计", "", "", "", 933.0],
    ])  # fmt: skip
    layout = reading.detect(made, BOOKS)
    assert layout is not None
    parsed = reading.parse(made, layout, CODES)
    assert parsed.rows == [2, 3, 4] and parsed.columns["village_code"][:2] == ["990521101201", None]
    assert [(fault.rule.value, fault.row, fault.letter) for fault in parsed.faults] == [
        ("missing_key", 3, "D"),
        ("missing_key", 4, "C"),
    ]


def test_letters_of_columns() -> None:
    assert [reading.letter(at) for at in (1, 8, 26, 27, 702, 703)] == ["A", "H", "Z", "AA", "ZZ", "AAA"]
