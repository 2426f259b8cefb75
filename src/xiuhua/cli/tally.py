"""`xiuhua tally`: figures from the files of a freeze alone. A folder needs no database, no settings, no keys."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote

CANNOT = 2
# The end of the address of a figure's page, with its kinds and statuses.
NAMED = re.compile(
    r"(?P<place>CN|\d{2,15})/(?P<section>rules|facts|measures)/(?P<id>[\w.]+)/(?P<part>[^/?]+)/?(?:\?(?P<query>.*))?$"
)
REFUSED = {
    "address": ("不是一个数字的地址", "not the address of a figure"),
    "rules": ("这份汇总里没有这条规则", "this tally has no such rule"),
    "facts": ("这份汇总里没有这个事实", "this tally has no such fact"),
    "measures": ("这份汇总里没有这个指标", "this tally has no such measure"),
    "part": ("没有这一部分", "no such part"),
    "kind": ("不按这样的户类别统计", "not counted by such a kind"),
    "status": ("不按这样的状态统计", "not counted by such a status"),
    "level": ("这个数字不统计到这一级", "not counted at places this small"),
    "place": ("这份汇总里没有这个地方的数", "this tally counts nothing at this place"),
}
NOBODY = "这里没有这样的户 / no such households here"
UNREAD = (
    "本版程序读不了封存时的规则，可用 --today 按现行规则计算",
    "this version cannot read the rules it was sealed with; --today computes by those of today",
)


def run(parsed: argparse.Namespace) -> int:
    """A folder is tallied from its files alone; anything else is the id of a freeze that this installation keeps."""
    folder = Path(parsed.freeze)
    if not folder.is_dir():
        if not is_id(parsed.freeze):  # before a database is started for it
            print(
                f"xiuhua tally: 没有这个文件夹，也不是数据快照的编号：{parsed.freeze} /"
                f" neither a folder nor the id of a freeze: {parsed.freeze}",
                file=sys.stderr,
            )
            return CANNOT
        from xiuhua.cli import service

        return service.tally(parsed)
    from xiuhua.engine.freezing import FreezeDamaged
    from xiuhua.engine.tally import NotForTally
    from xiuhua.rulebook.marked import RulebookError

    try:
        beside = folder if folder.name not in ("", "..") else folder.resolve()
        out = parsed.out or beside.with_name(f"{folder.resolve().name}.tally")
        of_folder(folder, out, today=parsed.today)
        return tell(out, parsed.figure)
    except NotForTally as why:
        print(f"xiuhua tally: {why.zh} / {why}", file=sys.stderr)
        return CANNOT
    except FreezeDamaged as why:
        print(f"xiuhua tally: 不是一份完整的数据快照：{why.zh} / no whole freeze: {why}", file=sys.stderr)
        return CANNOT
    except RulebookError as why:
        print(f"xiuhua tally: {UNREAD[0]}：{why} / {UNREAD[1]}: {why}", file=sys.stderr)
        return CANNOT


def tell(out: Path, wanted: list[str]) -> int:
    """Says figures of a finished tally, each as its page counts it, and what else was counted of the same; what is not counted is
    refused, for nobody counted it as zero."""
    from xiuhua.engine.tally import NotCounted

    code = 0
    for address in wanted:
        try:
            _tell(out, address)
        except NotCounted as why:
            zh, en = REFUSED[why.what]
            some = f"（{'、'.join(why.known)}）", f" ({', '.join(why.known)})"
            zh, en = (f"{text}{more if why.known else ''}" for text, more in zip((zh, en), some, strict=True))
            print(
                f"xiuhua tally: {address}：{zh}：{why.value} / {address}: {en}: {why.value}", file=sys.stderr
            )
            code = CANNOT
    return code


def _tell(out: Path, address: str) -> None:
    from xiuhua.engine.tally import NotCounted, figure, parts_of, rows

    named = NAMED.search(unquote(address))
    if named is None:
        raise NotCounted("address", address)
    parts = parts_of(out, named["section"], named["id"])
    if named["part"] not in parts:
        raise NotCounted("part", named["part"], parts)
    query = parse_qs(named["query"] or "")
    kinds, statuses = (
        [one for text in query.get(key, []) for one in text.split(",")] for key in ("kind", "status")
    )
    told = figure(out, named["place"], named["section"], named["id"], kinds, statuses)
    if not rows(out, named["place"]):
        raise NotCounted("place", named["place"])
    flat = {**told.get("parts", {}), **{name: n for name, n in told.items() if name != "parts"}}
    print(f"数字 / figure {address}: {flat.get(named['part'], 0)}")
    print(f"  {'  '.join(f'{name} {n}' for name, n in flat.items()) or NOBODY}")


def is_id(text: str) -> bool:
    """Whether a text is the id of a freeze, or the beginning of one, as `xiuhua freezes` shows it."""
    return 8 <= len(text) <= 36 and all(letter in "0123456789abcdef-" for letter in text)


def of_folder(folder: Path, out: Path, *, today: bool) -> str:
    """Checks every byte of a freeze, tallies it into `out` and says by what digest; returns that.

    By the rules it was sealed with, or by today's. Raises FreezeDamaged, RulebookError, NotForTally.
    """
    from xiuhua.engine import load
    from xiuhua.engine.freezing import is_by_todays, open_freeze
    from xiuhua.engine.tally import must_be_of, must_take, tally

    must_take(out, folder)
    freeze = open_freeze(folder, check=True)
    must_be_of(out, freeze.sha256)
    manifest = freeze.manifest
    print(
        f"数据快照 / freeze {manifest.id}: {manifest.area.code} {manifest.area.name}, sha256 {freeze.sha256}"
    )
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not is_by_todays(freeze):
        today = today or not manifest.sources
        print(
            "按现行的规则 / by today's rules" if today else "按封存时的规则 / by the rules it was sealed with"
        )
    made = tally(freeze, out, load() if today else None)
    print(f"汇总 / tally: {out}\n  sha256 {made.sha256}", flush=True)
    return str(made.sha256)
