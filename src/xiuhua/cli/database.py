"""`xiuhua db` and `xiuhua migrate`: the embedded server by hand, and the tables in any server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import psycopg

from xiuhua.runtime import locations, preparation
from xiuhua.runtime.cluster import keeper, running
from xiuhua.runtime.errors import ClusterError

SETTINGS = "xiuhua.config.settings"
MIGRATION_LOCK = 0x7868_6D69  # advisory lock: one migration of a database at a time
BY_HAND = "db start"
NOT_RUNNING = 1
WAIT_SECONDS = 600.0


def set_up_django() -> None:
    """Load the settings and the rooms; once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def migrate(_parsed: Namespace) -> int:
    """Make or upgrade the tables as the owner."""
    with running(purpose="migrate"):
        set_up_django()
        apply_migrations(verbosity=1)
    return 0


def apply_migrations(verbosity: int = 0) -> None:
    """Bring the tables to this version. Safe beside another that does the same. Raises ClusterError."""
    from django.core.management import call_command
    from django.db import connections

    urls = locations.connection_urls()
    if urls.owner == urls.app:
        raise ClusterError(
            "建立数据表需要 OWNER_DATABASE_URL（表的所有者角色），它与 DATABASE_URL 的角色不能相同",
            "the tables need OWNER_DATABASE_URL (the role that owns them), another role than that of DATABASE_URL",
        )
    app = psycopg.conninfo.conninfo_to_dict(urls.app)
    with psycopg.connect(urls.owner, autocommit=True) as session:
        session.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if app.get("user") and session.info.user:
            preparation.set_default_rights(session, session.info.user, str(app["user"]))
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        connections["owner"].close()


def pending() -> list[str]:
    """Migrations of this version that the database has not had, as app.name."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return [f"{one.app_label}.{one.name}" for one, _backwards in plan]


def unknown(applied: list[str]) -> list[str]:
    """Of the applied migrations (app.name) those that this version does not have: the data are newer than we are."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    have = {f"{app}.{name}" for app, name in loader.disk_migrations}
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("xiuhua.")}
    return [name for name in applied if name.split(".")[0] in ours and name not in have]


def as_we_are() -> bool:
    """Whether the tables are those of this version, neither older nor newer: by the names of the migrations alone.

    Knows the settings but reads no room, which takes most of a start: the supervisor needs none, and other commands need no
    migration. False says only that one has to look closer.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from django.apps import AppConfig
    from django.conf import settings

    have, ours = set(), set()
    for entry in settings.INSTALLED_APPS:
        config = AppConfig.create(entry)
        if config.name.startswith("xiuhua."):
            ours.add(config.label)
        found = find_spec(f"{config.name}.migrations")
        folders = found.submodule_search_locations if found else None
        # Of the same names as Django's own loader.
        names = [
            name for _, name, package in iter_modules(folders or []) if not package and name[0] not in "_~"
        ]
        have |= {(config.label, name) for name in names}
    try:
        with psycopg.connect(locations.connection_urls().app) as session:
            applied = set(session.execute("select app, name from django_migrations").fetchall())
    except psycopg.errors.UndefinedTable:
        return False
    return have <= applied and not {one for one in applied if one[0] in ours} - have


def ensure_migrated() -> None:
    """Make the tables of an empty database. Raises ClusterError for data of another version: those are brought over
    by `xiuhua upgrade`, after a backup, and not by the way."""
    if as_we_are():
        return
    set_up_django()
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = [f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()]
    if newer := unknown(applied):
        raise ClusterError(
            f"数据来自更新的版本（{newer[0]}），请用那个版本打开",
            f"the data are of a newer version ({newer[0]}): open them with that one",
        )
    waiting = pending()
    if not waiting:
        return
    if any(name.startswith("registry.") for name in applied):
        raise ClusterError(
            f"数据是旧版本的（还差 {len(waiting)} 步）。请运行 xiuhua upgrade --backup 备份目录",
            f"the data are of an older version ({len(waiting)} steps behind): run xiuhua upgrade --backup FOLDER",
        )
    apply_migrations()


def run(parsed: Namespace) -> int:
    """db status | start | stop."""
    if locations.external():
        raise ClusterError(
            "已设置 DATABASE_URL，数据库由您自己的服务器提供，本命令只管理内置数据库",
            "DATABASE_URL is set: the server is yours; this command is for the embedded one",
        )
    return {"status": _status, "start": _start, "stop": _stop, "keep": _keep}[parsed.action]()


def _status() -> int:
    location = locations.locate()
    held = keeper(location)
    print(f"主目录 home: {location.home}")
    print(f"数据 data: {location.data}")
    if held is None:
        print("未运行 / not running")
        return NOT_RUNNING
    pid, purpose = held
    version = _answer(location)
    state = f"PostgreSQL {version}" if version else "正在启动 / starting"
    print(f"运行中 / running: {state} (pid {pid}, {purpose})")
    return 0


def _answer(location: locations.Location) -> str | None:
    """Version of the server if the application can sign in."""
    try:
        with psycopg.connect(
            locations.urls_of(location, locations.passwords(location)).app, connect_timeout=5
        ) as found:
            return str(found.info.parameter_status("server_version"))
    except psycopg.OperationalError:
        return None


def _start() -> int:
    location = locations.locate()
    preparation.make_folders(location)
    words = location.base / "keeper.log"
    if keeper(location) is None:
        with words.open("wb") as output:
            # Not tied to us: it outlives the shell that this command was typed in.
            child: subprocess.Popen[Any] | None = subprocess.Popen(
                [sys.executable, "-m", "xiuhua.cli", "db", "keep"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
    else:
        child = None
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if _answer(location):
            return _status()
        if child is not None and child.poll() is not None:
            lines = words.read_text(errors="replace").strip().splitlines()
            print(lines[-1] if lines else "xiuhua: ?", file=sys.stderr)
            return 2
        time.sleep(0.1)
    raise ClusterError(
        "数据库仍未就绪，请稍后再看 xiuhua db status", "not ready yet; look again with xiuhua db status"
    )


def _keep() -> int:
    """What `db start` leaves running. Signals are waited for, not handled: handlers could cut into the start."""
    numbers = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    with running(purpose=BY_HAND):
        signal.sigwait(numbers)
    return 0


def _stop() -> int:
    location = locations.locate()
    held = keeper(location)
    if held is None:
        print("未运行 / not running")
        return 0
    pid, purpose = held
    if purpose != BY_HAND or not pid:
        raise ClusterError(
            f"数据库由另一进程（{purpose}，pid {pid}）使用并管理，请停止那个进程",
            f"another process keeps the database ({purpose}, pid {pid}): stop that one",
        )
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        now = keeper(location)
        if now is None or now[0] != pid:
            print("已停止 / stopped")
            return 0
        time.sleep(0.1)
    raise ClusterError(f"进程 {pid} 仍未结束", f"process {pid} has not ended yet")
