"""The whole under its supervisor: whatever is killed comes back, what was begun is finished, nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from holders import alive, installed_home, server_pid, wait_until

from xiuhua.runtime.cluster import connection_urls, running
from xiuhua.runtime.serve import web_processes

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@dataclass
class Installation:
    """A home folder whose database has its tables, and how to run commands in it."""

    home: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        quick = {"XIUHUA_HEARTBEAT_SECONDS": "0.3", "XIUHUA_STALLED_SECONDS": "1", "XIUHUA_STOP_SECONDS": "1"}
        # One process is enough to answer, where a test does not ask for more.
        quick["XIUHUA_WEB_WORKERS"] = os.environ.get("XIUHUA_WEB_WORKERS", "1")
        settings = {
            "XIUHUA_TRACEBACK": "1",
            "DJANGO_SETTINGS_MODULE": "trial_settings",
            # This checkout's own sources, whichever one the environment was set up from.
            "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1] / "src")]),
        }
        return {**os.environ, **quick, **settings, "XIUHUA_HOME": str(self.home)}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "xiuhua.cli", *arguments], env=self.environment)
        self.started.append(process)
        return process

    def defer(self, name: str, seconds: float) -> None:
        with psycopg.connect(connection_urls(self.home).app, autocommit=True) as app:
            app.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', 'trial', %s)",
                [psycopg.types.json.Json({"name": name, "seconds": seconds})],
            )

    def lines(self, name: str) -> list[str]:
        path = self.home / name
        return path.read_text().split() if path.exists() else []

    def workers(self) -> int:
        query = (
            "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '1 second'"
        )
        with psycopg.connect(connection_urls(self.home).app) as app:
            found = app.execute(query).fetchone()
        assert found
        return int(found[0])

    def jobs(self, name: str) -> list[str]:
        query = "select status::text from procrastinate_jobs where args->>'name' = %s order by id"
        with psycopg.connect(connection_urls(self.home).app) as app:
            return [status for (status,) in app.execute(query, [name])]


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """One home with tables for all tests here."""
    with installed_home() as home:
        yield home


@pytest.fixture
def installation(migrated: Path) -> Iterator[Installation]:
    made = Installation(migrated)
    yield made
    for process in made.started:
        process.kill()
        process.wait()


def end(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    return process.wait(40)


def test_job_of_a_killed_worker_is_done_by_the_next(installation: Installation) -> None:
    with running(installation.home):
        worker = installation.start("worker", "--no-database")
        installation.defer("interrupted", 60)
        wait_until(lambda: installation.lines("interrupted") == ["begun"])
        worker.kill()
        worker.wait()
        assert installation.jobs("interrupted") == ["doing"]
        second = installation.start("worker", "--no-database")
        wait_until(lambda: installation.lines("interrupted") == ["begun", "begun", "done"])
        wait_until(lambda: installation.jobs("interrupted") == ["succeeded"])
        # A worker that lives keeps its job, however long it takes and whoever looks.
        installation.defer("long", 5)
        third = installation.start("worker", "--no-database")
        wait_until(lambda: installation.workers() == 2, 40)
        wait_until(lambda: installation.jobs("long") == ["succeeded"], why=lambda: installation.jobs("long"))
        assert installation.lines("long") == ["begun", "done"]
        assert (end(second), end(third)) == (0, 0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def responds(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False
    return True


def of(pid: int) -> list[int]:
    """Process ids of a process's children, begun by whichever of its threads."""
    return [int(n) for each in Path(f"/proc/{pid}/task").glob("*/children") for n in told(each).split()]


def told(file: Path) -> str:
    """What the kernel says of a process in a file of /proc: nothing of one that ended since it was listed."""
    try:
        return file.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(pid: int) -> dict[str, int]:
    """Process ids of the supervisor's children by what they are."""
    found = {}
    for number in of(pid):
        command = told(Path(f"/proc/{number}/cmdline"))
        for name, sign in (("granian", "xiuhua.config.web"), ("worker", "xiuhua.cli\0worker")):
            if sign in command:
                found[name] = int(number)
    return found


def test_everything_killed_comes_back(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUHUA_WEB_WORKERS", "2")
    port = free_port()
    serve = installation.start("serve", "--port", str(port))
    wait_until(lambda: responds(port), 40)
    wait_until(lambda: set(children(serve.pid)) == {"granian", "worker"})
    first = children(serve.pid)

    installation.defer("served", 60)
    wait_until(lambda: installation.lines("served") == ["begun"])
    os.kill(first["worker"], signal.SIGKILL)
    wait_until(lambda: installation.lines("served") == ["begun", "begun", "done"])

    # Several processes answer pages; one of them dies alone.
    assert web_processes() == 2
    wait_until(lambda: len(of(first["granian"])) == 2)
    one = of(first["granian"])[0]
    os.kill(one, signal.SIGKILL)
    wait_until(lambda: one not in of(first["granian"]) and len(of(first["granian"])) == 2)
    assert children(serve.pid)["granian"] == first["granian"]

    answering = of(first["granian"])
    os.kill(first["granian"], signal.SIGKILL)
    wait_until(lambda: children(serve.pid).get("granian") not in (None, first["granian"]))
    wait_until(lambda: not [pid for pid in answering if alive(pid)])
    wait_until(lambda: responds(port))

    server = server_pid(installation.home)
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not alive(server))
    wait_until(lambda: responds(port))
    wait_until(lambda: _can_defer(installation))
    wait_until(lambda: "done" in installation.lines("after"), 40)

    last = [*children(serve.pid).values(), server_pid(installation.home)]
    assert end(serve) == 0
    assert not [pid for pid in last if alive(pid)]


def _can_defer(installation: Installation) -> bool:
    try:
        installation.defer("after", 0)
    except psycopg.OperationalError:
        return False
    return True


def test_killed_supervisor_leaves_nothing_behind(installation: Installation) -> None:
    port = free_port()
    serve = installation.start("serve", "--port", str(port))
    wait_until(lambda: responds(port), 40)
    wait_until(lambda: set(children(serve.pid)) == {"granian", "worker"})
    left = [*children(serve.pid).values(), server_pid(installation.home)]
    serve.kill()
    serve.wait()
    wait_until(lambda: not [pid for pid in left if alive(pid)])
    wait_until(lambda: not responds(port))
    again = installation.start("serve", "--port", str(port))
    wait_until(lambda: responds(port), 40)
    taken = installation.start("serve", "--port", str(port))
    assert taken.wait(20) == 2, "the port is taken: refused, not retried"
    assert end(again) == 0
