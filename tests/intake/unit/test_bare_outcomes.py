"""Outcomes asked for alone are those that come with their facts."""

from __future__ import annotations

import pytest

from synth.as_records import database
from xiuhua.engine import load
from xiuhua.engine.door import Grain
from xiuhua.synth.county import invent, plant


@pytest.mark.parametrize("grain", ["household", "person", "period"])
def test_bare_outcomes_are_the_same(grain: Grain) -> None:
    county = invent(4, 300)
    plant(county, {"exited_below_line": 3, "exited_dangerous_house": 3})
    con, library = database(county), load()
    whole = library.select("duckdb", grain, county.data_date)
    bare = library.select("duckdb", grain, county.data_date, bare=True)
    assert {name[:3] for name in bare.columns if "__" in name} == {"r__"}
    keys = ", ".join(name for name in bare.columns)
    first, second = (
        con.execute(f"select {keys} from ({one.sql}) order by all").fetchall() for one in (whole, bare)
    )
    assert first == second and len(first) >= 300
