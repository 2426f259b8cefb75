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

ROWS = 64  # more processes than anybody runs; of more, some are not known to the others
NUMBER = struct.Struct("q")
BETWEEN_SECONDS = 0.02  # until one that was let go is seen to be gone

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def held(process: int) -> int | None:
    """How many sockets a process holds: its connections, those to the database, and a few that each process has. None where the system
    does not tell."""
    files = f"/proc/{process}/fd"
    try:
        found = os.listdir(files)
    except OSError:
        return None
    n = 0
    for one in found:
        with suppress(OSError):  # closed meanwhile
            n += os.readlink(f"{files}/{one}").startswith("socket:")
    return n


def maker(process: int) -> int | None:
    """The process that made one; None where that is gone, or the system does not tell."""
    try:
        with open(f"/proc/{process}/stat") as told:
            return int(told.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


class Evenly:
    """A WSGI application of which the processes are copies of the one that made it; each runs `threads` requests at once."""

    def __init__(self, application: WSGI, threads: int) -> None:
        self.application = application
        # With one thread a process does not know whether anybody waits while it answers: it lets nobody go.
        self.all_at_work = max(threads, 2)
        # Shared with the copies: the number of each. Where processes are begun anew instead, each knows of itself alone, and keeps all.
        self.numbers, self.row = mmap.mmap(-1, ROWS * NUMBER.size), 0
        self.lock, self.running, self.not_before = Lock(), 0, 0.0

    def is_copied(self) -> None:
        """From now on each copy of this process is known to the others, asked or not."""
        os.register_at_fork(before=self._next_row, after_in_child=self._join)

    def _next_row(self) -> None:
        """Before a copy is made: its row, which is the first after the last one's that no living copy has."""
        rows = self._copies()
        after = [(self.row + step) % ROWS for step in range(1, ROWS + 1)]
        self.row = next((row for row in after if maker(rows[row]) != os.getpid()), after[0])

    def _join(self) -> None:
        NUMBER.pack_into(self.numbers, self.row * NUMBER.size, os.getpid())

    def _copies(self) -> list[int]:
        return [number for (number,) in NUMBER.iter_unpack(self.numbers[:])]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            # HTTP/2 knows no such header, and takes one connection for all.
            if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and self.lets_go():
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
        """Whether this process lets a connection go: one at a time, where another holds two fewer, and only while all its threads are at
        work, as somebody may wait for them then."""
        now = time.monotonic()
        with self.lock:
            if self.running < self.all_at_work or now < self.not_before:
                return False
            self.not_before = now + BETWEEN_SECONDS
        own, mine = os.getpid(), held(os.getpid())
        # A number may be another's by now, whose process has ended.
        beside = [one for one in self._copies() if one not in (0, own) and maker(one) == os.getppid()]
        theirs = [n for n in map(held, beside) if n is not None]
        return mine is not None and bool(theirs) and mine - min(theirs) >= 2
