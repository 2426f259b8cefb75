"""Marking a whole workbook: cells, comments, the list in front, and the mark by which it is known again."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from xiuhua.intake.reading import Workbook as Read
from xiuhua.intake.reading.origin import PART

from . import properties
from .comments import Comments, blocks_used
from .listing import Line, listing
from .markup import RELATIONSHIPS, attributes, rels_of, start, text, with_attribute
from .parts import Package, Relations
from .rows import Sheet
from .styles import Styles

_GRAVITY = ("red", "straw", "leaf")
_BOOK = "xl/workbook.xml"
_KIND = "application/vnd.openxmlformats-officedocument."
_TICK_ROWS = 1000


class CannotMark(Exception):
    """A workbook of a shape that cannot be marked; both sentences say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en

    @classmethod
    def shape(cls) -> CannotMark:
        """A kind of xlsx that is hardly met."""
        return cls(
            "这份工作簿的存法特殊，不能直接标注。请用 Excel 或 WPS 另存为普通的 xlsx，重新导入后再标注",
            "This workbook is saved in a rare form. Save it as an ordinary xlsx, take it in again, then have it marked",
        )


@dataclass(frozen=True)
class Mark:
    """One finding at a cell, from 1. as_text: the cell is to hold a long number, which keeps its digits only as text."""

    sheet: str
    row: int
    column: int
    tone: str
    words: str
    as_text: bool = False


@dataclass(frozen=True)
class Listing:
    """The sheet in front: its name, title, the lines under it, headings, findings, and the stamp of where it came from."""

    name: str
    title: str
    words: Sequence[str]
    headings: Sequence[str]
    lines: Sequence[Line]
    stamp: str


@dataclass
class _Cell:
    tone: str = "leaf"
    words: list[str] = field(default_factory=list)
    as_text: bool = False


