"""Reading a batch: open the files, say what each sheet is, ask where a column is not certain, stage the rows."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction

from xiuhua.common.clock import beijing_today
from xiuhua.common.covering import covered
from xiuhua.common.sealing import CannotOpen
from xiuhua.engine import load
from xiuhua.files.models import StoredFile
from xiuhua.files.services import content
from xiuhua.intake import books, reading
from xiuhua.intake.models import Batch, RememberedColumn, Sheet
from xiuhua.intake.services import lists
from xiuhua.intake.services.sightings import Seen, write_sightings
from xiuhua.intake.services.staging import stage
from xiuhua.intake.services.villages import Villages
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.scope import Scope

Said = Callable[[int, int], None]
Answers = Mapping[tuple[str, str], str]
SAMPLES = 5
OPENED_AT_ONCE = 2
# Villages first, since rows name them; years before people, since they date an export that does not say its day.
READING_ORDER = (
    "village_list",
    "county_basics",
    "village_year",
    "yearly_record",
    "household_roll",
    "person_export",
)


class CannotTake(Exception):
    """A batch cannot go on; both sentences say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@contextmanager
def without_collecting() -> Iterator[None]:
    """Millions of cells come into being here, and none in a circle: to look through them for circles again and again
    takes a good part of the time of reading a county."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@without_collecting()
def open_all(batch: Batch, files: list[StoredFile]) -> dict[int, reading.Workbook]:
    """The files of a batch, read; CannotTake names the file that cannot be."""
    opened = {}
    # Unpacking and reading leave Python free meanwhile, so two files at once take little longer than the larger one.
    with ThreadPoolExecutor(OPENED_AT_ONCE) as pool:
        coming = [(file, pool.submit(_open, file)) for file in files]
        for file, workbook in coming:
            try:
                opened[file.pk] = workbook.result()
            except reading.Unreadable as wrong:
                pool.shutdown(cancel_futures=True)
                raise CannotTake(f"《{file.name}》{wrong.zh}", f"{file.name}: {wrong.en}") from wrong
            except CannotOpen as wrong:
                pool.shutdown(cancel_futures=True)
                if file.removed_at is None:
                    raise
                raise CannotTake(
                    f"《{file.name}》的内容已按规定删除，请重新上传",
                    f"The content of {file.name} was taken away as it must be; upload it again",
                ) from wrong
    return opened


def _open(file: StoredFile) -> reading.Workbook:
    """Asks no table: it runs beside the batch's transaction."""
    return reading.open_workbook(file.name, content(file))


def describe(batch: Batch, workbooks: dict[int, reading.Workbook]) -> list[Sheet]:
    """Makes the batch's sheets, once: which book each is, its header and columns, what must be asked."""
    known = {(sheet.file_id, sheet.position): sheet for sheet in batch.sheets.all()}
    remembered = _remembered(batch)
    sheets = []
    for file_id, workbook in workbooks.items():
        for page in workbook.sheets:
            if (file_id, page.index) in known:
                sheets.append(known[file_id, page.index])
                continue
            layout = reading.detect(page, tuple(books.OWN_BOOKS.values()), remembered) or lists.detect(
                page, workbook.name, remembered
            )
            sheet = Sheet(
                batch=batch,
                place_code=batch.place_code,
                file_id=file_id,
                file_name=workbook.name,
                name=covered(page.name).replace("\0", "")[:120],
                position=page.index,
            )
            if layout is not None:
                _keep(sheet, layout, page)
            sheet.save()
            sheets.append(sheet)
    return sheets


def _remembered(batch: Batch) -> Answers:
    """What officers of the area said of headings, as `reading.detect` takes it."""
    said = RememberedColumn.objects.filter(place_code=batch.place_code)
    return {(row.book, row.heading): row.field for row in said}


