"""A sealed freeze, found again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from xiuhua.engine.freezing.manifest import MANIFEST, FreezeDamaged, Manifest, digest, read_manifest
from xiuhua.engine.freezing.shape import PLACES


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

    def check(self) -> None:
        """Every file's SHA-256. Raises FreezeDamaged with the first that differs."""
        for held in self.manifest.relations.values():
            for file in held.files:
                if digest(self.folder / file.path) != file.sha256:
                    raise FreezeDamaged(
                        file.path,
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
