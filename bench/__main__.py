"""python -m bench [intake …] [--households N]: measures and prints a table; --write puts it into docs/performance.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import intake, linkage, million, nation, pages, proceedings, stored
from bench.report import Line, table, write

BENCHES: dict[str, Callable[[int], list[Line]]] = {
    "intake": intake.run,
    "pages": pages.run,
    "proceedings": proceedings.run,
    "linkage": linkage.run,
    "growth": nation.growth,
    "stored": stored.run,
    "million": million.run,
    "nation": nation.nation,
}
# By which people are invented; the same people in every run.
SEEDS = {
    "intake": 5,
    "pages": 5,
    "proceedings": 11,
    "linkage": 3,
    "growth": nation.SEED,
    "stored": nation.SEED,
    "million": 11,
    "nation": nation.SEED,
}
# Take a quarter of an hour and more, and 5 to 7 GB of disk: only where they are asked for by name.
LONG = {"million", "nation"}
PERFORMANCE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def main() -> int:
    """Runs the asked benches one after the other; 0 also when a limit is missed, because a number is a number."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "which", nargs="*", default=[name for name in BENCHES if name not in LONG], help=", ".join(BENCHES)
    )
    parser.add_argument("--households", type=int, default=14_000, help="registered households of the county")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    given = parser.parse_args()
    if unknown := set(given.which) - set(BENCHES):
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in given.which:
        lines = BENCHES[name](given.households)
        print(table(name, lines), flush=True)
        if given.write:
            write(PERFORMANCE, name, lines, SEEDS[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
