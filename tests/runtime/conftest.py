"""Homes of throw-away clusters, and processes that keep one: they are killed, so they cannot be this process."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from holders import Hold, Holder, OrdinaryUser, throw_away_home

HOLD = Path(__file__).with_name("hold.py")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder directly under /tmp: pytest's own is closed to the server's unprivileged user."""
    with throw_away_home() as folder:
        yield folder


@pytest.fixture
def nobody() -> OrdinaryUser:
    """An ordinary user to start as. Only root can become one, and only with an interpreter that he may run: ours may
    lie in root's own folder, then the system's of the same version serves, reading our packages."""
    if os.geteuid() != 0:
        pytest.skip("already an ordinary user")
    entry = pwd.getpwnam("nobody")
    packages = os.pathsep.join(path for path in sys.path if path.endswith(("site-packages", "src")))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for command in ([sys.executable], ["env", f"PYTHONPATH={packages}", f"/usr/bin/{version}"]):
        try:
            subprocess.run(
                [*command, "-c", "import xiuhua.runtime.cluster"],
                user=entry.pw_uid,
                group=entry.pw_gid,
                extra_groups=[],
                capture_output=True,
                cwd="/",
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return OrdinaryUser(entry.pw_uid, entry.pw_gid, command)
    pytest.skip("no interpreter that an ordinary user may run")


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start a holder: hold(home), as another user with hold(home, user=uid)."""
    holders: list[Holder] = []

    def start(folder: Path, user: OrdinaryUser | None = None) -> Holder:
        process = subprocess.Popen(
            [*(user.python if user else [sys.executable]), str(HOLD), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=None if user is None else [],
            cwd="/",
        )
        holders.append(Holder(process))
        return holders[-1]

    yield start
    for holder in holders:
        holder.end()
        for stream in (holder.process.stdin, holder.process.stdout):
            if stream:
                stream.close()
