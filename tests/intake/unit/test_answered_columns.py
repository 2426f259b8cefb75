"""What an officer said of a heading counts for the sheet it was asked of, and for every later file of the area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.reading.support import PERSON_HEADINGS
from intake.unit import small
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import receive, steps
from xiuhua.places.scope import scope_of, within

pytestmark = pytest.mark.database

# A key and a value under words that no list knows; nothing but an answer can say what they are.
ODD = {"户编号": "档案袋", "贫困户属性": "口径三"}
HEADINGS = [ODD.get(heading, heading) for heading in PERSON_HEADINGS]


def answer(batch: Batch) -> Batch:
    with within(scope_of(taking.COUNTY), who={"account": "t"}):
        sheet = batch.sheets.get(book="person_export")
        asked = {one["heading"]: one["column"] for one in sheet.unsure} | {
            h: c for c, h, _samples in sheet.unmapped
        }
        said = {asked["档案袋"]: "household_number", asked["口径三"]: "attribute"}
        said |= {one["column"]: None for one in sheet.unsure if one["column"] not in said}
        receive.say_columns(by=taking.WHO, batch_id=batch.pk, answers={sheet.pk: said})
    return steps.advance(batch.pk, taking.COUNTY)


def attributes(batch: Batch) -> list[Any]:
    return taking.ask(
        "select household ->> 'attribute' from intake_stagedhousehold where batch_id = %s order by number",
        values=[batch.pk],
    )


def test_an_answer_is_asked_for_once(tmp_path: Path, fresh_database: Any) -> None:
    files = [small.villages(tmp_path), small.persons(tmp_path, small.household({}), HEADINGS)]
    batch = taking.preview(files)
    assert batch.step == Step.MAPPING
    batch = answer(batch)
    assert (batch.step, attributes(batch)) == (Step.PREVIEW, [("general",)])

    later = taking.preview(files)
    assert (later.step, attributes(later)) == (Step.PREVIEW, [("general",)])


def test_a_sheet_read_again_keeps_its_answer_whatever_is_said_later(
    tmp_path: Path, fresh_database: Any
) -> None:
    files = [small.villages(tmp_path), small.persons(tmp_path, small.household({}), HEADINGS)]
    batch = answer(taking.preview(files))
    with within(scope_of(taking.COUNTY), who={"account": "t"}):
        from xiuhua.intake.models import RememberedColumn

        RememberedColumn.objects.all().delete()
        Batch.objects.filter(pk=batch.pk).update(step=Step.READING)
    batch = steps.advance(batch.pk, taking.COUNTY)
    assert (batch.step, batch.trouble, attributes(batch)) == (Step.PREVIEW, None, [("general",)])
