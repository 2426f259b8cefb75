"""A batch from step to step. Each step is done in transactions of its own and can be done again after a kill."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.db.models import Max

from xiuhua.audit.services import record
from xiuhua.common.clock import beijing_now
from xiuhua.files.models import StoredFile
from xiuhua.intake.models import AT_WORK, Batch, Change, Purpose, Step
from xiuhua.intake.services import corrections, lists, read, rules
from xiuhua.intake.services.at_hand import take_up
from xiuhua.intake.services.classify import classify, count
from xiuhua.intake.services.compare import compare
from xiuhua.intake.services.merge import Piece, merge_chunk
from xiuhua.intake.services.national import contrast
from xiuhua.intake.services.operators import Operator as Operator
from xiuhua.intake.services.operators import operator
from xiuhua.intake.services.publish import looked_at, publish
from xiuhua.intake.services.read import CannotTake
from xiuhua.intake.services.receive import STOPPED, WORK
from xiuhua.intake.services.recognising import numbered_since
from xiuhua.intake.services.takeback import refuse_while_taken_back, remember_villages, take_back
from xiuhua.intake.services.taken import taken_since
from xiuhua.intake.services.told import take_told
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.places.services import take_village_list
from xiuhua.places.terms import NATION
from xiuhua.registry.models import Household
from xiuhua.registry.services import compute_standings, learn_names, take_statistics
from xiuhua.runtime.jobs import AGE, GIVEN_UP

logger = logging.getLogger(__name__)
WAITING = (Step.MAPPING, Step.PREVIEW, Step.DONE, Step.STOPPED, Step.FAILED, Step.TAKEN_BACK)

BROKEN = {
    "zh": "处理时出了意外，原因已记入系统日志；已并入的保留，其余没有动。可以继续再试一次；仍不行，请把批次号告诉系统管理员",
    "en": "Something unforeseen broke it; the system log says what. What was merged stays, the rest is as it was. Go on to try once"
    " more; if it breaks again, tell the administrator the batch's number",
}


class Stopped(Exception):
    """Somebody asked this batch to stop."""


@dataclass
class Run:
    """One going through the steps of one batch."""

    batch_id: int
    scope: Scope

    @contextmanager
    def work(self) -> Iterator[Batch]:
        """A transaction in the batch's area, with the batch's row held so that two runs of one batch wait for each other."""
        with within(self.scope, who={"batch": self.batch_id}):
            batch = Batch.objects.select_for_update().get(pk=self.batch_id)
            yield batch

    @contextmanager
    def taking_back(self) -> Iterator[Batch]:
        """The same for taking the batch back: what it undoes is not told as its own doing."""
        with within(self.scope, who={"takeback": self.batch_id}):
            yield Batch.objects.select_for_update().get(pk=self.batch_id)

    @contextmanager
    def scoped(self) -> Iterator[None]:
        with within(self.scope, who={"batch": self.batch_id}):
            yield

    def look(self) -> Batch:
        with within(self.scope):
            return Batch.objects.get(pk=self.batch_id)

    def progress(self, done: int, total: int) -> None:
        """Says how far the step is; stops here when somebody asked for it."""
        with within(self.scope):
            Batch.objects.filter(pk=self.batch_id).update(done=done, total=total)
            if Batch.objects.filter(pk=self.batch_id, stop_wanted=True).exists():
                raise Stopped


def advance(batch_id: int, place_code: str) -> Batch:
    """Takes a batch as far as it can go without a person: to mapping, to the preview, or to the end of merging.

    However it ends, the batch says so: what nobody foresaw is raised after it is written there. Busy while another session
    does it.
    """
    run = Run(batch_id, scope_of(place_code))
    with WORK.alone(batch_id):
        try:
            while _goes_on(batch := run.look()):
                STEPS[Step(batch.step)](run, batch)
        except CannotTake as why:
            _end(run, Step.FAILED, {"zh": why.zh, "en": why.en})
        except Stopped:
            _end(run, Step.STOPPED, STOPPED)
        except (OperationalError, InterfaceError):
            raise  # the database went away under it: the job is tried again
        except Exception:
            _end(run, Step.FAILED, BROKEN)
            raise
    return run.look()


def _goes_on(batch: Batch) -> bool:
    """Whether a batch waits for no person."""
    return batch.step not in WAITING or bool(batch.step == Step.PREVIEW and batch.merge_wanted_by)


def end_left() -> int:
    """Ends, with a sentence, batches that nobody works at any more, and says how many."""
    ended = 0
    with within(scope_of(NATION)):
        before = beijing_now() - timedelta(seconds=AGE)
        for batch in Batch.objects.filter(AT_WORK, started_at__lt=before):
            if not WORK.lives(batch.pk):
                step, trouble = (Step.STOPPED, STOPPED) if batch.stop_wanted else (Step.FAILED, GIVEN_UP)
                _end(Run(batch.pk, scope_of(batch.place_code)), step, trouble)
                ended += 1
    return ended


def _end(run: Run, step: Step, trouble: dict[str, str]) -> None:
    with run.work() as batch:
        if not _goes_on(batch):
            return
        batch.stopped_in = batch.step
        batch.step, batch.trouble, batch.stop_wanted = step, trouble, False
        if step == Step.FAILED and not batch.listing:
            lists.forget(batch)
        batch.save(update_fields=["step", "stopped_in", "trouble", "stop_wanted"])


def _read(run: Run, batch: Batch) -> None:
    with run.scoped():
        files = [StoredFile.objects.get(pk=pk) for pk in batch.counts["files"]]
        workbooks = read.open_all(batch, files)
    with run.work() as held:
        sheets = read.describe(held, workbooks)
        corrections.link(held, sheets, workbooks)
        if read.must_ask(sheets):
            held.step = Step.MAPPING
            held.save(update_fields=["step"])
            return
    read.stage_all(batch, run.scope, workbooks, sheets, said=run.progress, commit=run.scoped)
    with run.scoped():
        corrections.note_changes(batch, workbooks)
    with run.work() as held:
        newest = held.rows.aggregate(year=Max("year"))["year"]
        years = [newest] if newest else []
        held.data_date = read.data_date_of(held, sheets, years)
        held.step, held.done, held.total = Step.CHECKING, 0, 0
        held.save(update_fields=["step", "data_date", "done", "total"])


def _check(run: Run, batch: Batch) -> None:
    if batch.purpose == Purpose.COMPARISON:
        _contrast(run)
        return
    with run.work() as held:
        take_up(held)
        compare(held)
        rules.build(held)
        told = rules.judge(held)
        classify(held)
        corrected = corrections.leave_the_rest(held, looked_at(held))
        counts, kinds = count(held), _kinds(held)
        held.counts = {
            **held.counts,
            **counts,
            **told,
            **corrected,
            "lists": lists.foresee(held),
            "kinds": kinds,
            "households": sum(counts.values()),
        }
        held.step = Step.PREVIEW
        held.save(update_fields=["step", "counts"])


def _contrast(run: Run) -> None:
    """A comparison ends here: what differs is told, and nothing of it is merged."""
    with run.work() as held:
        found = contrast(held)
        held.counts = {**held.counts, **found, "kinds": _kinds(held)}
        held.step, held.finished_at = Step.DONE, beijing_now()
        held.save(update_fields=["step", "counts", "finished_at"])
        record(
            by=operator(held),
            action="intake.compared",
            subject=f"batch:{held.pk}",
            place_code=held.place_code,
            detail=found,
        )


def _kinds(batch: Batch) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, count(*) from intake_sighting where batch_id = %s group by kind", [batch.pk]
        )
        return dict(cursor.fetchall())


def _begin(run: Run, batch: Batch) -> None:
    with run.work() as held:
        refuse_while_taken_back(held)
        wanted = held.households.exclude(change__in=(Change.HELD, Change.LEFT)).values("number")
        ended = Household.objects.filter(county_code=held.place_code[:6], ended_on__isnull=False)
        if ended.filter(number__in=wanted).exists() or taken_since(held) or numbered_since(held):
            # A case ended one of them since the check, another office took its number, or another file gave its people theirs: look once more.
            held.step = Step.CHECKING
            held.save(update_fields=["step"])
            return
        held.step, held.done = Step.MERGING, 0
        held.total = held.households.exclude(change__in=(Change.HELD, Change.LEFT)).count()
        held.save(update_fields=["step", "done", "total"])
        _take_villages(held)
        take_told(held)


def _take_villages(batch: Batch) -> None:
    rows = [
        {"code": code, **said}
        for code, said in batch.rows.filter(book="village_list", refused=False)
        .exclude(village_code=None)
        .values_list("village_code", "village")
    ]
    if rows:
        assert batch.data_date is not None
        remember_villages(batch, rows)
        take_village_list(by=operator(batch), place_code=batch.place_code, rows=rows, as_of=batch.data_date)


def _take_statistics(run: Run) -> None:
    with run.scoped():
        take_statistics()


def _merge(run: Run, batch: Batch) -> None:
    piece: Piece | None = None
    with run.scoped():
        # What the planner has not heard of counts as one row to it, and pieces of a batch that came just now take the square of it.
        with connection.cursor() as cursor:
            cursor.execute("select intake_take_statistics()")
        done = run.look().households.exclude(merged_at=None).count()
    if done:
        # It was broken off, perhaps before the register's were taken.
        _take_statistics(run)
    while piece is None or piece.households:
        first = piece is None and done == 0 and batch.total > settings.MERGE_PIECE
        try:
            piece = _merge_piece(run)
        except IntegrityError:
            if not _check_again(run):
                raise
            return
        done += piece.households
        run.progress(done, batch.total)
        # Of a new county the planner knows nothing yet; how much it grows by afterwards it sees by itself.
        if first and piece.households:
            _take_statistics(run)
    _take_statistics(run)
    with run.work() as held:
        learn_names(county_code=held.place_code[:6])
        publish(held)
        lists.take_lists(held)
        held.step, held.finished_at = Step.DONE, beijing_now()
        held.save(update_fields=["step", "finished_at"])
        told = {key: held.counts.get(key, 0) for key in ("new", "changed", "unchanged", "held")}
        record(
            by=operator(held),
            action="intake.merged",
            subject=f"batch:{held.pk}",
            place_code=held.place_code,
            detail=told,
        )


def _merge_piece(run: Run) -> Piece:
    with run.work() as held:
        piece = merge_chunk(held)
        if piece.unforeseen:
            assert held.data_date is not None
            compute_standings(households=piece.unforeseen, as_of=held.data_date)
        return piece


def _check_again(run: Run) -> bool:
    """Whether it goes back to the check: at this very moment another township took a number that this batch has too."""
    with run.work() as held:
        if not taken_since(held):
            return False
        held.step = Step.CHECKING
        held.save(update_fields=["step"])
        return True


STEPS: dict[Step, Callable[[Run, Batch], None]] = {
    Step.READING: _read,
    Step.CHECKING: _check,
    Step.PREVIEW: _begin,
    Step.MERGING: _merge,
    Step.TAKING_BACK: take_back,
}
