"""The same files again: the same findings at the same cells, and nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from intake import taking
from intake.conftest import Files, sign

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param(True, id="statuses taken over"),
        pytest.param(False, id="no opening signed", marks=pytest.mark.long),
    ],
)
def test_what_is_told_does_not_depend_on_having_told_it(
    made: Callable[..., Files], fresh_database: Any, signed: bool
) -> None:
    if signed:
        sign()
    files = made(31, 150)
    first, again, reversed_order = (
        taking.take(paths) for paths in (files.paths, files.paths, files.paths[::-1])
    )
    wanted = Counter(map(_as_told, taking.lines(first)))
    assert len(wanted) > 50
    for batch in (again, reversed_order):
        found = Counter(map(_as_told, taking.lines(batch)))
        assert (list((wanted - found).elements()), list((found - wanted).elements())) == ([], [])
        assert taking.changes(batch)["new"] == taking.changes(batch)["changed"] == 0


def _as_told(line: dict[str, Any]) -> tuple[Any, ...]:
    where = ("rule", "kind", "file", "sheet", "row", "column", "household", "person")
    return (*(line[key] for key in where), line["says"]["zh"])
