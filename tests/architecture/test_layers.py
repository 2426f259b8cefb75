"""Imports go downwards only (.importlinter), and nothing reacts behind another's back."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from house import ROOT, SOURCE, python, short, tree

CLOCK = SOURCE / "common" / "clock.py"
OTHER_CLOCKS = {"today", "now", "utcnow", "localdate", "localtime"}


@pytest.mark.slow
def test_imports_go_downwards() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_in_the_contract() -> None:
    said = (ROOT / ".importlinter").read_text(encoding="utf-8")
    missing = [
        room.parent.name for room in SOURCE.glob("*/__init__.py") if f"xiuhua.{room.parent.name}" not in said
    ]
    assert missing == []


def test_no_signals() -> None:
    # When a lower room must react, the higher one calls its service: one reads what happens.
    users = [
        short(path)
        for path in python()
        if SOURCE in path.parents
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(
            ("django.dispatch", "django.db.models.signals", "django.core.signals")
        )
    ]
    assert users == []


def test_one_clock() -> None:
    others = []
    for path in python():
        if SOURCE not in path.parents or path == CLOCK:
            continue
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in OTHER_CLOCKS
            ):
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1] in {"date", "datetime", "timezone"}:
                    others.append(f"{short(path)}:{node.lineno} {ast.unparse(node.func)}")
    assert others == []
