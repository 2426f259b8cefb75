"""Answers taken apart, whatever they are packed in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Seen:
    """An answer taken apart: its status and all text in it, unpacked."""

    status: int
    text: str


def opened(response: Any) -> Seen:
    """Everything an answer says: headers, body, and what is packed in it."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    text = "\n".join(unpacked(content))
    if response.headers.get("Content-Type", "").startswith("application/json") and content:
        text = json.dumps(json.loads(content), ensure_ascii=False)
    return Seen(response.status_code, f"{headers}\n{text}")


def unpacked(content: bytes) -> Iterator[str]:
    """The text of a body, of the parts of a workbook or an archive, and of those within."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                yield part.filename
                yield from unpacked(archive.read(part))
        return
    yield content.decode("utf-8", "replace")
