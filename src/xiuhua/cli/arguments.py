"""What one may say on the command line. Imports nothing heavy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from xiuhua import __version__
from xiuhua.cli import accounts, case, synth
from xiuhua.cli.keeping import arguments as keeping

PLACE = re.compile(r"CN|\d{2}|\d{4}|\d{6}|\d{9}|\d{12}(-\d{2})?")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, both languages, exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: 参数有误，见 --help / wrong arguments, see --help: {message}\n")


def build_parser() -> Parser:
    """All commands; each leaves in `run` what carries it out."""
    parser = Parser(
        prog="xiuhua", description="绣花 · 精准帮扶工作系统 / working system for targeted poverty reduction"
    )
    parser.add_argument("--version", action="version", version=f"xiuhua {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="启动网页、后台任务和数据库 / web pages, worker and database")
    _address(serve)
    serve.set_defaults(run=_later("xiuhua.cli.service", "serve"))

    worker = commands.add_parser("worker", help="只启动后台任务 / the worker alone")
    worker.add_argument("--no-database", action="store_true", help=argparse.SUPPRESS)
    worker.set_defaults(run=_later("xiuhua.cli.service", "worker"))

    migrate = commands.add_parser("migrate", help="建立或升级数据表 / make or upgrade the tables")
    migrate.set_defaults(run=_later("xiuhua.cli.database", "migrate"))

    database = commands.add_parser("db", help="内置数据库 / the embedded database: status, start, stop")
    database.add_argument("action", choices=["status", "start", "stop", "keep"], metavar="status|start|stop")
    database.set_defaults(run=_later("xiuhua.cli.database", "run"))

    manage = commands.add_parser("manage", help="Django 管理命令 / Django's own commands", add_help=False)
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    manage.set_defaults(run=_later("xiuhua.cli.service", "manage"))

    _intake(commands.add_parser("intake", help="导入工作簿 / take workbooks in"))

    _freezes(commands)

    demo = commands.add_parser("demo", help="演示县 / a county comes alive and is served")
    _address(demo)
    demo.add_argument(
        "--ahead",
        type=int,
        metavar="DAYS",
        help="提前若干天演示，不用等公示期满 / lives so many days ahead: a notice's days are over",
    )
    demo.set_defaults(run=_later("xiuhua.cli.service", "demo"))

    synth.register(commands)

    accounts.register(commands)

    case.register(commands)

    keeping.register(commands)

    keys = commands.add_parser("keys", help="密钥 / keys")
    keys.add_argument("action", choices=["rotate"], metavar="rotate")
    keys.set_defaults(run=_later("xiuhua.cli.service", "keys"))
    return parser


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="端口 / port (%(default)s)")


def _intake(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=_file, metavar="FILE", help="xlsx, xls, csv")
    parser.add_argument(
        "--place", required=True, type=_place, metavar="CODE", help="行政区划代码 / code of the area"
    )
    parser.add_argument(
        "--preview", action="store_true", help="只看结果，不写入 / show the result, change nothing"
    )
    parser.add_argument("--report", type=Path, metavar="FILE.jsonl", help="问题清单 / findings, a line each")
    parser.add_argument(
        "--data-date", type=_day, metavar="YYYY-MM-DD", help="数据日期 / the day the data speak of"
    )
    parser.add_argument(
        "--basis", help="部门名单的法律依据或授权 / legal basis or authorisation of departments' lists"
    )
    parser.add_argument("--purpose", help="部门名单的用途 / purpose of departments' lists")
    parser.add_argument(
        "--expires",
        type=_day,
        metavar="YYYY-MM-DD",
        help="名单命中保留到哪天 / until when their hits are kept",
    )
    parser.add_argument("--as", dest="account", metavar="ACCOUNT", help="以谁的名义 / who takes it in")
    parser.set_defaults(run=_later("xiuhua.cli.service", "intake"))


def _freezes(commands: Any) -> None:
    freeze = commands.add_parser(
        "freeze",
        help="数据快照：封存一个区划此刻的登记并汇总 / the records of an area as of now, and their figures",
    )
    freeze.add_argument(
        "--area", type=_place, metavar="CODE", help="行政区划代码，不填为全部 / code of the area; all of them"
    )
    freeze.add_argument("--out", type=Path, metavar="DIR", help="另存一份到这里 / a copy here besides")
    freeze.add_argument(
        "--as-of", type=_day, metavar="YYYY-MM-DD", help="规则按哪一天判断 / the day that rules are asked for"
    )
    freeze.set_defaults(run=_later("xiuhua.cli.service", "freeze"))
    tally = commands.add_parser(
        "tally",
        help="从数据快照计算汇总，文件夹不需要数据库 / figures of a freeze; a folder needs no database",
    )
    tally.add_argument("freeze", metavar="FREEZE_ID|DIR", help="编号或文件夹 / id or folder")
    tally.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="汇总放在哪里；编号不带它时：没做完的接着做并存入，做完的重算并核对 / where the tally goes;"
        " of an id without it: goes on with an unfinished one and stores it, verifies a finished one",
    )
    tally.add_argument(
        "--today",
        action="store_true",
        help="按现行的规则，不按快照自己的 / by today's rules instead of those it was sealed with",
    )
    tally.add_argument(
        "--figure",
        action="append",
        default=[],
        metavar="PLACE/KIND/ID/PART",
        help="说出一个数，写法见数字页“自己核对” / tells one figure, named as its page says",
    )
    tally.set_defaults(run=_later("xiuhua.cli.tally", "run"))
    listed = commands.add_parser("freezes", help="列出数据快照 / the freezes there are")
    listed.set_defaults(run=_later("xiuhua.cli.service", "freezes"))


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"没有这个文件 / no such file: {text}")
    return path


def _place(text: str) -> str:
    if not PLACE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"不是行政区划代码 / not the code of an area: {text}")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"不是日期 / not a date: {text}") from None


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """A command that loads its module when it is called."""

    def run(parsed: argparse.Namespace) -> int:
        return int(getattr(import_module(module), name)(parsed))

    return run
