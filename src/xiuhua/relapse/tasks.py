"""Jobs of relapse: the rules over a county's records, once a night or when the county asks; safe to run again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import Level
from xiuhua.runtime.jobs import AFTER_OUTAGE, reading


@dataclass(frozen=True)
class Nobody:
    """The rules themselves: no official looked."""

    place_code: str
    actor_name: str = "rules"
    post_name: str = "规则筛查"


# An hour after the register's own nightly look.
@app.periodic(cron="30 19 * * *")
@app.task(name="relapse.look_nightly", queue="nightly", retry=AFTER_OUTAGE)
def look_nightly(timestamp: int) -> None:
    """Enqueues a look for clues at every county."""
    for code in Place.objects.filter(level=Level.COUNTY, until__isnull=True).values_list("code", flat=True):
        look_later(code)


@app.task(name="relapse.look_for_clues", queue="nightly", retry=AFTER_OUTAGE)
def look_for_clues(place_code: str) -> None:
    """Looks at every household of a county, a township a transaction."""
    # Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.
    with reading:
        from xiuhua.relapse.services import gather_by_rules

    for code in Place.objects.filter(
        level=Level.TOWNSHIP, until__isnull=True, code__startswith=place_code
    ).values_list("code", flat=True):
        with within(scope_of(code), who={"account": "rules"}):
            gather_by_rules(by=Nobody(code), place_code=code)


def look_later(place_code: str) -> None:
    """Enqueues a look, in the transaction that asks for it; one that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        look_for_clues.configure(queueing_lock=f"clues {place_code}").defer(place_code=place_code)
