"""What a backup says of itself: enough to tell, years later and elsewhere, whether it is whole and what it needs."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from xiuhua.runtime.errors import ClusterError

FORMAT = 1
NAME, SEAL, DUMP, FILES, FREEZES = "manifest.json", "manifest.sha256", "database.dump", "files", "freezes"
PIECE_BYTES = 1024 * 1024
_MARK = b"xiuhua backup"


@dataclass
class Manifest:
    """tables: name -> {rows, digest}; audit: book -> {number, head}; files: name -> {size, sha256} of the encrypted
    bytes; freezes: path -> {size, sha256}; keys: id of each sealing key -> fingerprint. No key, no name of a person."""

    made_at: str
    product: str
    postgres: str
    app_role: str
    migrations: list[str]
    tables: dict[str, dict[str, Any]]
    audit: dict[str, dict[str, Any]]
    keys: dict[str, str]
    blind: str
    dump: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    freezes: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Writes the manifest and its own hash beside it."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text, encoding="utf-8")
        (folder / SEAL).write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  {NAME}\n", encoding="ascii")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a backup. Raises ClusterError for what is none, or was altered."""
        try:
            text = (folder / NAME).read_text(encoding="utf-8")
            seal = (folder / SEAL).read_text(encoding="ascii").split()[0]
            found = json.loads(text)
        except (OSError, ValueError, IndexError) as error:
            raise ClusterError(f"{folder} 不是一份完整的备份", f"{folder} is no whole backup") from error
        if hashlib.sha256(text.encode()).hexdigest() != seal:
            raise ClusterError(
                f"备份清单被改动过：{folder / NAME}", f"the manifest was altered: {folder / NAME}"
            )
        if found.get("format") != FORMAT:
            raise ClusterError(
                f"备份格式 {found.get('format')} 不认识，请用做这份备份的版本恢复",
                f"format {found.get('format')} is not known: restore with the version that made it",
            )
        return cls(**found)


def newest(folder: Path) -> Path:
    """The folder itself where it is a backup, else the newest backup in it. Raises ClusterError."""
    if (folder / NAME).exists():
        return folder
    found = sorted(folder.glob(f"xiuhua-*/{NAME}")) if folder.is_dir() else []
    if not found:
        raise ClusterError(f"{folder} 里没有备份", f"there is no backup in {folder}")
    return found[-1].parent


def fingerprint(key: bytes) -> str:
    """By which a key is known again; tells nothing of it."""
    return hmac.digest(key, _MARK, hashlib.sha256)[:8].hex()


def fingerprints(folder: Path) -> tuple[dict[str, str], str]:
    """Fingerprints of the sealing keys by id, and of the blind index's key ("" where there is none)."""
    sealing = {p.stem[5:]: fingerprint(p.read_bytes()) for p in sorted(folder.glob("seal-*.key"))}
    blind = folder / "blind.key"
    return sealing, fingerprint(blind.read_bytes()) if blind.exists() else ""


def digest_of(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def copy(source: Path, target: Path) -> dict[str, Any]:
    """Copies a file so that it is there whole or not at all; returns its size and SHA-256."""
    draft = target.with_name(f".{target.name}.part")
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as stream, draft.open("wb") as out:
        os.chmod(draft, 0o600)
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)
    return {"size": size, "sha256": digest.hexdigest()}


def damaged(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Names of what a backup lacks or holds altered."""
    files = [
        *((f"{FILES}/{name}", said) for name, said in manifest.files.items()),
        *((f"{FREEZES}/{name}", said) for name, said in manifest.freezes.items()),
    ]
    for name, said in [(DUMP, manifest.dump), *files]:
        path = folder / name
        if not path.is_file() or digest_of(path) != said:
            yield name