def _keep(sheet: Sheet, layout: reading.Layout, page: reading.Sheet) -> None:
    sheet.book = layout.book.id
    sheet.header_row = layout.header_row
    sheet.columns = layout.columns
    sheet.unsure = [
        {
            "column": u.column,
            "heading": covered(u.heading),
            "candidates": list(u.candidates),
            "samples": _samples(page, layout, u.column),
        }
        for u in layout.unsure
    ]
    sheet.unmapped = [
        [column, covered(heading), _samples(page, layout, column)] for column, heading in layout.unmapped
    ]
    sheet.missing = list(layout.missing)
    sheet.data_date = layout.data_date


def _samples(page: reading.Sheet, layout: reading.Layout, column: int) -> list[str]:
    """A few cells to judge a column by; what looks like an ID, a phone or an account is covered."""
    cells = []
    for row in page.cells[layout.header_row + 1 :]:
        cell = row[column] if column < len(row) else None
        if cell not in (None, ""):
            text = str(cell)
            cells.append("*" * len(text) if sum(c.isdigit() for c in text) >= 9 else text[:20])
        if len(cells) == SAMPLES:
            break
    return cells


def must_ask(sheets: list[Sheet]) -> bool:
    """Whether somebody has to say what a column is before rows can be read."""
    return any(sheet.book and (sheet.unsure or sheet.missing) and not sheet.lacks_basis for sheet in sheets)


def data_date_of(batch: Batch, sheets: list[Sheet], years: list[int]) -> date:
    """The day the files speak of: said for the batch, or in a title, or the end of the last registration year
    (30 September) among the yearly records read so far, or today."""
    said = [sheet.data_date for sheet in sheets if sheet.data_date]
    if batch.data_date or said:
        return batch.data_date or max(said)
    return date(max(years), 9, 30) if years else beijing_today()


@without_collecting()
def stage_all(
    batch: Batch,
    scope: Scope,
    workbooks: dict[int, reading.Workbook],
    sheets: list[Sheet],
    *,
    said: Said,
    commit: Any,
) -> None:
    """Stages every sheet that is a known book, villages first. `commit()` opens the scoped transaction of one sheet."""
    codes = load().codes
    known = [s for s in sheets if s.book]
    ours = sorted((s for s in known if not s.lacks_basis), key=_order)
    if known and not ours:
        raise CannotTake(*lists.refuse_words(known))
    if not ours:
        raise CannotTake(
            "没有认出任何一张表。可以导入：" + "、".join(book.zh for book in books.OWN_BOOKS.values()),
            "No sheet was recognised. These can be taken in: "
            + ", ".join(book.en for book in books.OWN_BOOKS.values()),
        )
    with commit():
        villages, remembered = Villages.of(scope), _remembered(batch)
    total = sum(len(workbooks[s.file_id].sheets[_at(workbooks[s.file_id], s)].cells) for s in ours)
    done = 0
    years: list[int] = []
    for sheet in ours:
        page = workbooks[sheet.file_id].sheets[_at(workbooks[sheet.file_id], sheet)]
        layout = _layout(sheet, page, remembered)
        parsed = reading.parse(page, layout, codes, on=sheet.data_date or data_date_of(batch, sheets, years))
        seen: list[Seen] = []
        if sheet.book == "village_list":
            seen = _learn(sheet, parsed, villages)
        years += {year for year in parsed.columns.get("year") or [] if year}
        day = sheet.data_date or data_date_of(batch, sheets, years)
        with commit():
            if sheet.is_list:
                sheet.rows = lists.stage_list(sheet=sheet, parsed=parsed)
            else:
                staged = stage(sheet=sheet, book=layout.book, parsed=parsed, villages=villages, data_date=day)
                sheet.rows = staged.rows
            sheet.staged = True
            sheet.save(update_fields=["rows", "staged"])
            with connection.cursor() as cursor:
                write_sightings(cursor, batch.pk, batch.place_code, seen)
        done += len(page.cells)
        said(done, total)


