"""Finds the header of a sheet and which column holds what: by known words, by likeness, and asked where not certain."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xiuhua.common.books import Book

from .headings import bare_key, heading_key, plain, scale_of, unit_of, year_of
from .matching import Matched, match, vocabulary
from .titles import data_date_in, money_unit_in, reporter_in
from .workbook import Cell, Sheet

_SEARCHED_ROWS = 40
# A cell of a megabyte is no heading; comparing it with every known word would take minutes.
_LONGEST_HEADING = 300
_DEEPEST_HEADER = 3
_SAMPLE_ROWS = 200
IGNORED = ""


@dataclass(frozen=True)
class Unsure:
    """A column that somebody must name: its heading and the fields it may be, likeliest first."""

    col_index: int
    heading: str
    candidates: list[str]

    @property
    def column(self) -> int:
        """The column's index from 0."""
        return self.col_index


@dataclass(frozen=True)
class Layout:
    """What a sheet is and where its columns are. Indexes from 0; `header_row` is the header's last row.

    `scales` turns numbers of a column into the field's unit (10000 under a heading in 万元); `years` are those that a
    heading names (2017年人均纯收入); `data_date` and `reporter` come from the rows above the header.
    """

    book: Book
    header_row: int
    columns: dict[str, int]
    unsure: list[Unsure]
    unmapped: list[tuple[int, str]]
    missing: list[str]
    title: list[str]
    data_date: datetime.date | None
    reporter: str | None
    headings: dict[int, str]
    scales: dict[str, Decimal]
    years: dict[str, int]

    @property
    def certain(self) -> bool:
        """Nothing to be asked before the rows can be read."""
        return not self.unsure and not self.missing


def detect(
    sheet: Sheet, books: Sequence[Book], remembered: Mapping[tuple[str, str], str] | None = None
) -> Layout | None:
    """The layout of a sheet, or None when it is none of these books.

    `remembered` maps (book id, heading_key of a heading) to the field key of an earlier answer, IGNORED ('') for a
    column that holds nothing of ours.
    """
    answers = remembered or {}
    best: tuple[float, tuple[int, int], Book, Matched] | None = None
    for most, first, last, book in _likeliest(sheet, books, answers):
        if best is not None and most < best[0]:
            break
        texts = _header_texts(sheet, first, last)
        sample = sheet.cells[last + 1 : last + 1 + _SAMPLE_ROWS]
        known = {key: field for (book_id, key), field in answers.items() if book_id == book.id}
        found = match(book, texts, sample, known)
        named = plain(book.zh) in plain("".join(_title(sheet, first)) + sheet.name)
        score = found.score + (0.5 if named else 0)
        if found.plausible and (best is None or score > best[0]):
            best = (score, (first, last), book, found)
    if best is None:
        return None
    _, header, book, found = best
    return _layout(sheet, book, header, found)


def confirm(layout: Layout, answers: Mapping[int, str | None]) -> Layout:
    """The layout after somebody named columns: column index to field key, None for "nothing of ours".

    KeyError for a field that the book does not have; a field named for a new column leaves its old one.
    """
    columns = dict(layout.columns)
    for index, key in answers.items():
        columns = {field: column for field, column in columns.items() if column != index}
        if key is not None:
            columns[layout.book.field(key).key] = index
    return _with(layout, columns, set(answers))


def with_columns(layout: Layout, columns: Mapping[str, int]) -> Layout:
    """The layout with exactly these columns (field key to index), as kept from an earlier reading of the same sheet."""
    return _with(layout, {layout.book.field(key).key: index for key, index in columns.items()}, set())


def _with(layout: Layout, columns: dict[str, int], answered: set[int]) -> Layout:
    taken = set(columns.values())
    still = [item for item in layout.unsure if item.col_index not in answered and item.col_index not in taken]
    asked = {item.col_index for item in still}
    return dataclasses.replace(
        layout,
        columns=columns,
        unsure=[
            dataclasses.replace(item, candidates=[key for key in item.candidates if key not in columns])
            for item in still
        ],
        unmapped=[item for item in layout.headings.items() if item[0] not in taken and item[0] not in asked],
        missing=[field.key for field in layout.book.required if field.key not in columns],
        scales=_scales(layout.book, columns, layout.headings, money_unit_in(layout.title), layout.scales),
        years=_years(columns, layout.headings),
    )


def _layout(sheet: Sheet, book: Book, header: tuple[int, int], found: Matched) -> Layout:
    first_row, header_row = header
    title = _title(sheet, first_row)
    sample = sheet.cells[header_row + 1 : header_row + 1 + _SAMPLE_ROWS]
    known = {}
    for key, index in found.columns.items():
        if book.field(key).unit == "%" and _all_shares(sample, index):
            known[key] = Decimal(100)
    rows_above = sheet.cells[:first_row]
    return Layout(
        book=book,
        header_row=header_row,
        columns=found.columns,
        unsure=[Unsure(index, found.headings[index], keys) for index, keys in sorted(found.unsure.items())],
        unmapped=[
            (index, heading)
            for index, heading in found.headings.items()
            if index not in found.columns.values() and index not in found.unsure
        ],
        missing=[field.key for field in book.required if field.key not in found.columns],
        title=title,
        data_date=data_date_in(rows_above),
        reporter=reporter_in(rows_above),
        headings=found.headings,
        scales=_scales(book, found.columns, found.headings, money_unit_in(title), known),
        years=_years(found.columns, found.headings),
    )


