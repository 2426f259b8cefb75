"""Figures of an area's places out of a tally into the database: memory that does not grow with the area, and room on the disk.

The records are invented and tallied beforehand; what is measured is the storing alone, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.county import installation
from bench.nation import in_a_process
from bench.report import Line

SIZES = (20_000, 60_000)
GROWS = 1.5


@dataclass(frozen=True)
class Stored:
    """Households, documents stored, seconds, MB of memory beyond what the process had, MB in the database; of a county's villages,
    which stay in the files, how many and seconds to read them for its map."""

    households: int
    documents: int
    seconds: float
    memory_mb: float
    database_mb: float
    villages: int
    villages_seconds: float


def run(_households: int) -> list[Line]:
    """Two sizes, the larger three times the smaller."""
    with installation() as home:
        few, many = (_measure(home, size) for size in SIZES)
    lines = [
        Line(
            f"{one.households:,} households: stored",
            one.seconds,
            note=f"{one.documents:,} documents; {one.memory_mb:.0f} MB more memory; {one.database_mb:.0f} MB in the database",
        )
        for one in (few, many)
    ]
    lines += [
        Line(
            f"{one.households:,} households: a county's villages out of the files",
            one.villages_seconds,
            note=f"{one.villages:,} villages, the rules of their map",
        )
        for one in (few, many)
    ]
    ratio = max(many.memory_mb, 1.0) / max(few.memory_mb, 1.0)
    return [*lines, Line("memory: three times the households", many.seconds, ratio, GROWS)]


def _measure(home: Path, households: int) -> Stored:
    with tempfile.TemporaryDirectory(prefix="xh-stored-") as name:
        for step in ("make", "tally"):
            in_a_process(step, Path(name), households)
        asked = [sys.executable, "-m", "bench.stored", str(home), name]
        environment = {**os.environ, "XIUHUA_HOME": str(home)}
        said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    found = Stored(households, **json.loads(said.splitlines()[-1]))
    print(found, flush=True)
    return found


def _store(home: Path, folder: Path) -> dict[str, float]:
    from django.conf import settings
    from django.db import connection

    from xiuhua.engine import freezing
    from xiuhua.freezes.models import Freeze, Tallied
    from xiuhua.freezes.queries import below
    from xiuhua.freezes.services import tally_of
    from xiuhua.freezes.services.taking import store
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.queries.rules import demands

    settings.FREEZES = home / "freezes"
    nation, opened = scope_of("CN"), freezing.open_freeze(folder / "freeze")
    with within(nation):
        one = Freeze.objects.create(
            freeze_id=opened.id, place_code="CN", as_of=opened.manifest.as_of, asked_by="bench"
        )
        one.step = "freezing"
        one.save()
        one.sha256, one.taken_at = opened.sha256, opened.manifest.taken_at
        one.manifest = opened.manifest.model_dump(mode="json")
        one.save()
        one.step = "tallying"
        one.save()
    [tallied] = folder.glob("tally-*")
    tally_of(one).symlink_to(tallied)
    before, start = _most(anew=True), time.perf_counter()
    store(one, nation)
    seconds, after = time.perf_counter() - start, _most()
    with within(nation), connection.cursor() as cursor:
        cursor.execute(
            "select count(*), sum(pg_column_size(t.*)) from freezes_tallied t where freeze_id = %s", [one.pk]
        )
        documents, size = cursor.fetchone()
        county = (
            Tallied.objects.filter(freeze=one, level="county")
            .order_by("-households")
            .values_list("place_code", flat=True)[0]
        )
        one.refresh_from_db()  # with the digests that its files are held to
        below(one, county, "village")  # the file's digest is reckoned once in twenty minutes
        rules = demands()  # and the rulebook read once
        start = time.perf_counter()
        villages = below(one, county, "village")
        for rule in rules:
            for each in villages.values():
                each.rule(rule.id)
        read = time.perf_counter() - start
    return {
        "villages": len(villages),
        "villages_seconds": read,
        "documents": documents,
        "seconds": seconds,
        "memory_mb": after - before,
        "database_mb": float(size) / 1e6,
    }


def _most(*, anew: bool = False) -> float:
    """The most MB that the process had; anew: reckoned from now on (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.partition("VmHWM:")[2].split()[0]) / 1e3


def main() -> None:
    """One storing; the last line it prints is the answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    from xiuhua.cli.database import set_up_django

    set_up_django()
    print(json.dumps(_store(given.home, given.folder)))


if __name__ == "__main__":
    main()
