"""Jobs of the room: taking and tallying a freeze, at once, once nothing is being taken in, or every night."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from xiuhua.freezes.models import Freeze
from xiuhua.freezes.terms import CLOCK, WORKING
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.runtime.jobs import AFTER_OUTAGE, SWEEP, Busy, again, reading

# Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.
logger = logging.getLogger(__name__)
# Half past three at night in Beijing, after the nightly look at every household; the worker's calendar is UTC.
NIGHTLY = "30 19 * * *"
BUSY = "select exists (select from procrastinate_jobs where queue_name = 'intake' and status in ('todo', 'doing'))"
LOOK = 5


class Clock:
    """The system's clock, as the audit knows it."""

    actor_name, post_name, place_code = CLOCK, "系统定时 / the system's clock", NATION


@app.task(name="freezes.work", queue="freezes", retry=AFTER_OUTAGE)
def work_at(freeze_id: int, place_code: str) -> None:
    """Takes and tallies a freeze, or goes on where a killed worker stood."""
    with reading:
        from xiuhua.freezes.services import work

    try:
        work(freeze_id, place_code)
    except Busy:
        again(work_at, freeze_id=freeze_id, place_code=place_code)


def go_on(freeze_id: int, place_code: str) -> None:
    """Enqueues the work, in the transaction of the act that makes it necessary."""
    work_at.defer(freeze_id=freeze_id, place_code=place_code)


@app.periodic(cron=SWEEP)
@app.task(name="freezes.sweep", queue="freezes", retry=AFTER_OUTAGE, queueing_lock="freezes.sweep")
def sweep(timestamp: int) -> None:
    """Ends what a job was given up at: it would say for ever that it is being made, and keep others from beginning."""
    with within(scope_of(NATION)):
        some = Freeze.objects.filter(step__in=WORKING).exists()
    # A worker sweeps as soon as it begins: it need not read all of the room in order to see that there is nothing.
    if some:
        with reading:
            from xiuhua.freezes.services import end_left

        end_left()


@app.periodic(cron=NIGHTLY)
@app.task(name="freezes.nightly", queue="freezes", retry=AFTER_OUTAGE, queueing_lock="freezes.nightly")
def nightly(timestamp: int) -> None:
    """Every night, where it is switched on: a freeze of the place that the setting names, or of the topmost."""
    place = settings.FREEZE_NIGHTLY
    if place:
        with reading:
            from xiuhua.freezes.queries import top_place

        take_by_clock(top_place() if place == "top" else place, "每夜 / nightly")


@app.task(name="freezes.take_when_quiet", queue="freezes", retry=AFTER_OUTAGE)
def take_when_quiet(place_code: str, reason: str) -> None:
    """A freeze once no workbook waits or is on its way in: it would hold half of what is coming."""
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        busy = cursor.fetchone()[0]
    if busy:
        later = take_when_quiet.configure(schedule_in={"seconds": LOOK})
        later.defer(place_code=place_code, reason=reason)
    else:
        take_by_clock(place_code, reason)


def take_by_clock(place_code: str | None, reason: str) -> None:
    """Asks for a freeze that nobody in person asks for. What cannot be taken now is said in the log."""
    if place_code is None:
        return
    with reading:
        from xiuhua.freezes.services import NotNow, take

    with within(scope_of(NATION), who={"account": "system"}):
        try:
            freeze = take(by=Clock(), place_code=place_code, reason=reason).freeze
        except NotNow as why:
            logger.warning("no freeze of %s: %s", place_code, why.en)
            return
    # A worker enqueues on a connection of its own: the job must not come before what it is about is committed.
    go_on(freeze.pk, place_code)
