"""Whoever comes to a busy process does not stay behind more people than there are at another."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from xiuhua.config import evening
from xiuhua.config.evening import BETWEEN_SECONDS, FRESH_SECONDS, Evenly


def answers(_environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"answered"]


class Processes:
    """Copies of one server: each with its own number and sockets, which share what they tell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, numbers: list[int]) -> None:
        self.all = {number: Evenly(answers, threads=1) for number in numbers}
        for one in self.all.values():
            one.told = self.all[numbers[0]].told
        self.patch, self.now = monkeypatch, 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def ask(self, number: int, sockets: int | None, protocol: str = "HTTP/1.1") -> list[tuple[str, str]]:
        """The headers of an answer by a process that holds so many sockets."""
        self.patch.setattr(os, "getpid", lambda: number)
        self.patch.setattr(evening, "held", lambda: sockets)
        said: list[Any] = []
        body = self.all[number]({"SERVER_PROTOCOL": protocol}, lambda *told: said.append(told))
        assert list(body) == [b"answered"] and said[0][0] == "200 OK"
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
    assert server.ask(11, 8, "HTTP/2.0") == PLAIN
    server.now += BETWEEN_SECONDS
    assert server.ask(11, 8) == LAST
    assert server.ask(12, 6) == PLAIN


def test_a_process_that_told_nothing_lately_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12, 13])
    server.ask(12, 3)
    server.now += FRESH_SECONDS
    assert server.ask(11, 9) == PLAIN
    assert server.ask(13, 4) == PLAIN, "in the row of the one that is gone"
    assert server.ask(11, 9) == LAST


def test_whoever_has_time_or_cannot_count_keeps_all(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12])
    server.ask(12, 3)
    assert server.ask(11, None) == PLAIN
    server.all[11].threads = 2
    assert server.ask(11, 9) == PLAIN, "one thread waits: nobody does"


def test_two_that_took_one_row_find_another(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Processes(monkeypatch, [11, 12])
    server.ask(11, 9)
    server.all[12].told[: evening.ROW.size] = evening.ROW.pack(12, 3, server.now)  # at the same moment
    assert server.ask(11, 9) == LAST
    assert server.ask(12, 3) == PLAIN
    rows = list(evening.ROW.iter_unpack(server.all[11].told[:]))
    assert [row[:2] for row in rows[:3]] == [(12, 3), (11, 9), (0, 0)]


def test_sockets_are_counted() -> None:
    before = evening.held()
    if before is None:
        assert not os.path.isdir(evening.OPEN_FILES)
        return
    import socket

    with socket.socket(), socket.socket():
        assert evening.held() == before + 2
    assert evening.held() == before
