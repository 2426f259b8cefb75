"""Closing a freeze: every file hashed, the manifest written last."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

import xiuhua
from xiuhua.engine.freezing.manifest import MANIFEST, Area, FileOf, Held, Manifest, digest
from xiuhua.engine.freezing.shape import PLACES, RowsRefused
from xiuhua.engine.freezing.writing import WRITING
from xiuhua.facts import reader as facts_reader
from xiuhua.rulebook import reader as rulebook_reader


@dataclass(frozen=True)
class Versions:
    """SHA-256 over the sources that decide a figure, and the versions of what computes it."""

    contract: str
    rulebook: str
    facts: str
    engine: str
    made_with: dict[str, str]
    further: dict[str, str] = field(default_factory=dict)
    """SHA-256 by path of the files of further programmes; the rulebook's covers them."""


def versions(
    rulebook: Path | None = None, facts: Path | None = None, records: Path | None = None
) -> Versions:
    """Of the package and the folder of further programmes, or of the folders that `engine.load` was given."""
    known = _versions(rulebook, facts, records)
    more = rulebook_reader.further() if rulebook in (None, rulebook_reader.FOLDER) else {}
    if not more:
        return known
    whole = hashlib.sha256(known.rulebook.encode())
    for name, told in more.items():
        whole.update(f"{name}\n{told}\n".encode())
    return replace(known, rulebook=whole.hexdigest(), further=more)


@cache
def _versions(rulebook: Path | None, facts: Path | None, records: Path | None) -> Versions:
    contract = records or facts_reader.RECORDS
    facts_folder = facts or facts_reader.FOLDER
    found = (path for path in facts_folder.rglob("*.yaml") if path != contract)
    return Versions(
        contract=_of([contract], contract.parent),
        rulebook=_of(
            (rulebook or rulebook_reader.FOLDER).rglob("*.yaml"), rulebook or rulebook_reader.FOLDER
        ),
        facts=_of(found, facts_folder),
        engine=_of(Path(__file__).parents[1].rglob("*.py"), Path(__file__).parents[1]),
        made_with={
            "xiuhua": xiuhua.__version__,
            "duckdb": version("duckdb"),
            "pyarrow": version("pyarrow"),
            "python": platform.python_version(),
        },
    )


def _of(paths: Iterable[Path], folder: Path) -> str:
    """One hash over names and bytes, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(folder).as_posix()}\n{digest(path)}\n".encode())
    return whole.hexdigest()


def seal(
    folder: Path,
    *,
    area: tuple[str, str],
    as_of: dt.date,
    taken_at: dt.datetime,
    taken_by: str,
    id: str | None = None,
    audit_head: str | None = None,
    synthetic: bool = False,
    seed: int | None = None,
    by: Versions | None = None,
) -> Manifest:
    """Makes a freeze of what writers left in `folder`: counts and hashes every file, writes the manifest last.

    area: code and name. as_of: the day that rules are asked for. taken_by: the post. id: a UUID; None: a new one. Raises
    RowsRefused where the folder is sealed already, a file is unfinished or stands in no relation.
    """
    if (folder / MANIFEST).exists():
        raise RowsRefused("this folder is a sealed freeze already")
    held: dict[str, list[FileOf]] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        inside = path.relative_to(folder)
        if path.name.endswith(WRITING):
            raise RowsRefused(f"{inside.as_posix()} is not finished; write its part again")
        if path.suffix != ".parquet" or len(inside.parts) != 2:
            continue
        rows = pq.ParquetFile(path).metadata.num_rows
        file = FileOf(path=inside.as_posix(), rows=rows, bytes=path.stat().st_size, sha256=digest(path))
        held.setdefault(inside.parts[0], []).append(file)
    if PLACES.id not in held:
        raise RowsRefused("there are no places (rec_place): nobody could read the freeze")
    known = by or versions()
    manifest = Manifest(
        id=id or str(uuid.uuid4()),
        area=Area(code=area[0], name=area[1]),
        as_of=as_of,
        taken_at=taken_at,
        taken_by=taken_by,
        made_with=known.made_with,
        contract=known.contract,
        rulebook=known.rulebook,
        further=known.further,
        facts=known.facts,
        engine=known.engine,
        audit_head=audit_head,
        synthetic=synthetic,
        seed=seed,
        relations={
            name: Held(rows=sum(one.rows for one in files), files=files)
            for name, files in sorted(held.items())
        },
    )
    put(folder / MANIFEST, manifest.written())
    return manifest


def put(path: Path, text: str) -> None:
    """A file that is there as a whole or not at all, also when the power fails."""
    unfinished = path.with_name(path.name + WRITING)
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
