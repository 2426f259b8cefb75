"""How a job survives the database's short absences, waits for its turn, and never leaves its work without a word; for the rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from procrastinate import RetryStrategy

# @app.task(retry=AFTER_OUTAGE): the server was restarted under the job (waits 1, 4, 7, 10 s…). Other errors are the
# job's own and end it. A job must therefore be safe to run twice.
AFTER_OUTAGE = RetryStrategy(
    max_attempts=8, wait=1, linear_wait=3, retry_exceptions=[OperationalError, InterfaceError]
)
# Seconds until a job that found its work held by another session looks again.
AGAIN = 5
# `with reading: from xiuhua.room.services import …`: a worker reads what a job calls when it first runs one, in several threads; rooms
# name each other, and two threads that begin at two ends would wait for each other's half.
reading = RLock()
# How often rooms look for work that was left (@app.periodic), and how old in seconds it is then at least: who works without
# a job, as a command does, needs a moment between asking for it and beginning it.
SWEEP = "*/2 * * * *"
AGE = 60
# What stands at work whose job was given up: it killed every worker, or the database was away for too long.
GIVEN_UP = {
    "zh": "处理中断了几次，系统已放弃。可以继续；再次中断请告诉系统管理员",
    "en": "The work was broken off several times and was given up. It can go on; if it breaks off once more, tell the administrator",
}


class Busy(Exception):
    """Another session does this work at this moment, perhaps that of a killed worker which the server has not noticed yet."""


@dataclass(frozen=True)
class Work:
    """Long work that jobs do for a row which says how far it is: by one session at a time, and not left without one.

    task: the job's name. argument: its argument that is the row's id. lock: a 64-bit number whose lower half is free.

    A room's job catches Busy and calls `again`; its sweep (`SWEEP`) ends every row older than `AGE` that says it is being
    worked at and of which `lives` is false, with GIVEN_UP; and whoever stops such a row ends it at once.
    """

    task: str
    argument: str
    lock: int

    @contextmanager
    def alone(self, pk: int) -> Iterator[None]:
        """Holds the work of one row, over all transactions of its block. The lock is the session's. Raises Busy."""
        with connection.cursor() as cursor:
            # A worker that is killed in the middle of a statement is noticed by the server, and its lock goes.
            cursor.execute("set client_connection_check_interval = '2s'")
            cursor.execute("select pg_try_advisory_lock(%s)", [self.lock + pk])
            if not cursor.fetchone()[0]:
                raise Busy(f"{self.task} {pk}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [self.lock + pk])

    def lives(self, pk: int) -> bool:
        """Whether a job of it waits or runs, or a session does it without one."""
        key = self.lock + pk
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from procrastinate_jobs where task_name = %s and status in ('todo', 'doing')"
                " and args ->> %s = %s) or exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 1"
                " and database = (select oid from pg_database where datname = current_database())"
                " and classid::bigint = %s and objid::bigint = %s)",
                [self.task, self.argument, str(pk), key >> 32, key & 0xFFFF_FFFF],
            )
            return bool(cursor.fetchone()[0])


def again(task: Any, **arguments: Any) -> None:
    """Enqueues a job once more, to look after `AGAIN` seconds: one of its own, since tries count and waiting is none."""
    task.configure(schedule_in={"seconds": AGAIN}).defer(**arguments)
