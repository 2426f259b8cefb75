"""A workbook that was none of ours to change (xls, csv) written as an xlsx: its cells as they were read, nothing more."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence

from xiuhua.intake.reading import Cell, Sheet

from .markup import HEAD, MAIN, RELATIONSHIPS, letters, text

# How a column of a text table is written: as text with its digits kept, or as a number where the text is one.
TEXT, NUMBER = "text", "number"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?")
_GENERAL, _AS_TEXT, _DAY, _MOMENT, _TIME, _LONG = range(6)
_STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165"'
    ' formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="hh:mm:ss"/></numFmts><fonts count="1"><font><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0"'
    ' fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"{more}/>'
        for number, more in ((0, ""), (49, ' quotePrefix="1"'), (164, ""), (165, ""), (166, ""), (49, ""))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_EPOCH = datetime.date(1899, 12, 30)


def sheet_title(name: str, taken: Sequence[str] = ()) -> str:
    """A name that a sheet can have: of a csv the file's own; ended by a number where it is taken."""
    stem = re.sub(r"\.(csv|txt|xls)$", "", name, flags=re.IGNORECASE)
    title = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", stem).strip(" '")[:31] or "Sheet1"
    number = 2
    while title.lower() in {one.lower() for one in taken}:
        title = f"{title[:27]} {number}"
        number += 1
    return title


def as_xlsx(
    sheets: Sequence[Sheet],
    kinds: Mapping[int, Mapping[int, str]],
    tick: Callable[[int], None] = lambda _n: None,
) -> bytes:
    """The sheets as an xlsx. kinds: index of a sheet -> column from 0 -> TEXT or NUMBER; other cells stay what they are."""
    out, titles = io.BytesIO(), list[str]()
    for sheet in sheets:
        titles.append(sheet_title(sheet.name, titles))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "[Content_Types].xml",
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
            f"{overrides}</Types>",
        )
        archive.writestr("_rels/.rels", _relations([("officeDocument", "/xl/workbook.xml")]))
        named = "".join(
            f'<sheet name="{text(title)}" sheetId="{n}" r:id="rId{n}"/>' for n, title in enumerate(titles, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><bookViews><workbookView/></bookViews><sheets>{named}</sheets></workbook>',
        )
        parts = [("worksheet", f"/xl/worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "/xl/styles.xml")]))
        archive.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for piece in _sheet(sheet, kinds.get(sheet.index, {}), tick):
                    part.write(piece.encode())
    return out.getvalue()


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


def _sheet(sheet: Sheet, kinds: Mapping[int, str], tick: Callable[[int], None]) -> Iterator[str]:
    wide = max((len(row) for row in sheet.cells), default=1)
    cols = "".join(
        f'<col min="{n + 1}" max="{n + 1}" width="{_width(sheet, n)}" customWidth="1" style="{_LONG if kinds.get(n) == TEXT else _GENERAL}"/>'
        for n in range(wide)
    )
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews><cols>{cols}</cols><sheetData>'
    names = [letters(n + 1) for n in range(wide)]
    for number, row in enumerate(sheet.cells, 1):
        inside = "".join(
            _cell(f"{names[at]}{number}", cell, kinds.get(at, ""))
            for at, cell in enumerate(row)
            if cell != ""
        )
        if inside:
            yield f'<row r="{number}">{inside}</row>'
        if number % 1000 == 0:
            tick(1000)
    yield "</sheetData>"
    if sheet.merged:
        ranges = "".join(
            f'<mergeCell ref="{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"/>'
            for (top, left), (bottom, right) in sheet.merged
        )
        yield f'<mergeCells count="{len(sheet.merged)}">{ranges}</mergeCells>'
    yield "</worksheet>"


def _width(sheet: Sheet, column: int) -> int:
    longest = max((_length(row[column]) for row in sheet.cells[:60] if column < len(row)), default=8)
    return min(max(longest + 2, 8), 40)


def _length(cell: Cell) -> int:
    said = str(cell)
    return len(said) + sum(1 for letter in said if letter > "\u2e80")


def _cell(ref: str, cell: Cell, kind: str) -> str:
    if isinstance(cell, str):
        if kind == NUMBER and _NUMBER.fullmatch(cell):
            return f'<c r="{ref}"><v>{cell}</v></c>'
        return (
            f'<c r="{ref}" s="{_AS_TEXT}" t="inlineStr"><is><t xml:space="preserve">{text(cell)}</t></is></c>'
        )
    if isinstance(cell, int | float):
        return f'<c r="{ref}" s="{_LONG if kind == TEXT else _GENERAL}"><v>{cell!r}</v></c>'
    if isinstance(cell, datetime.timedelta):
        return f'<c r="{ref}" s="{_TIME}"><v>{cell / datetime.timedelta(days=1)!r}</v></c>'
    if isinstance(cell, datetime.time):
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
        return f'<c r="{ref}" s="{_TIME}"><v>{seconds / 86400!r}</v></c>'
    days = (cell - _EPOCH if not isinstance(cell, datetime.datetime) else cell.date() - _EPOCH).days
    if isinstance(cell, datetime.datetime) and cell.time() != datetime.time():
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
        return f'<c r="{ref}" s="{_MOMENT}"><v>{days + seconds / 86400!r}</v></c>'
    return f'<c r="{ref}" s="{_DAY}"><v>{days}</v></c>'
