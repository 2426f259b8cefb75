"""Intake's jobs: thin calls to its steps, safe to run again."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xiuhua.decisions.tasks import begin, want_after
from xiuhua.intake.models import AT_WORK, Batch, Purpose, Step
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.registry.tasks import keep_every
from xiuhua.runtime.jobs import AFTER_OUTAGE, SWEEP, Busy, again, reading

# Every process reads the jobs; what they call is read by the worker that runs one, the first time: half of the start otherwise.


@app.task(name="intake.advance", queue="intake", retry=AFTER_OUTAGE)
def advance_batch(batch_id: int, place_code: str) -> None:
    """Takes a batch as far as it can go without a person."""
    with reading:
        from xiuhua.intake.services.steps import advance, operator

    try:
        batch = advance(batch_id, place_code)
    except Busy:
        again(advance_batch, batch_id=batch_id, place_code=place_code)
        return
    # After the batch is done, so that nobody waits for it: until then pages count what is not kept.
    keep_every(place_code)
    look_for_doubles(batch)
    compared = batch.counts.get("compared")
    if compared and batch.step in (Step.DONE, Step.TAKEN_BACK):
        with reading:
            from xiuhua.intake.services.differences import look_again

        # What was taken over from a comparison is settled there at once.
        with within(scope_of(place_code)):
            look_again(by=operator(batch), batch_id=compared)
        # Past the transaction: a worker enqueues on a connection of its own, and the job finds only what is committed.
        go_on(compared, place_code)


def look_for_doubles(batch: Batch) -> None:
    """A merged batch that brought people without a number has its area searched for them: a job of its own, which asks only."""
    if batch.step != Step.DONE or batch.purpose != Purpose.INTAKE:
        return
    with reading:
        from xiuhua.intake.queries.batches import brought_without_number
        from xiuhua.intake.services.steps import operator

    with within(scope_of(batch.place_code)):
        brought = brought_without_number(batch)
        wanted = want_after(batch.pk, batch.place_code, operator(batch)) if brought else None
    if wanted is not None:
        begin(wanted, batch.place_code)


def go_on(batch_id: int, place_code: str) -> None:
    """Enqueues the job, in the transaction of the act that makes it necessary."""
    advance_batch.defer(batch_id=batch_id, place_code=place_code)


@app.periodic(cron=SWEEP)
@app.task(name="intake.sweep", queue="intake", retry=AFTER_OUTAGE, queueing_lock="intake.sweep")
def sweep(timestamp: int) -> None:
    """Ends what a job was given up at: it would say for ever that it is being worked at."""
    with within(scope_of(NATION)):
        some = Batch.objects.filter(AT_WORK).exists()
    # A worker sweeps as soon as it begins: it need not read all of intake in order to see that there is nothing.
    if some:
        with reading:
            from xiuhua.intake.services.steps import end_left

        end_left()
