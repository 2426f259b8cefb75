"""A table of exports for tests: a list of invented lines, as slow as one wants it, and one that reads a protected table."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from xiuhua.files.models import Export, StoredFile
from xiuhua.files.services import CannotMake, Made, Maker, Progress

LINES = 40


def lines(export: Export, progress: Progress) -> Made:
    """Forty lines, each after a pause where the test asks for one; says when it began to be made."""
    if log := os.environ.get("TRIAL_LOG"):
        with Path(log).open("a", encoding="utf-8") as out:
            out.write("begun\n")
    pause = float(os.environ.get("TRIAL_PAUSE", export.params.get("pause", 0)))

    def pieces() -> Iterator[bytes]:
        for number in range(LINES):
            time.sleep(pause)
            progress(number, LINES)
            yield f"第 {number} 行\n".encode()

    return Made("一览 “甲”.txt", pieces(), {"zh": "共四十行", "en": "Forty lines"})


def seen(export: Export, progress: Progress) -> Made:
    """Names of the files that the making can see."""
    names = (
        StoredFile.objects.exclude(name__endswith="seen.txt").order_by("name").values_list("name", flat=True)
    )
    return Made("seen.txt", ["\n".join(names).encode()])


def writing(export: Export, progress: Progress) -> Made:
    """Tries to change something while it is made."""
    with connection.cursor() as cursor:
        cursor.execute("update accounts_account set is_active = false")
    return Made("never.txt", [])


def refusing(export: Export, progress: Progress) -> Made:
    """One that says why not."""
    raise CannotMake("没有可以导出的户", "There is no household to export")


def table() -> dict[str, Maker]:
    """As config/exports.py gives it."""
    return {
        "files.lines": Maker("一览", "Lines", "intake.see", lines),
        "files.seen": Maker("所见", "Seen", "intake.see", seen),
        "files.writing": Maker("写", "Writing", "intake.see", writing),
        "files.refusing": Maker("拒绝", "Refusing", "intake.see", refusing, needs_reason=True),
        "files.fixed": Maker("账号", "Accounts", "accounts.see", seen),
    }
