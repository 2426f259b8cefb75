"""`xiuhua freeze`, `xiuhua freezes`, and `xiuhua tally` of a freeze that this installation keeps."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiuhua.freezes.models import Freeze

CANNOT = 2


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
    if parsed.out and parsed.out.exists() and any(parsed.out.iterdir()):
        return cannot("freeze", f"{parsed.out} 里已有内容", f"{parsed.out} is not empty")
    name = f"cli:{getpass.getuser()}"
    try:
        with within(scope_of(area), who={"account": name}):
            by = Operator(name, f"{name} · xiuhua freeze", area)
            asked = take(by=by, place_code=area, reason="xiuhua freeze", as_of=parsed.as_of).freeze
    except NotNow as why:
        return cannot("freeze", why.zh, why.en)
    done = work(asked.pk, area)
    if done.step != Step.DONE:
        said = done.trouble or {"zh": done.step, "en": done.step}
        return cannot("freeze", said["zh"], said["en"])
    say(done)
    if parsed.out:
        take_along(done, parsed.out)
    return 0


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
    """Tallies a kept freeze once more, in a folder of its own, and says whether it is what was stored."""
    from xiuhua.cli.tally import is_id, of_folder, tell
    from xiuhua.freezes.models import Freeze
    from xiuhua.freezes.services import records_of
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.terms import NATION

    with within(scope_of(NATION)):
        one = (
            Freeze.objects.filter(freeze_id__startswith=parsed.freeze).first()
            if is_id(parsed.freeze)
            else None
        )
    if one is None:
        return cannot("tally", f"没有这份数据快照：{parsed.freeze}", f"no such freeze: {parsed.freeze}")
    if parsed.out is None:
        return cannot("tally", "请用 --out 指定放在哪里", "say by --out where to")
    digest = of_folder(records_of(one), parsed.out, today=parsed.today)
    stored = (one.tally or {}).get("sha256")
    if stored and stored != digest:
        print(
            f"与已存的汇总不同（规则库或程序版本不同时会这样）/ not the stored tally, as after a change of rules or program: {stored}"
        )
    elif stored:
        print("与已存的汇总一致 / the same as the stored tally")
    return tell(parsed.out, parsed.figure)


def cannot(command: str, zh: str, en: str) -> int:
    """One line why, in both languages; the exit code."""
    print(f"xiuhua {command}: {zh} / {en}", file=sys.stderr)
    return CANNOT
