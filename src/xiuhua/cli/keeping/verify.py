"""`xiuhua verify`: is what we rely on still so? The audit's chains, every file, every sealed value, areas held in the database."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from xiuhua.cli.keeping import frozen, tables
from xiuhua.cli.keeping import manifest as told
from xiuhua.cli.keeping.manifest import Manifest
from xiuhua.runtime.cluster import running
from xiuhua.runtime.external import check_app_role

WRONG = 1
SAMPLE = 200
SEALED = r"""
select table_name, column_name from information_schema.columns
where table_schema = 'public' and column_name like '%\_sealed' and data_type = 'bytea' order by 1, 2
"""
Trouble = tuple[str, str]


def run(parsed: argparse.Namespace) -> int:
    """0: all holds. 1: something does not, a line each says what."""
    if parsed.backup:
        return _backup(parsed.backup.absolute())
    from xiuhua.cli.database import set_up_django

    with running(purpose="verify") as urls:
        set_up_django()
        return report(urls, every=parsed.all)


def report(urls: Any, *, every: bool = False) -> int:
    """Prints a line for each matter, and what is wrong under it. Returns the exit code."""
    wrong = 0
    with psycopg.connect(urls.owner) as session:
        looks: list[tuple[Trouble, Callable[[], Iterator[Trouble]]]] = [
            (("数据表是本版本的", "tables are of this version"), lambda: _version(session)),
            (("审计链完整", "the audit's chains hold"), lambda: _chains(session)),
            (("上传和交付的文件完整", "files are whole"), lambda: _files(session)),
            (("数据快照完整", "freezes are whole"), lambda: _freezes(session)),
            (("封存的号码打得开", "sealed numbers open"), lambda: _numbers(session, every)),
            (("区域权限在数据库里有效", "areas are held in the database"), lambda: _areas(session, urls.app)),
        ]
        for (zh, en), look in looks:
            troubles = list(look())
            print(f"{'✗' if troubles else '✓'} {zh} / {en}", flush=True)
            for trouble in troubles:
                print(f"    {trouble[0]} / {trouble[1]}")
            wrong += len(troubles)
    return WRONG if wrong else 0


def _backup(folder: Path) -> int:
    backup = told.newest(folder)
    made = Manifest.read(backup)
    lacking = list(told.damaged(backup, made))
    for name in lacking:
        print(f"✗ 缺失或损坏 / missing or damaged: {name}")
    if not lacking:
        rows = sum(one["rows"] for one in made.tables.values())
        print(
            f"✓ 备份完整 / the backup is whole: {backup.name}, {made.made_at}, {len(made.tables)} 张表 / tables, {rows} 行 / rows,"
            f" {len(made.files)} 个文件 / files; 需要密钥 / needs keys: {', '.join(made.keys)}, blind"
        )
    return WRONG if lacking else 0


def _version(session: tables.Session) -> Iterator[Trouble]:
    from xiuhua.cli.database import pending, unknown

    newer = unknown(tables.migrations(session))
    if newer:
        yield (f"数据来自更新的版本：{newer[0]}", f"the data are of a newer version: {newer[0]}")
    waiting = pending()
    if waiting:
        yield (
            f"有 {len(waiting)} 步升级没有做，请运行 xiuhua upgrade",
            f"{len(waiting)} steps of an upgrade are not done: run xiuhua upgrade",
        )


def _chains(session: tables.Session) -> Iterator[Trouble]:
    for book in tables.broken_books(session):
        yield f"{book} 的审计链断裂", f"the chain of {book} is broken"


def _files(session: tables.Session) -> Iterator[Trouble]:
    from xiuhua.common.sealing import CannotOpen
    from xiuhua.files.models import StoredFile
    from xiuhua.files.services import folder, pieces
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        known = list(StoredFile.objects.order_by("pk"))
    for file in known:
        if file.removed_at is not None:
            continue  # an export that came down
        try:
            for _piece in pieces(file):
                pass
        except CannotOpen as why:
            yield f"文件打不开：{file.path}（{why}）", f"cannot be opened: {file.path} ({why})"
    drafts = [path for path in folder().glob("*.x1") if path.name not in {file.path for file in known}]
    if drafts:
        print(
            f"    {len(drafts)} 个没有登记的文件（上传中断留下，无害）/ files without a row, left by broken uploads, harmless"
        )


def _freezes(session: tables.Session) -> Iterator[Trouble]:
    from django.conf import settings

    yield from frozen.troubles(session, Path(settings.FREEZES))


def _numbers(session: tables.Session, every: bool) -> Iterator[Trouble]:
    """Every sealed column: whether each value's key is there, and whether values of each key open."""
    from xiuhua.common.sealing import CannotOpen, keyring

    ring = keyring()
    for table, column in session.execute(SEALED).fetchall():
        used = session.execute(
            f'select substring("{column}" from 3 for 4), count(*) from "{table}" where "{column}" is not null group by 1'
        ).fetchall()
        for key, count in used:
            if bytes(key) not in ring.sealing:
                name = bytes(key).decode("ascii", "replace")
                yield (
                    f"{table}.{column}：{count} 个值的密钥 {name} 不在",
                    f"{table}.{column}: the key {name} of {count} values is missing",
                )
                continue
            values = session.execute(
                f'select "{column}" from "{table}" where substring("{column}" from 3 for 4) = %s'
                + ("" if every else f" limit {SAMPLE}"),
                [bytes(key)],
            )
            closed = 0
            for (value,) in values:
                try:
                    ring.unseal(bytes(value))
                except CannotOpen:
                    closed += 1
            if closed:
                yield (
                    f"{table}.{column}：{closed} 个值被改动过",
                    f"{table}.{column}: {closed} values were altered",
                )


def _areas(session: tables.Session, app: str) -> Iterator[Trouble]:
    from django.apps import apps

    from xiuhua.places.scope import ScopedManager

    held = {
        row[0]
        for row in session.execute(
            "select c.relname from pg_class c where c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)"
        ).fetchall()
    }
    for model in apps.get_models():
        if isinstance(model._default_manager, ScopedManager) and model._meta.db_table not in held:
            yield f"{model._meta.db_table} 没有行级安全", f"{model._meta.db_table} has no row-level security"
    with psycopg.connect(app, autocommit=True) as acting:
        from xiuhua.runtime.errors import ClusterError

        try:
            check_app_role(acting, str(session.info.user))
        except ClusterError as why:
            yield why.zh, why.en
