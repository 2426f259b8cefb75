"""Where the house stands, and what belongs to it: shared by the tests of its shape."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "xiuhua"

# Django rooms keep the same few files. `common`, `config`, `runtime` and `cli` hold single tools named for what they
# do; `engine`, `facts`, `rulebook` and `synth` are plain libraries.
TOOLS = {"common", "config", "runtime", "cli"}


@cache
def files() -> list[Path]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def rooms() -> list[Path]:
    """The folders of the Django rooms."""
    return sorted(app.parent for app in SOURCE.glob("*/apps.py") if app.parent.name not in TOOLS)


def folders() -> list[Path]:
    """Every folder of the package: rooms, tools and libraries."""
    return sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def python(*, migrations: bool = False) -> list[Path]:
    """Our Python files, tests included."""
    return [
        path for path in files() if path.suffix == ".py" and (migrations or path.parent.name != "migrations")
    ]


def templates() -> list[Path]:
    """Our page templates."""
    return [path for path in files() if path.suffix == ".html" and "templates" in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """A path as one says it."""
    return str(path.relative_to(ROOT))
