"""A newer export of the national system, held against the register: each planted change is told once, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from intake import taking
from intake.conftest import Files, sign
from xiuhua.intake.models import Batch, Difference, Purpose, Step
from xiuhua.intake.services import receive, steps
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.database, pytest.mark.slow]


def compare(paths: Iterable[Path], place: str = taking.COUNTY) -> Batch:
    """The files handed in for comparison, to the end."""
    with within(scope_of(place), who={"account": "测试"}):
        batch = receive.receive(
            by=steps.Operator("测试", "测试岗位", place), place_code=place,
            uploads=[(path.name, iter([path.read_bytes()])) for path in paths], purpose=Purpose.COMPARISON,
        ).batch  # fmt: skip
    done = steps.advance(batch.pk, place)
    assert done.step == Step.DONE, (done.step, done.trouble)
    return done


def differences(batch: Batch, place: str = taking.COUNTY) -> list[Difference]:
    with within(scope_of(place)):
        return list(Difference.objects.filter(batch_id=batch.pk, settled_at=None))


def test_what_was_taken_in_and_is_compared_again_differs_in_nothing(
    made: Callable[..., Files], fresh_database: Any
) -> None:
    files = made(31, 60, faults=False)
    sign()
    taking.take(files.paths)
    before = taking.register()
    batch = compare([files.path("贫困人口信息表")])
    assert [str(one) for one in differences(batch)] == []
    assert batch.counts["households"] == 60 and batch.counts["cells"] == 0
    assert taking.register() == before
