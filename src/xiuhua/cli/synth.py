"""`xiuhua synth`: invented people of any number, as a freeze; for a county also its workbooks. Needs no database."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

COUNTY_MOST = 50_000
CODE, YEAR, OTHERS = "990521", 2017, 4.4
# What only a nation, and what only one county can be asked for: an option that changes nothing is refused, not passed over.
OF_A_NATION, OF_A_COUNTY = ("year", "others", "processes"), ("code",)
CANNOT = 2


def register(commands: Any) -> None:
    """Adds the command; imports nothing heavy."""
    parser = commands.add_parser("synth", help="造数 / invented people, 100 to 60 million households")
    parser.add_argument(
        "--households", type=int, required=True, metavar="N", help="农村户数 / all rural households"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="S",
        help="同一种子，同一结果 / same seed, same people (%(default)s)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="空目录 / an empty folder")
    parser.add_argument("--year", type=int, help=f"数据截至该年 9 月 30 日 / on 30 September of ({YEAR})")
    parser.add_argument(
        "--faults",
        type=float,
        default=0.0,
        metavar="RATE",
        help="埋入错误，1 为常见比例，附 key.json / planted faults; 1: as often as in an office",
    )
    parser.add_argument(
        "--others",
        type=float,
        metavar="RATIO",
        help=f"每一建档立卡户对应的其他农户数 / other households to one registered ({OTHERS})",
    )
    parser.add_argument(
        "--workbooks",
        action="store_true",
        help=f"一个县，另写工作簿和部门名单（至多 {COUNTY_MOST} 户） / one county with its workbooks and lists",
    )
    parser.add_argument("--code", help=f"该县代码，99 开头 / code of that county ({CODE})")
    parser.add_argument(
        "--processes", type=int, help=f"并行进程数 / provinces at a time ({os.cpu_count() or 1})"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Writes and says what; 2 with one line why when it cannot."""
    start = time.perf_counter()
    try:
        _must_count(given)
        manifest, where = _county(given) if given.workbooks else _nation(given)
    except (ValueError, OSError) as error:
        print(f"xiuhua: {error}", file=sys.stderr)
        return CANNOT
    rows = {name: held.rows for name, held in manifest.relations.items()}
    took = time.perf_counter() - start
    print(
        f"{manifest.area.name}：{rows['rec_household']:,} 户，{rows['rec_person']:,} 人，用时 {took:.1f} 秒：{where} / "
        f"{rows['rec_household']:,} households, {rows['rec_person']:,} persons, {took:.1f} s: {where}"
    )
    return 0


def _must_count(given: argparse.Namespace) -> None:
    ignored = [
        f"--{name}"
        for name in (OF_A_NATION if given.workbooks else OF_A_COUNTY)
        if getattr(given, name) is not None
    ]
    if ignored and given.workbooks:
        raise ValueError(
            f"一个县的工作簿定为 {YEAR} 年、其他农户 {OTHERS} 倍：{'、'.join(ignored)} 不与 --workbooks 同用 / "
            f"a county's workbooks are of {YEAR} with {OTHERS} others to one registered: not with {', '.join(ignored)}"
        )
    if ignored:
        raise ValueError("--code 只与 --workbooks 同用 / --code goes with --workbooks only")


def _nation(given: argparse.Namespace) -> tuple[Any, Path]:
    from xiuhua.synth import scale
    from xiuhua.synth.scale import freeze

    others = OTHERS if given.others is None else given.others
    plan = scale.plan(
        given.households, given.seed, year=given.year or YEAR, others=others, faults=given.faults
    )
    processes = given.processes or os.cpu_count() or 1
    return freeze.write(plan, given.out, processes=processes, progress=_say), given.out


def _say(done: int, of: int) -> None:
    if of > 1_000_000:
        print(f"{done:,} / {of:,}", file=sys.stderr, flush=True)


def _county(given: argparse.Namespace) -> tuple[Any, Path]:
    """The same people twice: as the workbooks an office hands over, with other departments' lists and whom these name, and
    as a freeze of what is true of them."""
    import json

    from xiuhua.synth import county, ledgers, lists, recorded, village_forms

    if given.households > COUNTY_MOST:
        raise ValueError(f"一个县至多 {COUNTY_MOST} 户 / a county has at most {COUNTY_MOST:,} households")
    if given.out.exists() and any(given.out.iterdir()):
        raise FileExistsError(f"{given.out}：目录不是空的 / not empty")
    registered = max(1, round(given.households / (1 + county.ROLL_PER_REGISTERED)))
    made = county.invent(given.seed, registered, code=given.code or CODE, causes=county.PUBLISHED_CAUSE)
    if given.faults:
        county.plant(made, given.faults)
    county.write(made, given.out / "workbooks")
    village_forms.write_village_forms(made, given.out / "workbooks")
    ledgers.write_ledgers(made, given.out / "workbooks")
    (given.out / "lists").mkdir()
    named = lists.lists(made, given.out / "lists", seed=given.seed)
    (given.out / "lists" / "key.json").write_text(json.dumps(named, ensure_ascii=False, indent=1), "utf-8")
    return recorded.freeze(made, given.out), given.out
