"""What one may say of backup, restore, verify and upgrade."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Adds the four commands; nothing heavy is imported before one of them runs."""
    backup = commands.add_parser(
        "backup", help="备份数据库和文件（密钥另放）/ database and files, keys apart"
    )
    backup.add_argument("folder", type=Path, metavar="FOLDER", help="备份放在哪里 / where backups are kept")
    backup.add_argument(
        "--keys", type=Path, metavar="FOLDER", help="同时把密钥另存到这里 / copy the keys here, another place"
    )
    backup.add_argument(
        "--keep", type=_count, metavar="N", help="只留最近 N 份 / remove all but the newest N"
    )
    backup.set_defaults(run=_later("backup"))

    restore = commands.add_parser("restore", help="恢复到空的主目录 / into an empty home")
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="一份备份 / one backup")
    restore.add_argument(
        "--keys", type=Path, metavar="FOLDER", help="密钥另存的地方 / where the keys were kept"
    )
    restore.add_argument(
        "--lost-keys",
        action="store_true",
        help="密钥确已丢失，号码和文件打不开也要恢复 / go on although keys are lost: numbers and files stay closed",
    )
    restore.set_defaults(run=_later("restore"))

    verify = commands.add_parser("verify", help="核验现用的数据，或一份备份 / what is in use, or a backup")
    verify.add_argument("backup", nargs="?", type=Path, metavar="BACKUP")
    verify.add_argument(
        "--all", action="store_true", help="逐个打开每个号码 / open every sealed number, not some of each key"
    )
    verify.set_defaults(run=_later("verify"))

    upgrade = commands.add_parser(
        "upgrade", help="把旧版本的数据升级到本版本 / bring older data to this version"
    )
    where = upgrade.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--backup", type=Path, metavar="FOLDER", help="升级前先备份到这里 / back up here first"
    )
    where.add_argument(
        "--without-backup", action="store_true", help="已另行备份 / a backup was made some other way"
    )
    upgrade.set_defaults(run=_later("upgrade"))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"应是 1 以上的整数 / a whole number from 1: {text}")
    return int(text)


def _later(name: str) -> Callable[[argparse.Namespace], int]:
    def run(parsed: argparse.Namespace) -> int:
        return int(import_module(f"xiuhua.cli.keeping.{name}").run(parsed))

    return run
