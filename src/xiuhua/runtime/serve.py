"""`xiuhua serve`: the database, the web server and the worker under one process that restarts what dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from xiuhua.runtime.children import spawn
from xiuhua.runtime.cluster import running, say_on_stderr
from xiuhua.runtime.errors import ClusterError

POLL_SECONDS = 0.2
STOP_SECONDS = 25.0
STEADY_SECONDS = 30.0  # a child that lived this long starts again at once

Say = Callable[[str], None]


class _Flag:
    """Raised by a signal, seen by the loop."""

    raised = False


@dataclass
class Child:
    """A process to keep alive. command: its argv. The group of a dead one is cleared before it is started again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def look(self, now: float, say: Say) -> None:
        """Start it when it is due; note its end."""
        if self.process is None:
            if now >= self.due:
                self.process = spawn(self.command, death_signal=signal.SIGTERM)
                self.started = now
            return
        code = self.process.poll()
        if code is None:
            return
        self._clear_group()
        self.process = None
        self.pause = 0.5 if now - self.started > STEADY_SECONDS else min(max(self.pause * 2, 0.5), 30.0)
        self.due = now + self.pause
        say(f"{self.name} 退出（{code}），正在重新启动 / {self.name} ended ({code}), starting it again")

    def _clear_group(self) -> None:
        """What a killed server leaves behind would go on holding the port."""
        assert self.process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until it is gone, or make it go at the deadline."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        self._clear_group()
        self.process.wait()
        self.process = None


def web_processes() -> int:
    """How many processes answer pages: one for every core, four at most; XIUHUA_WEB_WORKERS says otherwise.

    One process computes one page at a time, whatever its threads: they only wait for the database meanwhile, which works on another
    core. Nothing is kept in a process that another would need: sessions, counts of calls and jobs are in the database, what is
    cached never changes.
    """
    asked = os.environ.get("XIUHUA_WEB_WORKERS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(asked) if asked else max(1, min(cores, 4))


def web_threads() -> int:
    """How many pages each of them is at work on at once; XIUHUA_WEB_THREADS says otherwise than two. Each holds a database connection."""
    return int(os.environ.get("XIUHUA_WEB_THREADS") or "2")


def web_command(host: str, port: int) -> list[str]:
    """Granian with two blocking threads a process, so that one long page holds up no other: each holds a database connection, and
    more of them only take turns at the same core."""
    # Granian under another name, which has read everything before its processes are copied from it.
    command = [
        sys.executable,
        "-m",
        "xiuhua.config.web",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
    ]
    command += ["--workers", str(web_processes()), "--blocking-threads", str(web_threads())]
    # One that dies is replaced while the others answer; one that cannot live ends the server, which is then started anew here.
    command += ["--respawn-failed-workers"]
    command += ["--no-ws", "--log-level", "warning", "--workers-kill-timeout", "10"]
    return [*command, "xiuhua.config.wsgi:application"]


def check_port(host: str, port: int) -> None:
    """Raise ClusterError when somebody else listens there: said at once instead of by a server that keeps dying."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], found[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        raise ClusterError(
            f"无法监听 {host}:{port}：{error.strerror}。请用 --port 换一个端口",
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port",
        ) from error


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    prepare: Callable[[], None] | None = None,
    say: Say = say_on_stderr,
) -> int:
    """Serve until SIGTERM or SIGINT; returns 0. prepare: runs once the database answers (migrations). Raises ClusterError."""
    stop = _Flag()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # Nothing more: waiting here hangs the main thread, and even Event.set may, on the Event's own lock.
        stop.raised = True

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        check_port(host, port)
        with running(purpose="serve", say=say):
            if prepare:
                prepare()
            if not stop.raised:
                _keep_alive(host, port, stop, say)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _keep_alive(host: str, port: int, stop: _Flag, say: Say) -> None:
    children = [
        Child("网页服务 web", web_command(host, port)),
        Child("后台任务 worker", [sys.executable, "-m", "xiuhua.cli", "worker", "--no-database"]),
    ]
    try:
        while not stop.raised:
            for child in children:
                child.look(time.monotonic(), say)
            time.sleep(POLL_SECONDS)
    finally:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.end(deadline)
