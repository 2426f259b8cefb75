"""`xiuhua synth`: one command, a nation's freeze or a county's books and freeze, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from synth.opened import lines
from xiuhua.cli import main
from xiuhua.engine import freezing, load, tally


def test_a_freeze_comes_out_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["synth", "--households", "1500", "--seed", "4", "--out", str(out), "--faults", "2"]) == 0
    assert "1,500 households" in capsys.readouterr().out
    held = freezing.open_freeze(out, check=True)
    assert held.manifest.synthetic and held.manifest.seed == 4 and held.parts == ["99"]
    assert held.manifest.relations["rec_household"].rows == 1500
    assert json.loads((out / "key.json").read_text("utf-8"))["faults"]
    assert main(["synth", "--households", "1500", "--out", str(out)]) == 2
    assert main(["synth", "--households", "60001", "--out", str(tmp_path / "no"), "--workbooks"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_workbooks_and_freeze_are_of_the_same_people(tmp_path: Path) -> None:
    assert (
        main(["synth", "--households", "3240", "--out", str(tmp_path), "--faults", "1", "--workbooks"]) == 0
    )
    held = freezing.open_freeze(tmp_path, check=True)
    con = duckdb.connect()
    for name in ("rec_household", "rec_person", "rec_period", "rec_village"):
        con.execute(f"create view {name} as select * from read_parquet('{held.paths(name)[0]}')")
    persons, roll = (
        lines(tmp_path / "workbooks", "person_export"),
        lines(tmp_path / "workbooks", "household_roll"),
    )
    counted = con.execute(
        "select count(*) filter (kind = 'registered'), count(*) filter (kind = 'other') from rec_household"
    ).fetchone()
    assert counted == (600, len(roll))
    # A few rows are written twice or left out by the planted faults; the freeze has each person once.
    people = con.execute("select count(*) from rec_person where health is not null").fetchone()
    assert people and abs(people[0] - len(persons)) < 20
    villages = {line["village_code"] for line in lines(tmp_path / "workbooks", "village_list")}
    assert villages == {code for (code,) in con.execute("select village_code from rec_village").fetchall()}
    key = json.loads((tmp_path / "workbooks" / "key.json").read_text("utf-8"))
    below = sum(fault["kind"] == "exited_below_line" for fault in key["faults"])
    found = con.execute(
        "select count(*) from rec_household join rec_period using (household_key) where status = 'exited' and year = 2017"
        " and net_income_reported_fen < 295200 * members_reported"
    ).fetchone()
    assert found == (below,)


def test_a_county_without_faults_raises_no_alarm_in_its_tally(tmp_path: Path) -> None:
    assert main(["synth", "--households", "3240", "--seed", "9", "--out", str(tmp_path), "--workbooks"]) == 0
    assert len(list((tmp_path / "workbooks").glob("*.xlsx"))) == 6
    named = json.loads((tmp_path / "lists" / "key.json").read_text("utf-8"))
    assert len(list((tmp_path / "lists").glob("*.csv"))) == len(named) == 4
    known = {line["person_number"] for line in lines(tmp_path / "workbooks", "person_export")}
    assert all(ours and {person for _home, person in ours} <= known for ours in named.values())
    library = load()
    tally.tally(freezing.open_freeze(tmp_path), tmp_path / "tally", library)
    fails = {
        rule: counts["fails"]
        for document in tally.read(tmp_path / "tally", "990521")
        for rule, counts in document["rules"].items()
        if library.rules[rule].kind == "quality" and counts.get("fails")
    }
    assert fails == {}
