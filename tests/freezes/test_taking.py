"""A freeze is one moment of the register, row by row as the contract says it, by random keys and without names."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

import people
from freezes.frozen_county import (
    COMES,
    NATION,
    Holding,
    asked,
    bring,
    held,
    in_thread,
    keys,
    plain,
    rows,
    taken,
)
from intake.conftest import Files, made  # noqa: F401  a fixture
from runtime.holders import wait_until
from xiuhua.audit.models import Entry
from xiuhua.cli.freezes import _compute, left, tally
from xiuhua.engine.freezing import open_freeze
from xiuhua.freezes import tasks
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.services import (
    NotNow,
    records_of,
    resume,
    taking,
    want_stop,
    work,
)
from xiuhua.freezes.services.wishes import WORK
from xiuhua.freezes.terms import Step
from xiuhua.intake.services.operators import Operator
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Person
from xiuhua.runtime.jobs import GIVEN_UP

pytestmark = [pytest.mark.database, pytest.mark.slow]
VIEWS = ("rec_village", "rec_household", "rec_person", "rec_period")


def test_it_holds_exactly_what_the_register_publishes(world: people.World) -> None:
    freeze = taken(people.COUNTY)
    homes, who = keys()
    for relation in VIEWS:
        frozen = rows(freeze, relation).to_pylist()
        for row in frozen:
            if "household_key" in row:
                row["household_key"] = homes[row["household_key"]]
            if "person_key" in row:
                row["person_key"] = who[row["person_key"]]
        assert len(frozen) == len(held(relation)) > 0
        assert plain(frozen) == plain(held(relation)), relation
    sealed = open_freeze(records_of(freeze), check=True)
    assert sealed.sha256 == freeze.sha256 and sealed.id == str(freeze.freeze_id)
    assert freeze.manifest is not None and freeze.manifest["taken_by"] != ""
    assert {row["code"] for row in rows(freeze, "rec_place").to_pylist()} >= {
        "CN",
        "99",
        "9905",
        people.COUNTY,
    }


def test_no_name_no_number_no_id_of_the_register_and_nobody_else_reads_it(world: people.World) -> None:
    freeze = taken(people.COUNTY, Operator("cli:zhaosi", "cli:zhaosi · xiuhua freeze", people.COUNTY))
    told = (records_of(freeze) / "manifest.json").read_text(encoding="utf-8")
    assert "zhaosi" not in told and "系统管理员" in told, "nor the login of who ran the command"
    with within(NATION):
        names = set(Person.objects.values_list("name", flat=True)) | set(
            Household.objects.values_list("head_name", flat=True)
        )
        numbers = set(Person.objects.values_list("number", flat=True)) | set(
            Household.objects.values_list("number", flat=True)
        )
        ids = set(Household.objects.values_list("pk", flat=True))
    texts: set[Any] = set()
    for relation in VIEWS[1:]:
        table = rows(freeze, relation)
        texts |= {
            value
            for name in table.column_names
            for value in table.column(name).to_pylist()
            if isinstance(value, str)
        }
    assert len(names) > 50 and not texts & (names - {None}) and not texts & (numbers - {None})
    assert not set(rows(freeze, "rec_household").column("household_key").to_pylist()) & ids
    for path in [records_of(freeze), *records_of(freeze).rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert Path(settings.FREEZES).stat().st_mode & 0o077 == 0


def test_a_freeze_of_a_village_holds_the_village(world: people.World) -> None:
    taken(people.COUNTY)
    village = sorted({row["village_code"] for row in held("rec_household")})[0]
    freeze = taken(village)
    assert {code.as_py() for code in rows(freeze, "rec_household").column("village_code")} == {village}
    assert {row["code"] for row in rows(freeze, "rec_place").to_pylist()} == {
        "CN",
        "99",
        "9905",
        village[:6],
        village[:9],
        village,
    }
    assert len(rows(freeze, "rec_period")) == len(held("rec_period", village))


def test_it_is_one_moment_while_others_write(world: people.World, copied: Any) -> None:
    before = {relation: len(held(relation)) for relation in VIEWS}
    freeze = asked(people.COUNTY)
    holding = Holding(copied)
    working = in_thread(lambda: work(freeze.pk, people.COUNTY))
    wait_until(holding.waited_for, 60)
    with within(NATION), connection.cursor() as cursor:
        # A household comes, one ends, everybody's sex is gone: all committed before the freeze reads the years.
        Household.objects.create(
            number="new", county_code=people.COUNTY, village_code=people.VILLAGE, kind="other"
        )
        cursor.execute(
            "update registry_household set ended_on = '2026-01-01', ended_because = 'empty' where id = (select min(id) from registry_household)"
        )
        cursor.execute("update registry_household set main_cause = 'disaster'")
    holding.let_go()
    working.join(90)
    with within(scope_of(people.COUNTY)):
        freeze.refresh_from_db()
    assert freeze.step == Step.DONE, freeze.trouble
    assert {relation: len(rows(freeze, relation)) for relation in VIEWS} == before
    assert set(rows(freeze, "rec_household").column("main_cause").to_pylist()) != {"disaster"}
    after = taken(people.COUNTY)
    assert set(rows(after, "rec_household").column("main_cause").to_pylist()) == {"disaster"}


def test_an_intake_that_merges_meanwhile_is_in_it_whole_or_not_at_all(
    fresh_database: Any, kept_files: Files, tmp_path: Path, settings: Any
) -> None:
    settings.FREEZES = tmp_path / "freezes"
    people.small_world()
    coming = in_thread(lambda: bring(kept_files.paths))
    sizes = []
    while coming.is_alive() or not sizes or not sizes[-1]:
        freeze = taken(people.COUNTY)
        homes = rows(freeze, "rec_household") if (records_of(freeze) / "rec_household").exists() else None
        sizes.append(len(homes) if homes is not None else 0)
        if homes is not None:
            known = set(homes.column("household_key").to_pylist())
            for relation in ("rec_person", "rec_period"):
                assert set(rows(freeze, relation).column("household_key").to_pylist()) <= known
    coming.join()
    assert len(set(sizes)) == 2 and sizes[0] == 0 and sizes[-1] == len(held("rec_household")), sizes


def test_it_is_stopped_and_goes_on(world: people.World, copied: Any) -> None:
    freeze = asked(people.COUNTY, world.county_office)
    holding = Holding(copied)
    working = in_thread(lambda: work(freeze.pk, people.COUNTY))
    wait_until(holding.waited_for, 60)
    with within(scope_of(people.COUNTY)):
        want_stop(by=world.county_office, freeze_id=freeze.pk)
    holding.let_go()
    working.join(60)
    with within(scope_of(people.COUNTY)):
        freeze.refresh_from_db()
        assert freeze.step == Step.STOPPED and freeze.manifest is None
        resume(by=world.county_office, freeze_id=freeze.pk)
    assert work(freeze.pk, people.COUNTY).step == Step.DONE
    assert work(freeze.pk, people.COUNTY).step == Step.DONE, "once, however often the job runs"
    with within(NATION):
        told = (
            Entry.objects.filter(subject=f"freeze:{freeze.pk}")
            .order_by("pk")
            .values_list("action", flat=True)
        )
        assert list(told) == [
            "freezes.asked",
            "freezes.stop_wanted",
            "freezes.resumed",
            "freezes.taken",
            "freezes.tallied",
        ]


def test_work_that_nobody_does_ends_with_a_sentence_and_waits_for_whoever_holds_it(
    world: people.World, copied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiuhua.freezes.services.taking.AGE", -1)
    freeze = asked(people.COUNTY, world.county_office)
    jobs = "select count(*) from procrastinate_jobs where task_name = 'freezes.work' and status = 'todo'"
    with psycopg.connect(copied.owner, autocommit=True) as owner:
        found = lambda sql: owner.execute(sql).fetchone()  # noqa: E731
        # A session that outlives its worker: the job looks again later and is not over.
        owner.execute("select pg_advisory_lock(%s)", [WORK.lock + freeze.pk])
        tasks.work_at(freeze_id=freeze.pk, place_code=people.COUNTY)
        assert found(jobs) == (1,)
        owner.execute("update freezes_freeze set step = 'freezing'")
        tasks.sweep(timestamp=0)
        owner.execute("delete from procrastinate_jobs")
        tasks.sweep(timestamp=0)
        assert found("select step from freezes_freeze") == ("freezing",), "a job waits, or a session holds it"
        owner.execute("select pg_advisory_unlock_all()")
        # Given up: its job is no more, and nobody holds it.
        tasks.sweep(timestamp=0)
        assert found("select step, trouble ->> 'en' from freezes_freeze") == ("failed", GIVEN_UP["en"])
        owner.execute("update freezes_freeze set step = 'freezing'")
        assert left(people.COUNTY) == str(freeze.freeze_id), (
            "the command that is refused for it says how it goes on"
        )
        with within(scope_of(people.COUNTY)):
            want_stop(by=world.county_office, freeze_id=freeze.pk)
            resume(by=world.county_office, freeze_id=freeze.pk)
    assert work(freeze.pk, people.COUNTY).step == Step.DONE


def test_a_full_disk_is_said_before_anything_is_written(
    world: people.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiuhua.freezes.services.folders.SPARE", 10**18)
    freeze = asked(people.COUNTY)
    after = work(freeze.pk, people.COUNTY)
    assert after.step == Step.FAILED and after.trouble is not None
    assert "磁盘空间不够" in after.trouble["zh"] and "Not enough room" in after.trouble["en"]


def test_a_damaged_freeze_is_not_tallied_and_the_command_goes_on_with_it_and_verifies_it(
    world: people.World, copied: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze = asked(people.COUNTY, world.county_office)
    progress = taking.Told(freeze.pk, scope_of(people.COUNTY))
    taking._take(freeze, scope_of(people.COUNTY), progress)
    progress.close()
    one = next((records_of(freeze) / "rec_person").glob("*.parquet"))
    whole = one.read_bytes()
    one.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    after = work(freeze.pk, people.COUNTY)
    assert after.step == Step.FAILED and after.trouble is not None and after.tally is None
    assert f"不完整：rec_person/{one.name}" in after.trouble["zh"]
    assert tally_by_hand(freeze) == 2 and f"不完整：rec_person/{one.name}" in capsys.readouterr().err
    one.write_bytes(whole)
    # From a good copy it goes on, by hand too; then it is held against what is stored.
    assert tally_by_hand(freeze, "CN/rules/exit.income/fails/") == 0
    done = read_again(freeze)
    assert done.step == Step.DONE and done.sha256 == after.sha256 and done.tally is not None
    assert "gone on with and stored" in (told := capsys.readouterr().out) and done.tally["sha256"] in told
    assert tally_by_hand(freeze) == 0 and "every figure of it" in capsys.readouterr().out
    with psycopg.connect(copied.owner, autocommit=True) as owner:
        owner.execute("alter table freezes_tallied disable trigger user")
        owner.execute("alter table freezes_tallied no force row level security")
        owner.execute(
            "update freezes_tallied set households = households + 1 where tallied_place = %s and kind = 'registered'",
            [people.VILLAGE],
        )
    assert tally_by_hand(freeze) == 1 and f"stored otherwise: {people.VILLAGE}\n" in capsys.readouterr().out
    assert {path.name for path in records_of(freeze).parent.iterdir()} == {
        freeze.folder,
        f"{freeze.folder}.tally",
    }


def test_the_command_holds_the_manifest_against_what_was_sealed(
    world: people.World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze = taken(people.COUNTY)
    path = records_of(freeze) / "manifest.json"
    whole = path.read_text(encoding="utf-8")
    # Every file and every figure agrees: only who took it and the head of the audit are others.
    path.write_text(json.dumps({**json.loads(whole), "audit_head": "0" * 64, "taken_by": "别人"}))
    for out in (None, tmp_path / "out"):
        assert tally_by_hand(freeze, f"{people.COUNTY}/rules/exit.income/fails/", out=out) == 1
        said = capsys.readouterr()
        assert "manifest.json 与封存时不同" in said.err and "not as it was sealed" in said.err
        assert freeze.sha256 in said.err and "same as the stored" not in said.out and "figure" not in said.out
    assert not (tmp_path / "out").exists()
    path.write_text(whole, encoding="utf-8")
    for out in (None, tmp_path / "out"):
        assert tally_by_hand(freeze, out=out) == 0 and "same as the stored tally" in capsys.readouterr().out
    # Another digest than the stored one is no equal tally for whoever only reads how the command ended.
    freeze.tally = {**(freeze.tally or {}), "sha256": "0" * 64}
    assert _compute(freeze, Namespace(out=tmp_path / "out", today=False, figure=[])) == 1
    assert "not the stored tally" in capsys.readouterr().out
    waits = asked(people.COUNTY)
    assert tally_by_hand(waits, out=tmp_path / "other") == 2 and "not sealed yet" in capsys.readouterr().err


def tally_by_hand(freeze: Freeze, *figures: str, out: Path | None = None) -> int:
    """`xiuhua tally ID`."""
    given = Namespace(freeze=str(freeze.freeze_id)[:8], out=out, today=False, figure=list(figures))
    return tally(given)


def read_again(freeze: Freeze) -> Freeze:
    with within(scope_of(people.COUNTY)):
        return Freeze.objects.get(pk=freeze.pk)


def test_only_in_ones_area_and_one_at_a_time(world: people.World, copied: Any) -> None:
    with pytest.raises(NotNow):
        asked(people.OTHER_COUNTY, world.county_office)
    asked(people.COUNTY, world.county_office)
    with pytest.raises(NotNow, match="正在生成"):
        asked(people.COUNTY, world.auditor)
    with within(scope_of(people.COUNTY)):
        first = Freeze.objects.get()
        want_stop(by=world.county_office, freeze_id=first.pk)
    # Somebody else's request, at the same moment: neither sees the other's row.
    said: list[NotNow] = []

    def ask() -> None:
        try:
            asked(people.COUNTY, world.auditor)
        except NotNow as why:
            said.append(why)

    with psycopg.connect(copied.owner) as owner:
        owner.execute(COMES, [people.COUNTY])
        asking = in_thread(ask)
        waits = "select count(*) from pg_locks where not granted"
        wait_until(lambda: owner.execute(waits).fetchone() != (0,), 30)
    asking.join(30)
    with pytest.raises(NotNow, match="正在生成"), within(scope_of(people.COUNTY)):
        resume(by=world.county_office, freeze_id=first.pk)
    with within(scope_of(people.COUNTY)):
        assert len(said) == 1 and Freeze.objects.filter(step=Step.WAITING).count() == 1
