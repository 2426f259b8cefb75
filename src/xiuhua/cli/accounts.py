"""`xiuhua accounts first`: the first two administrators of an installation, because every later account takes two people."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from typing import Any


def register(commands: Any) -> None:
    """Adds the command; nothing heavy is imported before it runs."""
    parser = commands.add_parser("accounts", help="账号 / accounts")
    acts = parser.add_subparsers(dest="act", required=True, metavar="first")
    first = acts.add_parser("first", help="开通最初两位管理员 / open the first two administrators")
    first.add_argument("--place", required=True, metavar="CODE", help="行政区划代码 / code of the area")
    first.add_argument("--place-name", default="", metavar="NAME", help="区划名称 / name of the area")
    first.add_argument(
        "--name",
        action="append",
        required=True,
        type=_person,
        metavar="NAME=USERNAME",
        dest="people",
        help="姓名=用户名，写两次 / a person and a user name, given twice",
    )
    first.set_defaults(run=_with_tables)


def _person(text: str) -> tuple[str, str]:
    name, found, username = text.partition("=")
    if not (name.strip() and found and username.strip()):
        raise argparse.ArgumentTypeError(f"应写成 姓名=用户名 / write NAME=USERNAME: {text}")
    return name.strip(), username.strip()


def _with_tables(parsed: Namespace) -> int:
    from xiuhua.cli.service import with_tables

    return with_tables("accounts", run, parsed)


def run(parsed: Namespace) -> int:
    """Opens the two accounts and prints each one's one-time password; exit 2 with one line when it may not be."""
    from django.core.exceptions import ValidationError

    from xiuhua.accounts.forms import USERNAME
    from xiuhua.accounts.services import TEMPORARY_DAYS, Refused, first_administrators, operator
    from xiuhua.places.scope import scope_of, within
    from xiuhua.places.services import ensure

    try:
        for _name, username in parsed.people:
            USERNAME(username)
        with within(scope_of(parsed.place), who={"account": "operator"}):
            by = operator(parsed.place)
            place = ensure(parsed.place, parsed.place_name or None)
            done = first_administrators(by=by, place=place, people=parsed.people)
    except (Refused, ValidationError, ValueError) as wrong:
        reason = wrong.messages[0] if isinstance(wrong, ValidationError) else wrong
        print(f"xiuhua: {reason}", file=sys.stderr)
        return 2
    print(
        f"一次性密码（{TEMPORARY_DAYS}天内有效，首次登录须修改）/ one-time passwords, valid {TEMPORARY_DAYS} days:"
    )
    for username, password in done.subject.items():
        print(f"  {username}\t{password}")
    return 0
