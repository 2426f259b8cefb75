"""Uploads on their way in: what is too large for memory waits on disk encrypted, in a file without a name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# What of one file is kept while it comes in. A form says so of a larger one; nothing more of it is written.
MOST_BYTES = 200 << 20


class Waiting(UploadedFile):
    """An upload whose bytes lie on disk under a key that only this process has; gone with the process, however it ends."""

    def __init__(self, name: str, content_type: str | None, charset: str | None) -> None:
        # Closed by Django with the request, as every upload is.
        self._disk = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
        super().__init__(self._disk, name, content_type, 0, charset)
        # Key and stream serve one file once, so nothing is ever encrypted twice under them.
        self._cipher = Cipher(AES(os.urandom(32)), CTR(os.urandom(16)))
        self._writing = self._cipher.encryptor()

    def take(self, piece: bytes) -> None:
        """Adds a piece."""
        self.size = (self.size or 0) + len(piece)
        if self.size <= MOST_BYTES:
            self._disk.write(self._writing.update(piece))

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The content in the clear, piece by piece."""
        reading = self._cipher.decryptor()
        self._disk.seek(0)
        while piece := self._disk.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield reading.update(piece)

    def read(self, *_size: Any) -> bytes:
        """All of it."""
        return b"".join(self.chunks())


class WaitingHandler(FileUploadHandler):
    """Takes what the handler in memory before it has left: files over FILE_UPLOAD_MAX_MEMORY_SIZE."""

    waiting: Waiting

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.waiting = Waiting(self.file_name or "", self.content_type, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.waiting.take(raw_data)

    def file_complete(self, file_size: int) -> Waiting:
        return self.waiting
