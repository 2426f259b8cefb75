"""Jobs of decisions: thin calls, safe to run again."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xiuhua.decisions.services.searching import run_search
from xiuhua.runtime.jobs import AFTER_OUTAGE


@app.task(name="decisions.search", queue="intake", retry=AFTER_OUTAGE)
def look_for_pairs(search_id: int, place_code: str) -> None:
    """Searches the register of an area for people who may stand twice."""
    run_search(search_id, place_code)


def begin(search_id: int, place_code: str) -> None:
    """Enqueues the job, in the transaction of the act that wanted it."""
    look_for_pairs.defer(search_id=search_id, place_code=place_code)
