"""One sheet's XML on its way through: marked cells get their style, all else goes by untouched, a row at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from .markup import RELATIONSHIPS, column_of, letters
from .styles import Styles

_CHUNK = 1 << 20
_DATA = re.compile(rb"<(\w+:)?sheetData(?=[\s/>])[^<>]*>")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_SELECTED = re.compile(rb"""\stabSelected\s*=\s*["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d+["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
# What may follow a sheet's legacy drawing; the schema fixes the order.
_AFTER = {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "AlternateContent", "webPublishItems", "tableParts", "extLst"}  # fmt: skip

Wanted = Mapping[int, Mapping[int, tuple[str, bool]]]


class Sheet:
    """What a sheet's rewriting needs and learns."""

    def __init__(
        self, styles: Styles, wanted: Wanted, *, drawing: str | None, tick: Callable[[int], None]
    ) -> None:
        """wanted: row -> column -> (tone, as text), from 1. drawing: id of a new drawing of comments, where one is needed."""
        self.styles, self.wanted, self.drawing, self.tick = styles, dict(wanted), drawing, tick
        self.left = max(self.wanted, default=0)
        self.had_drawing: str | None = None
        self._row = 0

    def rewrite(self, source: IO[bytes], out: IO[bytes]) -> None:
        """Streams the sheet through."""
        held = b""
        while (found := _DATA.search(held)) is None and (piece := source.read(_CHUNK)):
            held += piece
        if found is None:
            out.write(held)  # no worksheet: a chart or a dialogue
            return
        prefix = found[1] or b""
        out.write(_SELECTED.sub(b"", held[: found.end()]))
        held = held[found.end() :]
        if found.group().endswith(b"/>"):
            out.write(self._tail(held + source.read(), prefix))
            return
        self._rows(source, out, held, prefix)

    def _rows(self, source: IO[bytes], out: IO[bytes], held: bytes, prefix: bytes) -> None:
        end = b"</" + prefix + b"row>"
        self._start = re.compile(b"<" + prefix + rb"row(?=[\s/>])[^<>]*>")
        self._cell = re.compile(
            b"<" + prefix + rb"c(?=[\s/>])[^<>]*?(?:/>|>.*?</" + prefix + rb"c\s*>)", re.DOTALL
        )
        self._prefix = prefix
        while True:
            pieces = held.split(end)
            held = pieces.pop()
            out.write(b"".join(self._one(piece) + end for piece in pieces))
            self.tick(len(pieces))
            if over := _DATA_END.search(held):
                out.write(held[: over.end()] + self._tail(held[over.end() :] + source.read(), prefix))
                return
            piece = source.read(_CHUNK)
            if not piece:
                out.write(held)
                return
            held += piece

    def _one(self, piece: bytes) -> bytes:
        """A row up to its end tag, with the empty rows that stand before it."""
        if self._row >= self.left and not self.styles.stale:
            return piece
        first = None
        for first in self._start.finditer(piece):
            number = _NUMBER.search(first.group())
            self._row = int(number[1]) if number else self._row + 1
            if not first.group().endswith(b"/>"):
                break
        marks = self.wanted.get(self._row, {})
        if first is None or not (marks or self._has_stale(piece)):
            return piece
        return piece[: first.start()] + self._marked(first.group(), piece[first.end() :], marks)

    def _has_stale(self, piece: bytes) -> bool:
        stale = self.styles.stale
        return bool(stale) and any(int(number) in stale for number in _STYLE.findall(piece))

    def _marked(self, tag: bytes, cells: bytes, marks: Mapping[int, tuple[str, bool]]) -> bytes:
        out, at, column = [], 0, 0
        waiting = dict(sorted(marks.items()))
        for cell in self._cell.finditer(cells):
            opening = cell.group()[: cell.group().index(b">") + 1]
            reference = _REFERENCE.search(opening)
            column = column_of(reference[1].decode()) if reference else column + 1
            out.append(cells[at : cell.start()])
            out += [self._new(one, *waiting.pop(one)) for one in list(waiting) if one < column]
            at = cell.end()
            style = _STYLE.search(opening)
            old = int(style[1]) if style else 0
            if column in waiting:
                tone, as_text = waiting.pop(column)
                new = self.styles.marked(old, tone, as_text=as_text)
            elif old in self.styles.stale:
                new = self.styles.plain(old)
            else:
                out.append(cell.group())
                continue
            out.append(_styled(opening, new) + cell.group()[len(opening) :])
        out.append(cells[at:])
        out += [self._new(one, *how) for one, how in waiting.items()]
        return _SPANS.sub(b"", tag) + b"".join(out)

    def _new(self, column: int, tone: str, as_text: bool) -> bytes:
        """An empty cell that the sheet did not write down."""
        style = self.styles.marked(0, tone, as_text=as_text)
        return b'<%bc r="%b%d" s="%d"/>' % (self._prefix, letters(column).encode(), self._row, style)

    def _tail(self, tail: bytes, prefix: bytes) -> bytes:
        """What follows the rows, with a drawing for the comments where the sheet had none."""
        at, self.had_drawing = _place_for_drawing(tail, prefix)
        if self.had_drawing is not None or self.drawing is None:
            return tail
        said = b'<%blegacyDrawing xmlns:r="%b" r:id="%b"/>' % (
            prefix,
            RELATIONSHIPS.encode(),
            self.drawing.encode(),
        )
        return tail[:at] + said + tail[at:]


def _styled(tag: bytes, style: int) -> bytes:
    bare = _STYLE.sub(b"", tag)
    end = -2 if bare.endswith(b"/>") else -1
    return bare[:end].rstrip() + b' s="%d"' % style + bare[end:]


def _place_for_drawing(tail: bytes, prefix: bytes) -> tuple[int, str | None]:
    """Where a legacy drawing stands or has to stand, and the id of the one that is there."""
    opening = b"<" + prefix + b"worksheet>"
    depth, place, there = 0, None, None
    parser = expat.ParserCreate("UTF-8")

    def begin(name: str, told: dict[str, str]) -> None:
        nonlocal depth, place, there
        local = name.split(":")[-1]
        if depth == 1:
            if local == "legacyDrawing":
                there = next((value for key, value in told.items() if key.split(":")[-1] == "id"), "")
            elif local in _AFTER and place is None:
                place = parser.CurrentByteIndex - len(opening)
        depth += 1

    def finish(_name: str) -> None:
        nonlocal depth, place
        depth -= 1
        if depth == 0 and place is None:
            place = parser.CurrentByteIndex - len(opening)

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.Parse(opening + tail, True)
    assert place is not None
    return place, there
