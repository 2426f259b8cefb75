"""Storing and opening files. Content is encrypted in pieces, so that a large workbook is never whole in the clear on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from xiuhua.audit.services import Actor
from xiuhua.common.clock import beijing_now
from xiuhua.common.covering import covered
from xiuhua.common.sealing import CannotOpen, keyring
from xiuhua.files.models import StoredFile

PIECE_BYTES = 1024 * 1024


def folder() -> Path:
    """Where encrypted files lie."""
    path = Path(settings.FILES)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@dataclass(frozen=True)
class Kept:
    """Content that lies encrypted on the disk and has no row yet."""

    path: str
    size_bytes: int
    sha256: str


def keep(pieces: Iterable[bytes]) -> Kept:
    """Encrypts content onto the disk while it comes. What fails or is killed half way leaves nothing under a file's name."""
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
    return Kept(path.name, size, digest.hexdigest())


def enter(*, by: Actor, place_code: str, name: str, kept: Kept) -> StoredFile:
    """The row of content that is kept; written last, so that a killed upload leaves no row without content."""
    return StoredFile.objects.create(
        name=covered(os.path.basename(name).replace("\0", ""))[:255],
        place_code=place_code,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        path=kept.path,
        stored_by=by.actor_name,
    )


def store(*, by: Actor, place_code: str, name: str, pieces: Iterable[bytes]) -> StoredFile:
    """Encrypts and keeps a file, with its row."""
    return enter(by=by, place_code=place_code, name=name, kept=keep(pieces))


def content(file: StoredFile) -> bytes:
    """The plain content, whole; CannotOpen as `pieces` says it."""
    return b"".join(pieces(file))


def pieces(file: StoredFile) -> Iterator[bytes]:
    """The plain content, piece by piece. CannotOpen when a key is missing, the content was altered, cut or taken down;
    that it was cut shows at the end only."""
    ring = keyring()
    digest, number = hashlib.sha256(), 0
    try:
        stream = (folder() / file.path).open("rb")
    except FileNotFoundError as gone:
        raise CannotOpen("the file's content is not on the disk") from gone
    with stream:
        while header := stream.read(22):
            key = ring.sealing.get(header[2:6])
            if key is None or header[:2] != b"x1":
                raise CannotOpen("the key of this file is not in the key folder")
            sealed = stream.read(int.from_bytes(header[18:22], "big"))
            try:
                piece = key.decrypt(header[6:18], sealed, number.to_bytes(8, "big"))
            except Exception as wrong:
                raise CannotOpen("the file was altered") from wrong
            number += 1
            digest.update(piece)
            yield piece
    if digest.hexdigest() != file.sha256:
        raise CannotOpen("the file is not whole")


def remove(file: StoredFile) -> None:
    """Takes the content off the disk; the row stays and says since when. Safe to do again. What something else rests on stays."""
    if not _may_go(file):
        return
    # The disk first: killed in between, the row still asks for it and it is done again.
    (folder() / file.path).unlink(missing_ok=True)
    _gone(file)


def remove_with_the_act(file: StoredFile) -> None:
    """The same as part of an act: the row says so now, the content goes once the act stands. What a kill leaves in between,
    `remove_what_is_left` takes. What something else rests on besides stays."""
    if not _may_go(file):
        return
    _gone(file)
    path = folder() / file.path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _may_go(file: StoredFile) -> bool:
    """Whether the database lets the content go: nothing that was decided or corrected rests on it."""
    with connection.cursor() as cursor:
        cursor.execute("select files_may_go(%s)", [file.pk])
        return bool(cursor.fetchone()[0])


def _gone(file: StoredFile) -> None:
    """Says in the row that the content is gone, once: the first day stands. The database refuses what something rests on."""
    if StoredFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=beijing_now()):
        file.refresh_from_db(fields=["removed_at"])


def remove_what_is_left(*, days: int = 7) -> None:
    """Takes content off the disk whose row says since lately that it is gone. In the caller's area; safe to do again."""
    since = beijing_now() - timedelta(days=days)
    for path in StoredFile.objects.filter(removed_at__gte=since).values_list("path", flat=True):
        (folder() / path).unlink(missing_ok=True)


def _evenly(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield held[:PIECE_BYTES]
            held = held[PIECE_BYTES:]
    if held:
        yield held