def _all_shares(sample: Sequence[Sequence[Cell]], index: int) -> bool:
    """A column of per cents that Excel keeps as 0.95: only numbers from 0 to 1, and not all of them whole."""
    numbers: list[float] = []
    for row in sample:
        cell = row[index] if index < len(row) else ""
        if isinstance(cell, float):
            numbers.append(cell)
    return any(0 < number < 1 for number in numbers) and all(0 <= number <= 1 for number in numbers)


def _scales(
    book: Book,
    columns: Mapping[str, int],
    headings: Mapping[int, str],
    money: str | None,
    known: Mapping[str, Decimal],
) -> dict[str, Decimal]:
    scales = {}
    for key, index in columns.items():
        field = book.field(key)
        unit = unit_of(headings.get(index, ""))
        if unit is None and field.kind == "yuan":
            unit = money
        scale = known.get(key) if field.unit == "%" else scale_of(unit, field.unit)
        if scale is not None and scale != 1:
            scales[key] = scale
    return scales


def _years(columns: Mapping[str, int], headings: Mapping[int, str]) -> dict[str, int]:
    told = {key: year_of(headings.get(index, "")) for key, index in columns.items()}
    return {key: year for key, year in told.items() if year is not None}


def _title(sheet: Sheet, first_header_row: int) -> list[str]:
    """The texts above the header, each once."""
    texts = (cell.strip() for row in sheet.cells[:first_header_row] for cell in row if isinstance(cell, str))
    return list(dict.fromkeys(text for text in texts if text))


def _likeliest(
    sheet: Sheet, books: Sequence[Book], answers: Mapping[tuple[str, str], str]
) -> list[tuple[float, int, int, Book]]:
    """Header spans with the books they may be and the best score each can reach, highest first."""
    found = []
    for first, last in _header_candidates(sheet, books, frozenset(key for _, key in answers)):
        texts = _header_texts(sheet, first, last)
        for book in books:
            answered = frozenset(key for book_id, key in answers if book_id == book.id)
            hits = _hits(texts, vocabulary(book) | answered)
            found.append((hits + 0.8 * (len(texts) - hits) + 0.5, first, last, book))
    return sorted(found, key=lambda item: -item[0])


def _hits(texts: Mapping[int, list[str]], words: frozenset[str]) -> int:
    return sum(
        1
        for forms in texts.values()
        if any(heading_key(form) in words or bare_key(form) in words for form in forms)
    )


def _header_candidates(
    sheet: Sheet, books: Sequence[Book], answered: frozenset[str]
) -> list[tuple[int, int]]:
    """Spans of rows that name most known columns: the best few, since near-ties are told apart by the book."""
    words = frozenset(word for book in books for word in vocabulary(book)) | answered
    spans: list[tuple[int, int, int]] = []
    for first in range(min(_SEARCHED_ROWS, len(sheet.cells))):
        below = 0
        for last in range(first, min(first + _DEEPEST_HEADER, len(sheet.cells))):
            if last > first and not _continues(sheet, first, last):
                break
            texts = _header_texts(sheet, first, last)
            hits = _hits(texts, words)
            if hits > below:
                spans.append((-hits, last - first, first))
                below = hits
    spans.sort()
    return [(first, first + depth) for hits, depth, first in spans[:4] if -hits >= 2]


def _continues(sheet: Sheet, first: int, last: int) -> bool:
    """Whether row `last` can still be header: only words, and a merged cell or a gap above says that it belongs there."""
    row = sheet.cells[last]
    filled = [(index, cell) for index, cell in enumerate(row) if cell != ""]
    if not filled or not all(isinstance(cell, str) and not cell.strip().isdigit() for _, cell in filled):
        return False
    if any(top <= last - 1 and bottom >= last for (top, _), (bottom, _) in sheet.merged if top >= first):
        return True
    across = [
        (left, right)
        for (top, left), (bottom, right) in sheet.merged
        if first <= top <= bottom < last and right > left
    ]
    if across:
        return any(left <= index <= right for left, right in across for index, _ in filled)
    above = sheet.cells[last - 1]
    return any(index >= len(above) or above[index] == "" for index, _ in filled)


def _header_texts(sheet: Sheet, first: int, last: int) -> dict[int, list[str]]:
    """Each column's heading in the forms it may be read: the lowest words, then all words from the top down."""
    width = max((len(row) for row in sheet.cells[first : last + 1]), default=0)
    grid = [[_word(row, index) for index in range(width)] for row in sheet.cells[first : last + 1]]
    for (top, left), (bottom, right) in sheet.merged:
        if first <= top <= bottom <= last:
            for row in range(top, bottom + 1):
                for index in range(left, min(right + 1, width)):
                    grid[row - first][index] = grid[top - first][left]
    texts = {}
    for index in range(width):
        words = list(dict.fromkeys(grid[row][index] for row in range(len(grid)) if grid[row][index]))
        if words:
            joined = "".join(words)
            texts[index] = [words[-1], joined] if len(words) > 1 else words
    return texts


def _word(row: Sequence[Cell], index: int) -> str:
    cell = row[index] if index < len(row) else ""
    return cell[:_LONGEST_HEADING].strip() if isinstance(cell, str) else ""
