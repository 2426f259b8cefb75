"""Freezes in a backup: their files never change, and none can be taken again, so each backup carries those that are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from xiuhua.cli.keeping import manifest as told
from xiuhua.cli.keeping.manifest import FREEZES, Manifest
from xiuhua.runtime import locations
from xiuhua.runtime.errors import from_os_error

THERE = "select to_regclass('public.freezes_freeze') is not null"
SEALED = "select freeze_id::text, sha256, step = 'done' from freezes_freeze where sha256 <> '' order by 1"


def sealed(session: psycopg.Connection[Any]) -> list[tuple[str, str, bool]]:
    """Id, digest of the manifest and whether it is tallied, of every freeze; none in data of an older version."""
    found = session.execute(THERE).fetchone()
    return list(session.execute(SEALED).fetchall()) if found and found[0] else []


def files_of(folder: Path, ids: list[str]) -> Iterator[str]:
    """Paths below the folder of freezes, of records and finished tallies; none of what was moved away or is being made."""
    for id in ids:
        for one in (folder / id, folder / f"{id}.tally"):
            yield from sorted(str(path.relative_to(folder)) for path in one.rglob("*") if path.is_file())


def carry(draft: Path, made: Manifest, folder: Path, ids: list[str], before: Path | None) -> None:
    """Copies freezes into a backup; what the backup before has is shared with it."""
    earlier = Manifest.read(before).freezes if before else {}
    for name in files_of(folder, ids):
        target = draft / FREEZES / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        linked = False
        if before and name in earlier:
            with suppress(OSError):  # another disk, or one without links
                os.link(before / FREEZES / name, target)
                linked = told.digest_of(target) == earlier[name]
                if not linked:
                    target.unlink()
        made.freezes[name] = earlier[name] if linked else told.copy(folder / name, target)


def put(backup: Path, made: Manifest) -> None:
    """Copies the freezes of a backup to where this installation keeps them."""
    target = Path(os.environ.get("XIUHUA_FREEZES", locations.home() / "freezes"))
    try:
        for name in made.freezes:
            (target / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            told.copy(backup / FREEZES / name, target / name)
        for one in target.rglob("*") if made.freezes else ():
            one.chmod(0o700 if one.is_dir() else 0o600)
        if made.freezes:
            target.chmod(0o700)
    except OSError as error:
        raise from_os_error(error, target) from error


def troubles(session: psycopg.Connection[Any], folder: Path) -> Iterator[tuple[str, str]]:
    """Freezes whose files are there and not what was sealed. Those that were moved away are told and are no trouble."""
    from xiuhua.engine.freezing import FreezeDamaged, open_freeze

    away = 0
    for id, sha256, _tallied in sealed(session):
        if not (folder / id).is_dir():
            away += 1
            continue
        try:
            if open_freeze(folder / id, check=True).sha256 != sha256:
                yield (
                    f"数据快照 {id} 的清单不是封存时的",
                    f"the manifest of freeze {id} is not the one that was sealed",
                )
        except FreezeDamaged as why:
            yield f"数据快照 {id} 损坏：{why.file}", f"freeze {id} is damaged: {why}"
    if away:
        print(f"    {away} 份数据快照已移到别处，数字仍在 / freezes were moved away, their figures are here")
