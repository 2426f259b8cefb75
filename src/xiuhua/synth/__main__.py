"""python -m xiuhua.synth --households N --seed S --out DIR: an invented county's workbooks, made on demand."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .county import invent, next_file, plant, write


def main(arguments: list[str] | None = None) -> int:
    """Writes the files and prints where; 2 with one line why when it cannot."""
    parser = argparse.ArgumentParser(
        prog="python -m xiuhua.synth", description="an invented county's workbooks"
    )
    parser.add_argument(
        "--households", type=int, default=600, help="registered households (others: 4.4 times as many)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--code", default="990521", help="six-digit place code, 99xxxx; a neighbour has another"
    )
    parser.add_argument("--name", help="name of the county; else one made from the code")
    parser.add_argument("--faults", type=float, default=1.0, help="1: as often as in the sample; 0: none")
    parser.add_argument("--shuffle", action="store_true", help="columns in another order")
    parser.add_argument("--rename", type=int, default=0, help="so many headings of each book renamed")
    parser.add_argument("--drop", nargs="*", default=[], help="headings to leave out")
    parser.add_argument("--one-sheet", action="store_true", help="all townships in one sheet")
    parser.add_argument("--format", choices=("xlsx", "csv"), default="xlsx")
    parser.add_argument(
        "--encoding", choices=("gb18030", "utf-8-sig"), default="gb18030", help="of csv files"
    )
    parser.add_argument("--later", action="store_true", help="also the files of a month later, in DIR/later")
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        county = invent(given.seed, given.households, code=given.code, name=given.name)
        if given.faults:
            plant(county, given.faults)
        counties = [(county, given.out)]
        if given.later:
            counties.append((next_file(county, given.seed).county, given.out / "later"))
        for what, folder in counties:
            for path in write(
                what,
                folder,
                format=given.format,
                shuffle_columns=given.shuffle,
                rename=given.rename,
                drop=given.drop,
                one_sheet=given.one_sheet,
                encoding=given.encoding,
            ):
                print(path)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    took = time.perf_counter() - start
    print(
        f"{county.name} {county.code}: {len(county.households)} households, {county.persons} persons, "
        f"{len(county.faults)} planted, {took:.1f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
