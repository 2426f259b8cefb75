"""PostgreSQL, DuckDB, columns in numpy and a naive reading row by row agree to the value, for generated facts, rules and registers."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from in_columns import ColumnsRegister
from properties.generated import COUNTIES, GRAINS, VILLAGES, books, registers
from properties.naive import Facts, Row, evidence, outcome, text, value
from registers import Register, duckdb_register, postgres_register
from xiuhua import engine

BOTH = {"zh": "一", "en": "one"}
LINE = {2014: 3, 2015: 5, 2016: 7, 2017: 9}
FIGURES = [
    {
        "id": "placed",
        "says": BOTH,
        "owner": "nation",
        "stricter": "higher",
        "by": "year",
        "source": "s",
        "values": [{"year": year, "value": one, "certainty": "cited"} for year, one in LINE.items()],
        "places": [
            {"place": "9905", "year": 2015, "value": 6, "source": "s"},
            {"place": "990521", "year": 2016, "value": 8, "source": "s"},
            {"place": "990521002", "year": 2016, "value": 11, "source": "s"},
        ],
    },
    {
        "id": "stricter",
        "says": BOTH,
        "owner": "nation",
        "stricter": "lower",
        "by": "date",
        "source": "s",
        "values": [{"since": dt.date(2010, 1, 1), "value": 20, "certainty": "cited"}],
        "places": [{"place": "990522", "since": dt.date(2016, 1, 1), "value": 10, "source": "s"}],
    },
]


def placed(year: int, village: str) -> int | None:
    own = {("990521002", 2016): 11, ("990521", 2016): 8, ("9905", 2015): 6}
    return next(
        (one for (place, its), one in own.items() if village.startswith(place) and its == year),
        LINE.get(year),
    )


def stricter(year: int, village: str) -> int:
    return 10 if village.startswith("990522") and year >= 2016 else 20


def written(entries: list[dict[str, Any]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")


def rulebook_of(facts: list[dict[str, Any]], rules: list[dict[str, Any]]) -> engine.Library:
    """The generated entries read from files, as any rulebook is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(FIGURES, folder / "rules/all/figures.yaml")
        fixed = {"says": BOTH, "fails": BOTH, "clause": BOTH, "source": "s", "topic": "t", "severity": "red"}
        written(
            [
                {
                    **fixed,
                    "id": one["id"],
                    "grain": one["grain"],
                    **({"applies": text(one["applies"])} if one["applies"] else {}),
                    "holds": text(one["holds"]),
                    "because": one["because"],
                    "since": dt.date(2000, 1, 1),
                }
                for one in rules
            ],
            folder / "rules/all/rules_all.yaml",
        )
        for grain in GRAINS:
            written([one for one in facts if one["grain"] == grain], folder / f"facts/{grain}/all.yaml")
        return engine.load(rulebook=folder / "rules", facts=folder / "facts")


def naive_rows(
    library: engine.Library, known: Facts, tables: dict[str, Any], as_of: dt.date
) -> dict[str, list[Row]]:
    """Every record with the records around it, by grain."""

    def made(grain: str, data: dict[str, Any]) -> Row:
        return Row(grain, data, known, as_of)

    counties = {one["county_code"]: made("county", one) for one in tables["county"]}
    villages = {one["village_code"]: made("village", one) for one in tables["village"]}
    for code, village in villages.items():
        its = {one["year"]: one for one in tables["village_year"] if one["village_code"] == code}
        latest = max((year for year in its if year <= as_of.year), default=None)
        county = counties.get(code[:6])
        village.around = {
            "year": None if latest is None else made("village_year", its[latest]),
            "county": county,
        }
        if county is not None:
            county.members.append(village)
    found: dict[str, list[Row]] = {"household": [], "person": [], "period": []}
    for data in tables["household"]:
        household = made("household", data)
        village = villages.get(data["village_code"])
        if village is not None:
            village.members.append(household)
        mine = {
            grain: [one for one in tables[grain] if one["household_key"] == data["household_key"]]
            for grain in found
        }
        around = {"household": household, "village": village}
        for grain in ("person", "period"):
            for one in mine[grain]:
                found[grain].append(made(grain, one))
                found[grain][-1].around = dict(around)
        household.members = [one for one in found["person"] if one.around["household"] is household]
        years = {one.data["year"]: one for one in found["period"] if one.around["household"] is household}
        latest = max((year for year in years if year <= as_of.year), default=None)
        household.around = {
            "village": village,
            "period": years.get(latest),
            "previous": years.get((latest or 0) - 1),
            "exit": next(
                (
                    made("exit", one)
                    for one in tables["exit"]
                    if one["household_key"] == data["household_key"]
                ),
                None,
            ),
        }
        found["household"].append(household)
    return {**found, "village": list(villages.values()), "county": list(counties.values())}


