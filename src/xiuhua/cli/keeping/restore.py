"""`xiuhua restore BACKUP`: into an empty home, and then checked to the row against what the backup says of itself."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import psycopg

from xiuhua.cli.keeping import frozen, programs, tables
from xiuhua.cli.keeping import manifest as told
from xiuhua.cli.keeping.manifest import DUMP, FILES, Manifest
from xiuhua.runtime import locations, preparation
from xiuhua.runtime.cluster import running
from xiuhua.runtime.errors import ClusterError, from_os_error

WRONG = 1


def run(parsed: argparse.Namespace) -> int:
    """0: everything is there, to the row. 1: restored, but not as the backup says. Raises ClusterError before it begins."""
    backup = told.newest(parsed.backup.absolute())
    made = Manifest.read(backup)
    print(f"核对备份 / checking the backup: {backup.name}", flush=True)
    lacking = list(told.damaged(backup, made))
    if lacking:
        raise ClusterError(
            f"备份不完整，{len(lacking)} 个文件缺失或损坏，例如 {lacking[0]}。没有恢复任何内容",
            f"the backup is not whole: {len(lacking)} files missing or damaged, {lacking[0]} for one; nothing was restored",
        )
    with running(purpose="restore") as urls:
        _must_be_empty(urls)
        lost = put_keys(parsed.keys, made, go_on=parsed.lost_keys)
        print("数据库 / database …", flush=True)
        _load(backup / DUMP, made, urls)
        with psycopg.connect(urls.owner) as session:
            wrong = tables.differences(session, made)
            wrong += [
                (f"审计链断裂：{b}", f"the audit's chain is broken: {b}")
                for b in tables.broken_books(session)
            ]
    put_files(backup, made)
    frozen.put(backup, made)
    for zh, en in wrong:
        print(f"✗ {zh} / {en}")
    _say(made, lost, whole=not wrong)
    return WRONG if wrong else 0


def _must_be_empty(urls: locations.Urls) -> None:
    with psycopg.connect(urls.owner) as session:
        row = session.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"
        ).fetchone()
        if row is None or row[0]:
            raise ClusterError(
                "这里已经有数据，没有覆盖。请用空的主目录（XIUHUA_HOME）恢复",
                "there are data here already and they were left alone: restore into an empty home (XIUHUA_HOME)",
            )


def keys_folder() -> Path:
    """Where this installation keeps its keys; asked before Django is set up, which would make new ones."""
    return Path(os.environ.get("XIUHUA_KEYS", locations.home() / "keys"))


def put_keys(source: Path | None, made: Manifest, *, go_on: bool) -> list[str]:
    """Puts the kept keys where they belong; returns the ids of keys that the backup needs and nobody has.

    Raises ClusterError for a missing key unless go_on, and for one that is another installation's.
    """
    target = keys_folder()
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for key in sorted(source.glob("*.key")) if source else []:
            if not (target / key.name).exists():
                told.copy(key, target / key.name)
    except OSError as error:
        raise from_os_error(error, target) from error
    sealing, blind = told.fingerprints(target)
    for name, needed in [*made.keys.items(), ("blind", made.blind)]:
        has = blind if name == "blind" else sealing.get(name, "")
        if has and has != needed:
            raise ClusterError(
                f"密钥 {name} 不是这份备份的", f"the key {name} does not belong to this backup"
            )
    lost = [name for name in made.keys if name not in sealing] + ([] if blind else ["blind"])
    if lost and not go_on:
        raise ClusterError(
            f"缺少密钥 {'、'.join(lost)}：用它们封存的证件号、电话、账号和上传的文件将无法打开。请用 --keys 指明另存的密钥；"
            "确已丢失的，加 --lost-keys 继续",
            f"keys are missing: {', '.join(lost)}; numbers and uploaded files sealed with them cannot be opened. Name the kept"
            " keys by --keys; where they are lost for good, go on with --lost-keys",
        )
    if lost and not sealing:
        _number_after(target, max(made.keys, default="0000"))
    return lost


def _number_after(folder: Path, last: str) -> None:
    """A new key must not bear a lost one's number: what is sealed with that would look altered and not unreadable."""
    from xiuhua.common.sealing import make_key

    make_key(folder, f"seal-{int(last) + 1:04d}.key")


def _load(dump: Path, made: Manifest, urls: locations.Urls) -> None:
    app = str(psycopg.conninfo.conninfo_to_dict(urls.app).get("user"))
    with psycopg.connect(urls.owner, autocommit=True) as session:
        preparation.set_default_rights(session, str(session.info.user), app)
    # Rights of a role of another name come from the defaults just set.
    rights = [] if app == made.app_role else ["--no-privileges"]
    # One transaction: a killed restore leaves an empty database, and is simply run again.
    programs.run(
        "pg_restore",
        ["--no-owner", "--exit-on-error", "--single-transaction", *rights, "--dbname=", str(dump)],
        urls.owner,
    )
    with psycopg.connect(urls.owner, autocommit=True) as session:
        session.execute("analyze")


def put_files(backup: Path, made: Manifest) -> None:
    """Copies the encrypted files to where this installation keeps them."""
    target = Path(os.environ.get("XIUHUA_FILES", locations.home() / "files"))
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, said in made.files.items():
            if not (target / name).is_file() or (target / name).stat().st_size != said["size"]:
                told.copy(backup / FILES / name, target / name)
    except OSError as error:
        raise from_os_error(error, target) from error


def _say(made: Manifest, lost: list[str], *, whole: bool) -> None:
    rows = sum(one["rows"] for one in made.tables.values())
    if whole:
        print(
            f"已恢复，逐表核对一致：{len(made.tables)} 张表 {rows} 行，{len(made.files)} 个文件"
            f" / restored and the same to the row: {len(made.tables)} tables, {rows} rows, {len(made.files)} files"
        )
    if lost:
        print(
            f"缺少密钥 {'、'.join(lost)}：相应号码和文件打不开，其余都在。号码须重新登记"
            f" / keys missing: {', '.join(lost)}; their numbers and files stay closed, all else is there. Numbers must be entered again"
        )
    print("下一步 / next: xiuhua verify, xiuhua upgrade (若版本不同 / where versions differ), xiuhua serve")
