"""What a cluster is made of: initdb, settings of the server, roles, the database and its default rights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from xiuhua.runtime.binaries import Binaries
from xiuhua.runtime.children import as_user
from xiuhua.runtime.errors import ClusterError, disk_full, from_os_error, not_ours
from xiuhua.runtime.locations import APP, DATABASE, OWNER, PORT, SUPERUSER, Location, own_folder

MARK = "xiuhua.json"  # in the data folder: says that we made it
ENVIRONMENT_KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")


def environment() -> dict[str, str]:
    """What the server sees of our environment: no PG* variable, no secret, messages in English so that we can read them."""
    kept = {name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C"}


def make_folders(location: Location) -> None:
    """Base folder (ours, passable for the server's user) and socket folder (the server's, closed to others)."""
    own_folder(location.base, location.user, 0o711 if location.user else 0o700, keep_owner=True)
    own_folder(location.sockets, location.user, 0o700)


def check_ours(location: Location, binaries: Binaries) -> bool:
    """Whether a cluster of ours is there (True) or nothing at all (False). Raises ClusterError for anything else."""
    data = location.data
    try:
        if not data.exists():
            return False
        owner = data.stat().st_uid
        if owner != (location.user.uid if location.user else os.geteuid()):
            raise not_ours(data, "属于别的用户", "it belongs to another user")
        mark, version = data / MARK, data / "PG_VERSION"
        if not mark.is_file() or not version.is_file():
            what = ("里面有别的内容", "it holds something else")
            if version.is_file():
                what = ("里面是别的 PostgreSQL 数据", "it holds another PostgreSQL's data")
            raise not_ours(data, *what)
        major = int(version.read_text().strip())
    except OSError as error:
        raise from_os_error(error, data) from error
    if major != binaries.major:
        raise ClusterError(
            f"数据由 PostgreSQL {major} 建立，当前程序是 {binaries.major}：{data}。请用原版本导出后再导入，数据未作改动",
            f"the data were made by PostgreSQL {major}, the programs here are {binaries.major}: {data}; dump with "
            "the old version and restore; nothing was changed",
        )
    return True


def initialise(location: Location, binaries: Binaries, words: Mapping[str, str]) -> None:
    """initdb into a draft that gets its name when it is complete: a cluster is there whole or not at all."""
    draft, secret = location.base / "data.new", location.base / "password.new"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, location.user, 0o700)
        secret.unlink(missing_ok=True)
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(words[SUPERUSER] + "\n")
        if location.user:
            os.chown(secret, location.user.uid, location.user.gid)
        _run_initdb(location, binaries, draft, secret)
        (draft / MARK).write_text(json.dumps({"made_by": "xiuhua", "major": binaries.major}) + "\n")
        if location.user:
            os.chown(draft / MARK, location.user.uid, location.user.gid)
        draft.rename(location.data)
    except OSError as error:
        raise from_os_error(error, location.base) from error
    finally:
        secret.unlink(missing_ok=True)
        shutil.rmtree(draft, ignore_errors=True)


def _run_initdb(location: Location, binaries: Binaries, draft: Path, secret: Path) -> None:
    command = [binaries.initdb, f"--pgdata={draft}", f"--username={SUPERUSER}", f"--pwfile={secret}"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C", "--auth=scram-sha-256"]
    if binaries.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(
        command,
        env=environment(),
        cwd=draft,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        **as_user(location.user),
    )
    if done.returncode != 0:
        raise failure(done.stderr or done.stdout, location)


def failure(words: str, location: Location) -> ClusterError:
    """What initdb or the server said last, as one of our errors."""
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return disk_full(location.base)
    if "data directory" in words and "has wrong ownership" in words:
        return not_ours(location.data, "属于别的用户", "it belongs to another user")
    if "Unix-domain socket path" in words and "too long" in words:
        return ClusterError(
            f"套接字路径太长：{location.sockets}。请用 XIUHUA_HOME 选较短的目录",
            f"the socket path is too long: {location.sockets}; choose a shorter folder with XIUHUA_HOME",
        )
    telling = [line for line in words.splitlines() if "FATAL" in line or "error:" in line or "PANIC" in line]
    last = (telling or [line for line in words.splitlines() if line.strip()] or ["?"])[-1].strip()
    return ClusterError(
        f"数据库无法启动：{last}。详见 {location.log}",
        f"the database does not start: {last}; see {location.log}",
    )


def server_settings(location: Location, *, durable: bool = True) -> list[str]:
    """Command line of the server. Given here and not in a file, so that a new release needs no edit of old clusters.

    durable=False gives up safety against power failure, for databases of tests only.
    """
    megabytes = _memory_megabytes()
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(location.sockets),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "80",
        "shared_buffers": f"{min(max(megabytes // 8, 128), 1024)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling is for large questions; pages ask for little, by long statements
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        # Errors quote values, that is names and numbers of people: they stay out of this log, and so do statements.
        # Whoever sent the statement gets the error; what befalls the server itself is logged.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
    if _shared_memory_megabytes() < 256:  # containers give 64 MB; parallel queries would fail on it
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _memory_megabytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def _shared_memory_megabytes() -> int:
    if sys.platform != "linux":
        return 1024
    try:
        return shutil.disk_usage("/dev/shm").total // 2**20
    except OSError:
        return 0


def prepare_cluster(
    admin: psycopg.Connection[Any], words: Mapping[str, str], database: str = DATABASE
) -> None:
    """Roles and database, as often as wanted. `admin`: the superuser in any database, in autocommit.

    The application's role may sign in only when all the rest is done: a process that waits for the database
    waits for that.
    """
    fixed = sql.SQL("nosuperuser nocreatedb nocreaterole noreplication nobypassrls")
    present = {name for (name,) in admin.execute("select rolname::text from pg_roles")}
    for role in (OWNER, APP):
        if role not in present:
            admin.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        if role == OWNER or role in present:
            _let_sign_in(admin, role, words[role], fixed)
    if not admin.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        admin.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
    address = make_conninfo(admin.info.dsn, password=admin.info.password, dbname=database)
    with psycopg.connect(address, autocommit=True) as inside:
        prepare_database(inside)
    if APP not in present:
        _let_sign_in(admin, APP, words[APP], fixed)


def _let_sign_in(admin: psycopg.Connection[Any], role: str, password: str, fixed: Any) -> None:
    admin.execute(
        sql.SQL("alter role {} login {} password {}").format(
            sql.Identifier(role), fixed, sql.Literal(password)
        )
    )


def prepare_database(inside: psycopg.Connection[Any], owner: str = OWNER, app: str = APP) -> None:
    """Rights in one database: the application may enter and use what the owner makes in `public`, nobody else may.

    `inside` is connected to that database as its owner or as superuser.
    """
    names = {"database": sql.Identifier(inside.info.dbname), "app": sql.Identifier(app)}
    for statement in (
        "revoke all on database {database} from public",
        "grant connect, temporary on database {database} to {app}",
        "grant usage on schema public to {app}",
    ):
        inside.execute(sql.SQL(statement).format(**names))
    set_default_rights(inside, owner, app)


def set_default_rights(inside: psycopg.Connection[Any], owner: str, app: str) -> None:
    """What the owner makes from now on in `public`, the application may use. Rights that a migration takes away
    again (an append-only table) stay away: only the defaults are set."""
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    here = "alter default privileges for role {owner} in schema public grant "
    for statement in (
        "alter default privileges for role {owner} revoke execute on functions from public",
        here + "select, insert, update, delete on tables to {app}",
        here + "usage, select on sequences to {app}",
        here + "execute on functions to {app}",
    ):
        inside.execute(sql.SQL(statement).format(**names))
