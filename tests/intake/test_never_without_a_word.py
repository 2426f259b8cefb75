"""However an intake's job ends, its batch says so, and somebody can go on or stop: nothing stands at work for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from intake import taking
from intake.conftest import sign
from intake.marked_back import office
from intake.unit.small import household, persons, villages
from xiuhua.intake import tasks
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import publish, read, receive, rules, steps
from xiuhua.places.scope import scope_of, within
from xiuhua.runtime.jobs import GIVEN_UP
from xiuhua.synth.county import invent
from xiuhua.synth.ledgers import write_ledgers

pytestmark = [pytest.mark.database, pytest.mark.slow]
AREA = scope_of(taking.COUNTY)


def standing(pk: int) -> tuple[str, str, str]:
    with within(AREA):
        batch = Batch.objects.get(pk=pk)
    return batch.step, batch.stopped_in, (batch.trouble or {}).get("zh", "")


def test_what_nobody_foresaw_ends_the_batch_with_a_sentence_and_it_goes_on(
    fresh_database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office()
    sign()
    others = write_ledgers(invent(5, 20), tmp_path)
    pk = taking.arrive([villages(tmp_path), persons(tmp_path, household({})), *others])
    broken = [(read, "stage_all", "reading"), (rules, "judge", "checking"), (publish, "open_for", "merging")]
    for module, name, at in broken:
        with monkeypatch.context() as patched:
            patched.setattr(module, name, lambda *_a, **_k: {}["nobody foresaw this"])
            with pytest.raises(KeyError):
                tasks.advance_batch(batch_id=pk, place_code=taking.COUNTY)
        step, stopped_in, said = standing(pk)
        assert (step, stopped_in) == (Step.FAILED, at) and "再试一次" in said
        with within(AREA):
            receive.resume(by=taking.WHO, batch_id=pk)
        batch = steps.advance(pk, taking.COUNTY)
        if batch.step == Step.PREVIEW and at == "checking":
            with within(AREA):
                receive.want_merge(by=taking.WHO, batch_id=pk)
        elif at == "reading":
            with within(AREA):
                Batch.objects.filter(pk=pk).update(step=Step.CHECKING)
    assert standing(pk) == (Step.DONE, "", "")
    with within(AREA):
        batch = Batch.objects.get(pk=pk)
        unknown = set(batch.sheets.filter(book="").values_list("name", flat=True))
        taken = set(batch.sheets.exclude(book="").values_list("book", flat=True))
    # What the register has no book for is said sheet by sheet, and what came with it is taken.
    assert unknown == {"帮扶责任人", "资金指标", "项目库", "年度项目计划", "支出流水", "到户补助"}
    assert taken == {"village_list", "person_export"}


def test_a_batch_that_nobody_works_at_ends_with_a_sentence_and_waits_for_whoever_holds_it(
    fresh_database: Any, tmp_path: Path
) -> None:
    office()
    pk = taking.arrive([villages(tmp_path)])
    with psycopg.connect(fresh_database.owner, autocommit=True) as owner:
        owner.execute("select pg_advisory_lock(%s)", [receive.WORK.lock + pk])
        tasks.advance_batch(batch_id=pk, place_code=taking.COUNTY)
        found = owner.execute("select args ->> 'batch_id' from procrastinate_jobs").fetchone()
        assert found == (str(pk),), "a session holds it: the job looks again later"
        owner.execute("update intake_batch set started_at = now() - interval '1 hour'")
        tasks.sweep(timestamp=0)
        owner.execute("delete from procrastinate_jobs")
        tasks.sweep(timestamp=0)
        assert standing(pk)[0] == Step.READING, "a job waits, or a session holds it"
        owner.execute("select pg_advisory_unlock_all()")
        tasks.sweep(timestamp=0)
        assert standing(pk) == (Step.FAILED, "reading", GIVEN_UP["zh"])
        owner.execute("update intake_batch set step = 'merging'")
    with within(AREA):
        receive.want_stop(by=taking.WHO, batch_id=pk)
    assert standing(pk)[:2] == (Step.STOPPED, "merging"), "nobody looks for the wish: it is done at once"
    with within(AREA):
        Batch.objects.filter(pk=pk).update(stopped_in="reading")
        receive.resume(by=taking.WHO, batch_id=pk)
    assert steps.advance(pk, taking.COUNTY).step == Step.PREVIEW
