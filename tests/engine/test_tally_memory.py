"""A tally reads piece by piece: its memory is bounded by pieces, at least one county each, and by two of them at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from frozen import make_freeze
from xiuhua.engine.tally import read

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "import sys, resource; from pathlib import Path; from xiuhua.engine import freezing; from xiuhua.engine.tally import tally\n"
    "tally(freezing.open_freeze(Path(sys.argv[1])), Path(sys.argv[2]), memory_gb=1, piece=25_000)\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def peak_mb(folder: Path, households: int, provinces: int) -> int:
    """The most memory that a process of its own had while it tallied so many."""
    freeze = make_freeze(folder / "freeze", households, provinces=provinces, in_village=250)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(freeze.folder), str(folder / "tally")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert sum(one["households"] for one in read(folder / "tally", "CN")) == households
    return int(done.stdout) // 1024


# The bench of a nation measures its memory, too, against a bound of its own.
@pytest.mark.long
def test_pieces_of_many_counties_stay_under_their_bound(tmp_path: Path) -> None:
    peak = peak_mb(tmp_path, 180_000, 6)
    assert peak < 1_300, f"{peak} MB"
