"""What a marked workbook says: the findings of one file of a batch, as marks at cells and as lines of its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q

from xiuhua.engine import load
from xiuhua.files.models import StoredFile
from xiuhua.findings.terms import Kind
from xiuhua.intake import books, marking
from xiuhua.intake.models import Batch, Sheet, Sighting, StagedRow
from xiuhua.intake.queries.report import says
from xiuhua.intake.reading import Workbook, shown
from xiuhua.intake.terms import IntakeRule
from xiuhua.places.models import Place
from xiuhua.registry.books import SEALED

TONES = {Kind.REFUSED: "red", Kind.ASKED: "straw", Kind.WARNED: "straw", Kind.MENDED: "leaf"}
# Values of these kinds are long numbers: typed into an ordinary cell they lose their last digits.
LONG = frozenset({"id_number", "phone", "household_number", "person_number"})
NUMBERS = frozenset({"integer", "decimal", "yuan", "year"})
# Where a finding without a column stands: what names its row.
KEYS = ("household_number", "village_code", "village", "name")
WORDS = {
    "next": ("怎么办：", "What to do: "),
    "hidden": ("（号码，见单元格）", "(a number, see the cell)"),
}


def files_to_mark(batch: Batch) -> list[StoredFile]:
    """The batch's files with something to be put right; where there is none, those in which something was noted."""
    seen = Sighting.objects.filter(batch=batch).exclude(sheet=None).values("sheet__file")
    counted = seen.annotate(work=Count("id", filter=~Q(kind=Kind.MENDED)))
    told = {one["sheet__file"]: one["work"] for one in counted}
    wanted = [file for file, work in told.items() if work] or list(told)
    found = StoredFile.objects.in_bulk(wanted)
    return [found[pk] for pk in batch.counts.get("files", []) if pk in found]


def column_kinds(sheets: Iterable[Sheet]) -> dict[int, dict[int, str]]:
    """For a text table: position of a sheet -> column -> how marking.as_xlsx writes it."""
    kinds: dict[int, dict[int, str]] = {}
    for sheet in sheets:
        if sheet.book:
            fields = {at: books.BOOKS[sheet.book].field(key) for key, at in sheet.columns.items()}
            kinds[sheet.position] = {
                at: marking.TEXT if field.kind in LONG else marking.NUMBER
                for at, field in fields.items()
                if field.kind in LONG or field.kind in NUMBERS
            }
    return kinds


@dataclass
class Told:
    """All that is said of one file: marks, lines, and how many there are of each tone."""

    marks: list[marking.Mark]
    lines: list[marking.Line]
    counts: Counter[str]


def told(
    batch: Batch,
    sheets: list[Sheet],
    workbook: Workbook,
    titles: Mapping[int, str],
    language: str,
    *,
    first: bool,
    homes: Collection[str] | None = None,
) -> Told:
    """The findings of a file in a language. titles: sheet -> its name in the marked workbook.

    first: whether what stands in no file of the batch is told here. homes: only of these households.
    """
    telling = _Telling(batch, sheets, workbook, titles, language)
    out = Told([], [], Counter())
    for seen in telling.findings(first=first):
        if homes is not None and seen.household_number not in homes:
            continue
        line, mark = telling.said(seen)
        out.lines.append(line)
        out.counts[line.tone] += 1
        if mark:
            out.marks.append(mark)
    return out


