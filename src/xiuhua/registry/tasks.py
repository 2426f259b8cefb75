"""The register's jobs: the nightly look, one job a county, and counts kept up to date; safe to run again."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION, Level
from xiuhua.runtime.jobs import AFTER_OUTAGE, reading

# Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.

# Half past two at night in Beijing; the worker's calendar is UTC.
NIGHTLY = "30 18 * * *"


@app.periodic(cron=NIGHTLY)
@app.task(name="registry.look_nightly", queue="nightly", retry=AFTER_OUTAGE)
def look_nightly(timestamp: int) -> None:
    """Enqueues a look at every county."""
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        look_later(code)


@app.task(name="registry.look_at", queue="nightly", retry=AFTER_OUTAGE)
def look_at(place_code: str) -> None:
    """Looks at every household of an area again."""
    with reading:
        from xiuhua.registry.services.nightly import look_at_all

    look_at_all(place_code)


def look_later(place_code: str) -> None:
    """Enqueues a look at an area, in the transaction that makes it necessary; one that waits already is enough."""
    # In a savepoint: that one waits already must not end the act that asks for it.
    with suppress(AlreadyEnqueued), transaction.atomic():
        look_at.configure(queueing_lock=f"look {place_code}").defer(place_code=place_code)


# Ten past midnight in Beijing: a list's last day is over.
@app.periodic(cron="10 16 * * *")
@app.task(name="registry.end_lists", queue="nightly", queueing_lock="lists", retry=AFTER_OUTAGE)
def end_lists(timestamp: int) -> None:
    """Takes away what departments' lists said of people, where the basis is over; a list a transaction."""
    with reading:
        from xiuhua.registry.services.listing import end_what_expired

    end_what_expired()


@app.periodic(cron="*/10 * * * *")
@app.task(name="registry.keep_tallies", queue="registry", queueing_lock="tallies", retry=AFTER_OUTAGE)
def keep_all_tallies(timestamp: int) -> None:
    """Counts again what changed lately, wherever: figures only, a row a village."""
    keep_every(NATION)


def keep_every(place_code: str) -> None:
    """Counts what changed in an area, some villages a transaction."""
    with reading:
        from xiuhua.registry.services import keep_tallies

    area, left = scope_of(place_code), 1
    while left:
        with within(area):
            left = keep_tallies(area=area)
