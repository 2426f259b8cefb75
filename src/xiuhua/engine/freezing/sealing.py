"""Closing a freeze: the rules laid beside the records, every file hashed, the manifest written last."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path

import pyarrow.parquet as pq

from xiuhua.engine.freezing.kept import keep
from xiuhua.engine.freezing.manifest import MANIFEST, Area, FileOf, Held, Manifest, digest
from xiuhua.engine.freezing.shape import PLACES, RowsRefused
from xiuhua.engine.freezing.stamps import Versions, versions
from xiuhua.engine.freezing.writing import WRITING


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

    area: code and name. as_of: the day that rules are asked for. taken_by: the post. id: a UUID; None: a new one. by: the versions of other sources
    than today's, which are then not kept with it. Raises
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
    sources = keep(folder) if by is None else {}
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
        sources=sources,
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
