"""Paper: a layout in typst's language and data beside it become a PDF. The data are never written into the layout.

A name that looks like markup is set as the letters it is: a layout reads `sys.inputs.data` as JSON and shows strings as
strings. No file is written, and nothing is fetched: fonts are the machine's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

FAMILY = "Noto Sans CJK SC"


class NoType(Exception):
    """This machine has no Chinese type, so that a page would come out as empty boxes."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def has_type() -> bool:
    """Whether the family that our layouts name is installed."""
    return FAMILY in _fonts().families()


def pdf(layout: Path, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """A PDF/A of a layout (a .typ file) with the data it reads; fonts are embedded. NoType without Chinese fonts.

    The same layout, data and moment give the same bytes: the moment is the document's own date, nothing else of it.
    """
    return bytes(_set(layout, data, format="pdf", pdf_standards=["a-2u"], timestamp=int(made_at.timestamp())))


def pictures(layout: Path, data: Mapping[str, Any], *, ppi: float = 110.0) -> list[bytes]:
    """The same pages as PNG, one each: for looking at."""
    made = _set(layout, data, format="png", ppi=ppi)
    return [bytes(one) for one in made] if isinstance(made, list) else [bytes(made)]


def _set(layout: Path, data: Mapping[str, Any], **more: Any) -> Any:
    if not has_type():
        raise NoType
    return typst.compile(
        layout.read_bytes(),
        root=layout.parent,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        **more,
    )
