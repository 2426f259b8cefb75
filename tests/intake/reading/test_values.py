"""Cells become values; what is mended is noted, what cannot be read is refused, and no secret is quoted."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.reading.support import BOOKS, CODES, GOOD_ID, PERSON_HEADINGS, one, person_row, persons, sheet
from xiuhua.intake import reading
from xiuhua.intake.terms import IntakeRule

EIGHT_O_CLOCK = datetime.datetime(2017, 9, 23, 8, 0)  # noqa: DTZ001 (as a workbook has it)
YEARLY = [
    "户编号",
    "年度",
    "工资性收入",
    "生产经营性收入",
    "住房面积(㎡)",
    "日人均水量(升)",
    "是否通生活用电",
    "主要燃料类型",
    "核实日期",
]


def yearly(heading: str, cell: Any) -> tuple[Any, list[str]]:
    row = dict(
        zip(YEARLY, ["9905210000001", 2017.0, 1.0, 1.0, 80.0, 60.0, "是", "柴草", ""], strict=True)
    ) | {heading: cell}
    made = sheet([YEARLY, list(row.values())])
    layout = reading.detect(made, BOOKS)
    assert layout is not None
    parsed = reading.parse(made, layout, CODES)
    key = next(key for key, at in layout.columns.items() if at == YEARLY.index(heading))
    return parsed.columns[key][0], [fault.rule.value for fault in parsed.faults]


@pytest.mark.parametrize(
    ("cell", "fen", "rules"),
    [
        (8354.94, 835494, []),
        (4312.6799999999, 431268, []),
        (0.125, 13, []),
        ("8354.94", 835494, []),
        (-5.0, -500, []),
        ("−5", -500, ["number_with_unit"]),
        ("8,430元", 843000, ["number_with_unit"]),
        ("￥8430", 843000, ["number_with_unit"]),
        ("1.2万元", 1_200_000, ["number_with_unit"]),
        ("３千", 300_000, ["number_with_unit"]),
        ("", None, []),
        ("-", None, []),
        ("/", None, []),
        ("无", None, []),
        ("不详", None, ["not_a_number"]),
        ("约5000", None, ["not_a_number"]),
        ("5000左右", None, ["not_a_number"]),
        ("3000-5000", None, ["not_a_number"]),
        ("5000亩", None, ["not_a_number"]),
        (1e12, None, ["out_of_range"]),
        (datetime.date(2017, 9, 1), None, ["not_a_number"]),
    ],
)
def test_money(cell: Any, fen: int | None, rules: list[str]) -> None:
    assert yearly("生产经营性收入", cell) == (fen, rules)


@given(st.integers(-100_000_000, 10_000_000_000))
def test_every_fen_is_kept(fen: int) -> None:
    for cell in (fen / 100, f"{fen / 100:.2f}", f"{fen / 100:,.2f}元"):
        assert yearly("生产经营性收入", cell)[0] == fen


@pytest.mark.parametrize(
    ("heading", "cell", "value", "rules"),
    [
        ("住房面积(㎡)", "80平方米", Decimal(80), ["number_with_unit"]),
        ("住房面积(㎡)", "80㎡", Decimal(80), ["number_with_unit"]),
        ("住房面积(㎡)", 80.5, Decimal("80.5"), []),
        ("日人均水量(升)", 60.5, None, ["not_a_number"]),
        ("日人均水量(升)", "60升", 60, ["number_with_unit"]),
        ("日人均水量(升)", -1.0, None, ["out_of_range"]),
        ("年度", "2017年", 2017, []),
        ("年度", datetime.date(2017, 9, 30), 2017, []),
        ("年度", "去年", None, ["date_not_valid"]),
        ("年度", 17.0, None, ["date_not_valid"]),
        ("年度", 1990.0, None, ["out_of_range"]),
        ("是否通生活用电", "√", True, ["code_variant"]),
        ("是否通生活用电", "N", False, ["code_variant"]),
        ("是否通生活用电", "TRUE", True, ["code_variant"]),
        ("是否通生活用电", 0.0, False, ["code_variant"]),
        ("是否通生活用电", "无", False, []),
        ("是否通生活用电", "/", None, []),
        ("是否通生活用电", "大概", None, ["code_unknown"]),
    ],
)
def test_numbers_years_and_marks(heading: str, cell: Any, value: Any, rules: list[str]) -> None:
    assert yearly(heading, cell) == (value, rules)


def test_several_codes_in_one_cell_are_joined() -> None:
    value, rules = yearly("主要燃料类型", "柴草、煤炭")
    assert len(value.split(",")) == 2 and rules == []
    assert yearly("主要燃料类型", "柴草、牛皮")[1] == ["code_unknown"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        *[(cell, datetime.date(2017, 9, 23)) for cell in (
            "2017-09-23", "2017/9/23", "2017.9.23", "20170923", "2017年9月23日", " 2017-09-23 00:00:00", 43001.0, "43001",
            20170923.0, datetime.datetime(2017, 9, 23, 8, 0, tzinfo=None),  # noqa: DTZ001
            datetime.date(2017, 9, 23))],
        *[(cell, datetime.date(2017, 9, 1)) for cell in ("2017.9", "2017年9月", "201709", 2017.9, 201709.0)],
        (2017.12, datetime.date(2017, 12, 1)),
    ],
)  # fmt: skip
def test_dates_in_every_form(cell: Any, day: datetime.date) -> None:
    assert yearly("核实日期", cell) == (day, [])


@pytest.mark.parametrize(
    "cell", ["2017-02-30", "2017-13-01", "昨天", "2017", 2017.0, 2017.1, 1.0, -3.0, "9月23日"]
)
def test_what_is_no_certain_date_is_refused(cell: Any) -> None:
    assert yearly("核实日期", cell) == (None, ["date_not_valid"])


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("19957406838", "19957406838", []),
        (19957406838.0, "19957406838", ["phone_as_number"]),
        ("19957406838.0", "19957406838", ["phone_as_number"]),
        ("199 5740 6838", "19957406838", ["text_trimmed"]),
        ("+86-19957406838", "19957406838", ["text_trimmed"]),
        ("0971-8123456", "09718123456", ["text_trimmed"]),
        ("8123456", "8123456", []),
        ("1995740683", None, ["phone_not_valid"]),
        ("没有电话机", None, ["phone_not_valid"]),
        (1.99574e10, "19957400000", ["phone_as_number"]),
        ("19957406838/19957406839", "19957406838", ["phone_not_valid"]),
        ("无", None, []),
    ],
)
def test_phones(cell: Any, value: str | None, rules: list[str]) -> None:
    assert one("phone", "联系电话", cell) == (value, rules)


@pytest.mark.parametrize(
    ("field", "heading", "cell", "value", "rules"),
    [
        ("village", "行政村", " 大坪村\u3000", "大坪村", ["village_spaced"]),
        ("village", "行政村", "大 坪 村", "大坪村", ["village_spaced"]),
        ("township", "乡镇", "青石镇 ", "青石镇", ["text_trimmed"]),
        ("name", "姓名", "张\u3000三", "张三", ["text_trimmed"]),
        ("name", "姓名", "卓玛•才让", "卓玛·才让", ["text_trimmed"]),
        ("education", "文化程度", "初中", "junior", []),
        ("education", "文化程度", "初中 ", "junior", ["text_trimmed"]),
        ("education", "文化程度", "初中毕业 ", "junior", ["code_variant"]),
        ("education", "文化程度", "私塾三年", None, ["code_unknown"]),
        ("education", "文化程度", "", None, []),
        ("work_place", "务工区域", "无", None, []),
        ("work_months", "务工时间(月)", 13.0, None, ["months_out_of_range"]),
        ("work_months", "务工时间(月)", "6个月", 6, ["number_with_unit"]),
        ("work_months", "务工时间(月)", 6.5, None, ["not_a_number"]),
        ("household_number", "户编号", 9905210000001.0, "9905210000001", []),
        ("household_number", "户编号", "nc９905210000001 ", "NC9905210000001", ["text_trimmed"]),
        ("person_number", "人编号", 9905210000001011.0, None, ["number_stored_as_number"]),
        ("person_number", "人编号", "9.90521E+14", None, ["number_stored_as_number"]),
        # Keys are long numbers of their own, and somebody's number is none of them.
        ("household_number", "户编号", "990521101201001", "990521101201001", []),
        ("person_number", "人编号", "99052110120100000101", "99052110120100000101", []),
        ("household_number", "户编号", GOOD_ID, None, ["number_misplaced"]),
        ("person_number", "人编号", f"{GOOD_ID}01", None, ["number_misplaced"]),
        ("person_number", "人编号", 19911112222.0, None, ["number_misplaced"]),
        ("household_number", "户编号", "990101750101523", None, ["number_misplaced"]),
        ("name", "姓名", f"张三{GOOD_ID[:6]} {GOOD_ID[6:]}", None, ["number_misplaced"]),
        ("group", "自然村", "4社19911112222", None, ["number_misplaced"]),
        ("household_number", "户编号", "9" * 31, None, ["too_long"]),
        ("name", "姓名", "长" * 61, None, ["too_long"]),
    ],
)
def test_words_and_numbers_of_a_person(
    field: str, heading: str, cell: Any, value: Any, rules: list[str]
) -> None:
    assert one(field, heading, cell) == (value, rules)


def test_a_fault_names_its_cell_and_holds_the_row_back() -> None:
    parsed = persons(person_row(), person_row(人均纯收入="约五千"))
    (fault,) = parsed.faults
    assert (fault.row, fault.column, fault.letter, fault.kind) == (3, 25, "Y", "refused")
    assert fault.sentence("zh") == "“人均纯收入”写的是“约五千”，不是数字。请填写以元为单位的数字"
    assert (
        fault.sentence("en")
        == "“Net income per head” says “约五千”, which is not a number. Enter a number in yuan"
    )
    assert parsed.refused_rows == {3} and parsed.rows == [2, 3]


SECRETS = st.sampled_from([GOOD_ID, f"{GOOD_ID[:6]} {GOOD_ID[6:14]} {GOOD_ID[14:]}", GOOD_ID + "43", "19957406838", "6228480000000012345",
                           float(19957406838), "户主 " + GOOD_ID, "0971-8123456"])  # fmt: skip


@given(SECRETS, st.sampled_from(PERSON_HEADINGS))
def test_no_secret_is_quoted_wherever_it_was_typed(secret: str | float, heading: str) -> None:
    parsed = persons(person_row(**{heading: secret}))
    digits = "".join(c for c in str(secret) if c.isdigit())[:7]
    for fault in parsed.faults:
        said = "".join(c for c in fault.sentence("zh") + str(fault.params) if c not in " -")
        assert digits not in said


@given(
    st.text(max_size=12) | st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(PERSON_HEADINGS)
)
def test_reading_never_fails_and_what_was_read_reads_the_same_again(cell: Any, heading: str) -> None:
    first = persons(person_row(), person_row(**{heading: cell}))
    assert {fault.row for fault in first.faults} <= set(first.rows)
    layout = reading.detect(sheet([PERSON_HEADINGS, person_row()]), BOOKS)
    assert layout is not None
    key = next(key for key, at in layout.columns.items() if PERSON_HEADINGS[at] == heading)
    value = first.columns[key][-1]
    if isinstance(value, str) and layout.book.field(key).codes is None:
        again = persons(person_row(), person_row(**{heading: value}))
        assert again.columns[key][-1] == value and not [
            f for f in again.faults if f.field == key and f.kind == "mended"
        ]


@pytest.mark.parametrize("rule", list(IntakeRule))
def test_every_rule_speaks_both_languages(rule: IntakeRule) -> None:
    for language, word in (("zh", rule.zh), ("en", rule.en)):
        said = rule.sentence(language)
        assert word == rule.says(language) and said and "{" not in said and "[" not in said
        assert rule.next_action(language)
    assert rule.en.isascii() and rule.value == rule.name.lower()


def test_a_value_is_never_taken_for_a_place_in_the_sentence() -> None:
    said = IntakeRule.CODE_UNKNOWN.sentence("zh", field_zh="民族", value="{field_zh}[x]")
    assert said == "“民族”写的是“{field_zh}[x]”，代码表里没有这一项"
