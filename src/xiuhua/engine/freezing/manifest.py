"""What a freeze says of itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT = "xiuhua-freeze-1"
MANIFEST = "manifest.json"
# The folder of the rules that lie beside the records.
SOURCES = "sources"


class FreezeDamaged(Exception):
    """A folder that is no freeze, or no longer the one that was sealed. `file`: the path inside it that shows it.

    `zh`: why, for who reads Chinese; the text of the exception is English.
    """

    def __init__(self, file: str, message: str, zh: str) -> None:
        super().__init__(f"{file}: {message}")
        self.file = file
        self.message = message
        self.zh = f"{file}：{zh}"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Area(Part):
    code: str
    name: str


class FileOf(Part):
    """One file: its path inside the folder, rows, bytes, SHA-256."""

    path: str
    rows: int
    bytes: int
    sha256: str


class Held(Part):
    """What a freeze holds of one relation."""

    rows: int
    files: list[FileOf]


class Manifest(Part):
    """`manifest.json`. Hashes are of the sources that the freeze was made by; a tally says which it was computed by."""

    format: Literal["xiuhua-freeze-1"] = "xiuhua-freeze-1"
    id: str
    area: Area
    as_of: dt.date
    taken_at: dt.datetime
    taken_by: str
    """The post as the house calls it: no name of a person, none of an account."""
    made_with: dict[str, str]
    contract: str
    rulebook: str
    """With the further programmes, where a folder of them is named."""
    further: dict[str, str] = {}
    """SHA-256 by path of the further programmes' files."""
    sources: dict[str, str] = {}
    """SHA-256 by path of the rules that lie in the folder, as they were when it was sealed."""
    facts: str
    engine: str
    audit_head: str | None = None
    synthetic: bool = False
    seed: int | None = None
    relations: dict[str, Held]

    def written(self) -> str:
        return self.model_dump_json(indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Raises FreezeDamaged."""
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise FreezeDamaged(
            MANIFEST,
            "is not there: this folder is no freeze, or its writing was broken off",
            "没有这个文件，文件夹不是数据快照，或写到一半中断了",
        ) from missing
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as problem:
        first: Any = problem.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise FreezeDamaged(
            MANIFEST,
            f"is not a manifest of {FORMAT}: {where} {first['msg']}",
            f"不是 {FORMAT} 的清单，{where} 一项不对",
        ) from problem


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