def _order(sheet: Sheet) -> int:
    return len(READING_ORDER) if sheet.is_list else READING_ORDER.index(sheet.book)


def _at(workbook: reading.Workbook, sheet: Sheet) -> int:
    return next(i for i, page in enumerate(workbook.sheets) if page.index == sheet.position)


def _layout(sheet: Sheet, page: reading.Sheet, remembered: Answers) -> reading.Layout:
    """The sheet's layout with the columns kept for it, however many of them only an officer's answer named."""
    answers = {**remembered, **_kept_answers(sheet, page)}
    layout = reading.detect(page, (books.BOOKS[sheet.book],), answers)
    if layout is None or layout.header_row != sheet.header_row:
        raise CannotTake(
            f"《{sheet.file_name}》{sheet.name} 的表头变了，请重新上传",
            f"{sheet.file_name} {sheet.name}: the header changed; upload it again",
        )
    return reading.with_columns(layout, sheet.columns)


def _kept_answers(sheet: Sheet, page: reading.Sheet) -> Answers:
    """The sheet's own columns as answers: what is said of the area's headings later does not change a sheet once read."""
    assert sheet.header_row is not None
    row = page.cells[sheet.header_row]
    headings = {key: reading.normalised(str(row[at])) for key, at in sheet.columns.items() if at < len(row)}
    # A heading that stands over two columns names neither by itself.
    often = Counter(headings.values())
    return {
        (sheet.book, heading): key for key, heading in headings.items() if heading and often[heading] == 1
    }


def _learn(sheet: Sheet, parsed: reading.Parsed, villages: Villages) -> list[Seen]:
    """Takes a village list's names for the rows that follow; codes that are none of ours are refused."""
    seen = []
    names = parsed.columns.get("village") or []
    townships = parsed.columns.get("township") or [None] * len(names)
    for at, code in enumerate(parsed.columns.get("village_code") or []):
        name = names[at]
        if not code or not name:
            continue
        if not (len(code) == 12 and code.isdigit() and villages.scope.covers(code)):
            seen.append(_wrong_code(sheet, parsed.rows[at], code, villages.scope))
            parsed.columns["village_code"][at] = None
            parsed.refused_rows.add(parsed.rows[at])
            continue
        villages.add(code, name, townships[at])
    return seen


def _wrong_code(sheet: Sheet, row: int, code: str, scope: Scope) -> Seen:
    rule = IntakeRule.VILLAGE_CODE_WRONG
    return Seen(
        rule,
        rule.kind,
        sheet.pk,
        row,
        sheet.columns["village_code"] + 1,
        "village_code",
        params={"value": _code_shown(code), "place": scope.place_code},
    )


def _code_shown(code: str) -> str:
    """Twelve digits are a place's code and tell nothing of a person; anything else may be a number in the wrong column."""
    return code if len(code) == 12 and code.isdigit() else reading.shown(code)


def remember(batch: Batch, sheet: Sheet, answers: dict[int, str | None], *, by: str) -> None:
    """Keeps what an officer said of a sheet's headings, for this batch and for later files."""
    headings = {u["column"]: u["heading"] for u in sheet.unsure} | {u[0]: u[1] for u in sheet.unmapped}
    with transaction.atomic():
        for column, key in answers.items():
            RememberedColumn.objects.update_or_create(
                place_code=batch.place_code, book=sheet.book, heading=reading.normalised(headings[column])[:120],
                defaults={"field": key or "", "said_by": by},
            )  # fmt: skip
            if key:
                sheet.columns[key] = column
        sheet.unsure = [u for u in sheet.unsure if u["column"] not in answers]
        sheet.unmapped = [u for u in sheet.unmapped if u[0] not in answers] + [
            [c, headings[c], []] for c, k in answers.items() if not k
        ]
        book = books.BOOKS[sheet.book]
        sheet.missing = [f.key for f in book.required if f.key not in sheet.columns]
        sheet.save()
