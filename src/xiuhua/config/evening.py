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
ROW = struct.Struct("qq")  # a process, and how many sockets it holds
TELLS_SECONDS = 0.1  # so often at most while it has time
BETWEEN_SECONDS = 0.02  # until one that was let go is seen to be gone
OPEN_FILES = "/proc/self/fd"

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def held() -> int | None:
    """How many sockets this process holds: its connections, those to the database, and a few that each process has. None where the system
    does not tell."""
    try:
        found = os.listdir(OPEN_FILES)
    except OSError:
        return None
    n = 0
    for one in found:
        with suppress(OSError):  # closed meanwhile
            n += os.readlink(f"{OPEN_FILES}/{one}").startswith("socket:")
    return n


def beside(process: int) -> bool:
    """Whether a number is that of a process made by the one that made this one: it may have ended, and its number be another's by now."""
    try:
        with open(f"/proc/{process}/stat") as told:
            parent = told.read().rpartition(")")[2].split()[1]
    except OSError:
        return False
    return int(parent) == os.getppid()


class Evenly:
    """A WSGI application of which the processes are copies of the one that made it; each runs `threads` requests at once."""

    def __init__(self, application: WSGI, threads: int) -> None:
        self.application = application
        # With one thread a process does not know whether anybody waits while it answers: it lets nobody go.
        self.all_at_work = max(threads, 2)
        # Shared with the copies: a row for each. Where processes are begun anew instead, each knows of itself alone, and keeps all.
        self.told = mmap.mmap(-1, ROWS * ROW.size)
        self.lock, self.running, self.told_at, self.not_before = Lock(), 0, 0.0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            # HTTP/2 knows no such header, and takes one connection for all.
            if self.lets_go() and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        with self.lock:
            self.running += 1
        try:
            return self.application(environ, start)
        finally:
            with self.lock:
                self.running -= 1

    def lets_go(self) -> bool:
        """Tells the others how many sockets this process holds, and says whether it lets one go: one at a time, and only while all its
        threads are at work, as somebody may wait for them then."""
        with self.lock:
            now, busy = time.monotonic(), self.running >= self.all_at_work
            if not busy and now < self.told_at + TELLS_SECONDS:
                return False
            self.told_at = now
            if (mine := self.tell()) is None or not busy or now < self.not_before:
                return False
            fewest = min([sockets for process, sockets in self._rows() if beside(process)], default=mine)
            if mine - fewest < 2:
                return False
            self.not_before = now + BETWEEN_SECONDS
            return True

    def tell(self) -> int | None:
        """Writes this process's row, when it is made and as it answers. No lock among processes: of two that take one row at once, the one that does not find itself in it
        takes another."""
        mine, own, rows = held(), os.getpid(), list(ROW.iter_unpack(self.told[:]))
        if mine is not None:
            at = next((at for at, row in enumerate(rows) if row[0] == own), None)
            if at is None:
                at = next((at for at, row in enumerate(rows) if not row[0] or not beside(row[0])), 0)
            ROW.pack_into(self.told, at * ROW.size, own, mine)
        return mine

    def _rows(self) -> list[tuple[int, int]]:
        """Each process that ever told, and how many sockets it held when it last did: since then it can only have lost some."""
        return [(process, sockets) for process, sockets in ROW.iter_unpack(self.told[:]) if process]
