"""How a marked workbook is known again: a property of the file, and a line of its list, that name the file it came from.

They hold the numbers of a batch and of a stored file and a keyed seal over both: nothing of a person. What changed since is
found by comparing with that file, which the installation has.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

PROPERTY = "XiuhuaMarked"
PART = "docProps/custom.xml"
TITLES = ("错误清单 · ", "List of findings · ")
STAMP = re.compile(r"XH1-(\d{1,12})-(\d{1,12})-([0-9a-f]{16})\b")
_OURS = re.compile(rf"<(?:\w+:)?property\s[^<>]*{PROPERTY}[^<>]*>.*?</(?:\w+:)?property\s*>", re.DOTALL)
_MOST = 1 << 20
_TOP = 8


@dataclass(frozen=True)
class Origin:
    """The batch and the stored file that a workbook was marked for."""

    batch: int
    file: int

    def stamp(self, seal: Callable[[str], bytes]) -> str:
        """As it is written into the workbook."""
        return f"XH1-{self.batch}-{self.file}-{self._sealed(seal)}"

    def _sealed(self, seal: Callable[[str], bytes]) -> str:
        return seal(f"marked workbook {self.batch} {self.file}").hex()[:16]

    @classmethod
    def read(cls, said: str, seal: Callable[[str], bytes]) -> Origin | None:
        """From what is written; None for what this installation did not write."""
        found = STAMP.search(said)
        if found is None:
            return None
        one = cls(int(found[1]), int(found[2]))
        return one if one._sealed(seal) == found[3] else None


def origin_of(content: bytes) -> str:
    """The stamp in a workbook's properties; empty where it has none or is no xlsx."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(PART) as part:
            said = part.read(_MOST).decode("utf-8", errors="replace")
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return ""
    ours = _OURS.search(said)
    found = STAMP.search(ours.group()) if ours else None
    return found.group() if found else ""


def list_stamp(cells: Sequence[Sequence[Any]]) -> str:
    """The stamp of a sheet that is a list of ours, also under another name: it is never data. Empty for any other."""
    top = [str(row[0]).lstrip("'") if row else "" for row in cells[:_TOP]]
    if not top or not top[0].startswith(TITLES):
        return ""
    return next((found.group() for one in top if (found := STAMP.search(one))), "")
