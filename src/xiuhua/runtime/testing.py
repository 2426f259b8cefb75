"""Throw-away servers for tests: the wheel's and the system's (Debian's 15), with the same roles as the real one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from xiuhua.runtime import locations, preparation
from xiuhua.runtime.binaries import Binaries, binaries_in, wheel_binaries
from xiuhua.runtime.cluster import Server
from xiuhua.runtime.errors import ClusterError
from xiuhua.runtime.locations import OWNER, Location, Urls

SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")
PLENTY = 4 << 30
LEFT_SECONDS = 12 * 3600.0


@dataclass(frozen=True)
class TestServer:
    """A running server. urls: owner and application in database `xiuhua`. superuser: address in `postgres`."""

    __test__ = False  # not a test class, whatever its name

    location: Location
    urls: Urls
    superuser: str
    major: int

    def urls_for(self, database: str) -> Urls:
        """Owner and application addresses of another database of this server."""
        words = locations.passwords(self.location)
        return Urls(
            owner=locations.url(OWNER, words[OWNER], self.location.sockets, database),
            app=locations.url(locations.APP, words[locations.APP], self.location.sockets, database),
        )

    def create_database(self, name: str) -> Urls:
        """A fresh, empty database with the product's default rights; one of that name is dropped first."""
        with psycopg.connect(self.superuser, autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            admin.execute(
                sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        self.prepare(name)
        return self.urls_for(name)

    def prepare(self, name: str) -> None:
        """Set the product's default rights in a database that a test runner made."""
        address = locations.superuser_url(self.location, name)
        with psycopg.connect(address, autocommit=True) as inside:
            preparation.prepare_database(inside)


def system_binaries() -> Binaries:
    """The oldest server of the distribution that we support (15 on Debian 12). Raises ClusterError when there is none."""
    found = sorted(
        int(folder.name)
        for folder in (SYSTEM_FOLDERS.iterdir() if SYSTEM_FOLDERS.is_dir() else ())
        if folder.name.isdigit() and int(folder.name) >= 15 and (folder / "bin" / "initdb").exists()
    )
    if not found:
        raise ClusterError(
            "没有找到系统自带的 PostgreSQL 15+，请以 root 运行 make setup",
            "no PostgreSQL 15+ of the system was found; run make setup as root",
        )
    return binaries_in(SYSTEM_FOLDERS / str(found[0]) / "bin")


def throw_away_folder() -> Path:
    """A new, empty folder that the server's unprivileged user can pass, which pytest's own is not.

    In memory where there is plenty: a database is a thousand small files, and a copy of one costs a disk eight times as much
    work. What a killed run left there half a day ago is taken away.
    """
    room = DISK
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= PLENTY:
        room = MEMORY
        for left in room.glob("xh-*"):
            with suppress(OSError):
                if left.stat().st_mtime < time.time() - LEFT_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix="xh-", dir=room))
    made.chmod(0o711)
    return made


@contextmanager
def embedded_cluster(folder: Path | None = None, **options: Any) -> Iterator[TestServer]:
    """The wheel's server in `folder` (kept), or in a temporary one that is removed. Not safe against power failure."""
    with _throw_away(folder, None, options) as server:
        yield server


@contextmanager
def system_cluster(folder: Path | None = None, **options: Any) -> Iterator[TestServer]:
    """The distribution's server, its own cluster and service untouched."""
    with _throw_away(folder, system_binaries(), options) as server:
        yield server


@contextmanager
def _throw_away(
    folder: Path | None, binaries: Binaries | None, options: dict[str, Any]
) -> Iterator[TestServer]:
    made = None if folder else throw_away_folder()
    home = folder or made
    assert home is not None
    try:
        location = locations.locate(home)
        chosen = binaries or wheel_binaries(location.user)
        options.setdefault("durable", False)
        with Server(location, chosen, purpose="test", **options) as server:
            yield TestServer(
                location=location,
                urls=locations.urls_of(location, server.words),
                superuser=locations.superuser_url(location),
                major=chosen.major,
            )
    finally:
        if made:
            remove(locations.locate(home))
            shutil.rmtree(made, ignore_errors=True)


def remove(location: Location) -> None:
    """Remove a stopped throw-away cluster, also where it had to live outside its home folder."""
    shutil.rmtree(location.base, ignore_errors=True)
    shutil.rmtree(location.sockets, ignore_errors=True)
