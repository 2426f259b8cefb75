"""Child processes that never outlive us, and the ordinary user that the server runs as when we are root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from xiuhua.runtime.errors import ClusterError

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported or looked up.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class OsUser:
    """An unprivileged user of the operating system: name, uid, gid."""

    name: str
    uid: int
    gid: int


def user_by_uid(uid: int) -> OsUser:
    """The user with that uid; one that has no name keeps its number as name and group."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return OsUser(str(uid), uid, uid)
    return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def unprivileged_user() -> OsUser | None:
    """Whom to run the server as: None (ourselves) unless we are root. Users are looked up, never created.

    Root takes XIUHUA_DB_USER, else `postgres`, else `nobody`. Raises ClusterError when that user is missing or root.
    """
    if os.geteuid() != 0:
        return None
    asked = os.environ.get("XIUHUA_DB_USER")
    for name in [asked] if asked else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ClusterError(
        f"PostgreSQL 不能以 root 运行，且没有可用的普通用户{f'：{asked}' if asked else ''}。请设置 XIUHUA_DB_USER",
        f"PostgreSQL does not run as root and there is no ordinary user{f' {asked}' if asked else ''}; set XIUHUA_DB_USER",
    )


def reachable(path: Path, user: OsUser | None) -> bool:
    """Whether `user` may pass every folder on the way to `path` and enter `path` itself, by the permission bits."""
    if user is None:
        return True
    real = path.resolve()
    for folder in [real, *real.parents]:
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == user.uid:
            bit = 0o100
        elif found.st_gid == user.gid:
            bit = 0o010
        else:
            bit = 0o001
        if not found.st_mode & bit:
            return False
    return True


def as_user(user: OsUser | None) -> dict[str, Any]:
    """Arguments of subprocess that run a child as `user`; none unless we are root."""
    if user is None or os.geteuid() != 0:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def _dies_with(parent: int, death_signal: int) -> Callable[[], None] | None:
    """What the child runs before exec. It must come after the change of user, which clears the death signal."""
    if _libc is None:
        return None
    prctl = _libc.prctl

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return arrange


def spawn(
    command: Sequence[str],
    *,
    death_signal: int = signal.SIGTERM,
    user: OsUser | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    folder: str | Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own as `user`; the kernel sends it `death_signal` when we die.

    The kernel watches the *thread* that calls this: call it from one that lives as long as the child.
    """
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(environment) if environment is not None else None,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_dies_with(os.getpid(), death_signal),
        **as_user(user),
    )