def expected(
    library: engine.Library, grain: str, rules: list[dict[str, Any]], rows: list[Row]
) -> dict[Any, dict[str, Any]]:
    """What a selection of a grain must give, by key of row."""
    result = {}
    for row in rows:
        said: dict[str, Any] = {}
        for fact in library.facts.values():
            if fact.grain == grain:
                tree = row.facts.trees[fact.id]
                said[f"f__{fact.id}"], said[f"e__{fact.id}"] = value(tree, row), evidence(tree, row) or 0
        for rule in (one for one in rules if one["grain"] == grain):
            column = rule["id"].replace(".", "__")
            said[f"r__{column}"] = outcome(rule["applies"], rule["holds"], row)
            known = [said[f"e__{one}"] for one in rule["because"] if said[f"f__{one}"] is not None]
            bearing = [one for one in known if one]
            said[f"v__{column}"] = min(bearing, default=0)
        result[key(grain, row.data)] = said
    return result


def key(grain: str, row: dict[str, Any]) -> Any:
    if grain in ("village", "county"):
        return row[f"{grain}_code"]
    return (row["household_key"], row["year"]) if grain == "period" else row[f"{grain}_key"]


def asked_for(grain: str, wanted: list[int] | None) -> tuple[str | None, str, list[Any] | None]:
    """What is asked for at a grain: SQL, the column it names, and its values."""
    if grain not in ("village", "county"):
        sql = f"SELECT unnest(ARRAY{wanted or [0]}::bigint[]) AS household_key"
        return None if wanted is None else sql, "household_key", wanted
    column, of = f"{grain}_code", VILLAGES if grain == "village" else COUNTIES
    codes = None if wanted is None else sorted({of[one % len(of)] for one in wanted})
    sql = f"SELECT unnest(ARRAY{codes or ['-']}::text[]) AS {column}"
    return None if wanted is None else sql, column, codes


def agrees(
    register: Register, dialect: Any, book: Any, tables: Any, as_of: dt.date, wanted: list[int] | None
) -> None:
    trees, facts, rules = book
    library = register.loaded = rulebook_of(facts, rules)  # type: ignore[attr-defined]
    seen_by = {
        (grain, column.name): column.seen
        for grain, one in library.relations.items()
        for column in one.columns
    }
    known = Facts(trees.trees, seen_by, {"placed": placed, "stricter": stricter})
    register.fill({library.relations[grain].id: rows for grain, rows in tables.items()})
    rows = naive_rows(library, known, tables, as_of)
    for grain in GRAINS:
        sql, column, codes = asked_for(grain, wanted)
        names = [one.id for one in library.facts.values() if one.grain == grain]
        selection = library.select(dialect, grain, as_of, sql, facts=names)  # type: ignore[arg-type]
        found = {key(grain, row): row for row in register.rows(selection)}
        asked = [one for one in rows[grain] if codes is None or one.data[column] in codes]
        for its_key, columns in expected(library, grain, rules, asked).items():
            row = found.pop(its_key)
            for name, should in columns.items():
                assert row[name] == should, (name, its_key, library.facts.get(name[3:]))
        assert not found


INPUTS = {
    "book": books(),
    "tables": registers(),
    "as_of": st.sampled_from([dt.date(2016, 2, 29), dt.date(2017, 12, 31), dt.date(2015, 6, 1)]),
    "wanted": st.none() | st.lists(st.integers(1, 5), unique=True, max_size=3),
}
# No shrinking: a whole rulebook shrinks for minutes, and the assertion names fact, row and column.
SETTINGS = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@given(**INPUTS)
@SETTINGS
def test_duckdb_as_naive(book: Any, tables: Any, as_of: dt.date, wanted: list[int] | None) -> None:
    agrees(duckdb_register(rulebook_of([], [])), "duckdb", book, tables, as_of, wanted)


@given(**{**INPUTS, "wanted": st.none()})
@SETTINGS
def test_columns_as_naive(book: Any, tables: Any, as_of: dt.date, wanted: None) -> None:
    agrees(ColumnsRegister(rulebook_of([], [])), "duckdb", book, tables, as_of, wanted)


@pytest.fixture(scope="module")
def postgres(server: Any) -> Any:
    with postgres_register(rulebook_of([], []), server) as register:
        yield register


@pytest.mark.database
@given(**INPUTS)
@SETTINGS
def test_postgres_as_naive(
    postgres: Any, book: Any, tables: Any, as_of: dt.date, wanted: list[int] | None
) -> None:
    agrees(postgres, "postgres", book, tables, as_of, wanted)
