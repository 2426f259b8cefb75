"""Invents a county from the plan: villages, households, who lives in them, what they live on."""

from __future__ import annotations

import numpy as np

from . import shares
from .causes import settle_causes
from .drawing import Draw, Flags, Numbers, mixed, odds_of
from .families import families
from .faults import plant
from .living import years_of
from .people import people_of
from .planning import CountyPlan, Plan, grounds
from .shapes import County, Homes


def invent(plan: Plan, county: CountyPlan) -> County:
    """The county of that plan, with its faults planted if the plan asks for them."""
    draw = Draw(plan.seed, county.at)
    ground = grounds(plan, county)
    poor = draw.chance(len(ground.codes), shares.POOR_VILLAGES)
    deep = poor & draw.chance(len(ground.codes), shares.DEEP_POOR_VILLAGES)
    village = np.repeat(np.arange(len(ground.codes)), ground.households)
    homes = _homes(draw, plan, county, village, poor)
    members = families(draw, homes)
    people = people_of(draw, plan, county, homes, members)
    settle_causes(draw, homes, people)
    years = years_of(draw, plan, homes, people)
    out = County(county, ground, poor, deep, homes, people, years)
    if plan.faults:
        plant(draw, plan, out)
    return out


def _homes(draw: Draw, plan: Plan, county: CountyPlan, village: Numbers, poor: Flags) -> Homes:
    n = len(village)
    kind, status = _kinds(draw, plan, village, poor)
    helped = kind < 2
    registered = helped & (status >= 0)
    attribute = np.where(registered, draw.choose(n, shares.ATTRIBUTES), -1).astype(np.int8)
    hardship = attribute == 2
    cause = np.where(
        hardship,
        draw.choose(n, odds_of(shares.CAUSES_HARDSHIP, shares.CAUSE)),
        draw.choose(n, odds_of(shares.CAUSES, shares.CAUSE)),
    )
    size = (
        np.where(registered, draw.choose(n, shares.SIZE_REGISTERED), draw.choose(n, shares.SIZE)).astype(
            np.int64
        )
        + 1
    )
    size = np.where(hardship, np.where(draw.chance(n, 0.8), 1, 2), size)
    exits = shares.exits_until(plan.year)
    exit_year = np.array(list(exits))[draw.choose(n, tuple(exits.values()))]
    checked = helped & draw.chance(n, 0.6)
    day = plan.day
    key = mixed(county.first + np.arange(n), 1)
    key = key[np.lexsort((key, village))]
    return Homes(
        key=key,
        village=village,
        kind=kind,
        status=status,
        attribute=attribute,
        cause=np.where(registered, cause, -1).astype(np.int8),
        other_causes=np.full(n, -1, np.int8),
        exit_year=np.where(status == 1, exit_year, -1),
        size=size,
        helped=helped,
        phone=draw.chance(n, np.where(helped, 0.98, 0.6)),
        bank=helped & draw.chance(n, 0.95),
        checked=checked,
        seen_on=np.where(checked, day - draw.below(n, 30), day),
        martyr=helped & draw.chance(n, 0.01),
        one_child=helped & draw.chance(n, 0.06),
        two_daughter=helped & draw.chance(n, 0.04),
    )


def _kinds(draw: Draw, plan: Plan, village: Numbers, poor: Flags) -> tuple[np.ndarray, np.ndarray]:
    """Kind and status. Poor villages have more registered households; half of the watched were never registered."""
    n = len(village)
    factor = (50 + draw.below(len(poor), 100)) / 100 * np.where(poor, 1.15, 0.72)
    share = plan.registered_share if plan.others == 0 else np.minimum(plan.registered_share * factor, 0.95)
    registered = draw.chance(n, np.broadcast_to(share, poor.shape)[village])
    exited = draw.chance(n, 1 - shares.still_poor(plan.year))
    status = np.where(exited, np.where(draw.chance(n, shares.RETURNED), 2, 1), 0)
    half = shares.WATCHED / 2
    unstable = registered & (status == 1) & draw.chance(n, half)
    border = ~registered & draw.chance(n, min(1.0, half / plan.others) if plan.others else 0.0)
    kind = np.where(unstable | border, 1, np.where(registered, 0, 2)).astype(np.int8)
    return kind, np.where(registered, status, -1).astype(np.int8)
