"""Invented nations: whatever their size, they agree with themselves, keep to their shares, and are the same each time."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from xiuhua.engine import Library, freezing, load
from xiuhua.synth import scale
from xiuhua.synth.scale import freeze, planning, shares

DAY = dt.date(2017, 9, 30)
RELATIONS = ("rec_village", "rec_village_year", "rec_county", "rec_household", "rec_person", "rec_period")


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> freezing.Freeze:
    """22,000 households, four in five of them helped, nothing planted."""
    folder = tmp_path_factory.mktemp("scale") / "plain"
    freeze.write(scale.plan(22_000, 7, others=0.25), folder)
    return freezing.open_freeze(folder, check=True)


def opened(held: freezing.Freeze) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for name in (*RELATIONS, "rec_place"):
        con.execute(f"create view {name} as select * from read_parquet({[str(p) for p in held.paths(name)]})")
    return con


def failing(library: Library, held: freezing.Freeze, day: dt.date) -> dict[str, set[int]]:
    """Households that fail each rule of data quality and of doubtful exit."""
    con, out = opened(held), defaultdict(set)
    for grain in ("person", "household", "period"):
        rules = [
            name
            for name, rule in library.rules.items()
            if rule.grain == grain and name.split(".")[0] in ("quality", "doubt")
        ]
        found = con.execute(library.select("duckdb", grain, as_of=day, rules=rules).sql)
        names = [column[0] for column in found.description or ()]
        key = names.index("household_key")
        for row in found.fetchall():
            for name, value in zip(names, row, strict=True):
                if name.startswith("r__") and value == 2:
                    out[name.removeprefix("r__").replace("__", ".")].add(row[key])
    return dict(out)


def test_nobody_is_found_at_fault_where_nothing_was_planted(library: Library, plain: freezing.Freeze) -> None:
    assert failing(library, plain, DAY) == {}


@pytest.mark.parametrize(("year", "others"), [(2015, 4.4), (2020, 0.0), (2022, 1.0)])
def test_other_years_agree_too(library: Library, tmp_path: Path, year: int, others: float) -> None:
    freeze.write(scale.plan(8_000, 3, year=year, others=others), tmp_path / "out")
    assert failing(library, freezing.open_freeze(tmp_path / "out"), dt.date(year, 9, 30)) == {}


def test_every_planted_fault_is_found_by_its_rule_and_no_other_household(
    library: Library, tmp_path: Path
) -> None:
    freeze.write(scale.plan(9_000, 5, others=0.3, faults=1.0), tmp_path / "out")
    key = json.loads((tmp_path / "out" / "key.json").read_text("utf-8"))
    expected: dict[str, set[int]] = defaultdict(set)
    for fault in key["faults"]:
        expected[fault["rule"]].add(fault["household_key"])
    assert failing(library, freezing.open_freeze(tmp_path / "out"), DAY) == expected
    kinds = Counter(fault["kind"] for fault in key["faults"])
    assert kinds == key["counts"] and len(kinds) == len(expected) == 30
    assert sum(kinds.values()) == len({fault["household_key"] for fault in key["faults"]})


def test_shares_are_those_that_the_readme_names(plain: freezing.Freeze) -> None:
    con = opened(plain)

    def one(sql: str) -> float:
        return float(con.execute(f"select {sql}").fetchone()[0])  # type: ignore[index]

    registered = "from rec_household where kind = 'registered' or (kind = 'watched' and status is not null)"
    assert abs(one(f"avg(members_reported) {registered}") - shares.SIZE_MEAN) < 0.04
    assert abs(one("count(*) from rec_person") / one("count(*) from rec_household") - shares.SIZE_MEAN) < 0.05
    total = sum(shares.CAUSES.values())
    for cause, weight in shares.CAUSES.items():
        share = one(f"avg((main_cause = '{cause}')::int) {registered}")
        assert abs(share - weight / total) < 0.03, cause
    assert abs(one(f"avg((status = 'poor')::int) {registered}") - 43.35 / 89.62) < 0.02
    houses = (
        "from rec_period join rec_household using (household_key) where year = 2017 and status = 'exited'"
    )
    assert abs(one(f"avg((house_built_year >= 2014)::int) {houses}") - 0.5626) < 0.03
    of_age = "from rec_person where student_status is not null and birth_date between '2002-09-01' and '2011-08-31'"
    assert 0.98 < one(f"avg((student_status <> 'none')::int) {of_age}") < 0.995
    assert abs(one("avg((not water_safe_reported)::int) from rec_period where year = 2017") - 0.0633) < 0.01


def test_it_holds_together(plain: freezing.Freeze) -> None:
    con = opened(plain)

    def none(sql: str) -> None:
        assert con.execute(sql).fetchall() == []

    none("select household_key from rec_household group by 1 having count(*) > 1")
    none("select person_key from rec_person group by 1 having count(*) > 1")
    none(
        "select household_key from rec_household h left join rec_person p using (household_key) group by household_key, h.members_reported "
        "having count(person_key) <> members_reported or count(*) filter (relation = 'head') <> 1"
    )
    none(
        "select v.village_code from rec_village v join rec_household h using (village_code) group by all having rural_households <> count(*)"
        " or rural_persons <> sum(members_reported)"
    )
    none(
        "select * from rec_period where wage_fen + business_fen + property_fen + transfer_fen - business_cost_fen - net_income_reported_fen not between 0 and 1"
    )
    none("select * from rec_period where dibao_fen + wubao_fen + pension_fen > transfer_fen")
    none("select village_code from rec_household anti join rec_place on code = village_code")
    none(
        "select kind from rec_household where kind = 'other' and (status is not null or main_cause is not null)"
    )
    none(
        "select p.household_key from rec_person p join rec_person c using (household_key) where p.relation = 'head' and c.relation in ('son', 'daughter')"
        " and date_diff('year', p.birth_date, c.birth_date) < 20"
    )
    seen = con.execute(
        "select count(*) filter (seen = 'checked'), count(*) filter (seen is null) from rec_person"
    ).fetchone()
    assert seen and seen[0] > 10_000 and seen[1] == 0


def test_a_county_is_the_same_whatever_is_made_beside_it() -> None:
    plan = scale.plan(90_000, 11)
    first, *_, last = plan.counties
    alone = scale.batches(plan, last)
    for county in (last, first, last):
        again = scale.batches(plan, county)
    for name, batch in again.items():
        assert batch.equals(alone[name]), name
    other = scale.batches(scale.plan(90_000, 12), scale.plan(90_000, 12).counties[-1])
    assert not other["rec_person"].column("birth_date").equals(alone["rec_person"].column("birth_date"))
    keys = pa.concat_arrays(
        [scale.batches(plan, one)["rec_household"].column("household_key") for one in plan.counties]
    )
    assert len(keys) == len(keys.unique()) == 90_000


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    plan = scale.plan(1_000, 2, faults=1.0)
    for folder in ("one", "two"):
        freeze.write(plan, tmp_path / folder)
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
    with pytest.raises(FileExistsError):
        freeze.write(plan, tmp_path / "one")


@pytest.mark.parametrize("households", [100, 101, 777, 30_000_000, 60_000_000])
def test_a_plan_has_exactly_the_households_asked_for(households: int) -> None:
    plan = scale.plan(households, 1)
    assert sum(county.households for county in plan.counties) == households
    assert plan.counties[-1].first + plan.counties[-1].households == households
    codes = [county.code for county in plan.counties]
    assert codes == sorted(set(codes))
    sizes = [county.households for county in plan.counties]
    assert max(sizes) < 4 * min(sizes) and max(sizes) < 90_000
    small = planning.grounds(plan, plan.counties[0])
    assert sum(small.households) == plan.counties[0].households and min(small.households) > 0
    assert plan.parts[-1] == "99" and len(plan.parts) == (31 if households >= 30_000_000 else 1)


def test_no_code_is_that_of_a_real_province() -> None:
    real = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
    assert len(set(planning.PROVINCES)) == 31 and not set(planning.PROVINCES) & set(real.split())
    names = [name for _, name, level in planning.above(scale.plan(30_000_000, 1)) if level == "province"]
    assert len(set(names)) == 31


def test_the_line_is_that_of_the_rulebook(library: Library) -> None:
    figure = library.figures["income_line_yuan"]
    known = {value.year: value.value for value in figure.values if value.year and value.year >= 2014}
    assert known == shares.LINE_YUAN


@pytest.mark.parametrize(
    ("households", "options"),
    [(99, {}), (1000, {"year": 2014}), (1000, {"others": -1}), (1000, {"faults": 21})],
)
def test_what_cannot_be_invented_is_said(households: int, options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"households|year|others"):
        scale.plan(households, 1, **options)  # type: ignore[arg-type]


@pytest.mark.long
def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    plan = scale.plan(planning.PER_PROVINCE + 40_000, 2)
    one, two = (freeze.write(plan, tmp_path / str(n), processes=n) for n in (1, 2))
    assert one == two and len(plan.parts) == 2
