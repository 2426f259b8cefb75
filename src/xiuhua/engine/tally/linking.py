"""The records of a piece read and tied together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.door import Library
from xiuhua.engine.freezing import Freeze, FreezeDamaged
from xiuhua.engine.needs import Layer, Needs
from xiuhua.engine.tally.columns import Columns, read_columns
from xiuhua.engine.tally.frames import Frame, Link, Stretches, keyed

GRAINS = ("person", "period", "exit", "household", "village_year", "village", "county")
LAYERS = {"person": ("person",), "period": ("period", "previous"), "household": ("household",)} | {
    "village_year": ("year",),
    "village": ("village",),
    "county": ("county",),
}
KEYS = {"village": {"county_code"}, "village_year": {"year"}, "household": {"kind"}}


def needed(needs: Needs) -> dict[str, set[str]]:
    """Columns of each record that have to be read."""
    layers: Mapping[str, Layer] = needs.layers
    found = {grain: set(KEYS.get(grain, ())) for grain in GRAINS}
    for grain, scopes in LAYERS.items():
        for scope in scopes:
            found[grain] |= layers[scope].columns | layers[scope].seens
    for layer in layers.values():
        for grain, columns in layer.above.items():
            found[grain] |= columns
        for grain, columns in layer.above_seens.items():
            found[grain] |= columns
    return found


def frames_of(
    freeze: Freeze,
    library: Library,
    as_of: dt.date,
    columns: Mapping[str, set[str]],
    part: str,
    low: str,
    high: str,
) -> dict[str, Frame]:
    """Every record of a range of places by grain, tied to those it reads and those it gathers. Raises FreezeDamaged."""
    read: dict[str, Columns] = {}
    for grain in GRAINS:
        relation = library.relations[grain]
        paths = freeze.paths(relation.id, part)
        first = low[:6] if grain == "county" else low
        read[grain] = read_columns(relation, paths[0] if paths else None, columns[grain], first, high)
    return tied(library, as_of, read)


def tied(library: Library, as_of: dt.date, read: Mapping[str, Columns]) -> dict[str, Frame]:
    """Frames over columns that are sorted by place, household and year, as the files of a freeze are."""
    frames = {}
    for grain, columns in read.items():
        place = columns.texts("county_code" if grain == "county" else "village_code")
        frames[grain] = Frame(library, grain, as_of, columns, place)
    _tie_households(frames, as_of)
    _tie_places(frames, as_of)
    return frames


def _tie_households(frames: dict[str, Frame], as_of: dt.date) -> None:
    household, person, period = (frames[one] for one in ("household", "person", "period"))
    keys = household.columns.keys("household_key")
    for frame in (person, period):
        of = owners(keys, frame.columns.keys("household_key"))
        frame.up["household"] = (household, Link.of(of))
        if frame is person:
            household.below = (person, Stretches(of, household.rows))
        else:
            latest, previous = _years(of, period.columns.keys("year"), household.rows, as_of.year)
            household.up["period"] = (period, Link.of(latest))
            household.up["previous"] = (period, Link.of(previous))
    left = frames["exit"]
    at = np.full(household.rows, -1, np.int64)
    of = owners(keys, left.columns.keys("household_key"))
    at[of[of >= 0]] = np.flatnonzero(of >= 0)
    household.up["exit"] = (left, Link.of(at))


def owners(keys: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of `keys` that each of `of` names, -1 for none. Both run in the same order, so runs are looked up."""
    if not len(of) or not len(keys):
        return np.full(len(of), -1, np.int64)
    new = np.ones(len(of), bool)
    new[1:] = of[1:] != of[:-1]
    runs = of[new]
    if len(runs) == len(keys) and np.array_equal(runs, keys):
        found = np.arange(len(keys))
    else:
        order = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys, runs, sorter=order), len(keys) - 1)
        found = np.where(keys[order[at]] == runs, order[at], -1)
    return found[np.cumsum(new) - 1]


def _years(
    of: NDArray[np.int64], years: NDArray[np.int64], households: int, until: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each household the row of its latest year that is not after `until`, and of the year before that one."""
    latest = np.full(households, -1, np.int64)
    previous = np.full(households, -1, np.int64)
    rows = np.flatnonzero((years <= until) & (of >= 0))
    if len(rows):
        if (np.diff(years[rows])[np.diff(of[rows]) == 0] <= 0).any():
            raise FreezeDamaged(
                "rec_period", "the years of a household are not in order", "同一户的年度不按先后排列"
            )
        # Years rise within a household, so the last one put in is the latest.
        latest[of[rows]] = rows
        before = rows[years[rows] == years[latest[of[rows]]] - 1]
        previous[of[before]] = before
    return latest, previous


def _tie_places(frames: dict[str, Frame], as_of: dt.date) -> None:
    village = frames["village"]
    codes = village.places
    for grain in ("person", "period", "household"):
        at = keyed(frames[grain].places, codes)
        frames[grain].up["village"] = (village, Link.of(at))
        if grain == "household":
            village.below = (frames[grain], Stretches(at, village.rows))
    forms, county = frames["village_year"], frames["county"]
    of = np.where(forms.columns.keys("year") <= as_of.year, keyed(forms.places, codes), -1)
    rows = np.flatnonzero(of >= 0)
    latest = np.full(village.rows, -1, np.int64)
    latest[of[rows]] = rows
    village.up["year"] = (forms, Link.of(latest))
    at = keyed(village.columns.texts("county_code"), county.places)
    village.up["county"] = (county, Link.of(at))
    county.below = (village, Stretches(at, county.rows))
