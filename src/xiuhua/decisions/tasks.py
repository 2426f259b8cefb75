"""Jobs of decisions: thin calls, safe to run again."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xiuhua.decisions.services.lapsing import lapse_what_lies
from xiuhua.decisions.services.searching import run_search
from xiuhua.places.terms import NATION
from xiuhua.runtime.jobs import AFTER_OUTAGE


@app.task(name="decisions.search", queue="intake", retry=AFTER_OUTAGE)
def look_for_pairs(search_id: int, place_code: str) -> None:
    """Searches the register of an area for people who may stand twice."""
    run_search(search_id, place_code)


def begin(search_id: int, place_code: str) -> None:
    """Enqueues the job, in the transaction of the act that wanted it."""
    look_for_pairs.defer(search_id=search_id, place_code=place_code)


# Twenty past midnight in Beijing: the last day of what lies is over.
@app.periodic(cron="20 16 * * *")
@app.task(name="decisions.lapse", queue="nightly", queueing_lock="lapse", retry=AFTER_OUTAGE)
def lapse_nightly(timestamp: int) -> None:
    """Ends proceedings that lay longer at a step than their procedure allows; each in a transaction."""
    lapse_what_lies(NATION)
