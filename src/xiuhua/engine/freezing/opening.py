"""A sealed freeze, found again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from xiuhua.engine.freezing.manifest import (
    MANIFEST,
    SOURCES,
    FreezeDamaged,
    Manifest,
    digest,
    read_manifest,
)
from xiuhua.engine.freezing.shape import PLACES

# Seconds that a page trusts a digest: a province's file takes a good part of one to hash.
KEPT = 1200


@dataclass(frozen=True)
class Freeze:
    """A folder whose manifest was read and whose files are there in their sizes. Made by `open_freeze`."""

    folder: Path
    manifest: Manifest
    sha256: str = field(repr=False)
    """Of the manifest, and through it of every byte of the freeze."""

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def parts(self) -> list[str]:
        """Provinces (two digits) that have rows of any relation but the places."""
        return sorted(
            {
                _part(file.path)
                for name, held in self.manifest.relations.items()
                for file in held.files
                if name != PLACES.id
            }
        )

    def paths(self, relation: str, part: str | None = None) -> list[Path]:
        """Files of a relation, of one part or of all; empty where there are none."""
        held = self.manifest.relations.get(relation)
        files = held.files if held else []
        return [self.folder / file.path for file in files if part is None or _part(file.path) == part]

    def check(self, part: str | None = None, *, kept: bool = False) -> None:
        """SHA-256 of every file, or of those of one part. Raises FreezeDamaged with the first that differs.

        kept: what was reckoned of a file within the last `KEPT` seconds counts while its size and date are the same.
        """
        for name, held in self.manifest.relations.items():
            for file in held.files:
                if part is not None and name != PLACES.id and _part(file.path) != part:
                    continue
                path = self.folder / file.path
                if (digest_kept(path) if kept else digest(path)) != file.sha256:
                    raise _changed(file.path)
        if part is None:
            self.check_sources()

    def check_sources(self) -> None:
        """SHA-256 of the rules that lie with the records. Raises FreezeDamaged with the first that differs, is missing or was not sealed.

        Whole folders of them are read: a file too many would count, also one that is hidden or a link to somewhere else.
        """
        for name, sealed in self.manifest.sources.items():
            path = self.folder / name
            if not path.is_file() or digest(path) != sealed:
                raise _changed(name)
        inside = self.folder / SOURCES
        for path in sorted([inside, *inside.rglob("*")]) if inside.exists() else []:
            name = path.relative_to(self.folder).as_posix()
            if name not in self.manifest.sources and (path.is_symlink() or not path.is_dir()):
                raise FreezeDamaged(
                    name,
                    "was not sealed with it; take it away, or take the freeze from a good copy",
                    "封存时没有这个文件，请移走，或从完好的副本取回",
                )


def digest_kept(path: Path) -> str:
    """SHA-256 of a file; one reckoned within the last `KEPT` seconds counts while its size and date are the same."""
    told = path.stat()
    return _digest(path, (told.st_ino, told.st_size, told.st_mtime_ns, int(time.monotonic() // KEPT)))


@lru_cache(maxsize=4096)
def _digest(path: Path, _as_it_was: tuple[int, ...]) -> str:
    return digest(path)


def _changed(name: str) -> FreezeDamaged:
    return FreezeDamaged(
        name,
        "its bytes are not those that were sealed; take the freeze from a good copy",
        "内容与封存时不同，请从完好的副本取回",
    )


def _part(path: str) -> str:
    return path.rpartition("part-")[2].removesuffix(".parquet")


def open_freeze(folder: Path, check: bool = False) -> Freeze:
    """The freeze in a folder. check: also every byte of it. Raises FreezeDamaged, whose text begins with the file."""
    manifest = read_manifest(folder)
    for held in manifest.relations.values():
        for file in held.files:
            path = folder / file.path
            if not path.is_file():
                raise FreezeDamaged(
                    file.path, "is missing; take the freeze from a good copy", "缺失，请从完好的副本取回"
                )
            if path.stat().st_size != file.bytes:
                raise FreezeDamaged(
                    file.path,
                    f"has {path.stat().st_size:,} bytes, {file.bytes:,} were sealed",
                    f"有 {path.stat().st_size:,} 字节，封存时是 {file.bytes:,} 字节",
                )
    freeze = Freeze(folder, manifest, digest(folder / MANIFEST))
    if check:
        freeze.check()
    return freeze
