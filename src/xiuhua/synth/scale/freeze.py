"""Writes an invented nation as a sealed freeze: a process a province, a county in memory."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa

from xiuhua.engine import freezing
from xiuhua.facts.reader import read_records

from .columns import columns, places
from .invention import invent
from .planning import Plan

KEY = "key.json"
_BEIJING = dt.timezone(dt.timedelta(hours=8))
Progress = Callable[[int, int], None]


def write(
    plan: Plan, folder: Path, *, processes: int | None = None, progress: Progress | None = None
) -> freezing.Manifest:
    """A freeze in `folder`, which must be empty or not there; with planted faults also key.json beside the manifest.

    processes: how many provinces at a time; None: one a core. progress: told households written and to write. The same plan
    gives the same bytes, so moment and number of the freeze are those of the plan. FileExistsError for a folder in use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for written in _parts(plan, folder, processes or os.cpu_count() or 1):
        done += written
        if progress:
            progress(done, plan.households)
    _write_places(plan, folder)
    if plan.faults:
        _gather_key(plan, folder)
    for part in plan.parts:
        _key_of(folder, part).unlink()
    return seal(plan, folder)


def seal(plan: Plan, folder: Path) -> freezing.Manifest:
    """Closes the folder. The place is the province where there is only one, else the nation."""
    parts = plan.parts
    whole = {
        code: name
        for batch in places(plan)
        for code, name, _ in zip(*batch.to_pydict().values(), strict=True)
    }
    area = parts[0] if len(parts) == 1 else "CN"
    as_of = dt.date(plan.year, 9, 30)
    return freezing.seal(
        folder,
        area=(area, whole[area]),
        as_of=as_of,
        taken_at=dt.datetime(as_of.year, as_of.month, as_of.day, 20, tzinfo=_BEIJING),
        taken_by="xiuhua synth",
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"xiuhua-synth/{plan}")),
        synthetic=True,
        seed=plan.seed,
    )


def _parts(plan: Plan, folder: Path, processes: int) -> Iterator[int]:
    """Writes every province; yields how many households came to it."""
    jobs = [(plan, part, folder) for part in plan.parts]
    if processes == 1 or len(jobs) == 1:
        yield from map(_write_part, jobs)
        return
    # Begun anew instead of forked: Arrow is at work here, and a fork takes along the locks that its threads hold.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_write_part, jobs)


def _write_part(job: tuple[Plan, str, Path]) -> int:
    plan, part, folder = job
    counties = [county for county in plan.counties if county.part == part]
    relations = freezing.relations_of({str(grain): one for grain, one in read_records().items()})
    with (
        freezing.writer(folder, relations) as writer,
        _key_of(folder, part).open("w", encoding="utf-8") as key,
    ):
        for county in counties:
            invented = invent(plan, county)
            for relation, rows in columns(plan, invented).items():
                writer.write(relation, part, rows)
            for one in invented.planted:
                key.write(json.dumps(one.__dict__) + "\n")
    return sum(county.households for county in counties)


def _key_of(folder: Path, part: str) -> Path:
    return folder / f"{KEY}.{part}"


def _write_places(plan: Plan, folder: Path) -> None:
    rows = pa.Table.from_batches(places(plan)).sort_by("code")
    with freezing.writer(folder, {freezing.PLACES.id: freezing.PLACES}) as writer:
        writer.write(freezing.PLACES.id, "00", rows)


def _gather_key(plan: Plan, folder: Path) -> None:
    """One file of all provinces: a nation's faults are too many to hold at once."""
    kinds: Counter[str] = Counter()
    with (folder / KEY).open("w", encoding="utf-8") as out:
        head = {"households": plan.households, "seed": plan.seed, "year": plan.year, "rate": plan.faults}
        out.write(json.dumps(head)[:-1] + ', "faults": [')
        comma = "\n"
        for part in plan.parts:
            with _key_of(folder, part).open(encoding="utf-8") as lines:
                for line in lines:
                    kinds[json.loads(line)["kind"]] += 1
                    out.write(comma + line.rstrip())
                    comma = ",\n"
        out.write(f'\n], "counts": {json.dumps(kinds)}}}\n')
