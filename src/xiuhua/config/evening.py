"""Connections shared evenly among the processes that answer pages.

The kernel gives a new connection to any of them, and there it stays as long as the browser keeps it open: of eight people at two
processes five may wait behind each other while three do not. A busy process that holds two connections more than another lets one go
with its answer (`Connection: close`, which every browser and proxy knows); the next one is given out anew.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock
from typing import Any

ROWS = 64  # more processes than anybody runs; where there are more, two write one row, and some connections stay where they are
ROW = struct.Struct("qqd")  # a process, how many sockets it holds, and when it said so
FRESH_SECONDS = 2.0  # what a process said longer ago is not known any more: it may be gone
BETWEEN_SECONDS = 0.05  # until one that was let go is seen to be gone
OPEN_FILES = "/proc/self/fd"

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def held() -> int | None:
    """How many sockets this process holds: its connections, and a few that each process has. None where the system does not tell."""
    try:
        found = os.listdir(OPEN_FILES)
    except OSError:
        return None
    n = 0
    for one in found:
        with suppress(OSError):  # closed meanwhile
            n += os.readlink(f"{OPEN_FILES}/{one}").startswith("socket:")
    return n


class Evenly:
    """A WSGI application of which the processes are copies of the one that made it; each runs `threads` requests at once."""

    def __init__(self, application: WSGI, threads: int) -> None:
        self.application, self.threads = application, threads
        # Shared with the copies: a row for each. Where processes are begun anew instead, each knows of itself alone, and keeps all.
        self.told = mmap.mmap(-1, ROWS * ROW.size)
        self.lock, self.running, self.not_before = Lock(), 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *wrong: Any) -> Any:
            # HTTP/2 knows no such header, and takes one connection for all.
            if self.lets_go() and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, *wrong)

        with self.lock:
            self.running += 1
        try:
            return self.application(environ, start)
        finally:
            with self.lock:
                self.running -= 1

    def lets_go(self) -> bool:
        """Tells the others how many sockets this process holds, and says whether it lets one go: one at a time, and only while all its
        threads are at work, as somebody waits for them then."""
        mine, now = held(), time.monotonic()
        if mine is None:
            return False
        with self.lock:
            fewest = self._tell(mine, now)
            busy = self.running >= self.threads
            if not busy or fewest is None or mine - fewest < 2 or now < self.not_before:
                return False
            self.not_before = now + BETWEEN_SECONDS
            return True

    def _tell(self, mine: int, now: float) -> int | None:
        """Writes this process's row; how many the one of the others holds that holds fewest. No lock among processes: of two that take one
        row at once, the one that does not find itself in it takes another."""
        own, rows = os.getpid(), list(ROW.iter_unpack(self.told[:]))
        others = [row for row in rows if row[0] != own and now - row[2] < FRESH_SECONDS and row[0]]
        at = next((at for at, row in enumerate(rows) if row[0] == own), None)
        if at is None:
            at = next((at for at, row in enumerate(rows) if row not in others), 0)
        ROW.pack_into(self.told, at * ROW.size, own, mine, now)
        return min([sockets for _process, sockets, _said in others], default=None)
