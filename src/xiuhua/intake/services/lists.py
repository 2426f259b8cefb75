"""Other departments' lists among the files of a batch: told from other tables, read to the number and what it says, and held
against the register once the rest is merged. Of whom the register does not know, nothing is left when the batch is done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.sealing import keyring
from xiuhua.files.models import StoredFile
from xiuhua.files.services import remove_with_the_act
from xiuhua.intake import books, reading
from xiuhua.intake.models import Batch, Sheet
from xiuhua.intake.reading import Parsed
from xiuhua.intake.services.operators import operator
from xiuhua.intake.services.sightings import copy_rows
from xiuhua.intake.services.staging import COLUMNS
from xiuhua.registry.books.lists import LIST_BOOKS, TELLING, kind_of
from xiuhua.registry.services import Basis, take_list
from xiuhua.registry.terms import ListKind
from xiuhua.relapse.services import gather_from_list

TITLE_ROWS = 4


def detect(
    page: reading.Sheet, file_name: str, remembered: Mapping[tuple[str, str], str]
) -> reading.Layout | None:
    """The layout of a department's list; None for any other table. A list is only taken for one where a word says so: in the
    name of the file or the sheet, in a title, or in its headings."""
    named = file_name + page.name
    above = "".join(str(cell) for row in page.cells[:TITLE_ROWS] for cell in row if isinstance(cell, str))
    meant = [book for book in LIST_BOOKS if any(word in named for word in _telling(book.id))]
    meant = meant or [book for book in LIST_BOOKS if any(word in above for word in _telling(book.id))]
    layout = reading.detect(page, meant, remembered) if meant else None
    if layout is None or layout.missing:
        return None
    said = "".join([*layout.title, *layout.headings.values()])
    return layout if any(word in named + said for word in _telling(layout.book.id)) else None


def _telling(book: str) -> tuple[str, ...]:
    kind = kind_of(book)
    return TELLING[kind] if kind else ()


def stage_list(*, sheet: Sheet, parsed: Parsed) -> int:
    """Replaces the sheet's staged rows: the number's blind index, the name, and what the list says. No number is kept."""
    kind = kind_of(sheet.book)
    assert kind is not None
    count = len(parsed.rows)
    column = {key: parsed.columns.get(key) or [None] * count for key in _KEYS}
    ring = keyring()
    blinds = {number: ring.blind(number) for number in set(column["id_number"]) if number}
    rows = (
        (row, None, None, None, None, blinds.get(number), "{}", json.dumps(told, ensure_ascii=False), "{}", "{}", number is None)
        for row, number, told in zip(parsed.rows, column["id_number"], _told(kind, column, count), strict=True)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("delete from intake_stagedrow where sheet_id = %s", [sheet.pk])
        same = {
            "batch_id": sheet.batch_id, "place_code": sheet.place_code, "sheet_id": sheet.pk, "book": sheet.book,
        }  # fmt: skip
        copy_rows(cursor, "intake_stagedrow", COLUMNS, rows, same)
    return count


_KEYS = ("id_number", "name", "listed_what", "listed_vehicle", "listed_on", "listed_fen")


def _told(kind: ListKind, column: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    """What each row says: name, what, said_on, amount_fen; what is empty is left out."""
    made = []
    for at in range(count):
        on: date | None = column["listed_on"][at]
        said = {
            "name": column["name"][at],
            "what": _what(kind, column["listed_what"][at], column["listed_vehicle"][at]),
            "said_on": on.isoformat() if on else None,
            "amount_fen": column["listed_fen"][at],
        }
        made.append({key: value for key, value in said.items() if value is not None})
    return made


# Of a business only its kind is kept: whose it is the household knows.
_BUSINESSES = (
    ("cooperative", ("合作社",)),
    ("company", ("公司", "厂", "集团")),
    ("individual", ("个体", "经营部", "商店", "商行", "超市", "小卖部", "门市", "饭馆", "餐馆", "店")),
)


def _what(kind: ListKind, text: str | None, vehicle: str | None) -> str | None:
    if kind == ListKind.VEHICLE:
        return vehicle or "other"
    if kind == ListKind.BUSINESS:
        name = text or ""
        return next((code for code, words in _BUSINESSES if any(word in name for word in words)), "other")
    return text[:120] if text else None


SOURCE = """
select id_blind, person ->> 'name' as name, person ->> 'what' as what, (person ->> 'said_on')::date as said_on,
  (person ->> 'amount_fen')::bigint as amount_fen
from intake_stagedrow where sheet_id = %(sheet)s
"""
# Before the merge: who of the register, or of the households that wait in the same batch (at_hand.py), is named.
FORESEEN = """
select count(*), count(*) filter (where s.id_blind is null), count(distinct s.id_blind) filter (where
  exists (select 1 from registry_person p where p.id_blind = s.id_blind)
  or exists (select 1 from staged r where r.id_blind = s.id_blind and r.person_number is not null))
from intake_stagedrow s where s.sheet_id = %s
"""


def foresee(batch: Batch) -> list[dict[str, Any]]:
    """For the preview, of each list: kind, rows, rows without a readable number, people of the register."""
    told = []
    with connection.cursor() as cursor:
        for sheet in _sheets(batch):
            cursor.execute(FORESEEN, [sheet.pk])
            rows, unreadable, people = cursor.fetchone()
            told.append({"sheet": sheet.pk, "book": sheet.book, "file": sheet.file_name, "rows": rows, "unreadable": unreadable, "people": people})  # fmt: skip
    return told


def take_lists(batch: Batch) -> None:
    """Holds the batch's lists against the register, then takes their rows and files away. In the caller's transaction."""
    sheets = _sheets(batch)
    if not batch.listing:
        forget(batch)
        return
    said = batch.listing
    basis = Basis(said["basis"], said["purpose"], date.fromisoformat(said["expires_on"]))
    for sheet in sheets:
        kind = kind_of(sheet.book)
        assert kind is not None and batch.data_date is not None
        taken = take_list(
            by=operator(batch), place_code=batch.place_code, kind=kind, name=sheet.file_name, basis=basis,
            listed_on=sheet.data_date or batch.data_date, source=SOURCE, values={"sheet": sheet.pk}, batch=batch.pk,
        )  # fmt: skip
        gather_from_list(by=operator(batch), listing=taken.listing)
    forget(batch)


def forget(batch: Batch) -> None:
    """Rows and files of the batch's lists go; a file that holds other tables too stays, as those need it."""
    lists = [sheet for sheet in batch.sheets.all() if sheet.is_list]
    others = {sheet.file_id for sheet in batch.sheets.all() if sheet.book and not sheet.is_list}
    batch.rows.filter(sheet__in=lists).delete()
    for file in StoredFile.objects.filter(
        pk__in={sheet.file_id for sheet in lists} - others, removed_at=None
    ):
        remove_with_the_act(file)


def _sheets(batch: Batch) -> list[Sheet]:
    return [sheet for sheet in batch.sheets.filter(staged=True) if sheet.is_list]


def refuse_words(sheets: list[Sheet]) -> tuple[str, str]:
    """Why lists are left, in both languages."""
    names = "、".join(dict.fromkeys(books.BOOKS[sheet.book].zh for sheet in sheets))
    english = ", ".join(dict.fromkeys(books.BOOKS[sheet.book].en for sheet in sheets))
    return (
        f"{names}是部门比对名单：须写明法律依据或授权、用途和到期日才能导入。请重新上传并填写",
        f"A department's list ({english}) is taken in only with its legal basis or authorisation, purpose and expiry. Upload it again and say them",
    )
