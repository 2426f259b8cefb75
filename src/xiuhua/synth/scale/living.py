"""Yearly records of helped households: income by source, spending, house, road, land, water, and how each was seen.

Everything agrees: the sources sum to the net income (in a few rows one fen beside it, as rounded books do), wages only where
someone works for wages, production expense only with business income, marks of the house and the water as measured.
"""

from __future__ import annotations

import numpy as np

from . import shares
from .drawing import Draw, Flags, Numbers
from .planning import Plan, data_day
from .shapes import Homes, People, Years

GROUPS = ("income", "spending", "house", "living", "water", "water_reported", "insurance", "food_clothing")


def years_of(draw: Draw, plan: Plan, homes: Homes, people: People) -> Years:
    """Two years of every helped household; two in a hundred came this year and have only that."""
    helped = np.flatnonzero(homes.helped)
    only = draw.chance(len(helped), 0.02)
    home = np.repeat(helped, 2)
    last = np.tile([False, True], len(helped))
    kept = last | ~np.repeat(only, 2)
    home, last = home[kept], last[kept]
    years = Years(home, last, np.where(last, plan.year, plan.year - 1))
    # Position of the household among the helped, by row: what both years share is invented once.
    row = np.repeat(np.arange(len(helped)), 2)[kept]
    years.income = income_of(draw, homes, people, years, nets(draw, plan, homes, helped, row, last))
    _spending(draw, homes, people, years)
    _house(draw, plan, homes, helped, years, row)
    _living(draw, homes, helped, years, row)
    _water(draw, homes, helped, years, row)
    _secured(draw, homes, people, years)
    _seen(draw, plan, years)
    return years


