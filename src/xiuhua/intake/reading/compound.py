"""Whether the sectors of an OLE file (old xls) lead to an end. A chain that runs in a circle would be followed for ever,
until the memory is full and the process is killed: the reader does not look, so it is looked at before."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from .workbook import Unreadable

_LAST = 0xFFFFFFFA  # from here on numbers mean the end, a free sector, a sector of the table itself
_IN_HEADER = 109


def check_chains(content: bytes) -> None:
    """Refuse a file whose tables of sectors are cut, lie outside of it, or hold a circle."""
    try:
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        first_mini, _minis, next_table, _tables = struct.unpack_from("<IIII", content, 60)
        if shift not in (9, 12) or mini_shift != 6:
            raise Unreadable.damaged()
        table = _table(content, 1 << shift, next_table)
        _ends(table)
        _ends(_joined(content, 1 << shift, table, first_mini))
    except struct.error as error:
        raise Unreadable.damaged() from error


def _table(content: bytes, size: int, next_table: int) -> list[int]:
    """The table of sectors: for each, which follows."""
    parts = [one for one in struct.unpack_from(f"<{_IN_HEADER}I", content, 76) if one < _LAST]
    seen: set[int] = set()
    while next_table < _LAST:
        if next_table in seen:
            raise Unreadable.damaged()
        seen.add(next_table)
        entries = _sector(content, size, next_table)
        if not entries:  # beyond the end of the file
            raise Unreadable.damaged()
        *more, next_table = entries
        parts += [one for one in more if one < _LAST]
    if len(parts) > len(content) // size + 1:
        raise Unreadable.damaged()
    return [entry for part in parts for entry in _sector(content, size, part)]


def _joined(content: bytes, size: int, table: Sequence[int], at: int) -> list[int]:
    """The entries of all sectors of a chain that is known to end."""
    found: list[int] = []
    while at < len(table):
        found += _sector(content, size, at)
        at = table[at]
    return found


def _sector(content: bytes, size: int, number: int) -> tuple[int, ...]:
    piece = content[(number + 1) * size : (number + 2) * size]
    # The last sector of a file may be short.
    return struct.unpack(f"<{len(piece) // 4}I", piece[: len(piece) // 4 * 4])


def _ends(table: Sequence[int]) -> None:
    """Refuse a circle anywhere in a table: each sector is gone through once."""
    done = bytearray(len(table))  # 0 not seen, 1 on the way, 2 known to end
    for start in range(len(table)):
        way = []
        at = start
        while at < len(table) and not done[at]:
            done[at] = 1
            way.append(at)
            at = table[at]
        if at < len(table) and done[at] == 1:
            raise Unreadable.damaged()
        for one in way:
            done[one] = 2
