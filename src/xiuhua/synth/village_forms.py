"""An invented county's forms of its villages and of itself: 行政村年度情况表 and 县基本情况表, in agreement with its households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from .shapes import County, Household
from .sheets import yes

HEAD = (
    "乡镇", "行政村", "行政村编码", "年度", "自然村数", "建档立卡户数", "村集体经济收入（万元）", "到乡镇是否通硬化路", "是否通客运班车",
    "通生活用电户数", "是否通生产用电", "饮水安全户数", "饮水困难户数", "未改造危房户数", "是否通宽带", "通广播电视户数", "是否有卫生室",
    "村医人数", "是否有文化室", "是否有特色产业", "合作社个数", "参加合作社户数", "是否有驻村工作队", "是否有第一书记",
)  # fmt: skip
BASICS = (
    "县",
    "县代码",
    "所在地区",
    "是否贫困县",
    "是否国家扶贫开发工作重点县",
    "是否深度贫困县",
    "乡村户数",
    "乡村人口",
)
# How many in a hundred poor villages have it; of the others nearly all do.
HAVE = {"road": 88, "bus": 62, "power": 80, "broadband": 70, "clinic": 90, "culture": 66, "industry": 72}


def write_village_forms(county: County, folder: Path) -> list[Path]:
    """Writes both workbooks; the same county gives the same rows. Two years of every village, the last one of the data."""
    villages, basics = folder / "行政村年度情况表.xlsx", folder / "县基本情况表.xlsx"
    _write(villages, "行政村年度情况表", [HEAD, *_rows(county)])
    people = sum(village.rural_persons for village in county.villages)
    homes = sum(village.rural_households for village in county.villages)
    deep = any(village.deep_poor for village in county.villages)
    _write(
        basics,
        "县基本情况表",
        [BASICS, (county.name, county.code, "西部", "是", "是", yes(deep), homes, people)],
    )
    return [villages, basics]


def _write(path: Path, title: str, rows: Sequence[Sequence[Any]]) -> None:
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet(title)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            # A code of twelve digits is a text, or a spreadsheet would show it as 9.9E+11.
            (sheet.write_string if isinstance(value, str) else sheet.write_number)(at, column, value)
    workbook.close()


def _rows(county: County) -> Iterator[tuple[Any, ...]]:
    registered = Counter(one.village.code for one in county.households)
    dangerous = Counter(one.village.code for one in county.households if _dangerous(one))
    dry = Counter(one.village.code for one in county.households if not one.water_safe)
    year = county.data_date.year
    for village in county.villages:
        draw = Random(f"forms/{county.seed}/{village.code}")
        has = {name: not village.poor or draw.randrange(100) < share for name, share in HAVE.items()}
        had = {name: there and draw.randrange(100) < 85 for name, there in has.items()}
        groups, doctors, cooperatives = draw.randint(2, 9), draw.randrange(3), draw.randrange(4)
        income = draw.randrange(0, 80) / 10
        homes, team = village.rural_households, village.poor
        for at, there in ((year - 1, had), (year, has)):
            last = at == year
            difficult = dry[village.code] if last else dry[village.code] + 2
            yield (
                village.township, village.name, village.code, at, groups, registered[village.code],
                income if last else round(income / 2, 1), yes(there["road"]), yes(there["bus"]), homes, yes(there["power"]),
                max(homes - difficult, 0), difficult, dangerous[village.code] + (0 if last else 3), yes(there["broadband"]),
                homes if there["broadband"] else homes - homes // 12, yes(there["clinic"]), doctors if there["clinic"] else 0,
                yes(there["culture"]), yes(there["industry"]), cooperatives, homes // 10 * min(cooperatives, 1), yes(team), yes(team),
            )  # fmt: skip


def _dangerous(household: Household) -> bool:
    return bool(household.house_dangerous) or household.last.house_grade in ("C", "D")
