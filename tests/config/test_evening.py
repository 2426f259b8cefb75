"""Whoever comes to a busy process does not stay behind more people than there are at another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest

from xiuhua.config import evening
from xiuhua.config.evening import BETWEEN_SECONDS, Evenly


def answers(_environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"answered"]


class Server:
    """A process and those made beside it: their numbers, how many sockets each holds, and whose copies they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, threads: int = 2) -> None:
        self.process, self.now = Evenly(answers, threads), 1000.0
        self.sockets: dict[int, int | None] = {os.getpid(): 9}
        self.makers: dict[int, int] = {}
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(evening, "held", self.sockets.get)
        monkeypatch.setattr(evening, "maker", self.makers.get)

    def beside(self, number: int, sockets: int, made_by: int | None = None) -> None:
        """Another copy, which joins as one that was forked does."""
        self.process._next_row()
        evening.NUMBER.pack_into(self.process.numbers, self.process.row * evening.NUMBER.size, number)
        self.sockets[number], self.makers[number] = sockets, made_by or os.getppid()

    def ask(self, *, beside: int = 1, protocol: str = "HTTP/1.1") -> list[tuple[str, str]]:
        """The headers of an answer, while so many others are asked for."""
        said, others = list[Any](), [None] * beside

        def application(environ: dict[str, Any], start: Any) -> Any:
            """Each is inside until the last one is answered."""
            return (others.pop(), again())[1] if others else answers(environ, start)

        def again() -> Any:
            return self.process({"SERVER_PROTOCOL": protocol}, lambda *told: said.append(told))

        self.process.application = application
        assert list(again()) == [b"answered"] and self.process.running == 0
        assert [told[0] for told in said] == ["200 OK"]
        self.now += BETWEEN_SECONDS
        return list(said[0][1])


PLAIN, LAST = [("Content-Type", "text/plain")], [("Content-Type", "text/plain"), ("Connection", "close")]


def test_who_holds_two_more_lets_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    assert server.ask() == PLAIN, "there is no other"
    server.beside(12, 8)
    assert server.ask() == PLAIN, "one more is even"
    server.sockets[12] = 7
    assert server.ask() == LAST
    server.now -= BETWEEN_SECONDS
    assert server.ask() == PLAIN, "until the one that was let go is gone"
    assert server.ask(protocol="HTTP/2.0") == PLAIN
    server.beside(13, 10)
    assert server.ask() == LAST, "of several the one that holds fewest"
    server.sockets[12] = 9
    assert server.ask() == PLAIN


def test_whoever_has_time_or_cannot_count_keeps_all(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    server.beside(12, 3)
    assert server.ask(beside=0) == PLAIN, "one thread waits: nobody does"
    assert server.ask() == LAST
    server.sockets[12] = None
    assert server.ask() == PLAIN
    server.sockets |= {12: 3, os.getpid(): None}
    assert server.ask() == PLAIN
    alone = Server(monkeypatch, threads=1)
    alone.beside(12, 3)
    assert alone.ask(beside=0) == PLAIN, "who has one thread does not know"


def test_who_is_gone_counts_for_nothing_and_gives_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    server.beside(12, 3)
    server.makers[12] = 1  # its number is another's by now
    assert server.ask() == PLAIN
    del server.makers[12]
    assert server.ask() == PLAIN
    for number in range(100, 100 + 3 * evening.ROWS):
        server.beside(number, 9)
        server.makers.pop(number - 2, None)
    assert server.ask() == PLAIN
    server.sockets[number] = 3
    assert server.ask() == LAST


def test_what_went_wrong_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    server, said = Server(monkeypatch), list[Any]()
    wrong = (ValueError, ValueError("late"), None)

    def fails(_environ: dict[str, Any], start: Any) -> list[bytes]:
        start("500 Internal Server Error", [], exc_info=wrong)
        return []

    server.process.application = fails
    server.process({"SERVER_PROTOCOL": "HTTP/1.1"}, lambda *told: said.append(told))
    assert said == [("500 Internal Server Error", [], wrong)]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="a system that does not tell of its processes")
def test_sockets_of_a_copy_are_counted_and_its_maker_is_known() -> None:
    asks = "import socket; one, other = socket.socket(), socket.socket(); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", asks], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == b"1\n"
        assert evening.held(child.pid) == 2
        assert evening.maker(child.pid) == os.getpid() and evening.maker(os.getpid()) == os.getppid()
        child.communicate(b"\n")
    assert evening.held(child.pid) is None and evening.maker(child.pid) is None
