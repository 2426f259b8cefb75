"""A table of a page, declared once: what the page lists is what a workbook or a csv of it lists, row by row.

The columns take their cells from the very rows that the page shows. Nothing in a file is a formula, whatever somebody
wrote into a name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sheets import MOST_ROWS, Cell, Written, workbook
from xiuhua.files.models import Export
from xiuhua.files.services.making import CannotMake, Made, Maker, Progress
from xiuhua.files.services.offering import Asked, NotThere, Offer, again, speaking

XLSX, CSV = "xlsx", "csv"
BOM = "\ufeff"
LINES_A_PIECE = 500
# What Excel takes for the beginning of a formula, with the wide forms that it reads the same way.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Row = Any


@dataclass(frozen=True)
class Column:
    """One column: its heading (lazily translated), the cell of a row, and how many characters wide it is."""

    says: str | Promise
    of: Callable[[Row], Any]
    width: int = 12


def columns(told: Iterable[tuple[str | Promise, str, int]]) -> list[Column]:
    """Columns that are a key of a row each: (heading, key, width)."""
    return [Column(says, partial(_of_key, key), width) for says, key, width in told]


def _of_key(key: str, row: Mapping[str, Any]) -> Any:
    return row.get(key)


def rows_in_words(n: int | str) -> str:
    """How many rows there are, as a page says it."""
    if isinstance(n, str):
        return _("%(n)s 行") % {"n": n}
    return ngettext("%(n)s 行", "%(n)s 行", n) % {"n": f"{n:,}"}


@dataclass(frozen=True)
class Table:
    """A table that a page shows and that may be taken away.

    zh, en: what it is called. right: needed to have it. columns(asked), rows(asked): as the page has them; rows come one
    by one, however many there are. about(asked): pairs of label and value that say filter, basis and day of the data.
    place(asked): the smallest place that holds it all. count(asked): how many rows, in words; empty where nobody counts.
    personal: people stand in it.
    """

    zh: str
    en: str
    right: str
    columns: Callable[[Asked], Sequence[Column]]
    rows: Callable[[Asked], Iterable[Row]]
    about: Callable[[Asked], Sequence[tuple[str, Any]]]
    count: Callable[[Asked], str] = lambda asked: ""
    personal: bool = True

    def maker(self) -> Maker:
        """The kind of export that this table is."""
        return Maker(
            self.zh,
            self.en,
            self.right,
            self.make,
            needs_reason=self.personal,
            offer=self.offer,
            personal=self.personal,
        )

    def offer(self, asked: Asked) -> Offer:
        """What the page that asks for it shows."""
        place = asked.place
        return Offer(
            place,
            {"zh": f"{self.zh} · {place.name}", "en": f"{self.en} · {place.name}"},
            self.about(asked),
            ((XLSX, _("Excel 工作簿（.xlsx）")), (CSV, _("文本表格（.csv，供程序读取）"))),
            self.count(asked),
            self.personal,
        )

    def make(self, export: Export, progress: Progress) -> Made:
        """The file, in the language of whoever asked."""
        try:
            asked = again(export)
        except Appointment.DoesNotExist as gone:
            raise CannotMake(
                "要这份文件的人已不在这个职务上", "Whoever asked no longer holds the post"
            ) from gone
        with speaking(export):
            title = self.en if asked.language == "en" else self.zh
            written = _Written(self, asked, export, progress, title)
            ending = CSV if asked.form == CSV else XLSX
            between = " " if asked.language == "en" else ""
            name = f"{asked.place.name}{between}{title}{between}{beijing_today():%Y%m%d}.{ending}"
        return Made(name, written.pieces(ending))


@dataclass
class _Written:
    """A table on its way into a file."""

    table: Table
    asked: Asked
    export: Export
    progress: Progress
    title: str
    done: int = 0

    def pieces(self, ending: str) -> Iterator[bytes]:
        try:
            with speaking(self.export):
                yield from (self._csv() if ending == CSV else self._xlsx())
        except NotThere as gone:
            raise CannotMake(
                "要的内容已经不在了，请回到那一页重新选择",
                "What was asked for is not there any more; choose again on its page",
            ) from gone

    def _cells(self, columns: Sequence[Column]) -> Iterator[list[Cell]]:
        for row in self.table.rows(self.asked):
            self.done += 1
            if self.done % LINES_A_PIECE == 0:
                self.progress(self.done, 0)
            yield [_cell(column.of(row)) for column in columns]

    def _head(self) -> list[tuple[str, Cell]]:
        """Who, when, why, of which area, by which filter, from where, as of when."""
        export, place = self.export, self.asked.place
        told = [
            (_("文件"), self.title),
            (_("区划"), f"{place.name}（{place.code}）" if place.named else place.code),
            *self.table.about(self.asked),
            (_("经办"), export.asked_post or export.asked_by),
            (_("用途"), export.reason or _("没有填写")),
            (_("要的时间"), f"{localtime(export.asked_at):%Y-%m-%d %H:%M}"),
            (_("生成时间"), f"{beijing_now():%Y-%m-%d %H:%M}"),
            (_("交付文件编号"), str(export.pk)),
        ]
        return [(str(label), _cell(value)) for label, value in told]

    def _xlsx(self) -> Iterator[bytes]:
        columns = list(self.table.columns(self.asked))

        def rows() -> Iterator[list[Cell]]:
            yield [str(one.says) for one in columns]
            for cells in self._cells(columns):
                if self.done >= MOST_ROWS:
                    raise CannotMake(
                        "行数超过 Excel 能打开的上限，请改用 csv，或缩小范围",
                        "More rows than Excel opens: choose csv, or a smaller area",
                    )
                yield cells

        def about() -> Iterator[list[Cell]]:
            # Written after the rows, so that it knows how many there were.
            yield from ([label, value] for label, value in self._head())
            yield [_("行数"), self.done]

        widths = [one.width for one in columns]
        yield from workbook(
            [
                Written(self.title[:31], widths, [True] * len(columns), rows()),
                Written(_("说明"), [16, 60], [True, True], about(), head=0),
            ]
        )

    def _csv(self) -> Iterator[bytes]:
        columns = list(self.table.columns(self.asked))
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        out.write(BOM)
        # A program that reads it takes lines with this mark for remarks.
        for label, value in self._head():
            writer.writerow([f"# {label}", _defused(value)])
        writer.writerow([_defused(str(one.says)) for one in columns])
        for number, cells in enumerate(self._cells(columns), 1):
            writer.writerow([_defused(one) for one in cells])
            if number % LINES_A_PIECE == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()


def _cell(value: Any) -> Cell:
    """A value as a cell: numbers stay numbers, days are written as 2017-09-30, terms in the reader's words, nothing is empty."""
    if value is None or (isinstance(value, str) and not hasattr(value, "says")):
        return value
    if isinstance(value, Mapping):
        return str(value.get(_language(), ""))
    if callable(speak := getattr(value, "says", None)):
        return str(speak(_language()))
    if isinstance(value, list | tuple):
        return _("、").join(str(_cell(one) or "") for one in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _defused(value: Cell) -> str | int | float:
    """A csv has no texts and numbers, only what a program takes them for: a text that begins like a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, str):
        # A line break inside of a cell is a row to many a reader.
        text = " ".join(value.splitlines()) if "\n" in value or "\r" in value else value
        return f"'{text}" if text.startswith(FORMULA) else text
    return value
