"""kill -9 of the server, of its keeper, of both: every committed row is there afterwards."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest
from holders import Hold, alive, server_pid, wait_until

from xiuhua.runtime import cluster, locations
from xiuhua.runtime.cluster import connection_urls, keeper, running


def rows(home: Path) -> int:
    with psycopg.connect(connection_urls(home).app) as app:
        found = app.execute("select count(*) from kept").fetchone()
    assert found
    return int(found[0])


def write(home: Path, numbers: range) -> None:
    urls = connection_urls(home)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("create table if not exists kept (id int primary key)")
    with psycopg.connect(urls.app, autocommit=True) as app:
        for number in numbers:
            app.execute("insert into kept values (%s)", [number])


def test_two_starts_give_one_server_and_the_second_takes_over(home: Path, hold: Hold) -> None:
    first, second = hold(home), hold(home)
    assert (first.said(), second.said()) == ("ready", "ready")
    server, holders = server_pid(home), {first.process.pid: first, second.process.pid: second}
    held = keeper(locations.locate(home))
    assert held is not None
    keeping = holders.pop(held[0])
    (joined,) = holders.values()
    write(home, range(100))
    joined_first = joined.process.pid
    keeping.end()
    wait_until(lambda: (keeper(locations.locate(home)) or (0,))[0] == joined_first)
    wait_until(
        lambda: (locations.locate(home).data / "postmaster.pid").exists() and server_pid(home) != server
    )
    wait_until(lambda: _answers(home))
    assert rows(home) == 100


def _answers(home: Path) -> bool:
    try:
        rows(home)
    except psycopg.OperationalError:
        return False
    return True


def test_joined_server_goes_on_when_the_second_leaves(home: Path, hold: Hold) -> None:
    first = hold(home)
    assert first.said() == "ready"
    server = server_pid(home)
    with running(home):
        write(home, range(10))
    assert server_pid(home) == server
    assert rows(home) == 10


def test_killed_server_comes_back_with_every_row(home: Path) -> None:
    said: list[str] = []
    with running(home, say=said.append):
        write(home, range(500))
        for time in (1, 2, 3):
            killed = server_pid(home)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda time=time: len([line for line in said if "up again" in line]) == time)
            assert not alive(killed)
            assert server_pid(home) != killed
            assert rows(home) == 500


def test_killed_keeper_takes_its_server_along_and_loses_nothing(home: Path, hold: Hold) -> None:
    holder = hold(home)
    assert holder.said() == "ready"
    write(home, range(500))
    server = server_pid(home)
    holder.kill()
    # At once, while the old server may still be on its way out.
    with running(home):
        assert server_pid(home) != server
        assert not alive(server)
        assert rows(home) == 500


def test_killed_keeper_and_server_together(home: Path, hold: Hold) -> None:
    holder = hold(home)
    assert holder.said() == "ready"
    write(home, range(500))
    server = server_pid(home)
    os.kill(holder.process.pid, signal.SIGSTOP)
    os.kill(server, signal.SIGKILL)
    holder.kill()
    with running(home):
        assert rows(home) == 500


def test_orphaned_server_is_told_to_go(home: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel could not tell the server (no death signal there), the next start does."""
    holder = hold(home)
    assert holder.said() == "ready"
    write(home, range(50))
    server = server_pid(home)
    os.kill(server, signal.SIGSTOP)  # it cannot follow the kernel's signal
    holder.kill()
    assert alive(server)
    assert cluster.predecessor(locations.locate(home)) == server
    real_kill = os.kill

    def kill(pid: int, number: int) -> None:
        real_kill(pid, number)
        real_kill(pid, signal.SIGCONT)

    monkeypatch.setattr(cluster.os, "kill", kill)
    with running(home):
        assert rows(home) == 50
