"""Values that only the right eyes may read: encrypted at rest, found again by a keyed hash.

A sealed value is `b"x1" + key id (4 bytes) + nonce (12) + AES-256-GCM ciphertext`. The key id lets old values be read
while new ones are written with a new key. The blind index is HMAC-SHA-256 cut to 16 bytes, with a key of its own that
does not rotate with the sealing keys (a rotation of it is a rebuild of the index).

Keys are files in one folder outside database and backups: `seal-<id>.key`, the newest by name seals; `blind.key`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"x1"
NONCE_BYTES = 12
KEY_BYTES = 32
BLIND_BYTES = 16


class CannotOpen(Exception):
    """A sealed value cannot be read: its key is missing or the bytes were altered."""


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation. Make with `Keyring.at(folder)`."""

    sealing: dict[bytes, AESGCM]
    newest: bytes
    blind_key: bytes

    @classmethod
    def at(cls, folder: Path) -> Keyring:
        """Reads the folder, making first keys when it has none."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not list(folder.glob("seal-*.key")):
            make_key(folder, "seal-0001.key")
        make_key(folder, "blind.key")
        sealing = {
            path.stem[5:].encode(): AESGCM(path.read_bytes()) for path in sorted(folder.glob("seal-*.key"))
        }
        return cls(sealing, max(sealing), (folder / "blind.key").read_bytes())

    def seal(self, plain: str) -> bytes:
        """Encrypts one value."""
        nonce = os.urandom(NONCE_BYTES)
        return MARK + self.newest + nonce + self.sealing[self.newest].encrypt(nonce, plain.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypts one value; CannotOpen when its key is missing or the bytes are not ours."""
        sealed = bytes(sealed)
        key = self.sealing.get(sealed[2:6])
        if sealed[:2] != MARK or key is None:
            raise CannotOpen("the key of this value is not in the key folder")
        try:
            return key.decrypt(sealed[6:18], sealed[18:], None).decode()
        except InvalidTag as wrong:
            raise CannotOpen("the value was altered") from wrong

    def blind(self, plain: str) -> bytes:
        """The keyed hash by which a value is found again without being readable."""
        return hmac.digest(self.blind_key, plain.encode(), hashlib.sha256)[:BLIND_BYTES]


def make_key(folder: Path, name: str) -> Path:
    """A new random key file; one that is there already is left alone."""
    path = folder / name
    draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path


def add_key(folder: Path) -> str:
    """Starts a rotation: a newer sealing key, used from the next start on. Returns its id."""
    newest = max(path.stem[5:] for path in folder.glob("seal-*.key"))
    name = f"{int(newest) + 1:04d}"
    make_key(folder, f"seal-{name}.key")
    keyring.cache_clear()
    return name


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The installation's keys."""
    from django.conf import settings

    return Keyring.at(Path(settings.KEYS))


def seal(plain: str) -> bytes:
    """Encrypts one value with the installation's newest key."""
    return keyring().seal(plain)


def unseal(sealed: bytes) -> str:
    """Decrypts one value; CannotOpen when it cannot be read."""
    return keyring().unseal(sealed)


def blind(plain: str) -> bytes:
    """The 16-byte blind index of a value."""
    return keyring().blind(plain)


def seal_all(plains: Iterable[str | None]) -> list[bytes | None]:
    """Seals many; None stays None."""
    ring = keyring()
    return [None if plain is None else ring.seal(plain) for plain in plains]


def blind_all(plains: Iterable[str | None]) -> list[bytes | None]:
    """Blind indexes of many; None stays None."""
    ring = keyring()
    return [None if plain is None else ring.blind(plain) for plain in plains]