class _Telling:
    """Turns findings into words at cells."""

    def __init__(
        self, batch: Batch, sheets: list[Sheet], workbook: Workbook, titles: Mapping[int, str], language: str
    ) -> None:
        self.batch, self.titles, self.en = batch, titles, language.startswith("en")
        self.language = "en" if self.en else "zh"
        self.sheets = {sheet.pk: sheet for sheet in sheets}
        pages = {page.index: page for page in workbook.sheets}
        self.pages = {sheet.pk: pages[sheet.position] for sheet in sheets if sheet.position in pages}
        self.names = dict(
            Place.objects.filter(code__startswith=batch.place_code[:6]).values_list("code", "name")
        )
        self.rules = load().rules
        self.first: dict[str, tuple[int, int]] = {}
        for number, sheet, row in (
            StagedRow.objects.filter(sheet__in=list(self.sheets))
            .exclude(household_number=None)
            .values_list("household_number", "sheet_id")
            .annotate(first=Min("row"))
            .order_by("sheet_id", "first")
        ):
            self.first.setdefault(number or "", (sheet, row))

    def word(self, name: str) -> str:
        return WORDS[name][self.en]

    def findings(self, *, first: bool) -> Iterator[Sighting]:
        """Those of the file: at its sheets, or of its households; gravest first, then as they stand."""
        found = Sighting.objects.filter(batch=self.batch).filter(
            Q(sheet__in=list(self.sheets)) | Q(sheet=None)
        )
        gravity = list(TONES)
        kept = [seen for seen in found if seen.sheet_id or first or seen.household_number in self.first]
        yield from sorted(
            kept,
            key=lambda seen: (
                gravity.index(Kind(seen.kind)),
                seen.sheet_id or 0,
                seen.row or 0,
                seen.column or 0,
                seen.pk,
            ),
        )

    def place(self, seen: Sighting) -> tuple[int | None, int | None, int | None]:
        """Sheet, row and column; the row's key where the finding names no cell, the household's first row where no row."""
        sheet, row, column = seen.sheet_id, seen.row, seen.column
        if sheet is None and seen.household_number in self.first:
            sheet, row = self.first[seen.household_number]
        if sheet is not None and row is not None and column is None:
            columns = self.sheets[sheet].columns
            at = next((columns[key] for key in KEYS if key in columns), min(columns.values(), default=0))
            column = at + 1
        return sheet, row, column

    def said(self, seen: Sighting) -> tuple[marking.Line, marking.Mark | None]:
        sheet, row, column = self.place(seen)
        kind, sentence = Kind(seen.kind), says(seen.rule, seen.field, seen.params, self.names)[self.language]
        action = self.action(seen.rule)
        title = self.titles.get(sheet or 0, "")
        line = marking.Line(
            TONES[kind], kind.says(self.language), title, row, column, seen.household_number,
            self.shown(sheet, row, seen), sentence, action,
        )  # fmt: skip
        if sheet is None or row is None or column is None:
            return line, None
        words = f"【{line.kind}】{sentence}" if not self.en else f"[{line.kind}] {sentence}"
        if action:
            words += f"\n{self.word('next')}{action}"
        return line, marking.Mark(title, row, column, line.tone, words, self.long(sheet, column))

    def action(self, rule: str) -> str:
        ours = IntakeRule.of(rule)
        if ours is not None:
            return ours.next_action(self.language)
        known = self.rules.get(rule)
        return known.next.says(self.language) if known and known.next else ""

    def long(self, sheet: int, column: int) -> bool:
        one = self.sheets[sheet]
        key = next((key for key, at in one.columns.items() if at == column - 1), None)
        return key is not None and books.BOOKS[one.book].field(key).kind in LONG

    def shown(self, sheet: int | None, row: int | None, seen: Sighting) -> str:
        """What the cell holds, where that is no private number and the finding names a cell."""
        if sheet is None or row is None or seen.column is None or sheet not in self.pages:
            return ""
        key = next((key for key, at in self.sheets[sheet].columns.items() if at == seen.column - 1), "")
        cells = self.pages[sheet].cells
        cell: Any = (
            cells[row - 1][seen.column - 1]
            if row <= len(cells) and seen.column <= len(cells[row - 1])
            else ""
        )
        if cell == "":
            return ""
        if key in SEALED:
            return self.word("hidden")
        if seen.params.get("value") not in (None, ""):
            return str(seen.params["value"])  # as the sentence has it, which holds no private number
        if key == "household_number":
            return seen.household_number or shown(cell)
        return shown(cell)
