"""Commands that need Django: each gets a database that answers and has its tables."""

from __future__ import annotations

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from xiuhua.cli.database import ensure_migrated, set_up_django
from xiuhua.runtime.cluster import running

# Django's commands that read no table.
WITHOUT_DATABASE = {
    "makemigrations",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "findstatic",
    "help",
    "version",
}


def serve(parsed: Namespace) -> int:
    """Everything under one supervisor, until it is told to stop."""
    from xiuhua.runtime.serve import serve as serve_until_stopped

    def prepare() -> None:
        ensure_migrated()
        print(f"绣花 / Xiuhua: http://{parsed.host}:{parsed.port}/", flush=True)

    return serve_until_stopped(parsed.host, parsed.port, prepare=prepare)


def worker(parsed: Namespace) -> int:
    """The worker; `--no-database` where the supervisor has the database running."""
    from xiuhua.runtime.worker import run_worker

    if parsed.no_database:
        set_up_django()
        return run_worker()
    return with_tables("worker", lambda _: run_worker(), parsed)


def manage(parsed: Namespace) -> int:
    """Any command of Django, with the database running for those that read it."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
    given = ["xiuhua manage", *parsed.arguments]
    if not parsed.arguments or parsed.arguments[0] in WITHOUT_DATABASE:
        # makemigrations would like to compare with a database and warns that it has none.
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
        execute_from_command_line(given)
        return 0
    with running(purpose="manage"):
        execute_from_command_line(given)
    return 0


def intake(parsed: Namespace) -> int:
    """Workbooks into the register: xiuhua.cli.intake."""
    return with_tables("intake", _room("intake"), parsed)


def freeze(parsed: Namespace) -> int:
    """A freeze taken and tallied: xiuhua.cli.freezes."""
    return with_tables("freeze", _room("freezes", "freeze"), parsed)


def freezes(parsed: Namespace) -> int:
    """The freezes there are: xiuhua.cli.freezes."""
    return with_tables("freezes", _room("freezes", "freezes"), parsed)


def tally(parsed: Namespace) -> int:
    """A freeze that is kept here, tallied once more: xiuhua.cli.freezes."""
    return with_tables("tally", _room("freezes", "tally"), parsed)


def demo(parsed: Namespace) -> int:
    """A county that one can look at: xiuhua.cli.demo."""
    from xiuhua.runtime.serve import check_port

    check_port(parsed.host, parsed.port)
    os.environ["XIUHUA_DEMO"] = "1"
    return with_tables("demo", _room("demo"), parsed)


def keys(parsed: Namespace) -> int:
    """Keys of sealed values: xiuhua.cli.keys."""
    return with_tables("keys", _room("keys"), parsed)


def with_tables(purpose: str, command: Callable[[Namespace], int], parsed: Namespace) -> int:
    """Run `command` with Django set up and the database running and migrated."""
    with running(purpose=purpose):
        set_up_django()
        ensure_migrated()
        try:
            return command(parsed)
        finally:
            sys.stdout.flush()
            _close_connections()


def _close_connections() -> None:
    """A server that stops under open connections would log them as aborted."""
    from django.db import connections

    connections.close_all()


def _room(name: str, command: str = "run") -> Callable[[Namespace], int]:
    def run(parsed: Namespace) -> int:
        return int(getattr(import_module(f"xiuhua.cli.{name}"), command)(parsed))

    return run
