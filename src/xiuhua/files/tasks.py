"""Jobs of the room: making an export, and taking down what is past its day."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.runtime.jobs import AFTER_OUTAGE, SWEEP, Busy, again, reading

# Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.


@app.task(name="files.make", queue="files", retry=AFTER_OUTAGE)
def make_export(export_id: int, place_code: str) -> None:
    """Makes an export, or goes on where a killed worker stood."""
    with reading:
        from xiuhua.files.services import make

    try:
        make(export_id, place_code)
    except Busy:
        again(make_export, export_id=export_id, place_code=place_code)


def go_on(export_id: int, place_code: str) -> None:
    """Enqueues the making, in the transaction of the act that makes it necessary."""
    make_export.defer(export_id=export_id, place_code=place_code)


@app.periodic(cron=SWEEP)
@app.task(name="files.sweep", queue="files", retry=AFTER_OUTAGE, queueing_lock="files.sweep")
def sweep(timestamp: int) -> None:
    """Ends what a job was given up at: it would say for ever that it is being made."""
    with reading:
        from xiuhua.files.services import end_left

    end_left()


@app.periodic(cron="23 * * * *")
@app.task(name="files.take_down", queue="files", retry=AFTER_OUTAGE, queueing_lock="files.take_down")
def take_down_expired(timestamp: int) -> None:
    """Every hour: what is past its day comes down, some hundreds at a time. timestamp: the hour, from the worker."""
    while _some():
        pass


def _some() -> bool:
    """Whether some came down. Where nothing is past its day there is no act, and nothing to record."""
    with reading:
        from xiuhua.files.queries import past
        from xiuhua.files.services import take_down
        from xiuhua.files.services.making import Asker

    system = Asker("system", "系统定时 / the system's clock", NATION)
    with within(scope_of(NATION)):
        return past().exists() and bool(take_down(by=system).count)
