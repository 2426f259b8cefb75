"""The text of a PDF that typst made, as a reader's search would find it: glyphs through each font's own table of letters."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
NEXT = re.compile(rb"/(\w+) [\d.\-]+ Tf|<([0-9A-Fa-f]*)>|\(")
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All text of all pages, in the order it is set, without spaces or line ends."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    for body in list(objects.values()):
        if b"/ObjStm" in body:
            objects.update(_packed(body))
    fonts = {}
    for body in objects.values():
        for block in re.findall(rb"/Font ?<<(.*?)>>", body, re.DOTALL):
            fonts.update({name: int(at) for name, at in re.findall(rb"/(\w+) (\d+) 0 R", block)})
    letters = {name: _letters(objects, at) for name, at in fonts.items()}
    told = []
    for body in objects.values():
        stream = _stream(body)
        if b" Tf" in stream and (b"TJ" in stream or b"Tj" in stream):
            told.append(_said(stream, letters))
    return re.sub(r"\s", "", "".join(told))


def _packed(body: bytes) -> dict[int, bytes]:
    data, first = _stream(body), int(re.search(rb"/First (\d+)", body)[1])  # type: ignore[index]
    head = [int(one) for one in data[:first].split()]
    starts = list(zip(head[::2], head[1::2], strict=True))
    ends = [at for _n, at in starts[1:]] + [len(data) - first]
    return {number: data[first + at : first + end] for (number, at), end in zip(starts, ends, strict=True)}


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None:
        return b""
    if b"/FlateDecode" not in body[: found.start()]:
        return found[1]
    return zlib.decompressobj().decompress(found[1])


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    cmap = _stream(objects[int(found[1])]) if found else b""
    told: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, letter in re.findall(rb"<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)>", block):
            told[int(glyph, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, letter in re.findall(rb"<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)>", block):
            for step in range(int(high, 16) - int(low, 16) + 1):
                told[int(low, 16) + step] = chr(int(letter, 16) + step)
    return told


def _said(stream: bytes, letters: dict[bytes, dict[int, str]]) -> str:
    said, font, at = [], b"", 0
    while (found := NEXT.search(stream, at)) is not None:
        at = found.end()
        if found[1]:
            font = found[1]
            continue
        raw, at = (bytes.fromhex(found[2].decode()), at) if found[2] is not None else _literal(stream, at)
        glyphs = [int.from_bytes(raw[one : one + 2], "big") for one in range(0, len(raw), 2)]
        said += [letters.get(font, {}).get(one, "") for one in glyphs]
    return "".join(said)


def _literal(stream: bytes, at: int) -> tuple[bytes, int]:
    """A string in brackets from behind its first one: brackets within may be balanced, and a backslash takes what follows."""
    out, deep = bytearray(), 1
    while True:
        one = stream[at : at + 1]
        at += 1
        if one == b"\\":
            octal = re.compile(rb"[0-7]{1,3}").match(stream, at)
            if octal:
                out.append(int(octal[0], 8) & 255)
                at = octal.end()
                continue
            one, at = stream[at : at + 1], at + 1
            out += PLAIN.get(one, one)
            continue
        deep += (one == b"(") - (one == b")")
        if deep == 0:
            return bytes(out), at
        out += one