def mark(
    content: bytes,
    marks: Sequence[Mark],
    front: Listing,
    read: Read,
    tick: Callable[[int], None] = lambda _n: None,
) -> bytes:
    """The workbook with its marks. read: as it was read; its merged cells say where a mark can be seen.

    tick is called with a number of rows done. CannotMark for what cannot be changed in place. An earlier marking is replaced.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            return _Marking(Package(old), marks, front, read, tick).run()
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        UnicodeError,
        AssertionError,
        StopIteration,
        expat.ExpatError,
    ) as odd:
        raise CannotMark.shape() from odd


class _Marking:
    """One going through a workbook."""

    def __init__(
        self,
        package: Package,
        marks: Sequence[Mark],
        front: Listing,
        read: Read,
        tick: Callable[[int], None],
    ) -> None:
        self.package, self.front, self.tick = package, front, tick
        self.part = package.relations("").of_type("officeDocument") or _BOOK
        self.book = package.read(self.part)
        if "purl.oclc.org/ooxml" in self.book or "<!DOCTYPE" in self.book:
            raise CannotMark.shape()
        self.relations = package.relations(self.part)
        self.style_part = self.relations.of_type("styles")
        self.styles = Styles(package.read(self.style_part) if self.style_part else "")
        self.merged = {sheet.name: sheet.merged for sheet in read.sheets}
        self.lists = set(read.lists)
        self.cells: dict[str, dict[tuple[int, int], _Cell]] = defaultdict(lambda: defaultdict(_Cell))
        for one in marks:
            self._take(one)
        self.blocks = 1 + max(
            (blocks_used(package.read(name)) for name in package.names if name.endswith(".vml")), default=0
        )

    def _take(self, one: Mark) -> None:
        """Several findings of a cell are one comment, in the gravest one's colour."""
        where = (one.row, one.column)
        for (top, left), (bottom, right) in self.merged.get(one.sheet, ()):
            if top < one.row <= bottom + 1 and left < one.column <= right + 1:
                where = (top + 1, left + 1)  # only the first cell of merged ones is seen
        cell = self.cells[one.sheet][where]
        if one.words not in cell.words:
            cell.words.append(one.words)
        cell.tone = min(cell.tone, one.tone, key=_GRAVITY.index)
        cell.as_text = cell.as_text or one.as_text

    def run(self) -> bytes:
        kinds = self.relations.all
        for name, rel in self._sheets():
            kind, part = kinds[rel]
            if kind.endswith("/worksheet") and name not in self.lists:
                self._sheet(part, self.cells.get(name, {}))
        self._front()
        self._finish_styles()
        self._stamp()
        self.package.write(self.part, self.book)
        self.package.keep(self.relations)
        return self.package.close()

    def _sheets(self) -> list[tuple[str, str]]:
        """Names of the sheets with the ids of their parts, in order."""
        told = [attributes(tag.group()) for tag in start("sheet").finditer(self.book)]
        return [(one["name"], next(v for k, v in one.items() if k.split(":")[-1] == "id")) for one in told]

    def _sheet(self, part: str, cells: Mapping[tuple[int, int], _Cell]) -> None:
        package, relations = self.package, self.package.relations(part)
        wanted: dict[int, dict[int, tuple[str, bool]]] = defaultdict(dict)
        for (row, column), cell in cells.items():
            wanted[row][column] = (cell.tone, cell.as_text)
        comments = relations.of_type("comments")
        drawing = package.free("xl/drawings/xiuhuaDrawing{}.vml")
        before = relations.said
        new = relations.add(f"{RELATIONSHIPS}/vmlDrawing", drawing) if cells else None
        sheet = Sheet(self.styles, wanted, drawing=new, tick=self.tick)
        with package.streaming(part) as (source, out):
            sheet.rewrite(source, out)
        if not cells and (comments is None or sheet.had_drawing is None):
            return
        if sheet.had_drawing is not None:
            relations.said = before
            drawing = relations.all[sheet.had_drawing][1]
        if comments is None:
            comments = package.free("xl/xiuhuaComments{}.xml")
            relations.add(f"{RELATIONSHIPS}/comments", comments)
            package.declare(f"{_KIND}spreadsheetml.comments+xml", part=comments)
        self._comment(cells, comments, drawing)
        package.declare(f"{_KIND}vmlDrawing", extension="vml")
        package.keep(relations)

    def _comment(self, cells: Mapping[tuple[int, int], _Cell], comments: str, drawing: str) -> None:
        package = self.package
        made = Comments(
            package.read(comments) if package.has(comments) else "",
            package.read(drawing) if package.has(drawing) else "",
            {where: "\n\n".join(cell.words) for where, cell in cells.items()},
            self.blocks,
        )
        self.blocks += made.blocks
        package.write(comments, made.comments)
        package.write(drawing, made.drawing)

    def _front(self) -> None:
        front = self.front
        said = "".join(
            listing(
                front.lines,
                self.styles.listed,
                title=front.title,
                words=front.words,
                stamp=front.stamp,
                headings=front.headings,
            )
        )
        there = [(name, rel) for name, rel in self._sheets() if name in self.lists]
        if there:
            part = self.relations.all[there[0][1]][1]
            self.package.drop(rels_of(part))
            self.package.written.discard(part)
        else:
            part = self.package.free("xl/worksheets/xiuhuaList{}.xml")
            self.package.declare(f"{_KIND}spreadsheetml.worksheet+xml", part=part)
            self._name_sheet(self.relations.add(f"{RELATIONSHIPS}/worksheet", part))
        self.package.write(part, said)
        at = [name for name, _ in self._sheets()].index(there[0][0]) if there else 0
        self.book = start("workbookView").sub(
            lambda tag: with_attribute(with_attribute(tag.group(), "activeTab", str(at)), "firstSheet", None),
            self.book,
        )

    def _name_sheet(self, rel: str) -> None:
        taken = {name.lower() for name, _ in self._sheets()}
        name = next(
            one
            for n in range(1, 100)
            if (one := self.front.name + (f" {n}" if n > 1 else "")).lower() not in taken
        )
        told = [attributes(tag.group()) for tag in start("sheet").finditer(self.book)]
        number = max((int(one.get("sheetId", "0")) for one in told), default=0) + 1
        group = start("sheets").search(self.book)
        if group is None:
            raise CannotMark.shape()
        p = group[1] or ""
        tag = f'<{p}sheet xmlns:r="{RELATIONSHIPS}" name="{text(name)}" sheetId="{number}" r:id="{rel}"/>'
        self.book = self.book[: group.end()] + tag + self.book[group.end() :]
        # Names that belong to one sheet (a print area, a filter) count sheets from the first.
        self.book = re.sub(
            r"""(\slocalSheetId\s*=\s*["'])(\d+)""", lambda one: f"{one[1]}{int(one[2]) + 1}", self.book
        )

    def _finish_styles(self) -> None:
        if self.style_part is None:
            self.style_part = "xl/xiuhuaStyles.xml"
            self.relations.add(f"{RELATIONSHIPS}/styles", self.style_part)
            self.package.declare(f"{_KIND}spreadsheetml.styles+xml", part=self.style_part)
        self.package.write(self.style_part, self.styles.said)

    def _stamp(self) -> None:
        package = self.package
        whole: Relations = package.relations("")
        part = whole.of_type("custom-properties")
        if part is None:
            part = PART
            whole.add(properties.KIND, part)
            package.keep(whole)
            package.declare(properties.CONTENT, part=part)
        said = package.read(part) if package.has(part) else ""
        package.write(part, properties.with_property(said, self.front.stamp))
