"""kill -9 in the middle of an intake: of the command, the worker, the database, the supervisor. Nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from databases import fresh
from intake import taking
from intake.conftest import Files, sign
from intake.offices import LEFT_OUT, Office, children, in_mid_merge, wait_for
from runtime.holders import installed_home, server_pid, wait_until
from xiuhua.common.sealing import keyring

pytestmark = [pytest.mark.slow]

# Some pieces of a merge (offices.py says how large), so that there is a middle.
HOUSEHOLDS = 250


@pytest.fixture(scope="module")
def county(made: Callable[..., Files]) -> Files:
    return made(21, HOUSEHOLDS)


@pytest.fixture(scope="module")
def undisturbed(county: Files, server: Any, django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """What the register holds after an intake that nobody killed, under the same keys."""
    with fresh(server, django_db_blocker):
        sign()
        taking.take(county.paths)
        return taking.register(taking.COUNTY, *LEFT_OUT)


@pytest.fixture
def office() -> Iterator[Office]:
    keyring()  # the keys of this test run, made if there are none yet
    with installed_home() as home:
        made = Office(home, Path(settings.KEYS))
        yield made
        made.end()


def sign_in(office: Office) -> None:
    office.python("from intake.conftest import sign; sign()")


def command(office: Office, county: Files, *more: str) -> list[str]:
    return ["intake", *map(str, county.paths), "--place", taking.COUNTY, *more]


def test_the_command_is_killed_and_run_again(
    office: Office, county: Files, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    with_server = office.start("db", "start")
    wait_until(lambda: office.ask("select 1") == [(1,)], 30)
    sign_in(office)
    for middle in (lambda: office.batch()[0] == "reading" and office.batch()[1] > 0, None):
        process = office.start(*command(office, county))
        wait_until(middle or in_mid_merge(office, process), 60, why=office.batch)
        process.kill()
        process.wait()
        assert office.batch()[0] in ("reading", "checking", "merging")
    done = office.run(*command(office, county, "--report", str(tmp_path / "report.jsonl")))
    assert done.returncode == 0, done.stderr
    assert office.batch()[0] == "done"
    assert office.held(taking.COUNTY) == undisturbed
    assert all(count == 0 for count in history(office).values()), "taken in twice"
    office.run("db", "stop")
    with_server.wait(30)


def history(office: Office) -> dict[str, int]:
    tables = ("registry_householdevent", "registry_personevent", "registry_periodrecordevent")
    return {table: office.ask(f"select count(*) from {table}")[0][0] for table in tables}


def test_worker_database_and_supervisor_are_killed_and_it_goes_on(
    office: Office, county: Files, undisturbed: dict[str, Any]
) -> None:
    supervisor, _port = office.serve()
    wait_until(lambda: bool(children(supervisor.pid, "xiuhua.cli worker")), 60)
    sign_in(office)
    office.hand_in(county.paths, taking.COUNTY)
    wait_until(lambda: office.batch()[0] in ("reading", "checking"), 60, why=office.batch)
    [worker] = children(supervisor.pid, "xiuhua.cli worker")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: children(supervisor.pid, "xiuhua.cli worker") not in ([], [worker]), 30)

    wait_until(in_mid_merge(office), 90, why=office.batch)
    os.kill(server_pid(office.home), signal.SIGKILL)
    wait_until(lambda: office.ask("select 1") == [(1,)], 60)
    assert office.batch()[0] != "done"

    supervisor.kill()
    supervisor.wait()
    assert office.batch()[0] != "done", "nothing was left to kill"
    again, _port = office.serve()
    wait_for("done", office)
    assert again.poll() is None
    assert office.held(taking.COUNTY) == undisturbed
    assert all(count == 0 for count in history(office).values()), "taken in twice"
    assert office.ask("select count(*) from intake_batch") == [(1,)]
