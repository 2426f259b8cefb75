"""What cannot be done is said in one line, both languages, and nothing that is not ours is touched."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from holders import server_pid, wait_until

from xiuhua.runtime import binaries, locations, preparation
from xiuhua.runtime.cluster import running
from xiuhua.runtime.errors import ClusterError, DiskFullError, NotOursError, from_os_error
from xiuhua.runtime.external import check_external
from xiuhua.runtime.locations import Urls


def refused(home: Path, kind: type[ClusterError] = ClusterError) -> ClusterError:
    with pytest.raises(kind) as caught, running(home):
        pass
    assert "\n" not in str(caught.value)
    assert caught.value.zh and caught.value.en
    return caught.value


def test_folder_with_something_else_in_it(home: Path) -> None:
    data = locations.locate(home).base / "data"
    data.mkdir(parents=True)
    (data / "thesis.docx").write_text("mine")
    _give(data)
    assert "holds something else" in refused(home, NotOursError).en
    assert [path.name for path in data.iterdir()] == ["thesis.docx"]


def test_folder_with_another_postgresql_in_it(home: Path) -> None:
    data = locations.locate(home).base / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    _give(data)
    assert "another PostgreSQL" in refused(home, NotOursError).en


def test_data_of_another_major_version(home: Path) -> None:
    data = locations.locate(home).base / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    (data / preparation.MARK).write_text("{}")
    _give(data)
    assert "made by PostgreSQL 16" in refused(home).en


def _give(data: Path) -> None:
    user = locations.locate(data.parent.parent).user if os.geteuid() == 0 else None
    if user:
        os.chown(data, user.uid, user.gid)


def test_file_where_the_folder_should_be(home: Path) -> None:
    (home / "database").write_text("a file")
    refused(home)
    assert (home / "database").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_folder_of_another_user(home: Path) -> None:
    (home / "database").mkdir()
    os.chown(home / "database", 12345, 12345)
    assert "12345" in refused(home, NotOursError).en


def test_lost_passwords(home: Path) -> None:
    with running(home):
        pass
    keys = locations.locate(home).keys
    keys.unlink()
    assert "restore it from a backup" in refused(home).en
    keys.write_text("{")
    assert "damaged" in refused(home).en


def test_no_programs(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="make setup"):
        binaries.binaries_in(tmp_path)


def test_full_disk_by_its_error_number() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        assert isinstance(from_os_error(OSError(number, "full"), Path("/x")), DiskFullError)
    assert "read-only" in from_os_error(OSError(errno.EROFS, "ro"), Path("/x")).en


def small_disk(home: Path, megabytes: int) -> Path:
    """A file system of that size, unmounted by the caller; the test is left out where mounting is not allowed."""
    disk = home / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "tmpfs", str(disk)],
        capture_output=True,
    )
    if mounted.returncode:
        disk.rmdir()
        pytest.skip("mounting is not allowed here; the error's words are tested by number")
    return disk


@pytest.fixture
def disk(home: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = small_disk(home, request.param)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("disk", [10], indirect=True)
def test_disk_full_at_first_start(disk: Path) -> None:
    assert "free some space" in refused(disk / "var", DiskFullError).en
    assert not (disk / "var" / "database" / "data").exists(), "half a cluster is no cluster"
    assert not list((disk / "var" / "database").glob("*.new")), "and gives its space back"


@pytest.mark.parametrize("disk", [140], indirect=True)
def test_disk_full_under_way_loses_nothing(disk: Path) -> None:
    said: list[str] = []
    home = disk / "var"
    with running(home, say=said.append) as urls:
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            owner.execute("create table kept (id serial, words text)")
        ballast = disk / "ballast"
        with ballast.open("wb") as file, pytest.raises(OSError):
            while True:
                file.write(bytes(2**20))
                file.flush()
        committed, first = 0, server_pid(home)
        with pytest.raises(psycopg.Error), psycopg.connect(urls.app, autocommit=True) as app:
            while True:
                app.execute(
                    "insert into kept (words) select repeat(md5(i::text), 100) from generate_series(1, 500) i"
                )
                committed += 500
        time.sleep(0.5)
        ballast.unlink()
        wait_until(lambda: _count(urls) == committed)
        assert committed > 0 or server_pid(home) == first


def _count(urls: Urls) -> int | None:
    try:
        with psycopg.connect(urls.app) as app:
            found = app.execute("select count(*) from kept").fetchone()
            return int(found[0]) if found else None
    except psycopg.OperationalError:
        return None


def test_operators_server(server: object) -> None:
    """Runs on the server of the whole test run: the wheel's, then the system's."""
    from xiuhua.runtime.testing import TestServer

    assert isinstance(server, TestServer)
    urls = server.create_database("operators")
    check_external(urls)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("create table owned (id int)")
    with psycopg.connect(server.superuser, autocommit=True) as admin:
        admin.execute("drop database if exists plain_c")
        admin.execute(
            "create database plain_c owner xiuhua_owner template template0 locale_provider libc locale 'C'"
        )
    for bad, words in (
        (Urls(urls.owner, urls.owner), "owner of the tables"),
        (Urls(server.superuser, server.superuser), "a superuser"),
        (Urls(urls.owner, server.urls.app), "different databases"),
        (server.urls_for("plain_c"), "collation is C/C"),
        (Urls(urls.owner, "postgresql://nobody@/x?host=/nowhere"), "cannot connect"),
    ):
        with pytest.raises(ClusterError, match=words):
            check_external(bad)


def test_command_says_it_in_one_line(home: Path) -> None:
    data = locations.locate(home).base / "data"
    data.mkdir(parents=True)
    (data / "thesis.docx").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", "migrate"],
        env={**os.environ, "XIUHUA_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "not ours" in done.stderr and "不是本系统" in done.stderr
