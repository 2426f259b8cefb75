"""What the page of columns shows: what a heading may mean, what is certain, what is still missing."""

from __future__ import annotations

from typing import Any

from xiuhua.intake import books
from xiuhua.intake.models import Sheet
from xiuhua.intake.queries.batches import Both, both
from xiuhua.intake.reading import letter


def asked_columns(sheet: Sheet) -> list[dict[str, Any]]:
    """Columns to be named, each with what it may be, likeliest first, then every other column of the book."""
    book = books.BOOKS[sheet.book]
    free = [field for field in book.fields if field.key not in sheet.columns]
    asked = [{**one, "sure": False} for one in sheet.unsure]
    asked += [
        {"column": column, "heading": heading, "candidates": [], "samples": samples}
        for column, heading, samples in sheet.unmapped
    ]
    rows = []
    for one in asked:
        likely = [book.field(key) for key in one["candidates"]]
        options = likely + [field for field in free if field not in likely]
        rows.append(
            {
                "letter": letter(one["column"] + 1),
                "heading": one["heading"],
                "samples": one["samples"],
                "name": f"column_{one['column']}",
                "chosen": likely[0].key if likely else "",
                "options": [(f.key, both(f.zh, f.en)) for f in options],
                "unsure": bool(likely),
                "note": both(f"可能是“{likely[0].zh}”", f"Perhaps “{likely[0].en}”") if likely else None,
            }
        )
    return rows


def sure_columns(sheet: Sheet) -> list[dict[str, Any]]:
    """Columns that were recognised."""
    book = books.BOOKS[sheet.book]
    placed = sorted(sheet.columns.items(), key=lambda item: item[1])
    return [
        {
            "letter": letter(at + 1),
            "heading": book.field(key).zh,
            "label": both(book.field(key).zh, book.field(key).en),
        }
        for key, at in placed
    ]


def missing_labels(sheet: Sheet) -> list[Both]:
    """Columns that the book cannot do without."""
    book = books.BOOKS[sheet.book]
    return [both(book.field(key).zh, book.field(key).en) for key in sheet.missing]
