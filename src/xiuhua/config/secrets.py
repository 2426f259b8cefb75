"""Secrets that are files: made once, readable by the service only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def once(path: Path, length: int = 48) -> bytes:
    """The bytes of a secret file; made of random bytes when it is not there. Two makers agree on one."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(length))
    try:
        os.link(draft, path)  # fails when somebody was quicker; then theirs counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def secret_key(keys: Path) -> str:
    """Django's signing key, kept beside the other keys, outside database and backups."""
    return once(keys / "signing.key").hex()
