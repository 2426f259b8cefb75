"""Invented people from ten thousand households to a nation: made, and every rule, fact and figure of them tallied, held against
one plain pass over the same columns.

Each size runs in processes of its own, whose largest memory the system tells. All households but a few are registered and have
two years of records, as in the nation's register: the heaviest rows that a tally can meet.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.picture import Curve, curves
from bench.report import Line, machine

SEED, OTHERS, THREADS, MEMORY_GB = 7, 0.05, 2, 4
SMALL = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LARGE = (3_000_000, 10_000_000, 30_000_000)
NATION = LARGE[-1]
SECONDS, GIGABYTES, FLAT, PLAIN = 180.0, 6.0, 1.25, 8.0
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "growth.svg"


@dataclass(frozen=True)
class Measured:
    """One size: seconds to make and to tally it, by the clock and of processors (all cores added up), peak memory of each in GB
    (of the largest process), GB of the freeze."""

    households: int
    persons: int
    records: int
    make_seconds: float
    make_work: float
    make_gb: float
    tally_seconds: float
    tally_work: float
    tally_gb: float
    plain_seconds: float
    plain_work: float
    freeze_gb: float

    @property
    def each(self) -> float:
        """Processor time of the tally for one household, in µs."""
        return self.tally_work / self.households * 1e6


def growth(_households: int) -> list[Line]:
    """From ten thousand to a million: minutes."""
    return lines([measure(size, times=3 if size <= 100_000 else 1) for size in SMALL])


def nation(_households: int) -> list[Line]:
    """From ten thousand to thirty million, and the picture: half an hour on a quiet machine, 7 GB of disk."""
    found = [measure(size, times=3 if size <= 100_000 else 1) for size in (*SMALL, *LARGE)]
    PICTURE.write_text(picture(found), encoding="utf-8")
    return lines(found)


def measure(households: int, *, times: int = 1) -> Measured:
    """Makes a nation of that size once and tallies it `times` times; the one with the least work counts, as the least disturbed."""
    with tempfile.TemporaryDirectory(prefix="xh-nation-") as name:
        folder = Path(name)
        made = in_a_process("make", folder, households)
        tallied = min(
            (in_a_process("tally", folder, households) for _ in range(times)), key=lambda one: one["work"]
        )
        plain = in_a_process("plain", folder, households)
        size = sum(path.stat().st_size for path in (folder / "freeze").rglob("*.parquet"))
    found = Measured(
        households,
        int(made["persons"]),
        int(made["records"]),
        made["seconds"],
        made["work"],
        made["gb"],
        tallied["seconds"],
        tallied["work"],
        tallied["gb"],
        plain["seconds"],
        plain["work"],
        size / 1e9,
    )
    print(found, flush=True)
    return found


def in_a_process(step: str, folder: Path, households: int) -> dict[str, float]:
    """A step by itself: what it says of its time and memory."""
    asked = [sys.executable, "-m", "bench.nation", step, str(folder), str(households)]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout
    answer: dict[str, float] = json.loads(said.splitlines()[-1])
    return answer


def lines(found: list[Measured]) -> list[Line]:
    """The table: each size, then what is held against the plan."""
    out: list[Line] = []
    for one in found:
        note = f"{one.tally_work:.1f} s of processors, {one.each:.1f} µs a household; {one.tally_gb:.1f} GB"
        ratio = one.tally_work / one.plain_work
        limit = PLAIN if one.households >= 1_000_000 else None
        out.append(Line(f"{one.households:,} households: tally", one.tally_seconds, ratio, limit, note))
        note = f"{one.plain_work:.1f} s of processors"
        out.append(Line(f"{one.households:,} households: plain pass", one.plain_seconds, note=note))
        note = f"{one.make_work:.1f} s of processors; {one.persons:,} persons, {one.records:,} yearly records"
        note += f"; {one.make_gb:.1f} GB a process; {one.freeze_gb:.2f} GB of Parquet"
        out.append(Line(f"{one.households:,} households: made", one.make_seconds, note=note))
    last, million = found[-1], next(one for one in found if one.households == 1_000_000)
    if last.households == NATION:
        half = last.tally_work / THREADS
        note = f"its work on {THREADS} cores that do nothing else: {half:.0f} s ({half / SECONDS:.2f} ×)"
        out.append(
            Line("nation: tally, to 180 s", last.tally_seconds, last.tally_seconds / SECONDS, 1.0, note)
        )
        note = f"{last.tally_gb:.2f} GB"
        out.append(Line("nation: memory, to 6 GB", last.tally_seconds, last.tally_gb / GIGABYTES, 1.0, note))
        note = f"work a household: {last.each:.1f} µs at 30 million, {million.each:.1f} µs at a million"
        out.append(
            Line("growth: 30 million to a million", last.tally_work, last.each / million.each, FLAT, note)
        )
    return out


def picture(found: list[Measured]) -> str:
    """Processor time a household against the number of households, of the tally and of the making."""
    tally = [(one.households, one.each) for one in found]
    make = [(one.households, one.make_work / one.households * 1e6) for one in found]
    return curves(
        "每户所用处理器时间 / Processor time a household",
        "户数 / households",
        "µs",
        [Curve("汇总 / tally", tally), Curve("造数并写出 / invented and written", make)],
        machine(SEED),
    )


def _make(folder: Path, households: int) -> dict[str, float]:
    from xiuhua.synth import scale
    from xiuhua.synth.scale import freeze

    start = time.perf_counter()
    plan = scale.plan(households, SEED, others=OTHERS)
    manifest = freeze.write(plan, folder / "freeze", processes=THREADS)
    rows = {name: held.rows for name, held in manifest.relations.items()}
    return {
        "seconds": time.perf_counter() - start,
        "persons": rows["rec_person"],
        "records": rows["rec_period"],
    }


def _tally(folder: Path, _households: int) -> dict[str, float]:
    from xiuhua.engine import freezing, load
    from xiuhua.engine.tally import tally

    library = load()
    out = Path(tempfile.mkdtemp(prefix="tally-", dir=folder))
    start = time.perf_counter()
    tally(freezing.open_freeze(folder / "freeze"), out, library, threads=THREADS, memory_gb=MEMORY_GB)
    return {"seconds": time.perf_counter() - start}


def _plain(folder: Path, _households: int) -> dict[str, float]:
    """One pass of DuckDB over the same columns, persons and years joined to their households, counted by village."""
    import duckdb

    from xiuhua.engine import freezing
    from xiuhua.facts.reader import read_records

    held = freezing.open_freeze(folder / "freeze")
    start = time.perf_counter()
    columns = {one.id: [column.name for column in one.columns] for one in read_records().values()}
    for part in held.parts:
        files = {name: [str(path) for path in held.paths(name, part)] for name in columns}
        with duckdb.connect(config={"threads": THREADS, "memory_limit": f"{MEMORY_GB}GB"}) as connection:
            for name in ("rec_person", "rec_period"):
                counted = ", ".join(f"COUNT(r.{column})" for column in columns[name])
                connection.execute(
                    f"SELECT h.village_code, h.kind, h.status, COUNT(*), {counted} FROM read_parquet({files[name]}) AS r"
                    f" JOIN read_parquet({files['rec_household']}) AS h USING (household_key) GROUP BY ALL"
                ).fetchall()
            counted = ", ".join(f"COUNT({column})" for column in columns["rec_household"])
            sql = f"SELECT village_code, {counted} FROM read_parquet({files['rec_household']}) GROUP BY 1"
            connection.execute(sql).fetchall()
    return {"seconds": time.perf_counter() - start}


def main() -> None:
    """One step in a process of its own; the last line it prints is the answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["make", "tally", "plain"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("households", type=int)
    given = parser.parse_args()
    from xiuhua.engine import load

    load()
    before = time.process_time()
    answer = {"make": _make, "tally": _tally, "plain": _plain}[given.step](given.folder, given.households)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    answer["work"] = sum(one.ru_utime + one.ru_stime for one in used) - before
    most = max(one.ru_maxrss for one in used)
    print(json.dumps({**answer, "gb": most / 1e6}))


if __name__ == "__main__":
    main()
