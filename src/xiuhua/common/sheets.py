"""Workbooks written as a stream: rows go in one by one, pieces of an xlsx come out, and nothing is ever whole anywhere.

For files that hold numbers in the clear: a library that keeps long sheets in a temporary file would leave them on the disk.
Texts are written as texts in cells of format text, so that a long number keeps its digits and nothing that begins with `=`
is a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | float | None
MOST_ROWS = 1_048_576
PIECE_BYTES = 256 * 1024
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Formats of cells by number: 0 number, 1 text, 2 heading.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Written:
    """One sheet to be written: its name, the width of each column in characters, rows from the top; `head` of them are
    headings. Columns of which `text` is true are of format text all the way down, so that what is typed there later is too."""

    name: str
    widths: Sequence[int]
    text: Sequence[bool]
    rows: Iterable[Sequence[Cell]]
    head: int = 1


def workbook(sheets: Sequence[Written]) -> Iterator[bytes]:
    """The pieces of an xlsx. ValueError for a sheet with more rows than Excel opens."""
    out = _Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, text in _frame([sheet.name for sheet in sheets]).items():
            package.writestr(name, text)
        for number, sheet in enumerate(sheets, 1):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for text in _sheet(sheet):
                    part.write(text.encode())
                    if out.held > PIECE_BYTES:
                        yield out.taken()
    yield out.taken()


class _Pipe(io.RawIOBase):
    """A file that can only be written to, and emptied."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.held = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._pieces.append(piece)
        self.held += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces, self.held = [], 0
        return whole


def _frame(names: Sequence[str]) -> dict[str, str]:
    sheets = range(1, len(names) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name[:31])} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(sheets, names, strict=True)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in sheets
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in sheets
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }  # fmt: skip


def _sheet(sheet: Written) -> Iterator[str]:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"{" style=" + chr(34) + "1" + chr(34) if text else ""}/>'
        for n, (width, text) in enumerate(zip(sheet.widths, sheet.text, strict=True), 1)
    )
    pane = (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{sheet.head}" topLeftCell="A{sheet.head + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        if sheet.head
        else ""
    )
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{pane}{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'
    letters = [letter(n) for n in range(1, len(sheet.widths) + 1)]
    for at, row in enumerate(sheet.rows, 1):
        if at > MOST_ROWS:
            raise ValueError("more rows than Excel opens")
        style = 2 if at <= sheet.head else 1
        cells = "".join(
            _cell(f"{letters[n] if n < len(letters) else letter(n + 1)}{at}", value, style)
            for n, value in enumerate(row)
            if value is not None and value != ""
        )
        yield f'<row r="{at}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _cell(where: str, value: str | int | float, style: int) -> str:
    if isinstance(value, str):
        text = escape(_ESCAPED.sub(r"_x005F_\1", _NOT_XML.sub("", value)))
        return f'<c r="{where}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{where}"><v>{value}</v></c>'


def letter(column: int) -> str:
    """The letters of a column, counted from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
