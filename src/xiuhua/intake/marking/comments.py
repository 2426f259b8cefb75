"""Comments in cells: ours are added beside those of the office, and those of an earlier marking are taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from .markup import HEAD, MAIN, attributes, column_of, element, letters, start, text

AUTHOR = "绣花"
# Before our words in a comment that somebody else began; all after it is ours.
DIVIDER = "—— 绣花 ——"
_LINE = re.compile(r"\d+$")
Where = tuple[int, int]  # row, column, from 1


class Comments:
    """The comments of a sheet (comments part and drawing part), with ours in place of those of an earlier marking."""

    def __init__(self, comments: str, drawing: str, wanted: Mapping[Where, str], first_shape: int) -> None:
        """Texts of the two parts, empty where there are none. first_shape: block of 1,024 shape numbers that nobody uses."""
        self.theirs, self.gone = _theirs(comments)
        self._block = first_shape
        root = start("comments").search(comments)
        self._prefix = (root[1] or "") if root else ""
        self.comments = self._with(comments, wanted)
        self.drawing, self.blocks = self._drawn(drawing, wanted)

    def _with(self, said: str, wanted: Mapping[Where, str]) -> str:
        p = self._prefix
        authors = _authors(said)
        if AUTHOR not in authors:
            authors.append(AUTHOR)
        mine = authors.index(AUTHOR)
        merged: dict[Where, str] = dict(self.theirs)
        for where, words in wanted.items():
            if where in self.theirs:
                merged[where] = _added(self.theirs[where], f"\n{DIVIDER}\n{words}", p)
            else:
                ref = f"{letters(where[1])}{where[0]}"
                merged[where] = (
                    f'<{p}comment ref="{ref}" authorId="{mine}"><{p}text>{_run(words, p)}</{p}text></{p}comment>'
                )
        listed = "".join(merged[where] for where in sorted(merged))
        names = "".join(f"<{p}author>{text(one)}</{p}author>" for one in authors)
        opening = start("comments").search(said)
        root = opening.group() if opening else f'<comments xmlns="{MAIN}">'
        return f"{HEAD}{root}<{p}authors>{names}</{p}authors><{p}commentList>{listed}</{p}commentList></{p}comments>"

    def _drawn(self, said: str, wanted: Mapping[Where, str]) -> tuple[str, int]:
        """The drawing with a box for each new comment, and how many blocks of shape numbers it took."""
        fresh = [where for where in sorted(wanted) if where not in self.theirs]
        gone = self.gone - set(fresh)
        kept = _SHAPE.sub(lambda shape: "" if _where(shape.group()) in gone else shape.group(), said)
        there = {_where(shape.group()) for shape in _SHAPE.finditer(kept)}
        fresh = [where for where in fresh if where not in there]
        if not fresh:
            return kept or _EMPTY.replace("{blocks}", str(self._block)), 1
        blocks = -(-len(fresh) // 1023)
        ids = ",".join(str(self._block + n) for n in range(blocks))
        boxes = "".join(_box(self._number(at), where, wanted[where]) for at, where in enumerate(fresh))
        if not kept:
            kept = _EMPTY.replace("{blocks}", ids)
        else:
            kept = _IDMAP.sub(lambda tag: f"{tag[1]}{tag[2]},{ids}{tag[3]}", kept, count=1)
            if "_x0000_t202" not in kept:
                boxes = _TYPE + boxes
            if "xmlns:v=" not in kept or "xmlns:x=" not in kept or "xmlns:o=" not in kept:
                # Its writer calls these names otherwise: each box says them itself.
                boxes = boxes.replace("<v:shape ", f"<v:shape {_NAMES} ").replace(
                    "<v:shapetype ", f"<v:shapetype {_NAMES} "
                )
        at = kept.rindex("</xml")
        return kept[:at] + boxes + kept[at:], blocks

    def _number(self, at: int) -> int:
        return (self._block + at // 1023) * 1024 + 1 + at % 1023


def blocks_used(drawing: str) -> int:
    """The highest block of shape numbers that a drawing uses; 0 for none."""
    found = [int(one) for tag in _IDMAP.finditer(drawing) for one in re.findall(r"\d+", tag[2])]
    return max(found, default=0)


_SHAPE = re.compile(r"<(?:\w+:)?shape\s.*?</(?:\w+:)?shape>", re.DOTALL)
_IDMAP = re.compile(r"""(<(?:\w+:)?idmap\b[^>]*?\bdata\s*=\s*["'])([\d,\s]*)(["'])""")
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_EMPTY = (
    f"<xml {_NAMES}>"
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/>'
    f"</o:shapelayout>{_TYPE}</xml>"
)


def _box(number: int, where: Where, words: str) -> str:
    """A hidden note beside its cell, as tall as its words need."""
    row, column = where[0] - 1, where[1] - 1
    lines = sum(1 + len(line) // 20 for line in words.splitlines())
    bottom = row + max(4, lines + 1)
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;'
        f'height:{18 * max(4, lines + 1)}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {row}, 4, {column + 4}, 30, {bottom}, 8</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _where(shape: str) -> Where | None:
    row, column = (re.search(rf"<(?:\w+:)?{name}>\s*(\d+)\s*<", shape) for name in ("Row", "Column"))
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _authors(said: str) -> list[str]:
    group = element("authors", empty=True).search(said)
    if group is None:
        return []
    found = element("author", empty=True).finditer(group.group()[1:])
    return [_plain(hit.group()) for hit in found]


def _plain(tag: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", tag))


def _theirs(said: str) -> tuple[dict[Where, str], set[Where]]:
    """The comments that are the office's, without what an earlier marking added; and where one of ours stood alone."""
    authors, theirs, gone = _authors(said), {}, set()
    for hit in element("comment").finditer(said):
        told = attributes(hit.group()[: hit.group().index(">") + 1])
        ref, author = told.get("ref", ""), told.get("authorId", "")
        line = _LINE.search(ref)
        if line is None:
            continue
        where = (int(line.group()), column_of(ref))
        if author.isdigit() and int(author) < len(authors) and authors[int(author)] == AUTHOR:
            gone.add(where)
        else:
            theirs[where] = _without_ours(hit.group())
    return theirs, gone


def _without_ours(comment: str) -> str:
    said = _plain(comment)
    if DIVIDER not in said:
        return comment
    p = _prefix_of(comment)
    before = _run(said.split(DIVIDER)[0].rstrip("\n"), p)
    return f"{comment[: comment.index('>') + 1]}<{p}text>{before}</{p}text></{p}comment>"


def _prefix_of(tag: str) -> str:
    found = re.match(r"<(\w+:)?", tag)
    return (found[1] or "") if found else ""


def _added(comment: str, words: str, p: str) -> str:
    at = comment.rindex(f"</{p}text>")
    inside = comment[:at]
    # A comment of plain text becomes one of runs: the schema has either.
    bare = re.search(rf"<{p}text>\s*<{p}t(\s[^>]*)?>(.*?)</{p}t>\s*$", inside, re.DOTALL)
    if bare:
        inside = inside[: bare.start()] + f"<{p}text>{_run(_plain(bare[2]), p)}"
    return inside + _run(words, p) + comment[at:]


def _run(words: str, p: str) -> str:
    return f'<{p}r><{p}rPr><{p}sz val="10"/></{p}rPr><{p}t xml:space="preserve">{text(words)}</{p}t></{p}r>'
