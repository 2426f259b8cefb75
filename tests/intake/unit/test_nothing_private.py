"""A number in the wrong column is not carried into a finding; and a day counts for births."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.unit import small

pytestmark = pytest.mark.database

PHONE = "19912345678"


def test_what_stands_in_place_columns_is_covered(tmp_path: Path, fresh_database: Any) -> None:
    number = small.id_number(1980)
    rows = [
        *small.household({"行政村": number}),
        *small.household({"行政村": PHONE}, number="9905210000002"),
        *small.household({"乡镇": PHONE, "行政村": "大坪庄村"}, number="9905210000003"),
        *small.household({}, {"贫困户属性": None, "自然村": PHONE}, number="9905210000004"),
    ]
    villages = small.villages(tmp_path)
    wrong = small.write(
        tmp_path / "又一份行政村名单.xlsx",
        [
            ["县", "乡镇", "行政村", "行政村编码"],
            ["临川县", "青石镇", "上坪村", PHONE],
            ["临川县", "青石镇", "下坪村", "110101001001"],
        ],
    )
    batch = taking.preview([villages, wrong, small.persons(tmp_path, rows)], data_date=small.DAY)
    lines = taking.lines(batch)
    said = json.dumps(lines, ensure_ascii=False)
    kept = str(taking.ask("select params from intake_sighting"))
    assert PHONE not in said + kept and number not in said + kept
    assert "（18 位数字）" in said and "（11 位数字）" in said
    assert sorted(line["rule"] for line in lines) == [
        "number_misplaced",
        *["village_code_wrong"] * 2,
        *["village_unknown"] * 3,
    ]
    # A code of twelve digits tells nothing of a person, and has to be seen to be put right.
    assert "110101001001" in said


def test_nobody_is_born_after_the_day_of_the_data(tmp_path: Path, fresh_database: Any) -> None:
    rows = small.household({}, {"证件号码": small.id_number(2018)})
    files = [
        small.villages(tmp_path),
        small.persons(tmp_path, rows),
        small.years(tmp_path, {"工资性收入": 0}),
    ]
    batch = taking.preview(files)  # no title says a day: the yearly records do, 30 September 2017
    assert ("id_birth_date_wrong", "refused", 3, "H") in small.told(batch)
