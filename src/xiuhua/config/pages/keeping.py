"""The two pages that are generated: GLOSSARY.md (words) and RULES.md (what must be, what is counted, what is looked for).

They say what the code says, so nobody writes them: `make pages` writes them anew, and a test fails when they are old.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xiuhua.config.pages import glossary, rules

ROOT = Path(__file__).resolve().parents[4]
PAGES: dict[str, Callable[[], str]] = {"GLOSSARY.md": glossary.page, "RULES.md": rules.page}


def stale() -> list[str]:
    """Names of the pages that no longer say what the code says."""
    return [name for name, make in PAGES.items() if _kept(name) != make()]


def update() -> list[str]:
    """Writes the stale ones; returns their names."""
    names = stale()
    for name in names:
        (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
    return names


def _kept(name: str) -> str:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
