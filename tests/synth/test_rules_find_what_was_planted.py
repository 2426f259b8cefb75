"""Every rule of the rulebook over an invented county: silent on what agrees, loud on what was planted in the records."""

from __future__ import annotations

from collections import Counter

import pytest

from synth.as_records import database
from xiuhua.engine import Library, load
from xiuhua.synth.county import County, invent, plant


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def failing(library: Library, county: County) -> Counter[str]:
    """How often each rule of data quality and of doubtful exit fails."""
    con = database(county)
    out: Counter[str] = Counter()
    for grain in ("person", "household", "period"):
        # `exit.*` asks whether a household may leave: those that are still poor rightly fail it.
        rules = [
            r
            for r in library.rules
            if library.rules[r].grain == grain and r.split(".")[0] in ("quality", "doubt")
        ]
        found = con.execute(library.select("duckdb", grain, as_of=county.data_date, rules=rules).sql)
        names = [column[0] for column in found.description or ()]
        for row in found.fetchall():
            out.update(
                name for name, value in zip(names, row, strict=True) if name.startswith("r__") and value == 2
            )
    return out


@pytest.mark.parametrize("seed", [1, 2])
def test_a_county_without_faults_raises_no_alarm(library: Library, seed: int) -> None:
    assert failing(library, invent(seed, 1500)) == {}


def test_what_was_planted_in_the_records_is_found_and_nothing_more(library: Library) -> None:
    county = invent(3, 1500)
    counts = {
        "exited_below_line": 5,
        "exited_exactly_on_line__ok": 4,
        "exited_dangerous_house": 3,
        "exited_unsafe_water": 2,
    }
    plant(county, counts)
    assert failing(library, county) == {
        "r__doubt__exited_income": 5,
        "r__doubt__exited_housing": 3,
        "r__doubt__exited_water": 2,
    }
