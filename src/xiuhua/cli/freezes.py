"""`xiuhua freeze`, `xiuhua freezes`, and `xiuhua tally` of a freeze that this installation keeps."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiuhua.freezes.models import Freeze

CANNOT = 2
SHOWN = 20
# Files and figures of theirs may well agree: of what the manifest tells beside them (the audit's head, who took it) nothing else does.
NOT_AS_SEALED = (
    "清单 manifest.json 与封存时不同（校验值封存时 {0}，现在 {1}），不是封存的那一份，没有重新汇总；请从备份取回，再核对",
    "manifest.json is not as it was sealed (sha256 {0} then, {1} now): not what was taken, and not tallied; take it from a backup, then verify",
)
OTHERWISE = "与已存的汇总不同（规则库或程序版本不同时会这样）/ not the stored tally, as after a change of rules or program: {}"


def freeze(parsed: argparse.Namespace) -> int:
    """Takes and tallies a freeze of an area at once; `--out`: a copy of its files and tally there besides."""
    from xiuhua.freezes.queries import top_place
    from xiuhua.freezes.services import NotNow, take, work
    from xiuhua.freezes.terms import Step
    from xiuhua.intake.services.operators import Operator
    from xiuhua.places.scope import scope_of, within

    area = parsed.area or top_place()
    if area is None:
        return cannot("freeze", "还没有任何县，请先导入", "there is no county yet: take one in first")
    out = parsed.out.resolve() if parsed.out else None
    for one in (out, out.with_name(f"{out.name}.tally")) if out else ():
        if one.exists() and any(one.iterdir()):
            return cannot("freeze", f"{one} 里已有内容", f"{one} is not empty")
    name = f"cli:{getpass.getuser()}"
    try:
        with within(scope_of(area), who={"account": name}):
            by = Operator(name, f"{name} · xiuhua freeze", area)
            asked = take(by=by, place_code=area, reason="xiuhua freeze", as_of=parsed.as_of).freeze
    except NotNow as why:
        zh, en = why.zh, why.en
        if begun := left(area):
            zh, en = f"{zh}；继续做用 xiuhua tally {begun}", f"{en}; xiuhua tally {begun} goes on with it"
        return cannot("freeze", zh, en)
    done = work(asked.pk, area)
    if done.step != Step.DONE:
        said = done.trouble or {"zh": done.step, "en": done.step}
        return cannot("freeze", said["zh"], said["en"])
    say(done)
    if out:
        take_along(done, out)
    return 0


def left(area: str) -> str:
    """Id of a freeze of the area that says it is being taken while nobody is at it, as after Ctrl-C; empty where there is none."""
    from xiuhua.freezes.models import Freeze
    from xiuhua.freezes.services.wishes import WORK
    from xiuhua.freezes.terms import WORKING
    from xiuhua.places.scope import scope_of, within

    with within(scope_of(area)):
        one = Freeze.objects.filter(place_code=area, step__in=WORKING).first()
        return str(one.freeze_id) if one is not None and not WORK.lives(one.pk) else ""


def say(one: Freeze) -> None:
    """A finished freeze in two lines."""
    held = (one.manifest or {})["relations"]
    homes, people = (held.get(name, {}).get("rows", 0) for name in ("rec_household", "rec_person"))
    print(
        f"数据快照 {one.freeze_id}：{one.area_name}，{homes} 户 {people} 人 / freeze {one.freeze_id}: {one.place_code},"
        f" {homes} households, {people} persons"
    )
    print(f"  sha256 {one.sha256}\n  tally  {(one.tally or {}).get('sha256', '')}")


def take_along(one: Freeze, out: Path) -> None:
    """Copies records and tally; the manifest last, so that a broken copy is no freeze."""
    from xiuhua.freezes.services import records_of, tally_of

    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(records_of(one), out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("manifest.json"))
    shutil.copytree(tally_of(one), out.with_name(out.name + ".tally"), dirs_exist_ok=True)
    shutil.copy2(records_of(one) / "manifest.json", out / "manifest.json")
    print(f"  → {out}, {out.name}.tally")


def freezes(parsed: argparse.Namespace) -> int:
    """Every freeze, newest first: a line each."""
    from xiuhua.freezes.models import Freeze
    from xiuhua.freezes.services import records_of
    from xiuhua.freezes.terms import Step
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        found = list(Freeze.objects.all())
    for one in found:
        step = Step(one.step)
        at = one.taken_at or one.asked_at
        where = records_of(one) if records_of(one).is_dir() else "文件已移走 / files moved away"
        print(
            f"{one.freeze_id}  {one.place_code:<12} {at:%Y-%m-%d %H:%M}  {step.zh}/{step.en}  {one.sha256[:12]}  {where if one.sha256 else ''}"
        )
    if not found:
        print("还没有数据快照 / no freezes yet")
    return 0


def tally(parsed: argparse.Namespace) -> int:
    """A kept freeze: gone on with and stored where it is not finished; a finished one tallied once more, and held against what is
    stored. `--out`: the tally is left there, and only its digest is compared. 1 where it is not what was sealed or stored; by today's rules
    it may be another."""
    from xiuhua.engine.freezing import FreezeDamaged, open_freeze
    from xiuhua.engine.tally import NotForTally
    from xiuhua.freezes.models import Freeze
    from xiuhua.freezes.services import records_of
    from xiuhua.freezes.terms import Step
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        found = list(Freeze.objects.filter(freeze_id__startswith=parsed.freeze)[:2])
    if not found:
        return cannot("tally", f"没有这份数据快照：{parsed.freeze}", f"no such freeze: {parsed.freeze}")
    if len(found) > 1:
        return cannot("tally", "不止一份的编号这样开头，请写全", "more than one id begins so: say all of it")
    one = found[0]
    if parsed.out is None and one.step != Step.DONE:
        return _go_on(one, parsed)
    if not one.sha256:
        return cannot(
            "tally", "还没有封存，先不带 --out 接着做", "not sealed yet: go on with it first, without --out"
        )
    if not (records_of(one) / "manifest.json").is_file():
        return cannot(
            "tally", f"文件不在这里：{records_of(one)}", f"its files are not here: {records_of(one)}"
        )
    try:
        if (digest := open_freeze(records_of(one)).sha256) != one.sha256:
            zh, en = (text.format(one.sha256, digest) for text in NOT_AS_SEALED)
            print(f"xiuhua tally: {zh} / {en}", file=sys.stderr)
            return 1
        return _compute(one, parsed) if parsed.out else _verify(one, parsed)
    except NotForTally as why:
        return cannot("tally", why.zh, str(why))
    except FreezeDamaged as why:
        return cannot("tally", f"不是一份完整的数据快照：{why.zh}", f"no whole freeze: {why}")


def _go_on(one: Freeze, parsed: argparse.Namespace) -> int:
    """Takes up what a command that was broken off, or a worker, left: records taken anew or, once they are sealed, the tally alone."""
    from xiuhua.cli.tally import tell
    from xiuhua.freezes.services import NotNow, resume, tally_of, work
    from xiuhua.freezes.terms import WORKING, Step
    from xiuhua.intake.services.operators import Operator
    from xiuhua.places.scope import scope_of, within
    from xiuhua.runtime.jobs import Busy

    name = f"cli:{getpass.getuser()}"
    try:
        if one.step not in WORKING:
            with within(scope_of(one.place_code), who={"account": name}):
                resume(by=Operator(name, f"{name} · xiuhua tally", one.place_code), freeze_id=one.pk)
        done = work(one.pk, one.place_code)
    except NotNow as why:
        return cannot("tally", why.zh, why.en)
    except Busy:
        return cannot("tally", "另一个进程正在做这一份", "another process is at it")
    if done.step != Step.DONE:
        said = done.trouble or {"zh": done.step, "en": done.step}
        return cannot("tally", said["zh"], said["en"])
    print("接着做完，已存入 / gone on with and stored")
    say(done)
    return tell(tally_of(done), parsed.figure)


def _compute(one: Freeze, parsed: argparse.Namespace) -> int:
    from xiuhua.cli.tally import of_folder, tell
    from xiuhua.freezes.services import records_of

    digest = of_folder(records_of(one), parsed.out, today=parsed.today)
    stored = (one.tally or {}).get("sha256")
    differs = bool(stored) and stored != digest
    if differs:
        print(OTHERWISE.format(stored))
    elif stored:
        print("与已存的汇总一致 / the same as the stored tally")
    return max(tell(parsed.out, parsed.figure), 1 if differs and not parsed.today else 0)


def _verify(one: Freeze, parsed: argparse.Namespace) -> int:
    """Tallies it anew in a folder that is removed again; 1 where that is not what is stored."""
    from xiuhua.cli.tally import of_folder, tell
    from xiuhua.freezes.services import differences, folder, records_of

    with tempfile.TemporaryDirectory(prefix=".tally-", dir=folder()) as made:
        digest = of_folder(records_of(one), Path(made), today=parsed.today)
        if (stored := (one.tally or {}).get("sha256")) != digest:
            print(OTHERWISE.format(stored))
            return 1
        wrong = list(islice(differences(one, Path(made)), SHOWN))
        for place in wrong:
            print(f"  存的不一样 / stored otherwise: {place}")
        if not wrong:
            print("与已存的汇总和每个数字一致 / the same as the stored tally and every figure of it")
        return max(tell(Path(made), parsed.figure), 1 if wrong else 0)


def cannot(command: str, zh: str, en: str) -> int:
    """One line why, in both languages; the exit code."""
    print(f"xiuhua {command}: {zh} / {en}", file=sys.stderr)
    return CANNOT
