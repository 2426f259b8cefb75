"""A county without faults agrees with itself. Checked on the written files, by code of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import xiuhua.rulebook
from synth.opened import Line, lines
from xiuhua.synth.county import invent, write
from xiuhua.synth.sheets import WORDS

DAY = date(2017, 9, 30)
SCHOOL_DAY = date(2017, 8, 31)
STUDYING = {"小学", "初中", "普通高中", "中职", "高职", "大专及以上", "特殊教育"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    write(invent(20170930, 1500), out)
    return out


@pytest.fixture(scope="module")
def households(folder: Path) -> dict[str, list[Line]]:
    out: dict[str, list[Line]] = defaultdict(list)
    for line in lines(folder, "person_export"):
        out[line["household_number"]].append(line)
    return out


@pytest.fixture(scope="module")
def years(folder: Path) -> dict[str, dict[int, Line]]:
    out: dict[str, dict[int, Line]] = defaultdict(dict)
    for line in lines(folder, "yearly_record"):
        out[line["household_number"]][line["year"]] = line
    return out


def born(person: Line) -> date:
    text = person["id_number"]
    return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))


def age(person: Line, day: date = DAY) -> int:
    b = born(person)
    return day.year - b.year - ((day.month, day.day) < (b.month, b.day))


def male(person: Line) -> bool:
    return int(person["id_number"][16]) % 2 == 1


def able(person: Line) -> bool:
    return person["labour"] in ("普通劳动力", "技能劳动力")


def test_id_numbers_are_valid_invented_and_used_once(folder: Path, households: dict[str, list[Line]]) -> None:
    numbers = [p["id_number"] for members in households.values() for p in members]
    numbers += [r["head_id"] for r in lines(folder, "household_roll")]
    assert len({n[:18] for n in numbers}) == len(numbers)
    for number in numbers:
        assert len(number) in (18, 20) and number.startswith("99")
        # ISO 7064 MOD 11-2 by its recursion, not by the weights that the invention uses
        p = 0
        for digit in number[:17]:
            p = (p + int(digit)) * 2 % 11
        assert number[17] == "0123456789X"[(12 - p) % 11]
        assert len(number) == 18 or (number[18] in "1234567" and number[19] in "1234")
    assert any(len(n) == 20 for n in numbers)
    assert all(p["health"] == "残疾" for m in households.values() for p in m if len(p["id_number"]) == 20)


def test_members_agree_with_each_other(households: dict[str, list[Line]]) -> None:
    sexed = {
        "之子": True,
        "之孙子": True,
        "之父": True,
        "之女": False,
        "之儿媳": False,
        "之孙女": False,
        "之母": False,
    }
    for members in households.values():
        relations = Counter(p["relation"] for p in members)
        assert members[0]["relation"] == "户主" and relations["户主"] == 1 and relations["配偶"] <= 1
        assert 1 <= len(members) <= 6
        assert len({p["name"] for p in members}) == len(members)
        for p in members:
            assert p["members_reported"] == len(members)
            assert 0 <= age(p) <= 95
            if p["relation"] in sexed:
                assert male(p) == sexed[p["relation"]]
            if p["relation"] == "配偶":
                assert male(p) != male(members[0]) and abs(age(p) - age(members[0])) <= 12
            if p["relation"] in ("之子", "之女"):
                assert min(age(m) for m in members if m["relation"] in ("户主", "配偶")) - age(p) >= 19
            if p["relation"] in ("之父", "之母"):
                assert age(p) - age(members[0]) >= 18


def test_schooling_and_education_agree_with_the_age(households: dict[str, list[Line]]) -> None:
    bands = {"小学": (6, 11), "初中": (12, 14), "普通高中": (15, 17), "中职": (15, 17), "高职": (18, 21)}
    bands |= {"大专及以上": (18, 21), "特殊教育": (6, 14)}
    for p in (p for members in households.values() for p in members):
        years, status = age(p, SCHOOL_DAY), p["student_status"]
        if years < 6:
            assert status == "学龄前儿童" and p["education"] is None
        elif status == "非在校生":
            assert years >= 16 and p["education"] is not None
        else:
            low, high = bands[status]
            assert low <= years <= high and p["education"] is None


def test_labour_and_work_agree_with_age_and_health(
    households: dict[str, list[Line]], years: dict[str, dict[int, Line]]
) -> None:
    for number, members in households.items():
        for p in members:
            if age(p) < 16 or p["student_status"] != "非在校生":
                assert p["labour"] == "无劳动力"
            elif age(p) <= 65 and p["health"] == "健康":
                assert able(p)
            assert (p["work_place"] is None) == (p["work_months"] == 0)
            assert 0 <= p["work_months"] <= 12
            assert p["work_months"] == 0 or able(p)
        works = any(p["work_months"] for p in members)
        for line in years[number].values():
            assert (line["wage"] > 0) == works
        if members[0]["attribute"] == "特困供养贫困户":
            assert not any(able(p) for p in members)
        if works:
            assert members[0]["phone"].startswith("199") and len(members[0]["phone"]) == 11


def test_main_cause_is_true_of_the_members(households: dict[str, list[Line]]) -> None:
    for members in households.values():
        cause = members[0]["main_cause"]
        if cause == "因病":
            assert any(p["health"] in ("长期慢性病", "患有大病") for p in members)
        elif cause == "因残":
            assert any(p["health"] == "残疾" for p in members)
        elif cause == "因学":
            assert any(p["student_status"] in STUDYING for p in members)
        elif cause == "缺劳力":
            assert sum(able(p) for p in members) <= 1
        if cause in ("因病", "因残"):
            assert all(p["serious_illness_insured"] == "是" for p in members if p["health"] != "健康")
        household_columns = (
            "village",
            "group",
            "status_reported",
            "attribute",
            "main_cause",
            "per_head",
            "phone",
        )
        for field in household_columns:
            assert len({p[field] for p in members}) == 1


def _fen(value: Any) -> int:
    return int(Decimal(str(value)) * 100)


def test_income_adds_up_and_agrees_with_the_export(
    households: dict[str, list[Line]], years: dict[str, dict[int, Line]]
) -> None:
    for number, members in households.items():
        assert set(years[number]) in ({2016, 2017}, {2017})
        for line in years[number].values():
            parts = sum(_fen(line[f]) for f in ("wage", "business", "property", "transfer")) - _fen(
                line["business_cost"]
            )
            assert abs(parts - _fen(line["net_income"])) <= 1
            assert all(
                _fen(line[f]) >= 0 for f in ("wage", "business", "property", "transfer", "business_cost")
            )
            assert (line["business"] > 0) == (line["business_cost"] > 0)
        net = Decimal(str(years[number][2017]["net_income"]))
        per_head = (net / len(members)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert Decimal(str(members[0]["per_head"])) == per_head
        assert (per_head >= 2952) == (members[0]["status_reported"] == "已脱贫")


def test_house_and_water_marks_follow_from_what_was_measured(
    households: dict[str, list[Line]], years: dict[str, dict[int, Line]]
) -> None:
    for number, members in households.items():
        head, line = members[0], years[number][2017]
        assert (head["house_dangerous"] == "是") == (line["house_grade"] in ("C", "D"))
        fails = {
            "quality": line["water_quality"] == "否",
            "litres": line["water_litres"] is not None and line["water_litres"] < 35,
            "minutes": line["water_minutes"] is not None and line["water_minutes"] > 20,
            "share": line["water_reliability"] is not None and line["water_reliability"] <= 90,
        }
        assert (head["water_safe"] == "否") == any(fails.values())
        assert (head["water_difficult"] == "是") == (fails["litres"] or fails["minutes"])
        if head["status_reported"] == "已脱贫":
            assert (
                head["house_dangerous"] == "否"
                and head["water_safe"] == "是"
                and line["food_clothing"] != "否"
            )
        assert line["insured"] in (None, len(members))
        assert (line["seen"] == "入户核实") == (line["seen_on"] is not None)
        assert line["seen_on"] is None or date(2017, 7, 1) <= date.fromisoformat(line["seen_on"]) <= DAY
        assert 40 <= line["house_area"] <= 160 and line["arable"] <= 5 * len(members)


def test_villages_count_their_households_and_people(folder: Path, households: dict[str, list[Line]]) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    for members in households.values():
        place = (members[0]["township"], members[0]["village"])
        counted[place] += 1
        people[place] += len(members)
    roll = lines(folder, "household_roll")
    for line in roll:
        counted[(line["township"], line["village"])] += 1
        people[(line["township"], line["village"])] += line["persons"]
    villages = lines(folder, "village_list")
    assert len({v["village_code"] for v in villages}) == len(villages) >= 12
    for v in villages:
        assert len(v["village_code"]) == 12
        assert v["rural_households"] == counted.pop((v["township"], v["village"]))
        assert v["rural_persons"] == people[(v["township"], v["village"])]
    assert not counted
    assert 4.2 < len(roll) / len(households) < 4.6


def test_shares_are_those_of_a_real_county(
    households: dict[str, list[Line]], years: dict[str, dict[int, Line]]
) -> None:
    heads = [members[0] for members in households.values()]
    exited = sum(h["status_reported"] == "已脱贫" for h in heads) / len(heads)
    ill = sum(h["main_cause"] == "因病" for h in heads) / len(heads)
    size = sum(len(m) for m in households.values()) / len(heads)
    last = [y[2017] for y in years.values()]
    empty = sum(line["water_litres"] is None for line in last) / len(last)
    assert 0.5 < exited < 0.6 and 0.42 < ill < 0.58 and 2.7 < size < 3.2 and 0.04 < empty < 0.1
    assert 0.03 < sum(line["insured"] is None for line in last) / len(last) < 0.1


def test_words_are_those_of_the_rulebook() -> None:
    root = Path(xiuhua.rulebook.__file__).parent / "common" / "codes"
    lists = {
        entry["id"]: entry
        for path in sorted(root.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    }
    for name, words in WORDS.items():
        codes = {str(c["code"]): c for c in lists[name]["codes"]}
        for code, word in words.items():
            assert word == codes[code]["zh"] or word in codes[code].get("variants", []), (name, code, word)
