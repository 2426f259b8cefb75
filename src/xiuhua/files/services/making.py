"""The making of an export: as a job, in the area it is for, by the right of whoever asked, safe to begin anew after a kill."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, connections, transaction

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import record
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.files.models import Export
from xiuhua.files.queries import kinds, may_have
from xiuhua.files.services.offering import Offering
from xiuhua.files.services.storing import Kept, enter, keep
from xiuhua.files.services.wishes import WORK
from xiuhua.files.terms import DAYS_KEPT, WORKING, Step
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.runtime.jobs import AGE, GIVEN_UP

logger = logging.getLogger(__name__)
# Seconds between two looks at the row: progress is for people, and a stop may wait that long.
LOOK = 0.5
STOPPED = {"zh": "已按要求停止，可以继续", "en": "Stopped as asked; it can go on"}


class Stopped(Exception):
    """Somebody asked this export to stop."""


class CannotMake(Exception):
    """An export cannot be made; both sentences say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Made:
    """What a maker gives: the file's name, its content piece by piece, and what whoever opens it should know.

    The pieces are encrypted as they come: nothing is ever whole in the clear on the disk, and a maker that yields while it
    reads needs little memory. A maker writes no temporary file.
    """

    name: str
    pieces: Iterable[bytes]
    note: dict[str, str] | None = None


@dataclass(frozen=True)
class Maker:
    """A kind of export, as a room's exports.py declares it.

    right: needed to ask for it, when it is made, and to fetch it. make(export, progress) reads within the export's area, in
    one transaction that can write nothing, and sees one state of the register from first row to last. offer: what the page
    that asks for it says; a kind without one is asked for on a page of its own. personal: people stand in it.
    """

    zh: str
    en: str
    right: str
    make: Callable[[Export, Progress], Made]
    days: int = DAYS_KEPT
    needs_reason: bool = False
    offer: Offering | None = None
    personal: bool = True


class Progress:
    """Called as progress(done, total): says how far the making is, and raises Stopped when somebody asked for it.

    It speaks over a connection of its own, since what the making's own transaction writes nobody sees before its end.
    """

    table = "files_export"

    def __init__(self, pk: int, scope: Scope) -> None:
        self.pk, self.scope = pk, scope
        self._looked = 0.0
        self._beside: Any = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        if self._beside is None:
            self._beside = connections["default"].copy()
        with transaction_of(self._beside), self._beside.cursor() as cursor:
            cursor.execute(
                "select set_config('xiuhua.lo', %s, true), set_config('xiuhua.hi', %s, true)",
                [self.scope.lo, self.scope.hi],
            )
            cursor.execute(
                f"update {self.table} set done = %s, total = %s where id = %s returning stop_wanted",
                [done, total, self.pk],
            )
            found = cursor.fetchone()
        if found and found[0]:
            raise Stopped

    def close(self) -> None:
        """Gives the connection back."""
        if self._beside is not None:
            self._beside.close()


@contextmanager
def transaction_of(beside: Any) -> Iterator[None]:
    """A transaction on a connection that Django's `atomic` does not know."""
    beside.ensure_connection()
    beside.set_autocommit(False)
    try:
        yield
        beside.commit()
    except BaseException:
        beside.rollback()
        raise
    finally:
        beside.set_autocommit(True)


@dataclass(frozen=True)
class Asker:
    """Who an export is made for, as the audit knows them."""

    actor_name: str
    post_name: str
    place_code: str


