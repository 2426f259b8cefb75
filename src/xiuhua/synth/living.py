"""Invents what a household lives on and in: income by source, house, road, water, insurance, and how it was seen.

Everything agrees: the sources sum to the net income (in a few rows one fen beside it, as rounded books do), wages only
where someone works for wages, production expense only with business income, the house and water marks of the export
follow from the grade and the four water measures.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .chance import Odds, between
from .shapes import LINE_FEN, Household, Year

_GRADE_EXITED = Odds({"A": 52, "B": 48})
_GRADE_POOR = Odds({"A": 32, "B": 50, "C": 7, "D": 11})
_ROAD = ("dirt", "gravel", "cement")
_FIRST_VISIT = date(2017, 7, 1)


def net_per_head(rng: Random, exited: bool) -> int:
    """A net income per head in fen: above the line for exited households, below it for the others."""
    if exited:
        return LINE_FEN + 5_000 + min(1_500_000, int(rng.expovariate(1 / 130_000)))
    return max(90_000, LINE_FEN - 1_200 - int(rng.expovariate(1 / 48_000)))


def split_income(rng: Random, year: Year, net_fen: int, *, worker: bool, labour: bool) -> None:
    """Sets the sources of one year so that they sum to the net income, in fen."""
    property_fen = int(net_fen * (0.005 + 0.025 * rng.random()))
    if not labour:
        wage = cost = business = 0
        transfer = net_fen - property_fen
    else:
        wage = int(net_fen * (0.35 + 0.3 * rng.random())) // 100 * 100 if worker else 0
        transfer = int(net_fen * (0.08 + 0.17 * rng.random()))
        cost = int(net_fen * (0.04 + 0.11 * rng.random()))
        business = net_fen + cost - wage - transfer - property_fen
    year.wage_fen, year.business_fen, year.property_fen = wage, business, property_fen
    year.transfer_fen, year.business_cost_fen, year.net_income_fen = transfer, cost, net_fen
    if rng.random() < 0.03:
        year.property_fen += 1


def set_income(rng: Random, household: Household, per_head_fen: int) -> None:
    """Sets the last year's income so that the net income per head is exactly `per_head_fen`, and scales the year
    before to be somewhat lower."""
    worker = any(p.works_away for p in household.members)
    labour = any(p.can_work for p in household.members)
    net = per_head_fen * len(household.members)
    for year in reversed(household.years):
        split_income(rng, year, net, worker=worker, labour=labour)
        net = int(net / (1.04 + 0.2 * rng.random()))


def set_last_income(rng: Random, household: Household, per_head_fen: int) -> None:
    """Sets only the last year's income, so that the net income per head is exactly `per_head_fen`."""
    earlier, household.years = household.years[:-1], household.years[-1:]
    set_income(rng, household, per_head_fen)
    household.years = earlier + household.years


def set_years(rng: Random, household: Household, unknown: float = 0.07) -> None:
    """Invents the yearly records of 2016 and 2017 (2 in 100 households came in 2017 and have only that)."""
    n = len(household.members)
    grade = (_GRADE_EXITED if household.exited else _GRADE_POOR).draw(rng)
    area = max(40, min(160, n * between(rng, 18, 28) + between(rng, 0, 30)))
    road = between(rng, 0, 2)
    arable = min(140, between(rng, 3, 35) * n)
    now = Year(2017, 0, 0, 0, 0, 0, 0, area, grade, _ROAD[road], True, arable)
    _measure(rng, household, now, unknown)
    household.years = [now]
    if rng.random() >= 0.02:
        before = Year(
            2016, 0, 0, 0, 0, 0, 0, area, grade, _ROAD[max(0, road - (rng.random() < 0.2))], True, arable
        )
        if household.exited and rng.random() < 0.08:  # rebuilt between the two years
            before.house_grade = "D" if rng.random() < 0.6 else "C"
            before.house_area_m2 = max(40, area - between(rng, 0, 25))
        household.years.insert(0, before)
    household.house_dangerous = grade in ("C", "D")
    set_income(rng, household, net_per_head(rng, household.exited))


def _measure(rng: Random, household: Household, year: Year, unknown: float) -> None:
    """Water, insurance, food and clothing of the last year, some of it not known, and how it was seen."""

    def known() -> bool:
        return rng.random() >= unknown

    bad = not household.exited and rng.random() < 0.12
    set_water(rng, household, year, safe=not bad)
    # What makes the water unsafe is always known: an office marks 否 because of it.
    keep = _failing(year)
    for name in ("water_quality_ok", "water_litres_per_day", "water_minutes", "water_reliability_percent"):
        if name not in keep and not known():
            setattr(year, name, None)
    year.insured_persons = len(household.members) if known() else None
    year.food_clothing_ok = (household.exited or rng.random() >= 0.03) if known() else None
    if rng.random() < 0.8:
        year.seen, year.seen_on = "checked", _FIRST_VISIT + timedelta(days=between(rng, 0, 89))
    else:
        year.seen, year.seen_on = "reported", None


def set_water(rng: Random, household: Household, year: Year, *, safe: bool) -> None:
    """Sets all four water measures and the two marks of the export; unsafe water fails one to three of the four."""
    year.water_quality_ok = True
    year.water_litres_per_day = between(rng, 35, 80)
    year.water_minutes = between(rng, 0, 20)
    year.water_reliability_percent = between(rng, 91, 100)
    if not safe:
        failing = rng.sample(("quality", "litres", "minutes", "reliability"), between(rng, 1, 3))
        if "quality" in failing:
            year.water_quality_ok = False
        if "litres" in failing:
            year.water_litres_per_day = between(rng, 10, 19)  # too little in dry areas as well
        if "minutes" in failing:
            year.water_minutes = between(rng, 25, 60)
        if "reliability" in failing:
            year.water_reliability_percent = between(rng, 60, 88)
    household.water_safe = safe
    household.water_difficult = bool({"water_litres_per_day", "water_minutes"} & _failing(year))


def _failing(year: Year) -> set[str]:
    """Names of the water measures that are known and fail."""
    out = set()
    if year.water_quality_ok is False:
        out.add("water_quality_ok")
    if year.water_litres_per_day is not None and year.water_litres_per_day < 35:
        out.add("water_litres_per_day")
    if year.water_minutes is not None and year.water_minutes > 20:
        out.add("water_minutes")
    if year.water_reliability_percent is not None and year.water_reliability_percent <= 90:
        out.add("water_reliability_percent")
    return out
