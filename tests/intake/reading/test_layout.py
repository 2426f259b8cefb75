"""Headers are found wherever they stand and however columns are named; what is not certain is asked."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

from intake.reading.support import BOOKS, CODES, PERSON_HEADINGS, identity_number, person_row, sheet
from xiuhua.intake import reading
from xiuhua.synth.county import invent, write

PEOPLE = [
    person_row(
        姓名=f"张{word}", 证件号码=identity_number(f"990101198001010{at:02}"), 联系电话=f"199574068{at:02}"
    )
    for at, word in enumerate("甲乙丙丁戊己庚辛")
]


def renamed(**names: str) -> list[str]:
    return [names.get(heading, heading) for heading in PERSON_HEADINGS]


def detected(rows: list[list], **kwargs: object) -> reading.Layout:
    layout = reading.detect(sheet(rows, **kwargs), BOOKS)
    assert layout is not None
    return layout


def test_a_title_above_says_date_and_reporter() -> None:
    layout = detected(
        [
            ["临川县贫困人口信息表"],
            ["填报单位:", "青石镇", "", "数据截止:", "2017年9月30日"],
            [],
            PERSON_HEADINGS,
            *PEOPLE,
        ]
    )
    assert (layout.book.id, layout.header_row, layout.certain) == ("person_export", 3, True)
    assert (layout.data_date, layout.reporter) == (datetime.date(2017, 9, 30), "青石镇")
    assert "临川县贫困人口信息表" in layout.title


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("（数据截至2017.9.30）", datetime.date(2017, 9, 30)),
        ("统计时间：2017年2月", datetime.date(2017, 2, 28)),
        ("2017年贫困人口信息表", None),
        ("制表日期：2017年9月30日", None),
    ],
)
def test_only_a_date_of_the_data_counts(title: str, day: datetime.date | None) -> None:
    assert detected([[title], PERSON_HEADINGS, *PEOPLE]).data_date == day


@pytest.mark.parametrize("seed", range(4))
def test_order_does_not_matter(seed: int) -> None:
    order = random.Random(seed).sample(range(26), 26)
    layout = detected([[row[at] for at in order] for row in [PERSON_HEADINGS, *PEOPLE]])
    plain = detected([PERSON_HEADINGS, *PEOPLE])
    assert {key: order[at] for key, at in layout.columns.items()} == plain.columns


@pytest.mark.parametrize(
    ("heading", "other", "field"),
    [
        ("证件号码", "公民\n身份号码", "id_number"),
        ("证件号码", "身份证号（必填）", "id_number"),
        ("与户主关系", "与户主的关系*", "relation"),
        ("户编号", "AAC001", "household_number"),
        ("人均纯收入", "2017年人均纯收入\n（元）", "net_income_per_head_reported_fen"),
        ("主要致贫原因", "A3a 致贫原因", "main_cause"),
        ("联系电话", "户主联系电话", "phone"),
        ("是否参加大病医疗", "大病医疗保险", "serious_illness_insured"),
        ("务工时间(月)", "务工时间/月", "work_months"),
    ],
)  # fmt: skip
def test_other_words_for_a_column_are_known(heading: str, other: str, field: str) -> None:
    layout = detected([renamed(**{heading: other}), *PEOPLE])
    assert layout.certain and layout.columns[field] == PERSON_HEADINGS.index(heading)


def test_a_year_in_the_heading_is_kept() -> None:
    assert detected([renamed(人均纯收入="2016年人均纯收入"), *PEOPLE]).years == {
        "net_income_per_head_reported_fen": 2016
    }


def test_a_likely_heading_with_values_to_match_is_taken() -> None:
    layout = detected([renamed(证件号码="身份证件编码"), *PEOPLE])
    assert layout.certain and layout.columns["id_number"] == 7


def test_an_unlikely_heading_is_asked_about_even_when_the_values_fit() -> None:
    layout = detected([renamed(证件号码="号"), *PEOPLE])
    assert not layout.certain and "id_number" in layout.missing
    assert [(item.col_index, item.heading, item.candidates) for item in layout.unsure] == [
        (7, "号", ["id_number"])
    ]


def test_the_head_s_name_is_never_taken_for_the_member_s() -> None:
    layout = detected([renamed(姓名="户主姓名"), *PEOPLE])
    assert "name" not in layout.columns and "name" in layout.missing


def test_two_columns_of_one_name_are_asked_about() -> None:
    layout = detected([[*PERSON_HEADINGS, "姓名"], *[[*row, "王五"] for row in PEOPLE]])
    assert {item.col_index: item.candidates for item in layout.unsure} == {6: ["name"], 26: ["name"]}
    chosen = reading.confirm(layout, {6: "name"})
    assert chosen.columns["name"] == 6 and chosen.certain is False
    assert reading.confirm(chosen, {26: None}).certain
    assert detected([[*PERSON_HEADINGS, "姓名"], *PEOPLE]).columns["name"] == 6  # the other one is empty


def test_an_answer_is_remembered_by_the_heading() -> None:
    rows = [[*renamed(证件号码="号"), "姓名情况"], *[[*row, "王五"] for row in PEOPLE]]
    remembered = {
        ("person_export", reading.heading_key(" 号 ")): "id_number",
        ("person_export", "姓名情况"): reading.IGNORED,
    }
    layout = reading.detect(sheet(rows), BOOKS, remembered)
    assert layout is not None and layout.certain
    assert layout.columns["id_number"] == 7 and (26, "姓名情况") in layout.unmapped


def test_answers_move_a_field_and_refuse_what_the_book_has_not() -> None:
    layout = detected([[*PERSON_HEADINGS, "身份证复印件"], *[[*row, "有"] for row in PEOPLE]])
    moved = reading.confirm(layout, {26: "id_number"})
    assert moved.columns["id_number"] == 26 and (7, "证件号码") in moved.unmapped
    assert reading.confirm(moved, {26: None}).missing == ["id_number"]
    with pytest.raises(KeyError):
        reading.confirm(layout, {26: "shoe_size"})
    assert reading.with_columns(layout, moved.columns).columns == moved.columns


def test_a_header_over_two_rows_with_merged_cells() -> None:
    upper = ["户编号", "年度", "家庭收入(元)", "", "住房情况", "", "户主"]
    lower = ["", "", "工资性收入", "财产性收入", "面积(㎡)", "危房等级", "姓名"]
    rows = [
        ["户年度收入与生活条件"],
        upper,
        lower,
        ["9905210000001", 2017.0, 100.0, 2.5, 80.0, "A级", "张三"],
    ]
    merged = [((1, 0), (2, 0)), ((1, 1), (2, 1)), ((1, 2), (1, 3)), ((1, 4), (1, 5))]
    for areas in (merged, []):
        layout = detected(rows, merged=areas)
        assert (layout.book.id, layout.header_row) == ("yearly_record", 2)
        assert (
            layout.columns["wage_fen"] == 2
            and layout.columns["property_fen"] == 3
            and layout.columns["head_name"] == 6
        )
    assert detected(rows, merged=merged).columns["house_area_m2"] == 4


@pytest.mark.parametrize(
    ("heading", "fen"),
    [
        ("工资性收入", 12_300),
        ("工资性收入（元）", 12_300),
        ("工资性收入(万元)", 123_000_000),
        ("工资性收入（千元）", 12_300_000),
    ],
)
def test_units_in_the_heading_count(heading: str, fen: int) -> None:
    made = sheet([["户编号", "年度", heading, "财产性收入"], ["9905210000001", 2017.0, 123.0, 1.0]])
    layout = reading.detect(made, BOOKS)
    assert layout is not None
    assert reading.parse(made, layout, CODES).columns["wage_fen"] == [fen]


def test_a_unit_above_the_table_counts_for_all_money() -> None:
    made = sheet(
        [
            ["单位：万元"],
            ["户编号", "年度", "工资性收入", "财产性收入(元)"],
            ["9905210000001", 2017.0, 1.2, 1.0],
        ]
    )
    layout = reading.detect(made, BOOKS)
    assert layout is not None and layout.scales == {"wage_fen": Decimal(10_000)}


def test_per_cents_that_excel_keeps_as_shares() -> None:
    made = sheet(
        [
            ["户编号", "年度", "工资性收入", "供水保证率(%)"],
            ["9905210000001", 2017.0, 1.0, 0.95],
            ["9905210000002", 2017.0, 1.0, 1.0],
        ]
    )
    layout = reading.detect(made, BOOKS)
    assert layout is not None
    assert reading.parse(made, layout, CODES).columns["water_reliability_percent"] == [95, 100]


@pytest.mark.parametrize(
    "headings",
    [
        ["姓名", "公民身份号码", "死亡日期"],
        [
            "姓名",
            "证件号码",
            "工作单位",
            "单位隶属关系",
            "职务",
            "联系电话",
            "结对户编号",
            "户主姓名",
            "结对开始日期",
            "结对结束日期",
        ],
        ["项目编号", "项目名称", "乡镇", "行政村", "投资规模(元)", "受益户数"],
        ["一段话"],
    ],
)
def test_other_tables_are_none_of_ours(headings: list[str]) -> None:
    assert reading.detect(sheet([["花名册"], headings, ["x"] * len(headings)]), BOOKS) is None


def test_the_sample_county_is_recognised(sample_folder: Path) -> None:
    found = {}
    for path in sample_folder.glob("*.[xc]*s*"):
        for page in reading.open_workbook(path.name, path.read_bytes()).sheets:
            layout = reading.detect(page, BOOKS)
            assert layout is None or layout.certain
            found.setdefault(layout and layout.book.id, set()).add(path.stem)
    assert {book: names for book, names in found.items() if book} == {
        "person_export": {"贫困人口信息表"},
        "yearly_record": {"户年度收入与生活条件"},
        "household_roll": {"农村住户花名册"},
        "village_list": {"行政村名单"},
    }


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_invented_counties_with_shuffled_and_renamed_columns(seed: int, tmp_path: Path) -> None:
    county = invent(seed, 60)
    for format in ("xlsx", "csv"):
        for path in write(county, tmp_path, format=format, shuffle_columns=True, rename=6):
            for page in reading.open_workbook(path.name, path.read_bytes()).sheets:
                layout = reading.detect(page, BOOKS)
                assert layout is not None and layout.certain and not layout.unmapped