def make(export_id: int, place_code: str) -> Export:
    """Makes an export that waits, or that a killed worker left. Done, stopped and failed ones are left as they are.

    Busy while another session does it.
    """
    scope = scope_of(place_code)
    if (export := _read(export_id, scope)).step not in WORKING:
        return export
    with WORK.alone(export_id):
        export = _read(export_id, scope)
        if export.step not in WORKING:
            return export
        try:
            with within(scope):
                if not Export.objects.filter(pk=export_id, step__in=WORKING, stop_wanted=False).update(
                    step=Step.MAKING, done=0, total=0, trouble=None
                ):
                    raise Stopped
                _still_may(export)
            made, kept = _write(export, scope)
            _finish(export, scope, made, kept)
        except Stopped:
            _end(export_id, scope, Step.STOPPED, STOPPED)
        except CannotMake as why:
            _end(export_id, scope, Step.FAILED, {"zh": why.zh, "en": why.en})
        except (OperationalError, InterfaceError):
            raise  # the database went away under it: the job is tried again
        except Exception:
            said = {
                "zh": "生成时出错，原因已记入系统日志。可以再试一次；仍不行请告诉系统管理员",
                "en": "Something broke while making it; the system log says what. Try once more, then tell the administrator",
            }
            _end(export_id, scope, Step.FAILED, said)
            raise
    return _read(export_id, scope)


def _read(export_id: int, scope: Scope) -> Export:
    with within(scope):
        return Export.objects.select_related("file").get(pk=export_id)


def end_left() -> int:
    """Ends, with a sentence, exports that nobody makes any more, and says how many."""
    ended = 0
    with within(scope_of(NATION)):
        before = beijing_now() - timedelta(seconds=AGE)
        for export in Export.objects.filter(step__in=WORKING, asked_at__lt=before):
            if not WORK.lives(export.pk):
                step, trouble = (Step.STOPPED, STOPPED) if export.stop_wanted else (Step.FAILED, GIVEN_UP)
                _end(export.pk, scope_of(export.place_code), step, trouble)
                ended += 1
    return ended


def _still_may(export: Export) -> None:
    """Between asking and making a post may have ended: nothing is made for whoever would no longer get it."""
    held = (
        Appointment.objects.on(beijing_today())
        .filter(
            post_id=export.post_id,
            official__account__username=export.asked_by,
            official__account__is_active=True,
        )
        .select_related("post__place")
        .first()
    )
    if (
        held is None
        or not may_have(held, export.kind)
        or not scope_of(held.place_code).covers(export.place_code)
    ):
        raise CannotMake(
            "要这份文件的人已不在这个职务上，或不再有这项权限。请由现任的人重新要",
            "Whoever asked no longer holds the post or the right. Whoever holds it now may ask anew",
        )


def _write(export: Export, scope: Scope) -> tuple[Made, Kept]:
    """Lets the room make it and keeps what comes, in one transaction that only reads and sees one moment."""
    progress = Progress(export.pk, scope)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if not nested:
                    cursor.execute("set transaction isolation level repeatable read, read only")
            with within(scope):
                made = kinds()[export.kind].make(export, progress)
                return made, keep(made.pieces)
    finally:
        progress.close()


def _finish(export: Export, scope: Scope, made: Made, kept: Kept) -> None:
    by = Asker(export.asked_by, export.asked_post, export.place_code)
    with within(scope, who={"export": export.pk}):
        held = Export.objects.select_for_update().get(pk=export.pk)
        held.file = enter(by=by, place_code=export.place_code, name=made.name, kept=kept)
        held.made_at = beijing_now()
        held.expires_at = held.made_at + timedelta(days=kinds()[export.kind].days)
        held.step, held.note, held.stop_wanted = Step.DONE, made.note, False
        held.save(update_fields=["file", "made_at", "expires_at", "step", "note", "stop_wanted"])
        record(
            by=by,
            action="files.made",
            subject=f"export:{export.pk}",
            place_code=export.place_code,
            detail={
                "kind": export.kind,
                "file": held.file.pk,
                "bytes": kept.size_bytes,
                "sha256": kept.sha256,
            },
        )


def _end(export_id: int, scope: Scope, step: Step, trouble: dict[str, str]) -> None:
    with within(scope):
        Export.objects.filter(pk=export_id, step__in=WORKING).update(
            step=step, trouble=trouble, stop_wanted=False
        )
