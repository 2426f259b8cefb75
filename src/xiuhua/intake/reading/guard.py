"""Keeps out files that would exhaust memory or that cannot be read, before a reader touches them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from .compound import check_chains
from .workbook import Unreadable

MOST_BYTES = 200 << 20
MOST_UNPACKED_BYTES = 2 << 30
MOST_PARTS = 10_000
MOST_ROWS = 1_200_000
MOST_COLUMNS = 1_000
# The reader lays a sheet out as one rectangle: one cell far down and one far right would fill the memory.
MOST_CELLS = 80_000_000

_CHUNK = 1 << 20
_MOST_ROW_BYTES = 16 << 20
# Start of the globals of a BIFF8 workbook, and the record that says it is encrypted.
_BOF = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILE_PASS = 0x002F
_ROOT = re.compile(rb"<(?:(\w+):)?worksheet[\s>]")
_REFERENCE = re.compile(rb'\br\s*=\s*["\']([A-Za-z]+)(\d+)["\']')


def check_archive(content: bytes) -> None:
    """Refuse a zip that is no xlsx, is damaged, or unpacks beyond the limits (declared sizes are not believed)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise Unreadable.too_large()
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable.password()
            if "xl/workbook.xml" not in names:
                raise Unreadable.other_kind()
            left = MOST_UNPACKED_BYTES
            for part in parts:
                left = _unpack(archive, part, left)
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unreadable.damaged() from error


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Read one part through, counting; return how many bytes may still come."""
    extent: _Extent | None = None
    with archive.open(part) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Unreadable.too_large()
            if first and (root := _ROOT.search(chunk, 0, 4096)):
                extent = _Extent(root[1])
            first = False
            if extent is not None:
                extent.feed(chunk)
    if extent is not None:
        extent.check()
    return left


class _Extent:
    """The rectangle that the filled cells of one sheet span, read from the XML as it streams by."""

    def __init__(self, prefix: bytes | None) -> None:
        self.rows = 0
        self.columns = 0
        self._tail = b""
        name = prefix + b":" if prefix else b""
        self._row_end, self._cell_end, self._cell_start = (
            b"</" + name + b"row>",
            b"</" + name + b"c>",
            b"<" + name + b"c",
        )

    def feed(self, chunk: bytes) -> None:
        cell_end, cell_start = self._cell_end, self._cell_start
        data = self._tail + chunk
        pieces = data.split(self._row_end)
        self._tail = pieces.pop()
        if len(self._tail) > _MOST_ROW_BYTES:
            if cell_end in self._tail:
                raise Unreadable.too_large()
            self._tail = b""  # rows without cells
        for piece in pieces:
            self.rows += 1
            end = piece.rfind(cell_end)
            if end < 0:
                continue  # only cells with a format and no value, which the reader leaves out
            start = max(piece.rfind(cell_start + space, 0, end) for space in (b" ", b"\n", b">"))
            reference = _REFERENCE.search(piece, start, min(end, start + 80))
            if reference is None:
                self.columns = max(self.columns, piece.count(cell_start))
                continue
            self.rows = max(self.rows, int(reference[2]))
            self.columns = max(self.columns, _column(reference[1]))

    def check(self) -> None:
        if self.columns > MOST_COLUMNS or self.rows * self.columns > MOST_CELLS:
            raise Unreadable.too_large()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def check_compound(content: bytes) -> None:
    """Refuse an OLE file that is an encrypted xlsx or holds no workbook (a Word file, a picture)."""
    if _stream_name("EncryptedPackage") in content or _has_file_pass(content):
        raise Unreadable.password()
    if _stream_name("Workbook") not in content and _stream_name("Book") not in content:
        raise Unreadable.other_kind()
    check_chains(content)


def _has_file_pass(content: bytes) -> bool:
    """Whether an xls is encrypted: a FILEPASS record among the first of its globals. The reader calls that damaged."""
    at = content.find(_BOF)
    for _ in range(10):
        if at < 0 or at + 4 > len(content):
            return False
        kind, size = struct.unpack_from("<HH", content, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + size
    return False


def _stream_name(name: str) -> bytes:
    """A name as the directory of an OLE file holds it."""
    return name.encode("utf-16-le") + b"\0\0"
