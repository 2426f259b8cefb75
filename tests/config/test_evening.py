"""Whoever comes to a busy process does not stay behind more people than there are at another."""

from __future__ import annotations

import os
import socket
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


class Processes:
    """Copies of one server, of two threads each, with their own numbers and sockets, which share what they tell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, numbers: list[int]) -> None:
        self.all = {number: Evenly(answers, threads=2) for number in numbers}
        for one in self.all.values():
            one.told = self.all[numbers[0]].told
        self.patch, self.now, self.there = monkeypatch, 1000.0, set(numbers)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(evening, "beside", lambda number: number in self.there)

    def _is(self, number: int, sockets: int | None) -> None:
        self.patch.setattr(os, "getpid", lambda: number)
        self.patch.setattr(evening, "held", lambda: sockets)

    def made(self, number: int, sockets: int) -> None:
        self._is(number, sockets)
        self.all[number].tell()

    def ask(
        self, number: int, sockets: int | None, *, beside: int = 1, protocol: str = "HTTP/1.1"
    ) -> list[tuple[str, str]]:
        """The headers of an answer by a process that holds so many sockets and is at work on so many others meanwhile."""
        self._is(number, sockets)
        process, said = self.all[number], list[Any]()
        inner: Any = answers

        def application(environ: dict[str, Any], start: Any) -> Any:
            """Asked while others are: each of them is inside until the last is answered."""
            return (
                inner(environ, start)
                if not others
                else (others.pop(), process(environ, lambda *told: said.append(told)))[1]
            )

        others = [None] * beside
        process.application = application
        body = process({"SERVER_PROTOCOL": protocol}, lambda *told: said.append(told))
        assert list(body) == [b"answered"] and process.running == 0
        assert [told[0] for told in said] == ["200 OK"]
        return list(said[0][1])


PLAIN, LAST = [("Content-Type", "text/plain")], [("Content-Type", "text/plain"), ("Connection", "close")]


def test_who_holds_two_more_lets_one_go_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12])
    assert server.ask(11, 9) == PLAIN, "of the other nothing is known yet"
    assert server.ask(12, 6) == PLAIN, "fewer"
    assert server.ask(11, 7) == PLAIN, "one more is even"
    assert server.ask(11, 9) == LAST
    assert server.ask(11, 9) == PLAIN, "until the one that was let go is gone"
    server.now += BETWEEN_SECONDS
    assert server.ask(11, 8, protocol="HTTP/2.0") == PLAIN
    server.now += BETWEEN_SECONDS
    assert server.ask(11, 8) == LAST
    assert server.ask(12, 6) == PLAIN


def test_whom_nobody_asks_gets_them_and_who_is_gone_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12, 13])
    server.made(12, 3)
    assert server.ask(11, 9) == LAST, "it was made and never asked"
    server.now += 3600
    assert server.ask(11, 5) == LAST
    server.there.remove(12)
    server.now += BETWEEN_SECONDS
    assert server.ask(11, 9) == PLAIN
    server.made(13, 4)
    assert [row[0] for row in evening.ROW.iter_unpack(server.all[11].told[:])][:3] == [13, 11, 0]
    assert server.ask(11, 9) == LAST


def test_whoever_has_time_or_cannot_count_keeps_all(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12])
    server.made(12, 3)
    assert server.ask(11, None) == PLAIN
    assert server.ask(11, 9, beside=0) == PLAIN, "one thread waits: nobody does"
    server.all[11].all_at_work = Evenly(answers, threads=1).all_at_work
    assert server.ask(11, 9, beside=0) == PLAIN, "who has one thread does not know"
    assert server.ask(11, 9) == LAST


def test_two_that_took_one_row_find_another(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12])
    server.ask(11, 9)
    server.all[12].told[: evening.ROW.size] = evening.ROW.pack(12, 3)  # at the same moment
    assert server.ask(11, 9) == LAST
    assert server.ask(12, 3) == PLAIN
    rows = list(evening.ROW.iter_unpack(server.all[11].told[:]))
    assert rows[:3] == [(12, 3), (11, 9), (0, 0)]


def test_what_went_wrong_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11])
    wrong = (ValueError, ValueError("late"), None)

    def fails(_environ: dict[str, Any], start: Any) -> list[bytes]:
        start("500 Internal Server Error", [], exc_info=wrong)
        return []

    server.all[11].application, said = fails, list[Any]()
    server.all[11]({"SERVER_PROTOCOL": "HTTP/1.1"}, lambda *told: said.append(told))
    assert said == [("500 Internal Server Error", [], wrong)]


def test_a_process_knows_those_made_beside_it() -> None:
    if evening.held() is None:
        return
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert not evening.beside(child.pid), "it was made by this one, not beside it"
        child.communicate(b"\n")
    assert not evening.beside(child.pid), "it has ended"
    assert evening.beside(os.getpid())


def test_sockets_are_counted() -> None:
    before = evening.held()
    if before is None:
        assert not os.path.isdir(evening.OPEN_FILES)
        return
    with socket.socket(), socket.socket():
        assert evening.held() == before + 2
    assert evening.held() == before
