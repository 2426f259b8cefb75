"""What the yearly form of a village and the county's own line say, counted from the households wherever they can be."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from . import shares
from .arrow import dates, flags, text, whole
from .drawing import Draw
from .planning import Plan
from .shapes import County

# A stream beside those of the counties, so that what a form asks for next year changes nobody's life.
_STREAM = 1_000_000
REGION = ("east", "central", "west")


def villages(plan: Plan, county: County) -> dict[str, pa.Array]:
    """Columns of rec_village."""
    n, ground, homes = len(county.grounds.codes), county.grounds, county.homes
    people = np.bincount(homes.village, weights=homes.size, minlength=n).astype(np.int64)
    return {
        "village_code": pa.array(ground.codes),
        "name": pa.array(ground.names),
        "township_code": pa.array([code[:9] for code in ground.codes]),
        "county_code": pa.array([code[:6] for code in ground.codes]),
        "poor_village": flags(county.poor_village),
        "deep_poor_village": flags(county.deep_poor_village),
        "rural_households": whole(np.bincount(homes.village, minlength=n)),
        "rural_persons": whole(people),
    }


def village_years(plan: Plan, county: County) -> dict[str, pa.Array]:
    """Columns of rec_village_year: two years of every village. Poor villages have less of what money buys."""
    count = len(county.grounds.codes)
    draw, n = Draw(plan.seed, _STREAM + county.plan.at), 2 * count
    poor = np.repeat(county.poor_village, 2)
    last = np.tile([False, True], count)
    seen = draw.chance(n, 0.5)
    day = np.where(last, plan.day, plan.day - 365)
    tally = {name: np.repeat(values, 2) for name, values in _counted(county).items()}
    households = tally["households"]
    out = {
        "village_code": text(np.repeat(np.arange(count), 2), county.grounds.codes),
        "year": whole(np.where(last, plan.year, plan.year - 1)),
        "natural_villages": whole(draw.between(n, 2, 9).reshape(count, 2)[:, [0, 0]].ravel()),
        "registered_households": whole(tally["registered"]),
        "labour_persons": whole(tally["labour"]),
        "away_persons": whole(tally["labour"] * draw.between(n, 15, 40) // 100),
        "collective_income_fen": whole(draw.tail(n, 4_000_000) * np.where(poor, 6, 10) // 10, pa.int64()),
        "life_power_households": whole(households),
        "safe_water_households": whole(households - tally["unsafe"]),
        "water_difficult_households": whole(tally["difficult"]),
        "dangerous_house_households": whole(tally["dangerous"]),
        "tv_households": whole(households * draw.between(n, 94, 100) // 100),
        "licensed_doctors": whole(draw.below(n, 3) + ~poor),
        "cooperatives": whole(draw.below(n, 4)),
        "cooperative_households": whole(households * draw.below(n, 30) // 100),
        "seen": text(seen.astype(np.int8), shares.SEEN),
        "seen_on": dates(np.where(seen, day - draw.below(n, 60), day)),
    }
    # Once there, a road stays there: the later year has at least what the earlier had.
    for name, share in shares.VILLAGE_HAS.items():
        had = draw.chance(n, np.where(poor, share - 0.08, share)).reshape(count, 2)
        out[name] = flags(np.stack([had[:, 0], had[:, 0] | had[:, 1]], axis=1).ravel())
    team = np.repeat(county.poor_village | draw.chance(count, 0.2), 2)
    return out | {"resident_team": flags(team), "first_secretary": flags(team)}


def _counted(county: County) -> dict[str, np.ndarray]:
    """Counts by village over the last year's records."""
    n, homes, people, years = len(county.grounds.codes), county.homes, county.people, county.years
    village = homes.village[years.home]

    def of_years(which: np.ndarray) -> np.ndarray:
        return np.bincount(village[years.last & which], minlength=n)

    return {
        "households": np.bincount(homes.village, minlength=n),
        "registered": np.bincount(homes.village[homes.kind == 0], minlength=n),
        "labour": np.bincount(homes.village[people.home[people.able]], minlength=n),
        "unsafe": of_years(years.marks["water_safe_reported"] == 0),
        "difficult": of_years(years.marks["water_difficult_reported"] == 1),
        "dangerous": of_years(years.dangerous),
    }


def county_line(plan: Plan, county: County) -> dict[str, pa.Array]:
    """Columns of rec_county: one row."""
    draw = Draw(plan.seed, 2 * _STREAM + county.plan.at)
    poor = draw.chance(1, 0.85)
    key = poor & draw.chance(1, 0.7)
    return {
        "county_code": pa.array([county.plan.code]),
        "name": pa.array([county.plan.name]),
        "region": text(draw.choose(1, (15, 35, 50)), REGION),
        "poor_county": flags(poor),
        "key_county": flags(key),
        "deep_poor_county": flags(poor & draw.chance(1, 0.4)),
        "rural_households": whole(np.array([len(county.homes.key)])),
        "rural_persons": whole(np.array([int(county.homes.size.sum())])),
        "seen": text(np.zeros(1, np.int8), shares.SEEN),
        "seen_on": dates(np.array([plan.day])),
    }
