"""A tally says what its freeze says: by an independent count, by the live engine, in any number of threads, after a kill."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frozen import AS_OF, make_freeze
from plainly import gap, living
from registers import DuckdbRegister, duckdb_register
from xiuhua import engine
from xiuhua.engine import freezing
from xiuhua.engine.measures import fgt
from xiuhua.engine.outcomes import Result
from xiuhua.engine.tally import TallyDamaged, households, read, read_below, read_manifest, stream_below, tally

ROOT = Path(__file__).resolve().parents[2]
HOUSEHOLDS = 3_000
KINDS, STATUSES = ("registered", "watched", "other"), ("poor", "exited", "returned", "none")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def library() -> engine.Library:
    return engine.load()


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> freezing.Freeze:
    return make_freeze(tmp_path_factory.mktemp("freeze"), HOUSEHOLDS, provinces=2)


@pytest.fixture(scope="module")
def out(freeze: freezing.Freeze, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tally")
    tally(freeze, folder)
    return folder


@pytest.fixture(scope="module")
def rows(freeze: freezing.Freeze, library: engine.Library) -> dict[str, Rows]:
    return {
        one.id: [row for path in freeze.paths(one.id) for row in pq.read_table(path).to_pylist()]
        for one in library.relations.values()
    }


@pytest.fixture(scope="module")
def register(rows: dict[str, Rows], library: engine.Library) -> DuckdbRegister:
    made = duckdb_register(library)
    made.fill(rows)
    return made


def added(documents: list[dict[str, Any]], section: str, id: str) -> Counter[str]:
    """One figure over kinds and statuses; parts by their names."""
    found: Counter[str] = Counter()
    for one in documents:
        figure = one[section].get(id, {})
        found.update(
            {**figure.get("parts", {}), **{key: n for key, n in figure.items() if isinstance(n, int)}}
        )
    return found


# -- an independent count, in plain Python over the same rows -----------------------------------------------------------


def latest(periods: Rows) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in sorted(periods, key=lambda one: one["year"]):
        if row["year"] <= AS_OF.year:
            found[row["household_key"]] = row
    return found


def test_ten_figures_equal_a_plain_count(out: Path, rows: dict[str, Rows]) -> None:
    nation = read(out, "CN")
    homes, people = rows["rec_household"], rows["rec_person"]
    last = latest(rows["rec_period"])
    helped = {one["household_key"] for one in homes if _is_helped(one)}
    registered = [one for one in homes if one["kind"] == "registered"]
    exited = [
        one
        for one in homes
        if one["household_key"] in helped and (one["status"] or one["status_reported"]) == "exited"
    ]

    # 1, 2: households and persons
    assert sum(one["households"] for one in nation) == len(homes)
    assert sum(one["persons"] for one in nation) == len(people)
    # 3: by kind and status: a decision, or else what the files report, and who is marked to exit is poor still
    by = Counter((one["kind"] or "other", _status(one)) for one in homes)
    assert any(one["status"] is None and one["status_reported"] == "pre_exit" for one in homes)
    assert {(one["kind"], one["status"]): one["households"] for one in nation if one["kind"] != "all"} == by
    # 4: main causes of those helped
    causes = Counter(one["main_cause"] or "unknown" for one in homes if one["household_key"] in helped)
    assert added(nation, "measures", "causes") == causes
    # 5: exits by year
    years = Counter(_year(one["exited_on"].year if one["exited_on"] else one["exit_year"]) for one in exited)
    # Of whom nothing says whether they exited, the year is not known either.
    years["unknown"] += sum(
        one["household_key"] in helped and not (one["status"] or one["status_reported"]) for one in homes
    )
    assert added(nation, "measures", "exits_by_year") == years
    # 6: food and clothing of the registered, by the latest record
    food = Counter(last.get(one["household_key"], {}).get("food_clothing_ok") for one in registered)
    rule = added(nation, "rules", "exit.food_clothing")
    assert (rule["holds"], rule["fails"], rule["not_known"]) == (food[True], food[False], food[None])
    assert rule["not_applicable"] == len(homes) - len(registered)
    # 7: of those that hold, how many somebody checked
    checked = sum(
        last[one["household_key"]]["food_clothing_seen"] == "checked"
        for one in registered
        if last.get(one["household_key"], {}).get("food_clothing_ok")
    )
    assert rule["checked"] == checked > 0
    # 8: medical insurance of members of helped households
    insured = Counter(one["basic_insured"] for one in people if one["household_key"] in helped)
    said = added(nation, "measures", "insured")
    assert (said["insured"], said["not_insured"], said["unknown"]) == (
        insured[True],
        insured[False],
        insured[None],
    )
    # 9: arable land, a decimal, in hundredths
    land = [last.get(one["household_key"], {}).get("arable_mu") for one in homes]
    fact = added(nation, "facts", "arable_mu")
    assert fact["sum"] == sum(int(one * 100) for one in land if one is not None)
    assert (fact["known"], fact["unknown"]) == (
        sum(one is not None for one in land),
        sum(one is None for one in land),
    )
    # 10: still poor against the rural population, where both are known
    assert added(nation, "measures", "poverty_incidence") == incidence(rows, last)


def _is_helped(home: dict[str, Any]) -> bool:
    return home["kind"] in ("registered", "watched") or home["watch_class"] not in (None, "none")


def _status(home: dict[str, Any]) -> str:
    status = home["status"] or home["status_reported"] or "none"
    # Who was listed wrongly and removed stands where those stand who never were.
    return {"pre_exit": "poor", "removed": "none"}.get(status, status)


def _year(year: int | None) -> str:
    return "unknown" if year is None else "-" if year < 1990 else str(min(year, 2050))


def incidence(rows: dict[str, Rows], last: dict[int, dict[str, Any]]) -> Counter[str]:
    members = Counter(one["household_key"] for one in rows["rec_person"])
    poor: dict[str, int] = defaultdict(int)
    for one in rows["rec_household"]:
        counted, reported = members[one["household_key"]], one["members_reported"]
        least = reported if not counted else min(counted, reported) if reported is not None else counted
        is_poor = one["kind"] == "registered" and (one["status"] or one["status_reported"]) in (
            "poor",
            "pre_exit",
            "returned",
        )
        poor[one["village_code"]] += (1 if least is None else least) if is_poor else 0
    found: Counter[str] = Counter()
    for village in rows["rec_village"]:
        known = village["rural_persons"] is not None and village["village_code"] in poor
        found["known" if known else "unknown"] += 1
        if known:
            found.update({"of": poor[village["village_code"]], "per": village["rural_persons"]})
    return found


def test_poverty_equals_a_plain_count_and_what_the_measures_of_surveys_say(
    out: Path, rows: dict[str, Rows]
) -> None:
    last, members = latest(rows["rec_period"]), Counter(one["household_key"] for one in rows["rec_person"])
    homes = [
        living(last.get(one["household_key"]), members[one["household_key"]], one["members_reported"])
        for one in rows["rec_household"]
    ]
    said = added(read(out, "CN"), "measures", "poverty_gap")
    del said["per"]
    assert said == gap(homes)
    assert said["poor"] > 100 and said["unknown"] > 100

    known = [one for one in homes if None not in (one.per_head, one.line, one.least)]
    frame = pa.table(
        {
            "income": [max(one.per_head or 0, 0) for one in known],
            "line": [one.line for one in known],
            "persons": [one.least for one in known],
        }
    )
    found = fgt(frame, welfare="income", line="line", weight="persons").column("estimate").to_pylist()
    assert said["poor"] / said["persons"] == pytest.approx(found[0])
    # The tally rounds each household's gap down to a millionth of the line.
    for name, estimate in (("gap", found[1]), ("gap2", found[2])):
        assert -2e-6 < said[name] / 1e6 / said["persons"] - estimate <= 0

    rule = added(read(out, "CN"), "rules", "exit.income")
    registered = [
        home.above
        for home, one in zip(homes, rows["rec_household"], strict=True)
        if one["kind"] == "registered"
    ]
    assert (rule["holds"], rule["fails"], rule["not_known"]) == tuple(
        registered.count(one) for one in (True, False, None)
    )


# -- the live engine -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grain", ["household", "person", "period", "village", "county"])
def test_every_rule_and_fact_equals_what_the_live_engine_says(
    out: Path, register: DuckdbRegister, library: engine.Library, rows: dict[str, Rows], grain: Any
) -> None:
    facts = [one.id for one in library.facts.values() if one.grain == grain]
    selection = library.select("duckdb", grain, AS_OF, facts=facts)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    values: dict[str, Counter[Any]] = defaultdict(Counter)
    wanted = read_below(out, "CN", "county")[0]["place_code"]
    for row in register.rows(selection):
        if not row.get("village_code", row.get("county_code")).startswith(wanted):
            continue
        for one in selection.rules:
            column = library.rules[one].column
            result = Result(row[f"r__{column}"])
            outcomes[one].update(
                {result.word: 1, "checked": int(result is Result.HOLDS and row[f"v__{column}"] == 2)}
            )
        for one in facts:
            values[one][row[f"f__{one}"]] += 1
    documents = read(out, wanted)
    for one in selection.rules:
        assert +added(documents, "rules", one) == +outcomes[one], one
    for one in facts:
        said = added(documents, "facts", one)
        assert said["unknown"] == values[one][None], one
        if library.facts[one].type == "boolean":
            assert (said["true"], said["false"]) == (values[one][True], values[one][False]), one
        elif library.facts[one].type in ("integer", "decimal") and library.facts[one].unit != "year":
            scale = 100 if library.facts[one].type == "decimal" else 1
            assert said["sum"] == sum(
                int(value * scale) * n for value, n in values[one].items() if value is not None
            ), one
        elif library.facts[one].type == "text" and library.facts[one].codes:
            assert +Counter({key: n for key, n in values[one].items() if key}) == +Counter(
                {key: n for key, n in said.items() if key not in ("unknown",)}
            ), one


def test_a_figure_opens_to_exactly_those_it_counts(freeze: freezing.Freeze, out: Path) -> None:
    county = read_below(out, "CN", "county")[0]["place_code"]
    asked: list[tuple[dict[str, str], tuple[str, str, str]]] = [
        ({"rule": "exit.housing", "outcome": "fails"}, ("rules", "exit.housing", "fails")),
        ({"rule": "exit.food_clothing", "outcome": "checked"}, ("rules", "exit.food_clothing", "checked")),
        ({"rule": "quality.one_head", "outcome": "fails"}, ("rules", "quality.one_head", "fails")),
        ({"measure": "causes", "part": "illness"}, ("measures", "causes", "illness")),
        ({"measure": "income_bands", "part": "2500"}, ("measures", "income_bands", "2500")),
        ({"measure": "to_verify", "part": "water"}, ("measures", "to_verify", "water")),
        ({"measure": "insured", "part": "not_insured"}, ("measures", "insured", "not_insured")),
        ({"measure": "poverty_gap", "part": "unknown"}, ("measures", "poverty_gap", "unknown")),
        ({"fact": "house_safe", "part": "unknown"}, ("facts", "house_safe", "unknown")),
    ]
    for place in (county, "99"):
        documents = read(out, place)
        for wanted, (section, id, lane) in asked:
            opened = households(freeze, place, **wanted)
            assert opened.num_rows == added(documents, section, id)[lane] > 0, wanted
            codes = opened.column("village_code").to_pylist()
            assert codes == sorted(codes) and {code[: len(place)] for code in codes} == {place}
    narrowed = households(
        freeze, county, rule="exit.housing", outcome="fails", kind="registered", status="poor"
    )
    document = next(
        one for one in read(out, county) if (one["kind"], one["status"]) == ("registered", "poor")
    )
    assert narrowed.num_rows == document["rules"]["exit.housing"]["fails"]
    assert set(narrowed.column("f__house_safe").to_pylist()) == {False}
    assert households(freeze, "CN", rule="exit.housing", outcome="fails", limit=7).num_rows == 7
    with pytest.raises(ValueError, match="has no part `illnes`"):
        households(freeze, county, measure="causes", part="illnes")


# -- levels ----------------------------------------------------------------------------------------------------------


def test_each_level_is_the_sum_of_the_one_below(out: Path) -> None:
    levels = ["nation", "province", "city", "county", "township", "village"]
    totals = []
    for level in levels:
        documents = read_below(out, "CN", level)
        assert [one["place_code"] for one in documents] == sorted(one["place_code"] for one in documents)
        totals.append(
            (
                sum(one["households"] for one in documents),
                sum(one["persons"] for one in documents),
                added(documents, "measures", "sizes"),
                added(documents, "rules", "exit.income"),
            )
        )
    assert all(one == totals[0] for one in totals)
    # A nation's are read one after the other, and none is kept for the next.
    streamed = stream_below(out, "CN", levels[-1])
    assert [next(streamed) for _ in range(40)] == documents[:40]
    del documents
    gc.collect()
    assert sum(type(one) is dict and one.keys() >= {"place_code", "measures"} for one in gc.get_objects()) < 5
    assert next(streamed)["level"] == levels[-1]
    assert totals[0][0] == HOUSEHOLDS


def test_a_place_without_rows_has_no_document(out: Path) -> None:
    assert read(out, "110101") == [] and read(out, "990101999") == []
    assert read_below(out, "110101", "village") == []
    assert read_below(out, "990101", "county") == read(out, "990101")


def test_rules_of_villages_and_counties_stand_under_all(out: Path, library: engine.Library) -> None:
    whole = next(one for one in read(out, "99") if one["kind"] == "all")
    assert whole["households"] == 0
    grains = {library.rules[id].grain for id in whole["rules"]}
    assert grains <= {"village", "county"} and "village" in grains
    others = [one for one in read(out, "99") if one["kind"] != "all"]
    assert not {library.rules[id].grain for one in others for id in one["rules"]} & {"village", "county"}


# -- sameness --------------------------------------------------------------------------------------------------------


def test_the_same_freeze_gives_the_same_bytes_in_any_number_of_threads(
    freeze: freezing.Freeze, out: Path, tmp_path: Path
) -> None:
    one = tally(freeze, tmp_path, threads=1, piece=500)
    assert one == read_manifest(out)
    for path in sorted((out / "places").iterdir()):
        assert pq.read_table(path) == pq.read_table(tmp_path / "places" / path.name)


def test_progress_may_stop_it_and_what_is_finished_stays(
    freeze: freezing.Freeze, out: Path, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done > HOUSEHOLDS // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tally(freeze, tmp_path, progress=stop, piece=400)
    with pytest.raises(TallyDamaged, match="no finished tally"):
        read(tmp_path, "CN")
    finished = [path.name for path in (tmp_path / "places").iterdir()]
    assert finished == ["part-98.parquet", "above-98.parquet"] or sorted(finished) == [
        "above-98.parquet",
        "part-98.parquet",
    ]
    stamp = (tmp_path / "places" / "part-98.parquet").stat().st_mtime_ns
    assert tally(freeze, tmp_path) == read_manifest(out)
    assert (tmp_path / "places" / "part-98.parquet").stat().st_mtime_ns == stamp
    assert told[-1][1] == HOUSEHOLDS


def test_killed_and_taken_up_again_it_equals_an_undisturbed_one(
    freeze: freezing.Freeze, out: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, time; from pathlib import Path; from xiuhua.engine import freezing; from xiuhua.engine.tally import tally\n"
        "def slow(done, total): print(done, flush=True); time.sleep(0.2)\n"
        "tally(freezing.open_freeze(Path(sys.argv[1])), Path(sys.argv[2]), progress=slow, piece=300)"
    )
    command = [sys.executable, "-c", code, str(freeze.folder), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) > HOUSEHOLDS // 2:
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "tally.json").exists()
    assert list((tmp_path / "places").glob("*.writing"))
    assert tally(freeze, tmp_path) == read_manifest(out)
    assert {path.name for path in (tmp_path / "places").iterdir()} == {
        path.name for path in (out / "places").iterdir()
    }
    assert not (tmp_path / "scratch").exists()
