"""The first sheet of a marked workbook, 错误清单: every finding with its cell, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .markup import HEAD, MAIN, letters, text

# More links than this a sheet does not take.
MOST_LINKS = 60_000
_DANGER = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


@dataclass(frozen=True)
class Line:
    """One finding: its tone and kind, the sheet and cell (from 1; None where it has none), the household, what is written."""

    tone: str
    kind: str
    sheet: str
    row: int | None
    column: int | None
    household: str
    shown: str
    sentence: str
    action: str


def safe(value: str) -> str:
    """A text that stays one in every spreadsheet program, also after a detour by csv: nothing of ours begins like a formula."""
    return f"'{value}" if value.startswith(_DANGER) else value


def listing(
    lines: Iterable[Line],
    styles: dict[str, int],
    *,
    title: str,
    words: Sequence[str],
    stamp: str,
    headings: Sequence[str],
) -> Iterator[str]:
    """The sheet's XML, piece by piece. words: lines under the title; headings: seven."""
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="{len(words) + 3}"'
        f' topLeftCell="A{len(words) + 4}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{''.join(_width(at, wide) for at, wide in enumerate((14, 20, 12, 20, 22, 60, 48), 1))}</cols><sheetData>"
    )
    yield _row(1, [(title, styles["title"])])
    row = 2
    for words_of_row in (*words, stamp):
        yield _row(row, [(words_of_row, styles["note"])])
        row += 1
    head = row
    yield _row(row, [(one, styles["head"]) for one in headings])
    links: list[tuple[str, str]] = []
    for row, line in enumerate(lines, head + 1):
        cell = f"{letters(line.column)}{line.row}" if line.row and line.column else ""
        if cell and len(links) < MOST_LINKS:
            links.append((f"C{row}", f"'{line.sheet.replace(chr(39), chr(39) * 2)}'!{cell}"))
        plain = styles["text"]
        yield _row(
            row,
            [
                (line.kind, styles[line.tone]), (line.sheet, plain), (cell, styles["link"] if cell else plain), (line.household, plain),
                (line.shown, plain), (line.sentence, plain), (line.action, plain),
            ],
        )  # fmt: skip
    yield f'</sheetData><autoFilter ref="A{head}:G{max(row, head)}"/>'
    if links:
        yield "<hyperlinks>"
        for ref, to in links:
            yield f'<hyperlink ref="{ref}" location="{text(to)}"/>'
        yield "</hyperlinks>"
    yield "</worksheet>"


def _width(at: int, wide: int) -> str:
    return f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>'


def _row(number: int, cells: Sequence[tuple[str, int]]) -> str:
    inside = "".join(
        f'<c r="{letters(at)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text(safe(said))}</t></is></c>'
        for at, (said, style) in enumerate(cells, 1)
        if said
    )
    return f'<row r="{number}">{inside}</row>'
