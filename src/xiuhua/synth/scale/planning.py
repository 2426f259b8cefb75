"""Which places there are and how many households each has, before anybody is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from random import Random

from ..names import city_name, county_name, province_name, township_names, village_names
from . import shares

PER_PROVINCE, PER_COUNTY, PER_VILLAGE = 960_000, 40_000, 210
VILLAGES_A_TOWNSHIP, COUNTIES_A_CITY = 14, 6
LEAST, MOST = 100, 60_000_000
YEARS = range(2015, 2027)

# First two digits that no province was ever given (GB/T 2260), and that no other number of people begins with (81 to 83:
# Hong Kong, Macao, Taiwan; 91: foreigners). 99 first: it is the province of everything else that is invented here.
PROVINCES = (
    "99", "97", "96", "95", "94", "93", "92", "90", "89", "87", "86", "85", "84", "80", "79", "77", "76", "75", "74",
    "73", "72", "70", "69", "67", "66", "60", "59", "57", "56", "55", "49",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """A county to be invented. `at` is its number in the plan, `first` that of its first household."""

    at: int
    code: str
    households: int
    first: int

    @property
    def name(self) -> str:
        """As invented for that code."""
        return county_name(self.code)

    @property
    def part(self) -> str:
        """The province, which is the part of a freeze that it belongs to."""
        return self.code[:2]


@dataclass(frozen=True)
class Plan:
    """What is to be invented: so many rural households on 30 September of a year, faults at a rate (1: as an office has)."""

    households: int
    seed: int
    year: int = 2017
    others: float = shares.OTHERS
    faults: float = 0.0

    @property
    def day(self) -> int:
        """The day that the records speak of, in days since 1970."""
        return data_day(self.year)

    @property
    def registered_share(self) -> float:
        """Registered households of all."""
        return 1 / (1 + self.others)

    @property
    def parts(self) -> tuple[str, ...]:
        """Provinces, each at least one county."""
        return tuple(dict.fromkeys(county.part for county in self.counties))

    @cached_property
    def counties(self) -> tuple[CountyPlan, ...]:
        """Counties in the order of their code within a province, provinces in the order of their file's name."""
        provinces = sorted(PROVINCES[: min(len(PROVINCES), -(-self.households // PER_PROVINCE))])
        rng = Random(f"plan/{self.seed}/{self.households}")
        out: list[CountyPlan] = []
        for province, size in zip(provinces, _split(rng, self.households, len(provinces)), strict=True):
            count = max(1, round(size / PER_COUNTY))
            for n, households in enumerate(_split(rng, size, count)):
                code = f"{province}{n // COUNTIES_A_CITY + 1:02d}{n % COUNTIES_A_CITY + 21:02d}"
                first = out[-1].first + out[-1].households if out else 0
                out.append(CountyPlan(len(out), code, households, first))
        return tuple(out)


def plan(
    households: int, seed: int = 1, *, year: int = 2017, others: float = shares.OTHERS, faults: float = 0.0
) -> Plan:
    """A plan; ValueError for what cannot be invented.

    households: all rural households, 100 to 60 million. year: the day is 30 September of it, 2015 to 2026.
    others: other households to one registered, 0 and more. faults: 1 is as often as in the sample county, at most 20.
    """
    if not LEAST <= households <= MOST:
        raise ValueError(
            f"户数须在 {LEAST:,} 到 {MOST:,} 之间，不是 {households:,} / households: {LEAST:,} to {MOST:,}, not {households:,}"
        )
    if year not in YEARS:
        raise ValueError(
            f"年份须在 {YEARS.start} 到 {YEARS.stop - 1} 之间，不是 {year} / year: {YEARS.start} to {YEARS.stop - 1}, not {year}"
        )
    if others < 0 or not 0 <= faults <= 20:
        raise ValueError(
            "其他农户的倍数不能为负，错误比例在 0 到 20 之间 / others cannot be negative, and faults are 0 to 20"
        )
    return Plan(households, seed, year, others, faults)


def data_day(year: int) -> int:
    """30 September of a year, in days since 1970."""
    return (date(year, 9, 30) - date(1970, 1, 1)).days


def _split(rng: Random, total: int, count: int) -> list[int]:
    """`total` in `count` uneven pieces: the largest about twice the smallest."""
    weights = [70 + int(rng.random() * 70) for _ in range(count)]
    bounds, so_far, whole = [0], 0, sum(weights)
    for weight in weights:
        so_far += weight
        bounds.append(total * so_far // whole)
    return [high - low for low, high in pairwise(bounds)]


@dataclass(frozen=True)
class Grounds:
    """The villages of a county: codes, names, and their households."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    townships: dict[str, str]
    households: tuple[int, ...]


def grounds(plan: Plan, county: CountyPlan) -> Grounds:
    """Villages of about 210 households, 14 of them in a township."""
    rng = Random(f"grounds/{plan.seed}/{county.code}/{county.households}")
    count = min(690, max(3, round(county.households / PER_VILLAGE)))
    names = township_names(rng, -(-count // VILLAGES_A_TOWNSHIP))
    townships = {f"{county.code}{101 + t}": name for t, name in enumerate(names)}
    codes: list[str] = []
    called: list[str] = []
    for code in townships:
        here = min(VILLAGES_A_TOWNSHIP, count - len(codes))
        codes += [f"{code}{201 + v}" for v in range(here)]
        called += village_names(rng, here)
    return Grounds(tuple(codes), tuple(called), townships, tuple(_split(rng, county.households, count)))


def above(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Nation, provinces, cities and counties as code, name and level."""
    yield "CN", "全国", "nation"
    seen: set[str] = set()
    for county in plan.counties:
        for code, name, level in (
            (county.code[:2], province_name, "province"),
            (county.code[:4], city_name, "city"),
            (county.code, county_name, "county"),
        ):
            if code not in seen:
                seen.add(code)
                yield code, name(code), level
