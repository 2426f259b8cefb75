"""The demonstration's own job: the first county's cases begin once its workbooks are in."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from xiuhua.cli.demo import before
from xiuhua.freezes.tasks import LOOK
from xiuhua.runtime.jobs import AFTER_OUTAGE

# The stories live on days before today, and the day is everybody's: nothing else is at work meanwhile.
BUSY = (
    "select exists (select from procrastinate_jobs where status in ('todo', 'doing')"
    " and (queue_name = 'intake' or task_name in ('freezes.take_when_quiet', 'freezes.work')))"
)


@app.task(name="demo.live_before", queue="freezes", retry=AFTER_OUTAGE)
def live_before() -> None:
    """Waits until nothing is on its way in, then begins the cases. Safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        busy = cursor.fetchone()[0]
    if busy:
        live_before.configure(schedule_in={"seconds": LOOK}).defer()
    else:
        before.live()
