"""Intake of about 100,000 persons, held against reading the same workbooks and a bare COPY of their rows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.county import CODE, installation, receive, workbooks
from bench.report import Line

LIMIT = 4.0


def run(households: int) -> list[Line]:
    """Reads, checks, stages and merges once, into an empty register; the files are handed in encrypted before."""
    with installation() as home:
        paths = workbooks(households, home / "files-in")
        rows, before = bare(paths)
        steps, counts = ours(paths)
        after = bare(paths)[1]
    # On a machine that others use as well, what stands before and what stands behind say together how fast it was meanwhile.
    plain = (before + after) / 2
    whole = sum(steps.values())
    note = f"{counts['persons']:,} persons in {counts['households']:,} households; {counts['findings']:,} findings"
    return [
        Line(
            "plain: read the workbooks and COPY their rows",
            plain,
            note=f"{rows:,} rows; {before:.1f} s before, {after:.1f} s after",
        ),
        Line("intake: read, check, stage, merge with history", whole, whole / plain, LIMIT, note),
        *(Line(f"  of it {name}", seconds, seconds / plain) for name, seconds in steps.items()),
    ]


def bare(paths: list[Path]) -> tuple[int, float]:
    """The least that any intake must do: every cell out of the files, every row into a table without index."""
    import psycopg
    from python_calamine import CalamineWorkbook

    from xiuhua.runtime.cluster import connection_urls

    with psycopg.connect(connection_urls().owner) as connection:
        connection.execute("create table bare (sheet text, cells jsonb)")
        connection.commit()
        start, rows = time.perf_counter(), 0
        for path in paths:
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name).to_python()
                with connection.cursor().copy("copy bare from stdin") as copy:
                    for cells in sheet:
                        copy.write_row((name, json.dumps(cells, default=str, ensure_ascii=False)))
                rows += len(sheet)
        connection.commit()
        seconds = time.perf_counter() - start
        connection.execute("drop table bare")
        connection.commit()
    return rows, seconds


def ours(paths: list[Path]) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds of each step, and what came of it."""
    from xiuhua.intake.models import Batch, Sighting, Step
    from xiuhua.intake.services import steps
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.models import Household, Person

    taken: dict[str, float] = {}
    names = {
        Step.READING: "reading and staging",
        Step.CHECKING: "comparing and checking",
        Step.PREVIEW: "taking the list of villages",
        Step.MERGING: "merging with history",
    }
    for name, label in names.items():
        steps.STEPS[name] = _timed(steps.STEPS[name], label, taken)
    batch = receive(paths)
    done = steps.advance(batch, CODE)
    assert done.step == Step.DONE, (done.step, done.trouble)
    assert set(taken) == set(names.values()), f"steps that took no time: {set(names.values()) - set(taken)}"
    with within(scope_of(CODE)):
        counts = {
            "persons": Person.objects.count(),
            "households": Household.objects.count(),
            "findings": Sighting.objects.filter(batch=Batch.objects.get(pk=batch)).count(),
        }
    return taken, counts


def _timed(
    step: Callable[[Any, Any], None], label: str, taken: dict[str, float]
) -> Callable[[Any, Any], None]:
    """The step, with the seconds that it takes added up."""

    def timed(run: Any, batch: Any) -> None:
        start = time.perf_counter()
        step(run, batch)
        taken[label] = taken.get(label, 0.0) + time.perf_counter() - start

    return timed
