"""The job: records of an area to files, then their tally, safe to run again after a kill at any moment."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from xiuhua.audit.services import record
from xiuhua.common.clock import beijing_now
from xiuhua.engine import load
from xiuhua.engine.freezing import (
    PLACES,
    FreezeDamaged,
    RulesChanged,
    open_freeze,
    relations_of,
    seal,
    writer,
)
from xiuhua.engine.tally import NotForTally, stream_below, tally
from xiuhua.files.services import CannotMake, Progress, Stopped
from xiuhua.freezes.models import Freeze, Tallied, packed
from xiuhua.freezes.queries import levels_stored, records_of, stored, tally_of
from xiuhua.freezes.queries.kept import measured
from xiuhua.freezes.services.days import reckon
from xiuhua.freezes.services.folders import clear, close, make_room
from xiuhua.freezes.services.snapshot import Snapshot, snapshot
from xiuhua.freezes.services.wishes import WORK
from xiuhua.freezes.terms import CLOCK, WORKING, Step
from xiuhua.places.models import Place
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.runtime.jobs import AGE, GIVEN_UP

# Documents that go into the database at once: some ten kilobytes each.
AT_ONCE = 500
logger = logging.getLogger(__name__)
COLUMNS = "freeze_id, tallied_place, level, kind, status, households, persons, rules, facts, measures"
# Who runs a command at the server; the audit says by which login.
OPERATOR = "系统管理员（命令行） / the administrator, by a command"
STOPPED = {"zh": "已按要求停止，可以继续", "en": "Stopped as asked; it can go on"}
BROKEN = {
    "zh": "生成时出错，原因已记入系统日志。可以再试一次；仍不行请告诉系统管理员",
    "en": "Something broke while it was made; the system log says what. Try once more, then tell the administrator",
}


class Told(Progress):
    """Progress of a freeze."""

    table = "freezes_freeze"


class Asker:
    """Who a freeze is made for, as the audit knows them."""

    def __init__(self, freeze: Freeze) -> None:
        self.actor_name, self.post_name, self.place_code = (
            freeze.asked_by,
            freeze.asked_post,
            freeze.place_code,
        )


def work(freeze_id: int, place_code: str) -> Freeze:
    """Takes and tallies a freeze that waits, or that a killed worker left. Done, stopped and failed ones are left as they are.

    Busy while another session does it.
    """
    scope = scope_of(place_code)
    if (freeze := _read(freeze_id, scope)).step not in WORKING:
        return freeze
    with WORK.alone(freeze_id):
        freeze = _read(freeze_id, scope)
        if freeze.step not in WORKING:
            return freeze
        progress = Told(freeze_id, scope)
        try:
            if freeze.manifest is None:
                _take(freeze, scope, progress)
            _tally(_read(freeze_id, scope), scope, progress)
        except Stopped:
            _end(freeze_id, scope, Step.STOPPED, STOPPED)
        except CannotMake as why:
            _end(freeze_id, scope, Step.FAILED, {"zh": why.zh, "en": why.en})
        except (OperationalError, InterfaceError):
            raise  # the database went away under it: the job is tried again
        except Exception:
            _end(freeze_id, scope, Step.FAILED, BROKEN)
            raise
        finally:
            progress.close()
    return _read(freeze_id, scope)


def _read(freeze_id: int, scope: Scope) -> Freeze:
    with within(scope):
        return Freeze.objects.get(pk=freeze_id)


def end_left() -> int:
    """Ends, with a sentence, freezes that nobody works at any more, and says how many."""
    ended = 0
    with within(scope_of(NATION)):
        before = beijing_now() - timedelta(seconds=AGE)
        for freeze in Freeze.objects.filter(step__in=WORKING, asked_at__lt=before):
            if not WORK.lives(freeze.pk):
                step, trouble = (Step.STOPPED, STOPPED) if freeze.stop_wanted else (Step.FAILED, GIVEN_UP)
                _end(freeze.pk, scope_of(freeze.place_code), step, trouble)
                ended += 1
    return ended


def _begin(freeze: Freeze, scope: Scope, step: Step) -> None:
    with within(scope):
        waiting = Freeze.objects.filter(pk=freeze.pk, step__in=WORKING, stop_wanted=False)
        if not waiting.update(step=step, done=0, total=0, trouble=None):
            raise Stopped


def _end(freeze_id: int, scope: Scope, step: Step, trouble: dict[str, str]) -> None:
    with within(scope):
        Freeze.objects.filter(pk=freeze_id, step__in=WORKING).update(
            step=step, trouble=trouble, stop_wanted=False
        )


def _take(freeze: Freeze, scope: Scope, progress: Told) -> None:
    """Records to files, one moment of them all; the manifest last, then the row."""
    _begin(freeze, scope, Step.FREEZING)
    with within(scope):
        name = Place.objects.get(pk=freeze.place_code).name
    path = records_of(freeze)
    clear(path)
    with snapshot(scope, lambda: progress(0, 0)) as taken:
        make_room(int(taken.one("select count(*) from rec_household")[0]))
        _write(taken, path, progress)
        head, at = taken.audit_head(), taken.taken_at
        # Of one asked for before it was kept whether a day was named, it is known where that is another than the data's.
        named = freeze.day_named or freeze.of_other_day
        reckon(freeze, taken.data_days(), freeze.as_of if named else None)
    close(path)
    try:
        sealed = seal(
            path,
            area=(freeze.place_code, name),
            as_of=freeze.as_of,
            taken_at=at,
            taken_by=_post(freeze),
            id=str(freeze.freeze_id),
            audit_head=head,
        )
    except RulesChanged as why:
        raise CannotMake(
            "本单位的规则文件夹在系统启动后有改动，重启系统后再继续",
            "The office's own folder of rules changed since the system was started: restart it, then go on",
        ) from why
    close(path)
    digest = open_freeze(path).sha256
    with within(scope, who={"freeze": freeze.pk}):
        held = Freeze.objects.select_for_update().get(pk=freeze.pk)
        held.manifest, held.sha256, held.taken_at = json.loads(sealed.model_dump_json()), digest, at
        held.as_of, held.of_other_day, held.days = freeze.as_of, freeze.of_other_day, freeze.days
        held.save(update_fields=["manifest", "sha256", "taken_at", "as_of", "of_other_day", "days"])
        rows = {name: one.rows for name, one in sealed.relations.items()}
        record(
            by=Asker(freeze),
            action="freezes.taken",
            subject=f"freeze:{freeze.pk}",
            place_code=freeze.place_code,
            detail={
                "id": str(freeze.freeze_id),
                "sha256": digest,
                "rows": rows,
                "as_of": held.as_of.isoformat(),
            },
        )


def _post(freeze: Freeze) -> str:
    """By which post, as the house calls it: the manifest leaves with the files, and no name of a person or of an account goes along."""
    if freeze.post is not None:
        return freeze.post.says("zh")
    return freeze.asked_post if freeze.asked_by == CLOCK else OPERATOR


def _write(taken: Snapshot, path: Any, progress: Told) -> None:
    relations = relations_of(load().relations)
    total = sum(taken.count(one) for one in relations.values() if one is not PLACES)
    done = 0
    with writer(path, relations) as out:
        for relation in relations.values():

            def told(of: Any = relation) -> Iterator[Any]:
                nonlocal done
                for batch in taken.rows(of):
                    progress(done, total)
                    yield batch
                    done += batch.num_rows

            out.write_all(relation.id, told())


def _tally(freeze: Freeze, scope: Scope, progress: Told) -> None:
    """Figures computed from the files, then stored in one transaction. Parts that are computed are not computed again."""
    _begin(freeze, scope, Step.TALLYING)
    try:
        opened = open_freeze(records_of(freeze), check=True)
    except FreezeDamaged as why:
        raise CannotMake(
            f"数据快照的文件不完整：{why.file}。请从备份取回，再继续",
            f"The snapshot's files are not whole: {why}. Take them from a backup, then go on",
        ) from why
    if opened.sha256 != freeze.sha256:
        raise CannotMake(
            "文件夹里不是这份数据快照（清单的校验值不同）",
            "The folder holds another snapshot: the manifest's digest differs",
        )
    out = tally_of(freeze)
    out.mkdir(mode=0o700, exist_ok=True)
    try:
        tally(opened, out, progress=progress)
    except NotForTally as why:
        raise CannotMake(why.zh, str(why)) from why
    close(out)
    store(freeze, scope, progress)


def store(freeze: Freeze, scope: Scope, progress: Progress | None = None) -> None:
    """Figures of the area's own places into the database, with the digest that says which; the freeze is done with it.

    Of a nation or a province down to the county: the rest is read from the files, which are held to the digests kept here.
    A batch of documents after the other, so that memory does not grow with the area. progress: of documents.
    """
    out = tally_of(freeze)
    told = json.loads((out / "tally.json").read_text(encoding="utf-8"))
    # Long, and for the rest only of use to who reads the files.
    told["measured"] = measured(told.pop("layout"))
    # Of the area and below it: a part of what stands above is not that place's figure.
    levels = levels_stored(freeze.place_code)
    documents = (one for level in levels for one in stream_below(out, freeze.place_code, level.value))
    told |= stored(freeze, out)
    with within(scope, who={"freeze": freeze.pk}):
        count = 0
        while coming := _keep(_row(freeze, one) for one in islice(documents, AT_ONCE)):
            count += coming
            if progress is not None:
                progress(count, max(told["rows"], count))
        held = Freeze.objects.select_for_update().get(pk=freeze.pk)
        held.tally, held.tallied_at, held.step, held.stop_wanted = told, beijing_now(), Step.DONE, False
        held.save(update_fields=["tally", "tallied_at", "step", "stop_wanted"])
        record(
            by=Asker(freeze),
            action="freezes.tallied",
            subject=f"freeze:{freeze.pk}",
            place_code=freeze.place_code,
            detail={"id": str(freeze.freeze_id), "tally": told.get("sha256", ""), "figures": count},
        )


def _keep(rows: Iterable[Tallied]) -> int:
    """Stores figures and says how many. By way of a table of the transaction: COPY does not go into a protected one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"create temp table if not exists coming on commit drop as select {COLUMNS} from freezes_tallied where false"
        )
        with cursor.copy(f"copy coming ({COLUMNS}) from stdin") as copy:
            for one in rows:
                parts = [
                    json.dumps(part, ensure_ascii=False) for part in (one.rules, one.facts, one.measures)
                ]
                copy.write_row(
                    (one.freeze_id, one.place_code, one.level, one.kind, one.status, one.households, one.persons, *parts)
                )  # fmt: skip
        cursor.execute(f"insert into freezes_tallied ({COLUMNS}) select {COLUMNS} from coming")
        stored = int(cursor.rowcount)
        cursor.execute("truncate coming")
    return stored


def _row(freeze: Freeze, document: dict[str, Any]) -> Tallied:
    """A document as it is stored."""
    rules = {id: packed(counts) for id, counts in document.pop("rules").items()}
    return Tallied(freeze=freeze, rules=rules, **document)
