"""A whole installation in processes of its own, to be killed in the middle of an intake; and what is held against it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from runtime.holders import wait_until
from xiuhua.runtime.cluster import connection_urls

# Findings without a household are marked by their sheet's number, which another batch has anew.
LEFT_OUT = ("findings",)


@dataclass
class Office:
    """A home folder with tables, the processes started in it, and a look at its database as the owner."""

    home: Path
    keys: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    session: psycopg.Connection[tuple[Any, ...]] | None = None

    @property
    def environment(self) -> dict[str, str]:
        quick = {"XIUHUA_HEARTBEAT_SECONDS": "0.3", "XIUHUA_STALLED_SECONDS": "1", "XIUHUA_STOP_SECONDS": "1"}
        # Hardly a page is asked for: one process is enough to answer.
        quick["XIUHUA_WEB_WORKERS"] = "1"
        # What the clock begins by itself, at night in Beijing, would wait for tables that a test holds and leave no hand for its own work.
        quick["XIUHUA_PERIODIC"] = "off"
        # A small county has a middle of its merge, too.
        quick["XIUHUA_MERGE_PIECE"] = "200"
        mine = {"XIUHUA_HOME": str(self.home), "XIUHUA_KEYS": str(self.keys)}
        mine["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
        # This checkout's own sources, whichever one the environment was set up from.
        tests = Path(__file__).resolve().parents[1]
        mine["PYTHONPATH"] = os.pathsep.join([str(tests), str(tests.parent / "src")])
        return {**os.environ, **quick, **mine}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "xiuhua.cli", *arguments]
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "xiuhua.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False)

    def python(self, code: str) -> str:
        """Runs a few lines inside the office; what they print."""
        setup = "import gc; gc.set_threshold(50_000, 20, 50)\nimport django; django.setup()\n"
        command = [sys.executable, "-c", setup + code]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> tuple[subprocess.Popen[bytes], int]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        return self.start("serve", "--port", str(port)), port

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """As the owner, who sees every area. An absent server is no answer."""
        # In a session that stays: it is asked twenty times a second, and beginning one costs more than any answer.
        for _ in range(2):
            try:
                if self.session is None:
                    address = connection_urls(self.home).owner
                    self.session = psycopg.connect(address, connect_timeout=2, autocommit=True)
                return self.session.execute(sql).fetchall()
            except (psycopg.OperationalError, OSError):
                self.leave()
        return []

    def leave(self) -> None:
        """Ends the session in which it was asked, whose server may have been killed."""
        if self.session is not None:
            self.session.close()
        self.session = None

    def batch(self) -> tuple[str, int, int]:
        """Step, households merged and households to merge of the newest batch."""
        found = self.ask("select step, done, total from intake_batch order by id desc limit 1")
        return found[0] if found else ("", 0, 0)

    def hand_in(self, paths: list[Path], place: str) -> None:
        """Receives files as a page does, the job enqueued in the same transaction; the worker does the rest."""
        self.python(
            "from pathlib import Path\nfrom intake.taking import arrive_to_merge\n"
            f"arrive_to_merge([Path(p) for p in {[str(path) for path in paths]!r}], {place!r})"
        )

    def held(self, place: str) -> dict[str, Any]:
        """What the register holds, as another process sees it."""
        code = f"import json; from intake import taking; print(json.dumps(taking.register({place!r}, *{LEFT_OUT!r})))"
        found: dict[str, Any] = json.loads(self.python(code))
        return found

    def end(self) -> None:
        self.leave()
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children(pid: int, sign: str) -> list[int]:
    """Processes below another whose command line says something."""
    found = []
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if sign in command:
            found.append(int(number))
    return found


def in_mid_merge(office: Office, process: subprocess.Popen[bytes] | None = None) -> Callable[[], bool]:
    """True once the first piece is merged and the last is not."""

    def now() -> bool:
        step, done, total = office.batch()
        assert step != "done", "merged before it could be killed: the county is too small"
        assert process is None or process.poll() is None, "ended by itself"
        return step == "merging" and 0 < done < total

    return now


def wait_for(step: str, office: Office, seconds: float = 90) -> None:
    wait_until(lambda: office.batch()[0] == step, seconds, why=office.batch)