def nets(draw: Draw, plan: Plan, homes: Homes, helped: Numbers, row: Numbers, last: Flags) -> Numbers:
    """Net income of each row in fen: above the line of the year for the exited, below it for the poor, between it and one and
    a half times it for the watched; the year before somewhat lower."""
    n = len(helped)
    line = shares.line_fen(plan.year)
    above = line + 5_000 + np.minimum(1_500_000, draw.tail(n, 130_000))
    below = np.maximum(90_000, line - 1_200 - draw.tail(n, 48_000))
    between = line + 5_000 + draw.wide(n, line // 2 - 6_000)
    status = homes.status[helped]
    head = np.where(homes.kind[helped] == 1, between, np.where(status == 1, above, below))
    net = head * homes.size[helped]
    earlier = net * 1000 // draw.between(n, 1040, 1240)
    return np.where(last, net[row], earlier[row])


def income_of(draw: Draw, homes: Homes, people: People, years: Years, net: Numbers) -> dict[str, Numbers]:
    """The sources of every row, so that they sum to the net income, in fen."""
    n, home = len(net), years.home
    worker = people.some(people.work_months > 0, len(homes.size))[home]
    labour = people.some(people.able, len(homes.size))[home]
    attribute = homes.attribute[home]
    old = people.some((people.age >= 60) & (people.pension == 1), len(homes.size))[home]
    prop = net * draw.between(n, 5, 30) // 1000
    wage = np.where(labour & worker, net * draw.between(n, 350, 600) // 1000 // 100 * 100, 0)
    cost = np.where(labour, np.maximum(1, net * draw.between(n, 40, 150) // 1000), 0)
    low = np.where(attribute == 1, 180, 80)
    transfer = np.where(labour, net * draw.between(n, low, low + 140) // 1000, net - prop)
    business = np.where(labour, net + cost - wage - transfer - prop, 0)
    size = homes.size[home]
    return {
        "wage_fen": wage,
        "business_fen": business,
        "property_fen": prop + draw.chance(n, 0.03),
        "transfer_fen": transfer,
        "dibao_fen": np.where(attribute == 1, transfer * 6 // 10, 0),
        "wubao_fen": np.where(attribute == 2, transfer * 7 // 10, 0),
        "pension_fen": np.where(old, transfer * 2 // 10, 0),
        "business_cost_fen": cost,
        "net_income_reported_fen": net,
        "net_income_per_head_reported_fen": (2 * net + size) // (2 * size),
    }


def _spending(draw: Draw, homes: Homes, people: People, years: Years) -> None:
    """What was paid and what came back; known of three in five households."""
    n, home = len(years.home), years.home
    sick = people.some((people.health == 1) | (people.health == 2), len(homes.size))[home]
    students = people.count(people.studies, len(homes.size))[home]
    paid = draw.tail(n, 60_000) + np.where(sick, draw.tail(n, 350_000), 0)
    school = students * draw.between(n, 200, 3000) * 100
    loss = np.where(draw.chance(n, 0.03), draw.tail(n, 200_000), 0)
    years.spending = {
        "medical_paid_fen": paid,
        "medical_reimbursed_fen": paid * draw.between(n, 55, 90) // 100,
        "education_paid_fen": school,
        "education_aid_fen": school * draw.between(n, 20, 80) // 100,
        "disaster_loss_fen": loss,
        "disaster_relief_fen": loss * draw.between(n, 30, 80) // 100,
    }
    years.spending_known = draw.chance(n, 0.6)


def _house(draw: Draw, plan: Plan, homes: Homes, helped: Numbers, years: Years, row: Numbers) -> None:
    """The exited live safely: by themselves, rebuilt or moved. Some were rebuilt between the two years."""
    n = len(helped)
    poor = homes.status[helped] == 0
    way = draw.choose(n, (shares.HOUSE_SAFE, shares.HOUSE_REBUILT, shares.HOUSE_MOVED))
    grade = np.where(poor, draw.choose(n, shares.HOUSE_POOR), np.where((way > 0) | draw.chance(n, 0.2), 0, 1))
    new = ~poor & (way > 0)
    this_year = new & draw.chance(n, 0.1)
    built = np.where(new, plan.year - draw.below(n, 4), plan.year - 6 - draw.tail(n, 12))
    built = np.where(this_year, plan.year, np.where(new & (built == plan.year), plan.year - 1, built))
    structure = np.where(
        way == 2, 0, np.where(new, draw.choose(n, (10, 70, 20, 0)), draw.choose(n, (5, 35, 40, 20)))
    )
    structure = np.where(poor & (grade >= 2), draw.choose(n, (0, 10, 40, 50)), structure)
    area = np.clip(homes.size[helped] * draw.between(n, 18, 28) + draw.below(n, 31), 40, 160)
    old = this_year[row] & ~years.last
    years.grade = np.where(old, np.where(draw.chance(n, 0.6), 3, 2)[row], grade[row]).astype(np.int8)
    years.dangerous = years.grade >= 2
    years.area = np.where(old, np.maximum(40, area[row] - 15), area[row])
    years.structure = np.where(old, 3, structure[row]).astype(np.int8)
    years.built = np.where(old, plan.year - 30, built[row])


def _living(draw: Draw, homes: Homes, helped: Numbers, years: Years, row: Numbers) -> None:
    """Road, power, fuel, land. What is not known is known in neither year, and of a form all or nothing: a gap beside an entry or
    behind one would be a fault."""
    n, size = len(helped), homes.size[helped]
    villages = int(homes.village.max()) + 1
    road = draw.choose(villages, (12, 18, 55, 15))[homes.village[helped]].astype(np.int64)
    better = ~years.last & draw.chance(n, 0.2)[row]
    arable = np.minimum(1400, draw.between(n, 30, 350) * size)  # hundredths of a mu
    fuel = draw.choose(n, shares.FUELS)
    drawn = {
        name: (draw.chance(n, 1 - shares.UNKNOWN), draw.chance(n, share))
        for name, share in (("has_production_power", 0.9), ("toilet", 0.55), ("cooperative", 0.35))
    }
    full = drawn["toilet"][0]  # of the others the form has road and power only
    years.codes = {
        "road_type": np.maximum(0, road[row] - better).astype(np.int8),
        "fuel": np.where(full, fuel, -1).astype(np.int8)[row],
    }
    years.marks = {name: np.where(full, said, -1).astype(np.int8)[row] for name, (_, said) in drawn.items()}
    years.marks["has_life_power"] = np.ones(len(row), np.int8)
    years.numbers = {
        "road_distance_km": np.where(full, draw.tail(n, 160), -1)[row],
        "arable_mu": arable[row],
        "irrigated_mu": (arable * draw.below(n, 80) // 100)[row],
        "forest_mu": np.where(draw.chance(n, 0.4), np.minimum(draw.tail(n, 300), 1000) * size, 0)[row],
        "converted_mu": np.where(draw.chance(n, 0.2), draw.between(n, 50, 600), 0)[row],
        "pasture_mu": np.where(draw.chance(n, 0.08), np.minimum(draw.tail(n, 4000), 20_000), 0)[row],
    }


def _water(draw: Draw, homes: Homes, helped: Numbers, years: Years, row: Numbers) -> None:
    """Four measures and two marks a row. Unsafe water fails one to three of the four, and what fails is always known."""
    n = len(row)
    poor = homes.status[helped] == 0
    share = min(0.5, shares.NO_PIPED_WATER / max(float(poor.mean()) if len(poor) else 1.0, 0.05))
    bad = (poor & draw.chance(len(helped), share))[row]
    failing = draw.choose(n, (10, 15, 10, 15, 8, 8, 8, 8, 6, 12)) if n else np.zeros(0, np.int8)
    sets = np.array([1, 2, 4, 8, 3, 6, 12, 5, 9, 7])[failing]
    fails = [bad & (sets >> k & 1 == 1) for k in range(4)]
    known = [draw.chance(n, 1 - shares.UNKNOWN) | fails[k] for k in range(4)]
    litres = np.where(fails[1], draw.between(n, 10, 19), draw.between(n, 35, 80))
    minutes = np.where(fails[2], draw.between(n, 25, 60), draw.between(n, 0, 20))
    percent = np.where(fails[3], draw.between(n, 6000, 8800), draw.between(n, 91, 100) * 100)
    years.marks["water_quality_ok"] = np.where(known[0], ~fails[0], -1).astype(np.int8)
    years.numbers["water_litres_per_day"] = np.where(known[1], litres, -1)
    years.numbers["water_minutes"] = np.where(known[2], minutes, -1)
    years.numbers["water_reliability_percent"] = np.where(known[3], percent, -1)
    years.marks["water_safe_reported"] = (~bad).astype(np.int8)
    years.marks["water_difficult_reported"] = (fails[1] | fails[2]).astype(np.int8)


def _secured(draw: Draw, homes: Homes, people: People, years: Years) -> None:
    """Persons in basic insurance, food and clothing."""
    n, home = len(years.home), years.home
    insured = people.count(people.insured, len(homes.size))[home]
    secured = (homes.status != 0)[home] | draw.chance(n, 0.97)
    years.numbers["insured_persons"] = np.where(draw.chance(n, 1 - shares.UNKNOWN), insured, -1)
    years.marks["food_clothing_ok"] = np.where(draw.chance(n, 1 - shares.UNKNOWN), secured, -1).astype(
        np.int8
    )


def _seen(draw: Draw, plan: Plan, years: Years) -> None:
    """Most records were checked on one visit between July and September; income and spending are told by fewer."""
    n = len(years.home)
    day = np.where(years.last, plan.day, data_day(plan.year - 1))
    visited, on = draw.chance(n, shares.CHECKED), day - draw.below(n, 90)
    asked = visited & draw.chance(n, 0.9)
    for group in GROUPS:
        checked = asked if group in ("income", "spending") else visited
        if group == "water_reported":
            checked = np.zeros(n, bool)
        years.seen[group] = (checked, np.where(checked, on, day))
