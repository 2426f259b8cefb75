"""A batch is taken back as a whole and the register is what it was, row for row; while something stands on it, it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from intake import taking
from intake.conftest import Files, sign
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import receive, steps, takeback
from xiuhua.intake.services.receive import NotNow
from xiuhua.places.scope import scope_of, within
from xiuhua.synth.county import County, next_file, write

pytestmark = [pytest.mark.database, pytest.mark.slow]

# Every row with every column; outcomes without the moment of computing, findings by what a person sees of them.
ROWS = {
    table: f"select id, to_jsonb(t) from {table} t"
    for table in ("registry_household", "registry_person", "registry_membership", "registry_periodrecord", "registry_statusentry")
} | {
    "registry_standing": "select household_id, to_jsonb(t) - 'computed_at' from registry_standing t",
    "places_villagerecord": "select id, to_jsonb(t) from places_villagerecord t",
    "findings_finding": "select id, jsonb_build_object('rule', rule, 'state', state, 'because', closed_because) from findings_finding where state <> 'closed'",
}  # fmt: skip


def rows() -> dict[str, dict[int, Any]]:
    return {
        name: {key: json.loads(said) if isinstance(said, str) else said for key, said in taking.ask(sql)}
        for name, sql in ROWS.items()
    }


def take_back(batch: Batch, why: str = "报错了表") -> Batch:
    with within(scope_of(taking.COUNTY)):
        takeback.want_take_back(by=taking.WHO, batch_id=batch.pk, why=why)
    return steps.advance(batch.pk, taking.COUNTY)


def refused(batch: Batch) -> str:
    with within(scope_of(taking.COUNTY)), pytest.raises(NotNow) as why:
        takeback.want_take_back(by=taking.WHO, batch_id=batch.pk, why="报错了表")
    return why.value.zh


def later_files(county: County, folder: Path, seed: int) -> list[Path]:
    folder.mkdir()
    return [p for p in write(next_file(county, seed).county, folder) if p.suffix == ".xlsx"]


def test_the_first_batch_leaves_an_empty_register(small: Files, fresh_database: Any) -> None:
    empty = rows()
    batch = taking.take(small.paths)
    assert rows()["registry_household"], "it was not empty after the batch"
    done = take_back(batch)
    assert (done.step, done.taken_back_why, done.trouble) == (Step.TAKEN_BACK, "报错了表", None)
    assert rows() == empty
    assert taking.take(small.paths).counts["new"] == batch.counts["new"], "the corrected files come in again"


def test_a_later_batch_is_taken_back_to_the_state_before_it(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    first = taking.take(small.paths)
    before = rows()
    second = taking.take(later_files(small.county, tmp_path / "a", 7))
    after_second = rows()
    assert after_second != before
    third = taking.take(later_files(small.county, tmp_path / "b", 8))
    assert rows() != after_second

    assert f"第 {third.pk} 批" in refused(second) and "先撤回" in refused(second)
    assert rows() != after_second, "a refusal changes nothing"
    take_back(third)
    assert rows() == after_second
    assert f"第 {second.pk} 批" in refused(first)
    take_back(second)
    assert rows() == before
    take_back(first)
    assert rows()["registry_household"] == {}
    # The chain of batches leaves no finding behind, whoever of them saw it last.
    assert taking.ask("select count(*) from findings_finding where state <> 'closed'") == [(0,)]


def test_statuses_taken_over_keep_their_batch(small: Files, fresh_database: Any, tmp_path: Path) -> None:
    sign()
    first = taking.take(small.paths)
    assert "属性" in refused(first)
    with connection.cursor() as cursor, within(scope_of(taking.COUNTY)):
        cursor.execute(
            "update registry_opening set closed_at = now(), closed_by = '测试' where county_code = %s",
            [taking.COUNTY],
        )
    before = rows()
    second = taking.take(later_files(small.county, tmp_path / "a", 7))
    take_back(second)
    assert rows() == before, "a batch after the opening brings no status and can go"


def test_a_row_changed_by_hand_since_keeps_the_batch(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    taking.take(small.paths)
    second = taking.take(later_files(small.county, tmp_path / "a", 7))
    with within(scope_of(taking.COUNTY), who={"account": "李专干"}), connection.cursor() as cursor:
        cursor.execute(
            "update registry_household set group_name = '三组' where id = (select min(id) from registry_household where brought_by = %s or changed_by = %s)",
            [second.pk, second.pk],
        )
        assert cursor.rowcount == 1
    assert "又有改动" in refused(second)


def test_a_yearly_record_of_others_keeps_the_batch(small: Files, fresh_database: Any) -> None:
    batch = taking.take(small.paths)
    with within(scope_of(taking.COUNTY)), connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_periodrecord (household_id, village_code, year, basis, period_start, period_end)"
            " select id, village_code, 2018, 'registration_year', '2017-10-01', '2018-09-30' from registry_household limit 1"
        )
    assert "后来又登记了" in refused(batch)


def test_what_it_closed_is_open_again_and_what_it_found_is_closed(
    small: Files, fresh_database: Any, tmp_path: Path
) -> None:
    import openpyxl

    taking.take(small.paths)
    before = rows()["findings_finding"]
    fault = next(f for f in small.faults if f["kind"] == "months_out_of_range")
    path = small.path("贫困人口信息表")
    book = openpyxl.load_workbook(path)
    for cell in fault["cells"]:
        book[cell["sheet"]][f"{cell['letter']}{cell['row']}"].value = 6
    book.save(tmp_path / path.name)
    second = taking.take([tmp_path / path.name, *(p for p in small.paths if p != path)])
    assert rows()["findings_finding"] != before
    take_back(second)
    assert rows()["findings_finding"] == before
    told = taking.ask(
        "select taken_back_by, taken_back_why, step from intake_batch where id = %s", values=[second.pk]
    )
    assert told == [("测试", "报错了表", "taken_back")]
    acts = taking.ask(
        "select action from audit_entry where subject = %s and action like 'intake.take%%' order by id",
        values=[f"batch:{second.pk}"],
    )
    assert [one for (one,) in acts] == ["intake.takeback_wanted", "intake.taken_back"]


def test_without_a_reason_from_another_level_or_twice_it_is_refused(
    small: Files, fresh_database: Any
) -> None:
    batch = taking.take(small.paths)
    township = steps.Operator("乡镇", "乡镇", taking.COUNTY + "100")
    with within(scope_of(taking.COUNTY)):
        with pytest.raises(NotNow, match="为什么"):
            takeback.want_take_back(by=taking.WHO, batch_id=batch.pk, why=" ")
        with pytest.raises(NotNow, match="县级"):
            takeback.want_take_back(by=township, batch_id=batch.pk, why="错")
    take_back(batch)
    assert "不用撤回" in refused(batch)


def test_killed_in_the_middle_it_goes_on_and_nothing_merges_meanwhile(
    small: Files, fresh_database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = rows()
    batch = taking.take(small.paths)
    monkeypatch.setattr("xiuhua.intake.services.restoring.CHUNK", 40)
    whole = len(rows()["registry_household"])

    class Killed(BaseException):
        pass

    real, seen = steps.Run.progress, []

    def dying(self: steps.Run, done: int, total: int) -> None:
        real(self, done, total)
        seen.append((done, total))
        if len(seen) == 2:
            raise Killed

    monkeypatch.setattr(steps.Run, "progress", dying)
    with within(scope_of(taking.COUNTY)):
        takeback.want_take_back(by=taking.WHO, batch_id=batch.pk, why="报错了表")
    with pytest.raises(Killed):
        steps.advance(batch.pk, taking.COUNTY)
    left = len(rows()["registry_household"])
    assert 0 < left < whole and seen[-1][0] == 80

    other = taking.preview(later_files(small.county, tmp_path / "a", 7))
    with within(scope_of(taking.COUNTY)):
        receive.want_merge(by=taking.WHO, batch_id=other.pk)
    waits = steps.advance(other.pk, taking.COUNTY)
    assert waits.step == Step.FAILED and waits.trouble is not None and "正在撤回" in waits.trouble["zh"]

    assert steps.advance(batch.pk, taking.COUNTY).step == Step.TAKEN_BACK
    assert rows() == empty
    with within(scope_of(taking.COUNTY)):
        receive.resume(by=taking.WHO, batch_id=other.pk)
    assert steps.advance(other.pk, taking.COUNTY).step == Step.DONE, "and now it merges"
