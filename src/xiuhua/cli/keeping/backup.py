"""`xiuhua backup FOLDER`: the database as of one moment, every file of it, and a manifest to check both by. Keys go elsewhere."""

from __future__ import annotations

import argparse
import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psycopg

from xiuhua import __version__
from xiuhua.cli.keeping import frozen, programs, tables
from xiuhua.cli.keeping import manifest as told
from xiuhua.cli.keeping.manifest import DUMP, FILES, Manifest
from xiuhua.runtime import locations
from xiuhua.runtime.cluster import running
from xiuhua.runtime.errors import ClusterError, from_os_error

DRAFT = ".part"


def run(parsed: argparse.Namespace) -> int:
    """Makes one backup and says where it is; the product may go on running."""
    with running(purpose="backup") as urls:
        made = make(parsed.folder.absolute(), urls, keep=parsed.keep)
    print(f"备份完成 / backup made: {made}")
    kept = Manifest.read(made)
    if parsed.keys:
        target = copy_keys(parsed.keys.absolute(), made)
        print(f"密钥已另存 / keys copied to: {target}")
    else:
        print(
            f"密钥不在备份里，请另行保存：{'、'.join(kept.keys)} 和 blind.key"
            f" / the keys are not in it; keep them elsewhere: {', '.join(kept.keys)} and blind.key"
        )
    return 0


def make(folder: Path, urls: locations.Urls, *, keep: int | None = None) -> Path:
    """One backup in `folder`; returns its own folder. A killed one leaves only a draft, which the next removes."""
    from xiuhua.cli.database import set_up_django

    set_up_django()
    from django.conf import settings

    from xiuhua.common.clock import beijing_now

    keys, files = Path(settings.KEYS), Path(settings.FILES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"xiuhua-*{DRAFT}"):
            shutil.rmtree(left)
        at = beijing_now()
        target = folder / f"xiuhua-{at:%Y%m%d-%H%M%S}"
        draft = target.with_name(target.name + DRAFT)
        draft.mkdir(mode=0o700)
        (draft / FILES).mkdir(mode=0o700)
        made, freezes = _database(draft, urls, at, keys)
        _files(draft, made, files, _before(folder), urls)
        frozen.carry(draft, made, Path(settings.FREEZES), freezes, _before(folder))
        made.write(draft)
        draft.rename(target)
        if keep:
            for old in _all(folder)[:-keep]:
                shutil.rmtree(old)
    except OSError as error:
        raise from_os_error(error, folder) from error
    return target


def _all(folder: Path) -> list[Path]:
    return sorted(
        path.parent for path in folder.glob(f"xiuhua-*/{told.NAME}") if not path.parent.name.endswith(DRAFT)
    )


def _before(folder: Path) -> Path | None:
    made = _all(folder)
    return made[-1] if made else None


def _database(draft: Path, urls: locations.Urls, at: datetime, keys: Path) -> tuple[Manifest, list[str]]:
    """The dump, the numbers that describe it and the ids of freezes, all of one snapshot."""
    with psycopg.connect(urls.owner) as session:
        session.execute("set transaction isolation level repeatable read, read only")
        row = session.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        applied = tables.migrations(session)
        if not applied:
            raise ClusterError(
                "数据库是空的，没有可备份的", "the database is empty: there is nothing to back up"
            )
        dump = draft / DUMP
        print("数据库 / database …", flush=True)
        programs.run("pg_dump", ["--format=custom", f"--snapshot={row[0]}", f"--file={dump}"], urls.owner)
        os.chmod(dump, 0o600)
        sealing, blind = told.fingerprints(keys)
        made = Manifest(
            made_at=at.isoformat(timespec="seconds"),
            product=__version__,
            postgres=str(session.info.parameter_status("server_version")),
            app_role=str(psycopg.conninfo.conninfo_to_dict(urls.app).get("user")),
            migrations=applied,
            tables=tables.tables(session),
            audit=tables.heads(session),
            keys=sealing,
            blind=blind,
            dump=told.digest_of(dump),
        )
        made.files = {name: {} for name in stored(session)}
        freezes = [id for id, _sha256, tallied in frozen.sealed(session) if tallied]
    return made, freezes


def stored(session: psycopg.Connection[tuple[str]]) -> list[str]:
    """Names on disk of the files that the database knows; also one of an older version, which does not know of removing."""
    return [
        row[0]
        for row in session.execute(
            "select path from files_storedfile f where to_jsonb(f) ->> 'removed_at' is null order by path"
        ).fetchall()
    ]


def _files(draft: Path, made: Manifest, files: Path, before: Path | None, urls: locations.Urls) -> None:
    """Every file of the snapshot. One that the backup before has is not copied again: files never change."""
    earlier = Manifest.read(before).files if before else {}
    for count, name in enumerate(list(made.files), 1):
        target = draft / FILES / name
        linked = False
        if before and name in earlier and (before / FILES / name).is_file():
            with suppress(OSError):  # another disk, or one without links
                os.link(before / FILES / name, target)
                linked = (files / name).is_file() and told.digest_of(target) == earlier[name]
                if not linked:
                    target.unlink()
        if linked:
            made.files[name] = earlier[name]
        elif (files / name).is_file():
            made.files[name] = told.copy(files / name, target)
        elif _came_down(urls, name):
            del made.files[name]  # an export whose days ended since the snapshot
        else:
            raise ClusterError(
                f"文件 {name} 已登记但不在磁盘上，请先运行 xiuhua verify",
                f"the file {name} is on record and not on the disk: run xiuhua verify first",
            )
        if count % 500 == 0:
            print(f"文件 / files {count}/{len(made.files)}", flush=True)


def _came_down(urls: locations.Urls, name: str) -> bool:
    with psycopg.connect(urls.owner) as session:
        return (
            session.execute(
                "select 1 from files_storedfile where path = %s and removed_at is not null", [name]
            ).fetchone()
            is not None
        )


def copy_keys(target: Path, backup: Path) -> Path:
    """Keys to another place than the backup. Raises ClusterError where it is the same."""
    from django.conf import settings

    keys = Path(settings.KEYS)
    inside = backup.parent.resolve()
    if target.resolve() == inside or inside in target.resolve().parents or target.resolve() in inside.parents:
        raise ClusterError(
            "密钥不能和备份放在一起：两样都拿到的人什么都能读",
            "keys must not lie with the backups: whoever has both can read everything",
        )
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for key in (*sorted(keys.glob("seal-*.key")), keys / "blind.key", keys / "signing.key"):
            there = target / key.name
            if there.exists() and there.read_bytes() != key.read_bytes():
                raise ClusterError(
                    f"{there} 是另一个系统的密钥，没有覆盖",
                    f"{there} is a key of another installation; it was left as it is",
                )
            if key.exists() and not there.exists():
                told.copy(key, there)
    except OSError as error:
        raise from_os_error(error, target) from error
    return target
