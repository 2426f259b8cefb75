"""Connections of a real server with two processes are shared evenly while it is busy."""

from __future__ import annotations

import http.client
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from holders import wait_until
from test_serve import Installation, children, end, free_port, installation, migrated, of, responds, told

__all__ = ["installation", "migrated"]
pytestmark = pytest.mark.slow
PAGE = "/sign-in/"


class Line(http.client.HTTPConnection):
    """A browser's connection, opened anew where the server ends it."""

    def ask(self) -> int:
        self.request("GET", PAGE)
        answer = self.getresponse()
        answer.read()
        return answer.status


def holders(port: int, processes: list[int]) -> dict[int, int]:
    """The process that holds each connection to a port, by the port of its other end; as the kernel tells."""
    inodes = {}
    for row in told(Path("/proc/net/tcp")).splitlines()[1:]:
        local, remote, state, inode = (row.split()[at] for at in (1, 2, 3, 9))
        if state == "01" and int(local.split(":")[1], 16) == port:
            inodes[inode] = int(remote.split(":")[1], 16)
    found = {}
    for process in processes:
        for each in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # closed since it was listed
                inode = re.sub(r"socket:\[(\d+)\]", r"\1", os.readlink(each))
                if inode in inodes:
                    found[inodes[inode]] = process
    return found


@contextmanager
def asking(lines: list[Line]) -> Iterator[list[int]]:
    """Everybody asks without a pause; what was answered, in the order of the answers."""
    stop, answers = threading.Event(), list[int]()

    def one(line: Line) -> None:
        while not stop.is_set():
            answers.append(line.ask())

    threads = [threading.Thread(target=one, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_connections_go_to_the_process_that_holds_fewer(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIUHUA_WEB_WORKERS", "2")
    monkeypatch.setenv("XIUHUA_WEB_THREADS", "2")
    port = free_port()
    serve = installation.start("serve", "--port", str(port))
    wait_until(lambda: responds(port), 40)
    processes = of(children(serve.pid)["granian"])
    assert len(processes) == 2

    # The kernel gives them out by chance: so many are opened that one process has six of them; the other then has none.
    opened: dict[int, list[Line]] = {process: [] for process in processes}
    for _turn in range(200):
        line = Line("127.0.0.1", port, timeout=30)
        assert line.ask() == 200
        opened[holders(port, processes)[line.sock.getsockname()[1]]].append(line)
        if max(map(len, opened.values())) == 6:
            break
    fewer, more = sorted(opened, key=lambda process: len(opened[process]))
    kept = opened[more]
    for line in opened[fewer]:
        line.close()

    def shares() -> list[int]:
        found = Counter(holders(port, processes).values())
        return [found[more], found[fewer]]

    wait_until(lambda: shares() == [6, 0], why=shares)
    with asking(kept) as answers:
        # Even but for what each holds to the database.
        wait_until(lambda: sum(shares()) == 6 and max(shares()) <= 4, 40, shares)
    assert set(answers) == {200}, "nobody noticed"
    for line in kept:
        line.close()
    assert end(serve) == 0
