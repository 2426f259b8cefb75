"""The register's jobs: thin calls to its services, safe to run again."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.registry.services import keep_tallies
from xiuhua.runtime.jobs import AFTER_OUTAGE


@app.periodic(cron="*/10 * * * *")
@app.task(name="registry.keep_tallies", queue="registry", queueing_lock="tallies", retry=AFTER_OUTAGE)
def keep_all_tallies(timestamp: int) -> None:
    """Counts again what changed lately, wherever: figures only, a row a village."""
    keep_every(NATION)


def keep_every(place_code: str) -> None:
    """Counts what changed in an area, some villages a transaction."""
    area, left = scope_of(place_code), 1
    while left:
        with within(area):
            left = keep_tallies(area=area)
