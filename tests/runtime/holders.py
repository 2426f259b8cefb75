"""Processes that keep a cluster, to be killed; and what can be seen of them from outside."""

from __future__ import annotations

import atexit
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
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
    """A home folder directly under /tmp: pytest's own is closed to the server's unprivileged user."""
    folder = Path(tempfile.mkdtemp(prefix="xh-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        testing.remove(locations.locate(folder))
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _installed() -> Path:
    """A home with all tables and nothing running, made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="xh-", dir="/tmp"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XIUHUA_", "DJANGO_", "PG"))}
    src = Path(__file__).resolve().parents[2] / "src"
    subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", "migrate"],
        env={**kept, "XIUHUA_HOME": str(folder), "PYTHONPATH": str(src)}, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@contextmanager
def installed_home() -> Iterator[Path]:
    """A home folder whose tables are there already: a copy, a quarter of the time that making them takes."""
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
