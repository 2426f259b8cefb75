"""A fault is told once, at the cell where it stands; what a file shows of a standard is no fault of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.unit import small
from xiuhua.engine import load

pytestmark = pytest.mark.database


def told(folder: Path, *rows: list[Any], more: tuple[Path, ...] = ()) -> set[Any]:
    files = [small.villages(folder), small.persons(folder, rows), *more]
    return small.told(taking.preview(files, data_date=small.DAY))


def test_a_refused_cell_is_not_also_empty(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household({}, {"文化程度": "私塾三年"}, {"健康状况": "尚可"}, {"证件号码": "12345"})
    assert told(tmp_path, *rows) == {
        ("code_unknown", "refused", 3, "L"),
        ("code_unknown", "refused", 4, "N"),
        ("id_length_wrong", "refused", 5, "H"),
    }


def test_another_member_of_the_household_is_still_told_of(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household({}, {"文化程度": "私塾三年"}, {"文化程度": None})
    assert told(tmp_path, *rows) == {
        ("code_unknown", "refused", 3, "L"),
        ("quality.education_empty", "warned", 4, "L"),
    }


def test_months_and_numbers_are_told_by_intake_alone(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household(
        {"务工区域": "省外", "务工时间(月)": 13.0}, {"证件号码": small.id_number(1990, 7).lower() + " "}
    )
    year = small.years(tmp_path, {"工资性收入": "不详"})
    assert told(tmp_path, *rows, more=(year,)) == {
        ("months_out_of_range", "refused", 2, "Q"),
        ("id_spaced", "mended", 3, "H"),
        ("not_a_number", "refused", 2, "C"),
    }


def test_a_poor_household_that_is_not_at_the_standard_is_no_finding(
    tmp_path: Path, fresh_database: Any
) -> None:
    year = small.years(
        tmp_path, {"家庭年纯收入": 1000, "危房等级": "D", "吃穿是否有保障": "否", "基本医保参保人数": 0}
    )
    rows = small.household({"脱贫属性": "未脱贫", "是否危房户": "是"})
    assert told(tmp_path, *rows, more=(year,)) == set()


def test_a_rule_about_members_points_to_the_member(tmp_path: Path, fresh_database: Any) -> None:
    child = {
        "证件号码": small.id_number(2005),
        "在校生状况": "非在校生",
        "劳动技能": "无劳动力",
        "与户主关系": "之子",
    }
    rows = small.household({}, {}, {**child, "文化程度": None}, 脱贫属性="已脱贫")
    batch = taking.preview([small.villages(tmp_path), small.persons(tmp_path, rows)], data_date=small.DAY)
    (line,) = taking.lines(batch)
    assert (line["rule"], line["row"], taking._letters(line["column"])) == ("doubt.exited_education", 4, "M")
    assert line["person"] == f"{small.HOME}03"


def test_every_member_rule_has_a_column_to_point_to() -> None:
    library = load()
    picking = [rule for rule in library.rules.values() if rule.member]
    people = {column.name for column in library.relations["person"].columns}
    assert len(picking) > 10
    assert [rule.id for rule in picking if not people & set(library.columns_of(rule.id))] == []
