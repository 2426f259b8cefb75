"""Backup, restore, verify, upgrade, as an operator types them: another folder, the same register to the row."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from cli import installations
from cli.installations import COUNTY, FIRST_LIGHT, UNDER_WAY, look, together, xiuhua
from runtime.holders import installed_home, throw_away_home
from xiuhua.cli.keeping import programs
from xiuhua.runtime.locations import connection_urls, locate
from xiuhua.synth.county import invent, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Kept:
    """An installation with a county in it, its newest backup, and its keys in another place."""

    home: Path
    backup: Path
    keys: Path
    told: dict[str, object]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    place = tmp_path_factory.mktemp("kept")
    county = invent(23, 40, code=COUNTY)
    files = [str(path) for path in write(county, place / "books") if path.suffix == ".xlsx"]
    with installed_home() as home:
        xiuhua(home, "db", "start")
        try:
            together(
                home,
                ("accounts", "first", "--place", COUNTY, "--place-name", county.name, "--name", "张三=zhangsan", "--name", "李四=lisi"),
                ("intake", *files, "--place", COUNTY), ("freeze", "--area", COUNTY),
            )  # fmt: skip
            told = look(home)
        finally:
            xiuhua(home, "db", "stop")
        xiuhua(home, "backup", str(place / "backups"), "--keys", str(place / "keys"))
        (made,) = (place / "backups").iterdir()
        yield Kept(home, made, place / "keys", told)


def seen(home: Path) -> dict[str, object]:
    xiuhua(home, "db", "start")
    try:
        return look(home)
    finally:
        xiuhua(home, "db", "stop")


@pytest.fixture
def home() -> Iterator[Path]:
    with throw_away_home() as folder:
        yield folder


def under(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_drill_on_another_folder_gives_the_same_register(kept: Kept, home: Path) -> None:
    assert "same to the row" in xiuhua(home, "restore", str(kept.backup), "--keys", str(kept.keys))
    # Freezes came along, byte by byte and closed to others; one more is the same figures.
    frozen = under(kept.home / "freezes")
    assert frozen == under(home / "freezes")
    assert len(frozen) > 5 and all(not path.stat().st_mode & 0o077 for path in (home / "freezes").rglob("*"))
    xiuhua(home, "db", "start")
    try:
        now = look(home)
        assert now == kept.told
        assert now["head"] and now["tallies"] and now["opened"] and not now["closed"] and now["broken"] == []
        whole, again, listed = together(home, ("verify", "--all"), ("freeze", "--area", COUNTY), ("freezes",))
        assert whole.count("✓") == 6 and "✗" not in whole
        (first,) = set(re.findall(r"  tally  ([0-9a-f]{64})", again))
        assert all(
            first in path.read_text(encoding="utf-8")
            for path in (home / "freezes").glob("*.tally/tally.json")
        )
        assert listed.count("完成") == 2
        damaged = next((home / "freezes").glob("*/rec_person/*.parquet"))
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        # The restored copy goes on: the same files again change nothing in it.
        book = kept.backup.parent.parent / "books" / "贫困人口信息表.xlsx"
        told, taken = together(home, ("verify",), ("intake", str(book), "--place", COUNTY), fails=(1, 0))
        assert "rec_person/part-99.parquet" in told
        assert "新增 0 户，变更 0 户" in taken
    finally:
        xiuhua(home, "db", "stop")


def test_without_the_keys_nothing_is_restored_unless_they_are_lost(kept: Kept, home: Path) -> None:
    said = xiuhua(home, "restore", str(kept.backup), fails=2)
    assert "0001" in said and "--lost-keys" in said
    said = xiuhua(home, "restore", str(kept.backup), "--lost-keys")
    assert "Numbers must be entered again" in said
    now = seen(home)
    # The register, its figures and its audit are whole; only what was sealed stays closed, and is told as such.
    assert now["tallies"] == kept.told["tallies"] and now["head"] == kept.told["head"]
    assert now["opened"] == 0 and now["closed"] == kept.told["opened"]
    assert sorted(path.name for path in (home / "keys").glob("seal-*")) == ["seal-0002.key"]
    said = xiuhua(home, "verify", fails=1)
    assert "0001" in said and "registry_person.id_sealed" in said


def test_anothers_key_is_refused(kept: Kept, home: Path, tmp_path: Path) -> None:
    for key in kept.keys.iterdir():
        (tmp_path / key.name).write_bytes(os.urandom(32))
    said = xiuhua(home, "restore", str(kept.backup), "--keys", str(tmp_path), fails=2)
    assert "does not belong to this backup" in said


def test_an_altered_backup_is_refused_before_anything_is_written(
    kept: Kept, home: Path, tmp_path: Path
) -> None:
    for what in ("database.dump", "file", "manifest.json"):
        copy = tmp_path / what
        shutil.copytree(kept.backup, copy)
        assert "✓" in xiuhua(home, "verify", str(copy))
        broken = next((copy / "files").iterdir()) if what == "file" else copy / what
        content = bytearray(broken.read_bytes())
        content[len(content) // 2] ^= 1
        broken.write_bytes(content)
        xiuhua(home, "verify", str(copy), fails=2 if what == "manifest.json" else 1)
        xiuhua(home, "restore", str(copy), "--keys", str(kept.keys), fails=2)
        assert not locate(home).data.exists()


def test_data_that_are_there_are_never_overwritten(kept: Kept) -> None:
    said = xiuhua(kept.home, "restore", str(kept.backup), "--keys", str(kept.keys), fails=2)
    assert "empty home" in said
    assert seen(kept.home)["tallies"] == kept.told["tallies"]


def test_keys_do_not_lie_with_the_backups(kept: Kept) -> None:
    for folder in (kept.backup.parent, kept.backup / "keys", kept.backup.parent.parent):
        said = xiuhua(
            kept.home, "backup", str(kept.backup.parent), "--keys", str(folder), "--keep", "2", fails=2
        )
        assert "keys must not lie with the backups" in said
    # Three more were made, two kept; files did not change, so the newest shares them with the one before.
    left = sorted(path for path in kept.backup.parent.iterdir() if path.is_dir())
    assert len(left) == 2
    assert all(path.stat().st_nlink > 1 for path in (left[-1] / "files").iterdir())
    shutil.copytree(left[-1], kept.backup, dirs_exist_ok=True)


def test_a_backup_shows_nobodys_number_and_is_closed_to_others(kept: Kept) -> None:
    assert kept.backup.stat().st_mode & 0o077 == 0
    assert not list(kept.backup.rglob("*.key"))
    text = (kept.backup / "manifest.json").read_text(encoding="utf-8")
    for key in kept.keys.glob("*.key"):
        assert key.read_bytes().hex() not in text
    assert set(json.loads(text)["keys"]) == {"0001"}


def test_a_killed_restore_is_simply_run_again(kept: Kept, home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "xiuhua.cli", "restore", str(kept.backup), "--keys", str(kept.keys)],
        env=installations.environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    while b"database" not in process.stdout.readline():
        assert process.poll() is None
    time.sleep(0.4)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    said = xiuhua(home, "restore", str(kept.backup), "--keys", str(kept.keys))
    assert "same to the row" in said
    assert seen(home) == kept.told


def test_damage_in_use_is_told(kept: Kept, home: Path) -> None:
    subprocess.run(["cp", "-a", f"{kept.home}/.", str(home)], check=True)
    file = next((home / "files").iterdir())
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    xiuhua(home, "db", "start")
    try:
        # Only the owner of the database can do this; that it shows is what the chain is for.
        with psycopg.connect(connection_urls(home).owner) as owner:
            owner.execute("alter table audit_entry disable trigger user")
            owner.execute("update audit_entry set actor = 'nobody' where number = 1 and book = %s", [COUNTY])
            owner.execute("alter table audit_entry enable trigger user")
            owner.execute("alter table registry_person disable row level security")
        said = xiuhua(home, "verify", fails=1)
    finally:
        xiuhua(home, "db", "stop")
    assert f"the chain of {COUNTY} is broken" in said
    assert file.name in said
    assert "registry_person has no row-level security" in said


def test_data_of_the_release_before_come_to_this_one(home: Path, tmp_path: Path) -> None:
    xiuhua(home, "db", "start")
    try:
        address = connection_urls(home).owner
        programs.run("pg_restore", ["--no-owner", "--exit-on-error", "--dbname=", str(FIRST_LIGHT)], address)
        with psycopg.connect(address) as owner:
            before = owner.execute("select count(*), max(id) from registry_person").fetchone()
            statuses = owner.execute(
                "select household_id, status, since from registry_statusentry order by id"
            ).fetchall()
        # Nothing is brought over by the way.
        refused, brought, whole = together(
            home,
            ("intake", str(FIRST_LIGHT), "--place", COUNTY), ("upgrade", "--backup", str(tmp_path / "backups")),
            ("verify", str(tmp_path / "backups")), fails=(2, 0, 0),
        )  # fmt: skip
        assert "xiuhua upgrade" in refused
        assert brought.count("✓") == 6 and "computed anew: 308" in brought
        assert "✓" in whole
        assert "are of this version" in xiuhua(home, "upgrade", "--without-backup")
        with psycopg.connect(address) as owner:
            assert owner.execute("select count(*), max(id) from registry_person").fetchone() == before
            assert (
                owner.execute(
                    "select household_id, status, since from registry_statusentry order by id"
                ).fetchall()
                == statuses
            )
        now = look(home)
        assert sum(one["households"] for one in now["tallies"]) == 308 and now["broken"] == []
    finally:
        xiuhua(home, "db", "stop")


def test_what_was_under_way_in_a_version_between_goes_on_in_this_one(home: Path, tmp_path: Path) -> None:
    """Cases, proceedings, questions and findings of some decisions migrations ago: nothing is lost, and what this version tells or
    keeps otherwise is so of them too."""
    kept = (
        "select id, state, effective_on from decisions_case order by id", "select case_id, number, act, official_id from decisions_casestep order by id",
        "select id, course, at_step, effect_on from decisions_proceeding order by id", "select id, step, sign, official_id from decisions_signature order by id",
        "select household_id, status, since from registry_statusentry order by id", "select id, state, answer, case_id from decisions_pair order by id",
        "select id, rule, state, place_code, fingerprint from findings_finding order by id",
    )  # fmt: skip
    ended = "select count(*) from decisions_pair q join places_place p on p.code in (q.\"left\" ->> 'village', q.\"right\" ->> 'village') where p.until is not null"
    secret = "select count(*) from findings_finding where params ->> 'other' like '外乡秘密%'"
    xiuhua(home, "db", "start")
    try:
        address = connection_urls(home).owner
        dump = tmp_path / "under_way.dump"
        dump.write_bytes(gzip.decompress(UNDER_WAY.read_bytes()))
        programs.run("pg_restore", ["--no-owner", "--exit-on-error", "--dbname=", str(dump)], address)
        with psycopg.connect(address) as owner:
            before = [owner.execute(sql).fetchall() for sql in kept]
            assert all(before) and all(owner.execute(sql).fetchone() != (0,) for sql in (ended, secret))
        assert xiuhua(home, "upgrade", "--without-backup").count("✓") == 6
        with psycopg.connect(address) as owner:
            assert [owner.execute(sql).fetchall() for sql in kept] == before
            assert [owner.execute(sql).fetchone() for sql in (ended, secret)] == [(0,), (0,)]
    finally:
        xiuhua(home, "db", "stop")


def test_data_of_a_newer_release_are_left_alone(kept: Kept, home: Path) -> None:
    subprocess.run(["cp", "-a", f"{kept.home}/.", str(home)], check=True)
    xiuhua(home, "db", "start")
    try:
        with psycopg.connect(connection_urls(home).owner) as owner:
            owner.execute(
                "insert into django_migrations (app, name, applied) values ('registry', '9999_later', now())"
            )
        upgraded, taken, verified = together(
            home,
            ("upgrade", "--without-backup"), ("intake", str(FIRST_LIGHT), "--place", COUNTY), ("verify",), fails=(2, 2, 1),
        )  # fmt: skip
        assert "newer version" in upgraded and "newer version" in taken
        assert "registry.9999_later" in verified
    finally:
        xiuhua(home, "db", "stop")
