"""Storing and opening files. Content is encrypted in pieces, so that a large workbook is never whole in the clear on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from xiuhua.audit.services import Actor
from xiuhua.common.covering import covered
from xiuhua.common.sealing import CannotOpen, keyring
from xiuhua.files.models import StoredFile

PIECE_BYTES = 1024 * 1024


def folder() -> Path:
    """Where encrypted files lie."""
    path = Path(settings.FILES)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def store(*, by: Actor, place_code: str, name: str, pieces: Iterator[bytes]) -> StoredFile:
    """Encrypts and keeps a file; the row is written last, so a killed upload leaves no row without content."""
    ring = keyring()
    key = ring.newest
    digest, size = hashlib.sha256(), 0
    path = folder() / f"{secrets.token_hex(16)}.x1"
    draft = path.with_suffix(".part")
    try:
        with draft.open("wb") as out:
            os.chmod(draft, 0o600)
            for number, piece in enumerate(_evenly(pieces)):
                digest.update(piece)
                size += len(piece)
                nonce = os.urandom(12)
                # The piece's number is bound to it: pieces cannot be dropped or swapped.
                sealed = ring.sealing[key].encrypt(nonce, piece, number.to_bytes(8, "big"))
                out.write(b"x1" + key + nonce + len(sealed).to_bytes(4, "big") + sealed)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return StoredFile.objects.create(
        name=covered(os.path.basename(name).replace("\0", ""))[:255],
        place_code=place_code,
        size_bytes=size,
        sha256=digest.hexdigest(),
        path=path.name,
        stored_by=by.actor_name,
    )


def content(file: StoredFile) -> bytes:
    """The plain content; CannotOpen when a key is missing or the content was altered or cut."""
    ring = keyring()
    plain: list[bytes] = []
    digest = hashlib.sha256()
    with (folder() / file.path).open("rb") as stream:
        while header := stream.read(22):
            key = ring.sealing.get(header[2:6])
            if key is None or header[:2] != b"x1":
                raise CannotOpen("the key of this file is not in the key folder")
            sealed = stream.read(int.from_bytes(header[18:22], "big"))
            try:
                piece = key.decrypt(header[6:18], sealed, len(plain).to_bytes(8, "big"))
            except Exception as wrong:
                raise CannotOpen("the file was altered") from wrong
            digest.update(piece)
            plain.append(piece)
    if digest.hexdigest() != file.sha256:
        raise CannotOpen("the file is not whole")
    return b"".join(plain)


def _evenly(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield held[:PIECE_BYTES]
            held = held[PIECE_BYTES:]
    if held:
        yield held
