"""The whole of a tally: part by part, pieces side by side, what is finished kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from xiuhua.engine.door import Library
from xiuhua.engine.freezing import Freeze, Versions, rulebook_of, versions, versions_of
from xiuhua.engine.freezing.sealing import put
from xiuhua.engine.tally.cells import layout
from xiuhua.engine.tally.making import cells_of
from xiuhua.engine.tally.pieces import HOUSEHOLDS, Block, Piece, Plan, compute, gathered, pieces_of, rolled
from xiuhua.engine.tally.storing import (
    NAME,
    PLACES,
    WRITES,
    TallyManifest,
    block_of,
    finished,
    marked,
    must_take,
    places_file,
)

Progress = Callable[[int, int], None]
# Of a household in a piece with its people, years and all that is computed of them, at most, as measured.
BYTES = 8_000


def tally(
    freeze: Freeze,
    out: Path,
    library: Library | None = None,
    threads: int = 2,
    memory_gb: float = 4,
    progress: Progress | None = None,
    by: Versions | None = None,
    piece: int | None = None,
) -> TallyManifest:
    """Computes every rule, fact and measure of the freeze into the folder `out`, and says what was computed.

    library: None: the one that the freeze was sealed by; by: hashes of the sources it was read from, where it is not today's. threads: pieces of whole
    counties computed side by side, of about `piece` households each; None: as many as `memory_gb` holds, at most 100,000. progress:
    called with households done and households in all after each piece; what it raises stops the work, and parts that
    are finished stay. Called again, it goes on after them, if they are of this freeze and these versions; else it begins
    anew. The same freeze and versions give the same rows and the same hash with any number of threads.
    Raises FreezeDamaged for files that cannot be read as the contract says, NotForTally for an `out` that `must_take` refuses.
    """
    must_take(out, freeze.folder)
    known = by or (versions() if library is not None else versions_of(freeze))
    library = library or rulebook_of(freeze)
    plan = Plan.of(freeze, library, cells_of(library, freeze.manifest.as_of))
    described = [cell.described() for cell in plan.cells]
    mark = {
        "freeze": freeze.sha256,
        "versions": _hash([known.contract, known.rulebook, known.facts, known.engine, described]),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / NAME).unlink(missing_ok=True)
    parts = freeze.parts
    size = piece or min(HOUSEHOLDS, int(memory_gb * 1e9 / threads / BYTES))
    pieces = {part: pieces_of(freeze, part, size) for part in parts}
    counted = Counted(progress, sum(one.households for its in pieces.values() for one in its))
    for part in parts:
        if all(finished(path, mark) for path in (_part(out, part), _above(out, part))):
            counted.add(sum(one.households for one in pieces[part]))
        else:
            _one_part(plan, out, part, pieces[part], mark, threads, counted)
    return _finish(plan, out, mark, known, described)


class Counted:
    """Households done so far, told to whoever waits."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress = progress
        self.done = 0
        self.total = total

    def add(self, households: int) -> None:
        self.done += households
        if self.progress is not None:
            self.progress(self.done, self.total)


def _one_part(
    plan: Plan,
    out: Path,
    part: str,
    pieces: list[Piece],
    mark: dict[str, str],
    threads: int,
    counted: Counted,
) -> None:
    _, counts, sums = layout(plan.cells)
    counties: list[Block] = []
    with (
        places_file(_part(out, part), mark) as file,
        ThreadPoolExecutor(threads) as pool,
    ):
        waiting: list[tuple[Piece, Future[Block]]] = []
        left = iter(pieces)

        def start() -> None:
            one = next(left, None)
            if one is not None:
                waiting.append((one, pool.submit(compute, plan, one)))

        try:
            for _ in range(threads + 1):
                start()
            while waiting:
                piece, future = waiting.pop(0)
                block = future.result()
                start()
                file.add(gathered([rolled(block, (9,)), _only(block, 12)], counts, sums))
                counties.append(rolled(block, (6,)))
                counted.add(piece.households)
        except BaseException:
            for _, future in waiting:
                future.cancel()
            raise
        with places_file(_above(out, part), mark) as above:
            county = gathered(counties, counts, sums)
            above.add(gathered([county, rolled(county, (2, 4))], counts, sums))


def _only(block: Block, length: int) -> Block:
    there = np.char.str_len(block.place) == length
    return Block(
        block.place[there], block.kind[there], block.status[there], block.counts[there], block.sums[there]
    )


def _finish(
    plan: Plan,
    out: Path,
    mark: dict[str, str],
    known: Versions,
    described: list[dict[str, object]],
) -> TallyManifest:
    """The nation from the provinces, leftovers of a tally gone and nothing else, and the manifest."""
    _, counts, sums = layout(plan.cells)
    freeze, parts = plan.freeze, plan.freeze.parts
    provinces = [_read_block(_above(out, part), 2) for part in parts]
    nation = out / PLACES / "nation.parquet"
    with places_file(nation, mark) as file:
        if provinces:
            file.add(rolled(gathered(provinces, counts, sums), (0,)))
    names = [nation, *(path for part in parts for path in (_above(out, part), _part(out, part)))]
    for path in (out / PLACES).iterdir():
        if path not in names and WRITES.fullmatch(path.name):
            path.unlink()
    said = [marked(path) for path in names]
    manifest = TallyManifest(
        freeze=freeze.id,
        freeze_sha256=freeze.sha256,
        as_of=freeze.manifest.as_of,
        made_with=known.made_with,
        contract=known.contract,
        rulebook=known.rulebook,
        further=known.further,
        facts=known.facts,
        engine=known.engine,
        parts=parts,
        rows=sum(int(one["rows"]) for one in said),
        sha256=_hash([*(one["sha256"] for one in said), described]),
        layout=described,
    )
    put(out / NAME, manifest.model_dump_json() + "\n")
    return manifest


def _read_block(path: Path, length: int) -> Block:
    """Rows of a file of places whose code has that length."""
    return _only(block_of(pq.read_table(path)), length)


def _part(out: Path, part: str) -> Path:
    return out / PLACES / f"part-{part}.parquet"


def _above(out: Path, part: str) -> Path:
    return out / PLACES / f"above-{part}.parquet"


def _hash(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
