"""Each planted fault stands in the cell that the key names; the rest of the county is untouched."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xiuhua.rulebook
from synth.opened import lines
from xiuhua.synth.county import KINDS, County, invent, plant, write
from xiuhua.synth.faults import default_counts

SAMPLE_KINDS = {
    "id_stored_as_number", "id_check_digit_wrong", "id_spaced_or_lower_x__mend", "id_full_width__mend", "id_used_twice",
    "village_unknown", "village_spaced__mend", "no_head", "two_heads", "member_count_disagrees", "months_out_of_range",
    "income_with_unit_text__mend", "income_not_a_number", "code_variant__mend", "code_unknown", "phone_as_number__mend",
    "relation_sex_disagrees", "exited_below_line", "exited_exactly_on_line__ok", "exited_dangerous_house",
    "exited_child_out_of_school", "exited_unsafe_water", "cause_illness_all_healthy",
}  # fmt: skip


def valid(number: Any) -> bool:
    if not isinstance(number, str) or len(number) != 18 or not number[:17].isdigit():
        return False
    p = 0
    for digit in number[:17]:
        p = (p + int(digit)) * 2 % 11
    return number[17] == "0123456789X"[(12 - p) % 11]


# What must be true of the values in the cells of a fault, the main one first.
HOLDS: dict[str, Callable[..., bool]] = {
    "id_stored_as_number": lambda v, *_: isinstance(v, float | int),
    "id_check_digit_wrong": lambda v, *_: len(v) == 18 and v[:17].isdigit() and not valid(v),
    "id_length_wrong": lambda v, *_: len(v) == 17,
    "id_birth_date_wrong": lambda v, *_: valid(v) and v[10:12] == "13",
    "id_spaced_or_lower_x__mend": lambda v, *_: not valid(v) and valid(v.replace(" ", "").upper()),
    "id_full_width__mend": lambda v, *_: not v.isascii() and valid(unicodedata.normalize("NFKC", v)),
    "id_missing__ok": lambda v, *_: v is None,
    "id_used_twice": lambda v, w, *_: valid(v) and v == w,
    "village_unknown": lambda v, *_: v.endswith("庄村"),
    "village_spaced__mend": lambda v, *_: v != v.strip() and v.strip().endswith("村"),
    "no_head": lambda v, *_: v == "其他",
    "two_heads": lambda v, *_: v == "户主",
    "months_out_of_range": lambda v, *_: v == 13,
    "income_with_unit_text__mend": lambda v, *_: v.endswith("元") and float(v[:-1].replace(",", "")) > 0,
    "income_not_a_number": lambda v, *_: v == "约三千",
    "area_with_unit_text__mend": lambda v, *_: v.endswith("㎡") and v[:-1].isdigit(),
    "yearly_income_not_a_number": lambda v, *_: v == "不详",
    "percent_out_of_range": lambda v, *_: v > 100,
    "date_not_valid": lambda v, *_: v == "2017-09-31",
    "code_variant__mend": lambda v, *_: v == "初中毕业 ",
    "code_unknown": lambda v, *_: v == "私塾三年",
    "phone_as_number__mend": lambda v, *_: isinstance(v, int) and 19_900_000_000 <= v < 20_000_000_000,
    "missing_key": lambda v, *_: v is None,
    "roll_id_check_digit_wrong": lambda v, *_: not valid(v),
    "registered_person_on_roll": lambda v, name, w: v == w,
    "same_person_two_households": lambda v, w, *_: valid(v) and v == w,
    "relation_sex_disagrees": lambda v, *_: v in ("之子", "之女"),
    "spouse_same_sex": lambda v, *_: valid(v),
    "healthy_but_labour_lost": lambda v, *_: v == "丧失劳动力",
    "work_place_without_months": lambda v, *_: v == "省外",
    "wage_without_worker": lambda v, *_: v > 0,
    "special_hardship_with_labour": lambda v, *_: v == "特困供养贫困户",
    "exited_child_out_of_school": lambda v, *_: v == "非在校生",
    "exited_below_line": lambda v, *_: v < 2952,
    "exited_exactly_on_line__ok": lambda v, *_: v == 2952,
    "exited_dangerous_house": lambda v, grade, *_: v == "是" and grade in ("C", "D"),
    "exited_unsafe_water": lambda v, q, li, m, r: v == "否" and (q == "否" or li < 35 or m > 20 or r <= 90),
    "water_mark_disagrees": lambda v, safe, *_: v == "否" and safe == "是",
    "house_mark_disagrees": lambda v, grade, *_: v == "是" and grade in ("A", "B"),
    "business_without_cost": lambda cost, business, *_: cost == 0 and business > 0,
    "cause_illness_all_healthy": lambda v, *_: v == "因病",
    "cause_disability_none_disabled": lambda v, *_: v == "因残",
    "cause_study_no_student": lambda v, *_: v == "因学",
}


@pytest.fixture(scope="module", params=["plain", "shuffled"])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[County, Path]:
    county = invent(5, 400)
    plant(county, default_counts(400) | {"missing_key": 2})
    out = tmp_path_factory.mktemp(request.param)
    write(
        county,
        out,
        shuffle_columns=request.param == "shuffled",
        rename=3 if request.param == "shuffled" else 0,
    )
    return county, out


def key_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "key.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_every_fault_stands_in_its_cell(planted: tuple[County, Path]) -> None:
    county, folder = planted
    books = {path.name: openpyxl.load_workbook(path) for path in folder.glob("*.xlsx")}
    key = key_of(folder)
    assert len(key["faults"]) == len(county.faults) == len({f["household"] for f in key["faults"]})
    for fault in key["faults"]:
        values: dict[tuple[Any, ...], Any] = {}
        for cell in fault["cells"]:
            sheet = books[cell["file"]][cell["sheet"]]
            value = sheet[f"{cell['letter']}{cell['row']}"].value
            above = {sheet[f"{cell['letter']}{row}"].value for row in (1, 2, 4)}
            assert cell["column"] in above
            same = values.setdefault(
                (cell["book"], cell["column"], cell["sheet"], cell["row"] if fault["person"] else ""), value
            )
            assert same == value  # a value of the household is the same in all rows of its members
        check = HOLDS.get(fault["kind"])
        if check is not None:
            assert check(*values.values()), (fault["kind"], values)


def test_the_kinds_of_the_sample_are_there_and_the_key_says_who(planted: tuple[County, Path]) -> None:
    county, folder = planted
    kinds = {f["kind"] for f in key_of(folder)["faults"]}
    assert kinds >= SAMPLE_KINDS and set(KINDS) == kinds
    people = {p.number: p.name for h in county.households for p in h.members}
    for fault in key_of(folder)["faults"]:
        if fault["person"]:
            assert people[fault["person"]] == fault["name"]
        assert fault["outcome"] in ("refused", "asked", "mended", "warned", "none")
        assert (fault["outcome"] == "mended") == fault["kind"].endswith("__mend")
        assert (fault["outcome"] == "none") == fault["kind"].endswith("__ok")


def test_rules_that_the_key_names_are_in_the_rulebook() -> None:
    root = Path(xiuhua.rulebook.__file__).parent
    texts = "".join(path.read_text("utf-8") for path in root.glob("*/rules_*.yaml"))
    for kind in KINDS.values():
        assert kind.rule is None or "." not in kind.rule or f"- id: {kind.rule}\n" in texts, kind.name
        assert kind.rule is not None or kind.outcome != "warned"


def test_counts_that_disagree_and_rows_that_repeat(planted: tuple[County, Path]) -> None:
    county, folder = planted
    rows = lines(folder, "person_export")
    for fault in county.faults:
        mine = [r for r in rows if r["household_number"] == fault.household]
        if fault.kind == "member_count_disagrees":
            assert {r["members_reported"] for r in mine} == {len(mine) + 1}
        elif fault.kind == "duplicate_row":
            twice = [r.values for r in mine if r["person_number"] == fault.person]
            assert len(twice) == 2 and twice[0] == twice[1]
        elif fault.kind == "no_head":
            assert "户主" not in {r["relation"] for r in mine}
        elif fault.kind == "two_heads":
            assert [r["relation"] for r in mine].count("户主") == 2
        elif fault.kind == "cause_illness_all_healthy":
            assert {r["health"] for r in mine} == {"健康"}
        elif fault.kind.startswith("exited_"):
            assert {r["status_reported"] for r in mine} == {"已脱贫"}


def test_households_without_a_fault_are_as_invented(tmp_path: Path) -> None:
    plain, county = invent(5, 400), invent(5, 400)
    plant(county)
    write(plain, tmp_path / "plain")
    write(county, tmp_path / "planted")
    touched = {f.household for f in county.faults} | {f.also for f in county.faults}
    for book in ("person_export", "yearly_record", "household_roll"):
        before, after = (
            [r.values for r in lines(tmp_path / name, book) if r["household_number"] not in touched]
            for name in ("plain", "planted")
        )
        assert before == after


def test_a_rate_a_count_and_what_cannot_be(tmp_path: Path) -> None:
    county = invent(1, 300)
    assert len(plant(county, {"no_head": 4, "exited_below_line": 2})) == 6
    more = plant(county, {"two_heads": 3}, seed=9)
    assert {f.household for f in more}.isdisjoint({f.household for f in county.faults[:6]})
    with pytest.raises(ValueError, match="no such kind"):
        plant(county, {"never_heard_of": 1})
    with pytest.raises(ValueError, match="too small"):
        plant(invent(1, 10), {"no_head": 11})


def test_a_column_left_out_takes_its_faults_out_of_the_key(tmp_path: Path) -> None:
    county = invent(2, 300)
    plant(county, {"phone_as_number__mend": 2, "no_head": 1})
    write(county, tmp_path, drop=["联系电话"])
    assert [f["kind"] for f in key_of(tmp_path)["faults"]] == ["no_head"]
    assert all("phone" not in r.values for r in lines(tmp_path, "person_export"))
