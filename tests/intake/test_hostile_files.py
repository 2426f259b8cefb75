"""A thousand spoilt and hostile workbooks: each ends in a sentence or in rows with findings, none in a crash, a wait or a leak."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from intake import taking
from intake.conftest import sign
from intake.marked_back import office
from intake.mutations import PRIVATE, Mutant, home_of, mutants, own_id, stacked
from intake.reading.support import BOOKS, CODES
from intake.unit.small import villages
from xiuhua.intake import reading
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import steps
from xiuhua.places.scope import scope_of, within

pytestmark = [pytest.mark.timeout(3600)]

# Of the process alone: a machine that is busy elsewhere makes nothing hostile.
MOST_SECONDS = 10.0
MOST_MEMORY = 3 << 30


def said(mutant: Mutant) -> list[str]:
    """Everything that reading says of a file, without what it keeps sealed later (the values of rows)."""
    try:
        workbook = reading.open_workbook(mutant.name, mutant.content)
    except reading.Unreadable as why:
        assert why.zh and why.en and why.en.isascii(), (mutant.kind, mutant.seed)
        return [why.zh, why.en]
    told = []
    for page in workbook.sheets:
        layout = reading.detect(page, BOOKS)
        if layout is not None:
            parsed = reading.parse(page, layout, CODES)
            told += [json.dumps(vars(fault), default=str, ensure_ascii=False) for fault in parsed.faults]
    return told


def wrong_with(mutant: Mutant) -> str:
    """What is wrong with how a file ends; empty when nothing is."""
    began = time.process_time()
    try:
        told = " ".join(said(mutant))
    except Exception as crash:
        return f"{type(crash).__name__}: {str(crash)[:200]}"
    spent = time.process_time() - began
    if spent > MOST_SECONDS:
        return f"took {spent:.1f} s"
    leaked = [number for number in PRIVATE if number in told]
    return f"tells {len(leaked)} private numbers" if leaked else ""


def check(first: int, count: int) -> dict[str, str]:
    """Seeds of a run with what is wrong with each."""
    return {f"{one.kind} {one.seed}": wrong for one in mutants(first, count) if (wrong := wrong_with(one))}


def apart(first: int, count: int) -> dict[str, str]:
    """The same in a process of its own with a bound on its memory: what a reader in C does to itself is seen too."""
    code = (
        "import resource, json, django; django.setup()\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MOST_MEMORY}, {MOST_MEMORY}))\n"
        "import sys; sys.path[:0] = ['src', 'tests']\n"
        "from intake.test_hostile_files import check\n"
        f"print(json.dumps(check({first}, {count})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env={**__import__("os").environ, "PYTHONPATH": "src:tests", "DJANGO_SETTINGS_MODULE": "xiuhua.config.settings_test",
             # Addresses that the columns' libraries reserve beforehand are no memory of the reader's.
             "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.slow
def test_a_thousand_end_in_a_sentence() -> None:
    assert apart(0, 1000) == {}


@pytest.mark.long
@pytest.mark.parametrize("run", range(10))
def test_ten_thousand_end_in_a_sentence(run: int) -> None:
    assert apart(10_000 + 1000 * run, 1000) == {}


def in_any_table() -> str:
    """All that the database holds in the clear, sealed bytes left out."""
    tables = taking.ask(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    told = [
        str(taking.ask(f"select to_jsonb(t)::text from {table} t", "CN"))
        for (table,) in tables
        if not table.startswith("procrastinate")
    ]
    return "\n".join(told)


@pytest.mark.slow
def test_the_whole_way_of_an_upload_ends_as_well(
    tmp_path: Path, fresh_database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: dict[str, Mutant] = {}
    for one in mutants(50_000, 400):
        seen.setdefault(one.kind, one)
    assert len(seen) >= 15
    for one in seen.values():
        ends_as_well(one.kind, [one], tmp_path)
    nothing_private_is_kept(caplog)


def ends_as_well(kind: str, some: list[Mutant], folder: Path) -> Batch:
    """Files taken in together, as far as they go without a person: to a question, a preview or a sentence."""
    for one in some:
        (folder / one.name).write_bytes(one.content)
    batch = taking.preview([folder / one.name for one in some])
    assert batch.step in (Step.FAILED, Step.PREVIEW, Step.MAPPING), kind
    if batch.step == Step.FAILED:
        assert batch.trouble["zh"] and batch.trouble["en"] and "Traceback" not in str(batch.trouble), kind
        assert batch.trouble != steps.BROKEN, kind
    return batch


def nothing_private_is_kept(caplog: pytest.LogCaptureFixture, *more: str) -> None:
    kept = in_any_table()
    assert [number for number in (*PRIVATE, *more) if number in kept or number in caplog.text] == []


@pytest.mark.slow
def test_a_hundred_tables_go_the_whole_way_into_the_register(
    tmp_path: Path, fresh_database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office()
    sign()
    taking.take([villages(tmp_path)])
    # Two workbooks of fifty mutated tables each: of what breaks one, another still tells.
    for first in range(70_200, 70_300, 50):
        some = [Mutant("table", first, f"{first}.xlsx", stacked(first, 50))]
        batch = ends_as_well(f"{first}", some, tmp_path)
        assert batch.step == Step.PREVIEW, (first, batch.trouble)
        taking.merge(batch)
    merged = "select count(*) from registry_household where number like '9905210070%%'"
    [(count,)] = taking.ask(merged)
    assert 5 < count < 90, "some of them are sound, and some are held back"
    nothing_private_is_kept(
        caplog, *(own_id(home_of(seed), at) for seed in range(70_200, 70_300) for at in range(6))
    )


def test_a_chain_of_sectors_in_a_circle_is_refused() -> None:
    # Followed by the reader it filled the memory until the worker was killed, and the job was taken up again.
    (circle,) = mutants(50_003, 1)
    with pytest.raises(reading.Unreadable, match="损坏"):
        reading.open_workbook(circle.name, circle.content)


@pytest.mark.slow
def test_private_numbers_in_names_and_headings_are_covered(
    tmp_path: Path, fresh_database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    from intake.reading.support import PERSON_HEADINGS, person_row, xlsx

    path = tmp_path / f"张三{PRIVATE[0]}.xlsx"
    path.write_bytes(xlsx([[*PERSON_HEADINGS, PRIVATE[1], f"联系{PRIVATE[4]}"], [*person_row(), "x", "y"]]))
    batch = taking.preview([path])
    assert batch.step in (Step.PREVIEW, Step.MAPPING)
    kept = in_any_table()
    assert [number for number in PRIVATE if number in kept or number in caplog.text] == []
    with within(scope_of(taking.COUNTY)):
        sheet = batch.sheets.get()
        assert "张三**" in sheet.file_name
        headings = [one["heading"] for one in sheet.unsure]
    assert all("*" in one for one in headings if one.startswith("联系")), "covered, and still a heading"
