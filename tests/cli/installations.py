"""Whole installations in homes of their own, driven by the command line, and what can be seen of them from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COUNTY = "990521"
FIRST_LIGHT = Path(__file__).with_name("first_light.dump")  # a county of 308 households in the release before
# Six households with cases, a proceeding in effect and one under way, questions about two sides and a township with another code,
# as the migrations up to decisions 0015 and registry 0019 kept them; no file and no sealed number.
UNDER_WAY = Path(__file__).with_name("under_way.dump.gz")

LOOK = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
import django
django.setup()
from django.db import connection
from xiuhua.audit.services import broken_links, head
from xiuhua.common.sealing import CannotOpen, unseal
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.queries.areas import counts
from xiuhua.registry.models import Person
with within(scope_of("CN")):
    numbers = {p.pk: p.id_sealed for p in Person.objects.order_by("pk")}
    told = {
        "tallies": [vars(t) for t in counts(scope_of("990521")).below],
        "head": head("990521"), "broken": broken_links("990521"),
        "opened": 0, "closed": 0, "newest": None,
    }
    for sealed in numbers.values():
        if sealed is not None:
            try:
                unseal(bytes(sealed)); told["opened"] += 1
            except CannotOpen:
                told["closed"] += 1
print(json.dumps(told))
"""


# Commands one after the other in a process, each with its exit code and what it said.
TOGETHER = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from xiuhua.cli import main
told = []
for arguments in json.loads(sys.argv[1]):
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main(arguments)
    told.append([code, said.getvalue()])
print(json.dumps(told))
"""


def environment(home: Path) -> dict[str, str]:
    """Of a process that works in a home; nothing of the test run's own database."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XIUHUA_", "DJANGO_", "PG"))}
    return {**kept, "XIUHUA_HOME": str(home)}


def xiuhua(home: Path, *arguments: str, fails: int = 0) -> str:
    """Runs a command in a home; returns what it said. `fails`: the exit code that is expected."""
    done = subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", *arguments],
        env=environment(home), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == fails, said
    return said


def together(home: Path, *commands: tuple[str, ...], fails: tuple[int, ...] = ()) -> list[str]:
    """Runs commands in a home whose server is running, in one process: what a command does, not that it starts, is looked at.
    Returns what each said. `fails`: the exit codes that are expected, where they are not all 0."""
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER, json.dumps(commands)],
        env=environment(home), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told: list[tuple[int, str]] = json.loads(done.stdout.splitlines()[-1])
    assert [code for code, _said in told] == list(fails or [0] * len(commands)), told
    return [said for _code, said in told]


def look(home: Path) -> dict[str, Any]:
    """Tallies by village, head of the audit, how many sealed numbers open."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment(home), capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
