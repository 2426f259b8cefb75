"""`xiuhua synth`: one command, a nation's freeze or a county's books and freeze, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from synth.opened import lines
from xiuhua.cli import main
from xiuhua.engine import freezing, load, tally
from xiuhua.synth import ledgers


def test_a_freeze_comes_out_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["synth", "--households", "1500", "--seed", "4", "--out", str(out), "--faults", "2"]) == 0
    assert "1,500 households" in capsys.readouterr().out
    held = freezing.open_freeze(out, check=True)
    assert held.manifest.synthetic and held.manifest.seed == 4 and held.parts == ["99"]
    assert held.manifest.relations["rec_household"].rows == 1500
    assert json.loads((out / "key.json").read_text("utf-8"))["faults"]
    assert main(["synth", "--households", "1500", "--out", str(out)]) == 2
    no = ["synth", "--households", "60001", "--out", str(tmp_path / "no")]
    assert main([*no, "--workbooks"]) == 2
    assert capsys.readouterr().err.count("\n") == 2
    # What would change nothing is refused with a sentence, not passed over.
    for more, named in (
        (["--workbooks", "--year", "2018", "--others", "2"], "--year, --others"),
        (["--workbooks", "--processes", "1"], "--processes"),
        (["--code", "990522"], "--code"),
    ):
        assert main([*no, *more]) == 2 and not (tmp_path / "no").exists()
        said = capsys.readouterr().err
        assert named in said and said.count("\n") == 1


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
    [(ill,)] = con.execute(
        "select avg((main_cause = 'illness')::int) from rec_household where kind = 'registered' and main_cause is not null"
    ).fetchall()
    assert abs(ill - 0.5692) < 0.05, (
        "as a county published it; of 600 households two standard errors are 4 in 100"
    )


def _ledgers_agree(folder: Path) -> None:
    """Somebody helps each household on any day, by a person's number that is nobody's of the county; and the money foots."""
    homes = {line["household_number"] for line in lines(folder, "person_export")}
    helpers = rows_of(folder / ledgers.HELPERS, "帮扶责任人", skip=1)
    assert {row["结对户编号"] for row in helpers if row["结对结束日期"] is None} == homes
    assert all(row["证件号码"].startswith("999901") for row in helpers)
    money, projects, plan, vouchers, paid = (
        rows_of(folder / ledgers.PROJECTS, name)
        for name in ("资金指标", "项目库", "年度项目计划", "支出流水", "到户补助")
    )
    yuan = "金额(元)"
    for one in money:
        assert one[yuan] == sum(row["计划金额(元)"] for row in plan if row["资金指标文号"] == one["指标文号"])
    assert len(projects) == len(plan) > 0 and {row["户编号"] for row in paid} <= homes
    for project, planned in zip(projects, plan, strict=True):
        number = project["项目编号"]
        spent = sum(row[yuan] for row in vouchers if row["项目编号"] == number)
        to_homes = [row[yuan] for row in paid if row["项目编号"] == number]
        assert planned["项目编号"] == number and planned["计划金额(元)"] == project["投资规模(元)"]
        if to_homes:
            assert sum(to_homes) == spent == project["投资规模(元)"] and len(to_homes) == project["受益户数"]
        else:
            assert 0 < spent <= project["投资规模(元)"]


def rows_of(path: Path, name: str, skip: int = 0) -> list[dict[str, Any]]:
    """Rows of a sheet by its headings."""
    sheet = load_workbook(path, read_only=True)[name]
    head, *rows = list(sheet.iter_rows(values_only=True))[skip:]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_county_without_faults_raises_no_alarm_in_its_tally(tmp_path: Path) -> None:
    assert main(["synth", "--households", "3240", "--seed", "9", "--out", str(tmp_path), "--workbooks"]) == 0
    assert len(list((tmp_path / "workbooks").glob("*.xlsx"))) == 8
    _ledgers_agree(tmp_path / "workbooks")
    named = json.loads((tmp_path / "lists" / "key.json").read_text("utf-8"))
    assert len(list((tmp_path / "lists").glob("*.csv"))) == len(named) == 4
    known = {line["person_number"] for line in lines(tmp_path / "workbooks", "person_export")}
    assert all(ours and {person for _home, person in ours} <= known for ours in named.values())
    library = load()
    tally.tally(freezing.open_freeze(tmp_path), tmp_path.with_name("of it"), library)
    fails = {
        rule: counts["fails"]
        for document in tally.read(tmp_path.with_name("of it"), "990521")
        for rule, counts in document["rules"].items()
        if library.rules[rule].kind == "quality" and counts.get("fails")
    }
    assert fails == {}
