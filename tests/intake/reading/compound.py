"""Writes small .xls files (BIFF8 in an OLE container) byte by byte, since no library at hand writes them."""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str) -> bytes:
    """A string of the shared table: length, 16-bit mark, characters."""
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


def workbook_stream(sheets: dict[str, list[list[str | float | None]]], *, password: bool = False) -> bytes:
    """The Workbook stream: globals, then each sheet; numbers as NUMBER, texts as LABELSST, merges left out."""
    strings = list(
        dict.fromkeys(
            cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)
        )
    )
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    if password:
        start += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    table = _record(0x00FC, struct.pack("<II", len(strings), len(strings)) + b"".join(map(_text, strings)))
    end = _record(0x000A, b"")
    bodies = [_sheet(rows, strings) for rows in sheets.values()]
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    at = len(start) + sum(len(_record(0x0085, bytes(6) + name)) for name in names) + len(table) + len(end)
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        listed += _record(0x0085, struct.pack("<IBB", at, 0, 0) + name)
        at += len(body)
    return start + listed + table + end + b"".join(bodies)


def _sheet(rows: list[list[str | float | None]], strings: list[str]) -> bytes:
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
    width = max(map(len, rows))
    out += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                out += _record(0x00FD, struct.pack("<HHHI", at, column, 0, strings.index(cell)))
            elif cell is not None:
                out += _record(0x0203, struct.pack("<HHHd", at, column, 0, cell))
    return out + _record(0x000A, b"")


def compound_file(streams: dict[str, bytes]) -> bytes:
    """An OLE file with these streams, each padded to 4096 bytes so that none lies in the mini stream."""
    padded = {
        name: data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0") for name, data in streams.items()
    }
    chain: list[int] = []
    places = {}
    for name, data in padded.items():
        count = len(data) // SECTOR
        places[name] = len(chain)
        chain += [*range(len(chain) + 1, len(chain) + count), END]
    directory_at = len(chain)
    directory_count = -(-(len(padded) + 1) // 4)
    chain += [*range(directory_at + 1, directory_at + directory_count), END]
    fat_count = 1
    while (len(chain) + fat_count) > fat_count * 128:
        fat_count += 1
    fat_at = len(chain)
    chain += [FAT] * fat_count
    fat = struct.pack(f"<{fat_count * 128}I", *chain, *[FREE] * (fat_count * 128 - len(chain)))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, fat_count, directory_at, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(fat_at, fat_at + fat_count), *[FREE] * (109 - fat_count))
    entries = [_entry("Root Entry", 5, FREE, 1, END, 0)]
    for number, (name, data) in enumerate(padded.items(), 1):
        right = number + 1 if number < len(padded) else FREE
        entries.append(
            _entry(
                name,
                2,
                right,
                FREE,
                places[name],
                len(streams[name]) if len(streams[name]) > 4096 else len(data),
            )
        )
    entries += [_entry("", 0, FREE, FREE, 0, 0)] * (directory_count * 4 - len(entries))
    return header + b"".join(padded.values()) + b"".join(entries) + fat


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    word = name.encode("utf-16-le") + b"\0\0" if name else b""
    return (
        word.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(word), kind, 1, FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def xls(sheets: dict[str, list[list[str | float | None]]], *, password: bool = False) -> bytes:
    """A whole .xls file."""
    return compound_file({"Workbook": workbook_stream(sheets, password=password)})
