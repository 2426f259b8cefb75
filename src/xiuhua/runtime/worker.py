"""Runs the jobs, and takes up again those whose worker was killed.

procrastinate leaves a job of a killed worker `doing` for ever. A worker here shows that it lives in two ways: its
heartbeat, and a session lock on its number, which the server drops the moment the process is gone. A job is given
back only when both are missing: a worker too busy to beat still holds its lock; a lock lost with the server's restart
still has its heartbeat.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import procrastinate
    import psycopg
    from procrastinate.worker import Worker

logger = logging.getLogger(__name__)

LOCK_CLASS = (
    0x78680001  # first number of the two-number advisory locks of workers; the second is the worker's id
)
REAPER = 0  # no worker has this id


@dataclass(frozen=True)
class Timings:
    """Seconds between heartbeats, until a silent worker counts as stalled, between looks for its jobs, for a clean stop.

    attempts: how often a job may have been begun before it is given up; one that kills every worker must end.
    """

    heartbeat: float = 2.0
    stalled: float = 8.0
    look: float = 2.0
    stop: float = 20.0
    attempts: int = 5

    @classmethod
    def from_environment(cls) -> Timings:
        """XIUHUA_HEARTBEAT_SECONDS, XIUHUA_STALLED_SECONDS, XIUHUA_STOP_SECONDS where they are set."""

        def read(name: str, usual: float) -> float:
            return float(os.environ.get(f"XIUHUA_{name}_SECONDS", usual))

        heartbeat = read("HEARTBEAT", cls.heartbeat)
        return cls(heartbeat, read("STALLED", cls.stalled), min(heartbeat, cls.look), read("STOP", cls.stop))


def run_worker(timings: Timings | None = None) -> int:
    """Work until SIGTERM or SIGINT: 0. 1 when the database went away: whoever started us starts us again.

    Django must be set up. Jobs running at the signal get `stop` seconds; after that the process ends without
    them and the next worker takes them up.
    """
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        return asyncio.run(_work(working, timings or Timings.from_environment()))


async def _work(app: procrastinate.App, timings: Timings) -> int:
    from procrastinate.worker import Worker

    app.perform_import_paths()
    if os.environ.get("XIUHUA_PERIODIC") == "off":
        app.periodic_registry.periodic_tasks.clear()
    worker = Worker(
        app,
        concurrency=int(os.environ.get("XIUHUA_JOBS", "2")),
        install_signal_handlers=False,
        fetch_job_polling_interval=timings.look,  # a job given back is not announced, only found
        update_heartbeat_interval=timings.heartbeat,
        # Forgetting workers is left to `_give_back`, which looks at the lock before.
        stalled_worker_timeout=10 * 365 * 86400.0,
        shutdown_graceful_timeout=timings.stop,
    )
    asked_to_stop = asyncio.Event()

    def stop() -> None:
        asked_to_stop.set()
        _end_at_last(timings.stop)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    async with app.open_async():
        reaper = asyncio.create_task(_watch(app, worker, timings))
        try:
            await worker.run()
        finally:
            _end_at_last(timings.stop)
            reaper.cancel()
            await asyncio.gather(reaper, return_exceptions=True)
    return 0 if asked_to_stop.is_set() else 1


def _end_at_last(seconds: float) -> None:
    """A job in its thread cannot be cut short, and would keep a process that is to end: it is taken up again later."""
    timer = threading.Timer(seconds + 2, os._exit, [1])
    timer.daemon = True
    timer.start()


async def _watch(app: procrastinate.App, worker: Worker, timings: Timings) -> None:
    """Hold this worker's lock and give back the jobs of the dead, for as long as the worker runs."""
    import psycopg
    from procrastinate.contrib.django.utils import connector_params

    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                **connector_params(), autocommit=True
            ) as session:
                while worker.worker_id is None:
                    await asyncio.sleep(0.02)
                await session.execute("select pg_advisory_lock(%s, %s)", [LOCK_CLASS, worker.worker_id])
                while True:
                    await give_back_stalled_jobs(app, session, timings)
                    await asyncio.sleep(timings.look)
        except psycopg.Error as error:
            logger.warning("no look at stalled jobs: %s", " ".join(str(error).split()))
            await asyncio.sleep(timings.look)


async def give_back_stalled_jobs(
    app: procrastinate.App, session: psycopg.AsyncConnection[Any], timings: Timings
) -> list[int]:
    """Put the jobs of dead workers back in the queue; returns their ids. One process at a time does it.

    Without that lock two could hand the same job back one after the other, the second while it runs again.
    """
    from procrastinate.jobs import Status

    given: list[int] = []
    taken = await (
        await session.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, REAPER])
    ).fetchone()
    if not taken or not taken[0]:
        return given
    try:
        rows = await session.execute(
            "select objid::bigint from pg_locks where locktype = 'advisory' and granted and objsubid = 2 "
            "and classid = %s::oid and database = (select oid from pg_database where datname = current_database())",
            [LOCK_CLASS],
        )
        alive = {int(number) for (number,) in await rows.fetchall()}
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=timings.stalled):
            if job.id is None or job.worker_id in alive:
                continue
            if job.attempts >= timings.attempts:
                logger.error("job %s (%s) given up after %s attempts", job.id, job.task_name, job.attempts)
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                logger.warning("job %s (%s) of a dead worker is taken up again", job.id, job.task_name)
                await app.job_manager.retry_job(job)
                given.append(job.id)
        await session.execute(
            "delete from procrastinate_workers where last_heartbeat < now() - make_interval(secs => %s) "
            "and not id = any(%s)",
            [timings.stalled * 10, list(alive)],
        )
    finally:
        await session.execute("select pg_advisory_unlock(%s, %s)", [LOCK_CLASS, REAPER])
    return given
