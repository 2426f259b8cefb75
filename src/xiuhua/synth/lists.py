"""Other departments' lists of a county, as csv: mostly people whom the register does not know, and a few whom it does."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

from .chance import between
from .identity import Numbers
from .names import given_name, surname
from .shapes import County, Person, Sex

# Of each list: file, headings, how many rows of strangers for each hundred registered households, how many people of ours.
_SHAPES = {
    "death": ("公安_死亡注销.csv", ("姓名", "公民身份号码", "死亡日期"), 50, 0.8),
    "business": ("工商_市场主体.csv", ("法定代表人", "证件号码", "企业名称", "注册资本(万元)"), 66, 0.7),
    "payroll": ("财政_供养人员.csv", ("姓名", "身份证号", "单位"), 83, 0.7),
    "vehicle": (
        "车管_机动车登记.csv",
        ("所有人", "身份证明号码", "车辆类型", "购置价格", "登记日期"),
        133,
        1.3,
    ),
}
_VEHICLES = ("小型轿车", "小型普通客车", "两轮摩托车", "轻型普通货车")
_UNITS = ("县人民医院", "县第一中学", "县林业局", "乡镇卫生院")
_BUSINESSES = ("商贸有限公司", "建筑有限公司", "养殖农民专业合作社", "便民超市")
# Numbers of strangers carry a region of their own, so that none is anybody's of the county.
_STRANGERS = "999900"


def lists(county: County, folder: Path, *, seed: int = 1) -> dict[str, list[tuple[str, str]]]:
    """Writes the four lists in GB18030; returns, of each kind, household and person number of those whom it names.

    Named are adults with a good 18-character number, each on one list at most. The same seed gives the same files.
    """
    rng = Random(f"lists/{county.code}/{county.seed}/{seed}")
    strangers = Numbers(_STRANGERS, rng)
    ours = [(home.number, one) for home in county.households for one in home.members if _usable(county, one)]
    rng.shuffle(ours)
    named: dict[str, list[tuple[str, str]]] = {}
    for kind, (name, headings, others, few) in _SHAPES.items():
        wanted = max(1, round(len(county.households) * few / 100))
        mine, ours = ours[:wanted], ours[wanted:]
        rows = [_row(rng, county, kind, one.name, one.id_number) for _home, one in mine]
        for _n in range(max(1, len(county.households) * others // 100)):
            sex: Sex = "male" if rng.random() < 0.6 else "female"
            birth = date(1940, 1, 1) + timedelta(days=between(rng, 0, 20_000))
            who = surname(rng) + given_name(rng, sex)
            rows.append(_row(rng, county, kind, who, strangers.id_number(birth, sex)))
        rng.shuffle(rows)
        with (folder / name).open("w", encoding="gb18030", newline="") as out:
            csv.writer(out).writerows([headings, *rows])
        named[kind] = [(home, one.number) for home, one in mine]
    return named


def _usable(county: County, one: Person) -> bool:
    return len(one.id_number) == 18 and 20 <= one.age_on(county.data_date) < 90


def _row(rng: Random, county: County, kind: str, name: str, number: str) -> tuple[str, ...]:
    if kind == "death":
        return name, number, str(county.data_date - timedelta(days=between(rng, 60, 270)))
    if kind == "payroll":
        return name, number, _UNITS[between(rng, 0, len(_UNITS) - 1)]
    if kind == "business":
        what = county.name.removesuffix("县") + _BUSINESSES[between(rng, 0, len(_BUSINESSES) - 1)]
        return name, number, what, str((3, 10, 50, 200)[between(rng, 0, 3)])
    registered = county.data_date - timedelta(days=between(rng, 200, 2_500))
    vehicle = _VEHICLES[between(rng, 0, len(_VEHICLES) - 1)]
    price = between(rng, 3, 9) * 1_000 if "摩托" in vehicle else between(rng, 3, 25) * 10_000
    return name, number, vehicle, str(price), str(registered)
