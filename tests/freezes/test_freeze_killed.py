"""kill -9 of the worker in the middle of a freeze, and in the middle of storing its figures: the next one ends it, once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from intake.offices import Office, children
from runtime.holders import installed_home, throw_away_home, wait_until
from xiuhua.common.sealing import keyring
from xiuhua.runtime.cluster import connection_urls
from xiuhua.synth.county import invent, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

COUNTY = "990521"
ASK = f"""
import people
from xiuhua.freezes.services import take
from xiuhua.freezes.tasks import go_on
from xiuhua.places.scope import scope_of, within
people.make_places()
by = people.person("王主任", "wang", "{COUNTY}", people.Role.COUNTY_OFFICE)
with within(scope_of("{COUNTY}")):
    freeze = take(by=by, place_code="{COUNTY}", reason="考核前").freeze
    go_on(freeze.pk, freeze.place_code)
"""
TAKEN_UP = "select count(*) > 1 or max(attempts) > 0 from procrastinate_jobs where task_name = 'freezes.work'"


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a small county in its register, where nothing runs."""
    keyring()
    books = tmp_path_factory.mktemp("books")
    files = [str(path) for path in write(invent(31, 40, code=COUNTY), books) if path.suffix == ".xlsx"]
    with installed_home() as home:
        done = Office(home, Path(settings.KEYS)).run("intake", *files, "--place", COUNTY)
        assert done.returncode == 0, done.stderr
        yield home


@pytest.fixture
def office(taken_in: Path) -> Iterator[Office]:
    with throw_away_home() as home:
        subprocess.run(["cp", "-a", f"{taken_in}/.", str(home)], check=True)
        made = Office(home, Path(settings.KEYS))
        yield made
        made.end()


def state(office: Office) -> tuple[str, int]:
    found = office.ask("select step, done from freezes_freeze")
    return found[0] if found else ("", 0)


def blocked(owner: psycopg.Connection[tuple[int]], table: str) -> bool:
    """Whether a session waits for this very table; others wait for other locks now and then."""
    found = owner.execute(
        "select count(*) from pg_locks where not granted and relation = %s::regclass", [table]
    ).fetchone()
    return bool(found and found[0])


def kill_while(office: Office, table: str, step: str, supervisor: int) -> None:
    """Kills the worker once it waits for a table that the owner holds, and lets the table go."""
    with psycopg.connect(connection_urls(office.home).owner) as owner:
        owner.execute(f"lock table {table} in access exclusive mode")
        if step == "freezing":
            office.python(ASK)
        wait_until(lambda: state(office)[0] == step and blocked(owner, table), 240, why=lambda: state(office))
        [worker] = children(supervisor, "xiuhua.cli worker")
        os.kill(worker, signal.SIGKILL)
        owner.rollback()


def test_a_killed_workers_freeze_is_taken_up_by_the_next_and_ends_equal(office: Office) -> None:
    supervisor, _port = office.serve()
    wait_until(lambda: bool(children(supervisor.pid, "xiuhua.cli worker")), 240)
    wait_until(lambda: office.ask("select count(*) from registry_household") not in ([], [(0,)]), 240)
    kill_while(office, "registry_periodrecord", "freezing", supervisor.pid)
    folders = [path.name for path in (office.home / "freezes").iterdir()]
    assert len(folders) == 1 and not list((office.home / "freezes").glob("*/manifest.json")), (
        "half a freeze is none"
    )
    wait_until(lambda: state(office)[0] == "done", 240, why=lambda: state(office))
    assert office.ask(
        "select count(*) from audit_entry where action in ('freezes.taken', 'freezes.tallied')"
    ) == [(2,)]
    [(id, tally)] = office.ask("select freeze_id::text, tally ->> 'sha256' from freezes_freeze")
    keys = office.ask("select count(*), count(distinct household_id) from freezes_householdkey")
    assert keys[0][0] == keys[0][1] > 0

    # The same register frozen undisturbed gives the same figures.
    done = office.run("freeze", "--area", COUNTY)
    assert done.returncode == 0, done.stderr
    assert office.ask("select distinct tally ->> 'sha256' from freezes_freeze") == [(tally,)]
    assert office.ask("select count(*), count(distinct freeze_id) from freezes_tallied")[0][1] == 2

    # And tallied again from the files alone, in an empty place, without any of the installation's settings.
    target = office.home / "elsewhere"
    for name in ("XIUHUA_HOME", "XIUHUA_KEYS", "DJANGO_SETTINGS_MODULE"):
        assert name in office.environment
    shutil.copytree(office.home / "freezes" / id, target / "freeze")
    (target / "home").mkdir()
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(target / "home"),
        "PYTHONPATH": office.environment["PYTHONPATH"],
    }
    alone = subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", "tally", "freeze", "--out", "figures"],
        env=bare, cwd=target, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert alone.returncode == 0, alone.stderr
    assert f"sha256 {tally}" in alone.stdout
    assert sorted(path.name for path in target.iterdir()) == ["figures", "freeze", "home"]
    assert list((target / "home").iterdir()) == []


def test_killed_while_figures_are_stored_the_records_stay_as_they_are(office: Office) -> None:
    supervisor, _port = office.serve()
    wait_until(lambda: bool(children(supervisor.pid, "xiuhua.cli worker")), 240)
    with psycopg.connect(connection_urls(office.home).owner) as owner:
        owner.execute("lock table freezes_tallied in access exclusive mode")
        office.python(ASK)
        wait_until(
            lambda: state(office)[0] == "tallying" and blocked(owner, "freezes_tallied"), 240,
            why=lambda: state(office),
        )  # fmt: skip
        before = office.ask("select sha256, manifest::text from freezes_freeze")
        assert before[0][1] is not None, "sealed before it is tallied"
        [worker] = children(supervisor.pid, "xiuhua.cli worker")
        os.kill(worker, signal.SIGKILL)
        # The table is held until the next worker is at it too: the killed one's session waits for it, its lock in hand.
        wait_until(lambda: office.ask(TAKEN_UP) == [(True,)], 240, why=lambda: office.ask(TAKEN_UP))
        owner.rollback()
    wait_until(lambda: state(office)[0] == "done", 240, why=lambda: state(office))
    assert office.ask("select sha256, manifest::text from freezes_freeze") == before
    assert office.ask("select count(*) from audit_entry where action = 'freezes.taken'") == [(1,)]
