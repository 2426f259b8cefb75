"""A server starts wherever and as whoever the product is started, closed to everybody else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
from holders import Hold, OrdinaryUser

from xiuhua.runtime import binaries, locations, testing
from xiuhua.runtime.cluster import connection_urls, running
from xiuhua.runtime.external import check_external

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives privileges up")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_starts_with_its_roles_and_closed_to_others(home: Path) -> None:
    urls = connection_urls(home)
    location = locations.locate(home)
    assert not location.data.exists(), "asking for the addresses starts nothing"
    with running(home) as same:
        assert (same.app, same.owner) == (urls.app, urls.owner)
        check_external(same)  # the demands on an operator's server hold for our own
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            owner.execute("create table seen (id serial primary key, words text)")
            owner.execute("create function twice(n int) returns int language sql as 'select n * 2'")
        with psycopg.connect(urls.app, autocommit=True) as app:
            app.execute("insert into seen (words) values ('绣花')")
            assert app.execute("select words, twice(2) from seen").fetchone() == ("绣花", 4)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("create table mine (id int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("truncate seen")
            assert app.execute("show listen_addresses").fetchone() == ("",)
        assert mode(location.data) == mode(location.sockets) == 0o700
        assert mode(location.keys) == 0o600
        assert location.data.stat().st_uid == (location.user.uid if location.user else os.geteuid()) != 0
        assert set(json.loads(location.keys.read_text())) == {"xiuhua_admin", "xiuhua_owner", "xiuhua_app"}
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.app)


def test_log_names_nobody(home: Path) -> None:
    with running(home) as urls, psycopg.connect(urls.app) as app, pytest.raises(psycopg.Error):
        app.execute("select '某人的名字'::int")
    log = locations.locate(home).log.read_text()
    assert "ready to accept connections" in log
    assert "某人的名字" not in log


def test_ordinary_user_starts_it(nobody: OrdinaryUser, hold: Hold) -> None:
    folder = Path(tempfile.mkdtemp(prefix="xh-", dir="/tmp"))
    os.chown(folder, nobody.uid, nobody.gid)
    try:
        holder = hold(folder, user=nobody)
        assert holder.said() == "ready"
        assert (folder / "database" / "data").stat().st_uid == nobody.uid
        holder.end()
        # Root may look after that user's cluster later; it stays the user's.
        with running(folder) as urls, psycopg.connect(urls.app) as app:
            assert app.execute("select 1").fetchone() == (1,)
        again = hold(folder, user=nobody)
        assert again.said() == "ready"
        again.end()
    finally:
        shutil.rmtree(folder)


@root_only
def test_closed_home_is_left_closed(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    inner = closed / "var"
    with running(inner) as urls, psycopg.connect(urls.app) as app:
        assert app.execute("select 1").fetchone() == (1,)
    location = locations.locate(inner)
    try:
        assert mode(closed) == 0o700, "no permission of a parent is changed"
        assert location.base.parent == locations.SYSTEM_HOME
        closed.chmod(0o755)
        assert locations.locate(inner).base == location.base, (
            "opening the parent does not lose the data from sight"
        )
    finally:
        testing.remove(location)


@root_only
def test_programs_out_of_reach_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "reachable", lambda *_: False)
    monkeypatch.setattr(binaries, "SYSTEM_HOME", home / "system")
    user = locations.locate(home).user
    found = binaries.wheel_binaries(user)
    assert found.folder.is_relative_to(home / "system")
    assert found is binaries.wheel_binaries(user), "copied once"
    said = subprocess.run(
        [found.postgres, "--version"], user=user.uid if user else None, capture_output=True, cwd="/"
    )
    assert b"PostgreSQL" in said.stdout


def test_socket_of_a_deep_folder_is_short(home: Path) -> None:
    deep = home.joinpath(*["a" * 30] * 4)
    with running(deep) as urls, psycopg.connect(urls.app) as app:
        assert app.execute("select 1").fetchone() == (1,)
    location = locations.locate(deep)
    assert location.sockets.parent == Path("/tmp")
    assert mode(location.sockets) == 0o700
    testing.remove(location)
