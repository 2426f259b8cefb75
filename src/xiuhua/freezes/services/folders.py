"""Folders of freezes and tallies, made and closed to others; whether there is room for one more."""

from __future__ import annotations

import shutil
from pathlib import Path

from xiuhua.files.services import CannotMake
from xiuhua.freezes.queries import folder

# Bytes that a household with its people and years takes at most in a freeze and its tally, and what must stay free besides.
A_HOUSEHOLD = 1_000
SPARE = 200_000_000


def clear(path: Path) -> None:
    """An empty folder, closed to others, whatever a killed worker left in it."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)


def close(path: Path) -> None:
    """Nobody but the product reads what lies in it."""
    for one in [path, *path.rglob("*")]:
        one.chmod(0o700 if one.is_dir() else 0o600)


def make_room(households: int) -> None:
    """CannotMake where the disk has too little room for a freeze of so many households."""
    needed, free = households * A_HOUSEHOLD + SPARE, shutil.disk_usage(folder()).free
    if free < needed:
        raise CannotMake(
            f"磁盘空间不够：大约需要 {megabytes(needed)} MB，只剩 {megabytes(free)} MB。请移走旧的数据快照或腾出空间，再继续",
            f"Not enough room on the disk: about {megabytes(needed)} MB are needed and {megabytes(free)} MB are left."
            " Move old snapshots away or free some space, then go on",
        )


def megabytes(size: int) -> str:
    """A size in words of people."""
    return f"{-(-size // 1_000_000):,}"
