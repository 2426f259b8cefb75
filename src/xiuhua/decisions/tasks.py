"""Jobs of decisions: thin calls, safe to run again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from xiuhua.decisions.models import Search
from xiuhua.decisions.terms import GOING
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION, Level
from xiuhua.runtime.jobs import AFTER_OUTAGE, SWEEP, Busy, again, reading

if TYPE_CHECKING:
    from xiuhua.audit.services import Actor

# Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.
# Ten past two at night in Beijing, before the register looks at its households; the worker's calendar is UTC.
NIGHTLY = "10 18 * * *"


@app.task(name="decisions.search", queue="intake", retry=AFTER_OUTAGE)
def look_for_pairs(search_id: int, place_code: str) -> None:
    """Searches the register of an area for people who may stand twice."""
    with reading:
        from xiuhua.decisions.services.searching import run_search

    try:
        run_search(search_id, place_code)
    except Busy:
        again(look_for_pairs, search_id=search_id, place_code=place_code)


def begin(search_id: int, place_code: str) -> None:
    """Enqueues the job, in the transaction of the act that wanted it."""
    look_for_pairs.defer(search_id=search_id, place_code=place_code)


def want_after(batch: int, place_code: str, by: Actor) -> int | None:
    """Wants a search for a batch that brought people without a number; one that waits already is enough. What is to be begun, once
    it is committed: a worker enqueues on a connection of its own."""
    with reading:
        from xiuhua.decisions.services.searching import search_after, waits

    if waits(place_code):
        return None
    return search_after(by=by, place_code=place_code, batch=batch).search.pk


@app.periodic(cron=SWEEP)
@app.task(
    name="decisions.search_sweep", queue="intake", retry=AFTER_OUTAGE, queueing_lock="decisions.search_sweep"
)
def sweep_searches(timestamp: int) -> None:
    """Ends what a job was given up at: it would say for ever that it is at work, and nobody could search again."""
    with within(scope_of(NATION)):
        some = Search.objects.filter(state__in=GOING).exists()
    # A worker sweeps as soon as it begins: it need not read DuckDB and the comparisons in order to see that there is nothing.
    if some:
        with reading:
            from xiuhua.decisions.services.searching import end_left

        end_left()


@app.task(name="decisions.candidates", queue="nightly", retry=AFTER_OUTAGE)
def candidates_of(place_code: str) -> None:
    """Looks for the candidates of the adjustment, a village a transaction."""
    with reading:
        from xiuhua.decisions.services.adjusting import find_candidates

    find_candidates(place_code)


def look_for_candidates(place_code: str) -> None:
    """Enqueues a look, in the transaction of the act that wanted it; one that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        candidates_of.configure(queueing_lock=f"candidates {place_code}").defer(place_code=place_code)


# Half past three in Beijing, after the nightly look at the register: candidates follow what was changed.
@app.periodic(cron="30 19 * * *")
@app.task(name="decisions.candidates_nightly", queue="nightly", retry=AFTER_OUTAGE)
def candidates_nightly(timestamp: int) -> None:
    """Enqueues a look in every county."""
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        look_for_candidates(code)


@app.periodic(cron=NIGHTLY)
@app.task(name="decisions.recheck_nightly", queue="nightly", retry=AFTER_OUTAGE)
def recheck_nightly(timestamp: int) -> None:
    """Enqueues, for every county, that what was decided since is computed again."""
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        recheck.configure(queueing_lock=f"recheck {code}").defer(place_code=code)


@app.task(name="decisions.recheck", queue="nightly", retry=AFTER_OUTAGE)
def recheck(place_code: str) -> None:
    """Computes again what steps of an area were decided on, as far as that was not done."""
    with reading:
        from xiuhua.decisions.services.recheck import keep_all

    keep_all(place_code)


# Twenty past midnight in Beijing: the last day of what lies is over.
@app.periodic(cron="20 16 * * *")
@app.task(name="decisions.lapse", queue="nightly", queueing_lock="lapse", retry=AFTER_OUTAGE)
def lapse_nightly(timestamp: int) -> None:
    """Ends proceedings that lay longer at a step than their procedure allows; each in a transaction."""
    with reading:
        from xiuhua.decisions.services.lapsing import lapse_what_lies

    lapse_what_lies(NATION)


# A quarter to three at night in Beijing, after the register was looked at.
@app.periodic(cron="45 18 * * *")
@app.task(name="decisions.notices_nightly", queue="nightly", retry=AFTER_OUTAGE)
def notices_nightly(timestamp: int) -> None:
    """Enqueues a look at the notices of every county."""
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        notices_of.defer(place_code=code)


@app.task(name="decisions.notices_of", queue="nightly", retry=AFTER_OUTAGE)
def notices_of(place_code: str) -> None:
    """Looks at what hangs in an area."""
    with reading:
        from xiuhua.decisions.services.notice_watch import look_at_notices

    look_at_notices(place_code)
