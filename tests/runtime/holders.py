"""Processes that keep a cluster, to be killed; and what can be seen of them from outside."""

from __future__ import annotations

import fcntl
import hashlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xiuhua.runtime import locations, testing

Hold = Callable[..., "Holder"]


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """A home folder that the server's unprivileged user can pass."""
    folder = testing.throw_away_folder()
    try:
        yield folder
    finally:
        testing.remove(locations.locate(folder))
        shutil.rmtree(folder, ignore_errors=True)


PROJECT = Path(__file__).resolve().parents[2]
KEPT = PROJECT / "build" / "installed"


@cache
def _installed() -> Path:
    """A home with all tables and nothing running, of the sources as they are: made by whichever process of all that test
    needs it first; the others wait for it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    ready = KEPT / _sources()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            for old in KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            _make(ready)
    return ready


def _sources() -> str:
    """What tables can depend on, as one name."""
    found = hashlib.sha256()
    names = (path for kind in ("*.py", "*.yaml", "*.sql", "*.json") for path in (PROJECT / "src").rglob(kind))
    for path in (PROJECT / "requirements" / "dev.txt", *sorted(names)):
        found.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(ready: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XIUHUA_", "DJANGO_", "PG"))}
    with throw_away_home() as home:
        subprocess.run(
            [sys.executable, "-m", "xiuhua.cli", "migrate"],
            env={**kept, "XIUHUA_HOME": str(home), "PYTHONPATH": str(PROJECT / "src")}, check=True, capture_output=True,
        )  # fmt: skip
        unfinished = ready.with_name(f"{ready.name}.unfinished")
        subprocess.run(["cp", "-a", str(home), str(unfinished)], check=True)
        unfinished.rename(ready)


@contextmanager
def installed_home() -> Iterator[Path]:
    """A home folder whose tables are there already: a copy, a tenth of the time that making them takes."""
    with throw_away_home() as folder:
        subprocess.run(["cp", "-a", f"{_installed()}/.", str(folder)], check=True)
        yield folder


@dataclass(frozen=True)
class OrdinaryUser:
    """Somebody who is not root, with the command that starts Python for him."""

    uid: int
    gid: int
    python: list[str]


@dataclass
class Holder:
    """A process that keeps or joins the cluster of a home folder."""

    process: subprocess.Popen[str]

    def said(self, seconds: float = 20) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        assert ready, "said nothing"
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(20)


def server_pid(folder: Path) -> int:
    """Process id of the server that runs in a home folder."""
    data = locations.locate(folder).data
    return int((data / "postmaster.pid").read_text().split("\n", 1)[0])


def wait_until(true: Callable[[], bool], seconds: float = 20, why: Callable[[], object] = lambda: "") -> None:
    """Wait for `true`; `why` tells what was to be seen instead."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"did not come true: {why()}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    _installed()  # ahead of the tests that copy it
