"""The books agree with the contract of records and with the code lists, and no word names two of their columns."""

from __future__ import annotations

import pytest

from xiuhua.common.books import Book
from xiuhua.engine import load
from xiuhua.facts.reader import read_records
from xiuhua.intake.reading.matching import vocabulary
from xiuhua.places.books import BOOKS as PLACE_BOOKS
from xiuhua.registry.books import BOOKS, HOUSEHOLD_ROLL, PERSON_EXPORT, SEALED, YEARLY_RECORD

# The 26 columns of the export that counties have used for years (domain 1.1).
EXPORT = ["county", "township", "village", "group", "household_number", "person_number", "name", "id_number", "members_reported",
          "relation", "ethnicity", "education", "student_status", "health", "labour", "work_place", "work_months",
          "serious_illness_insured", "status_reported", "attribute", "main_cause", "house_dangerous_reported",
          "water_safe_reported", "water_difficult_reported", "net_income_per_head_reported_fen", "phone"]  # fmt: skip
# Values that name a row or are kept elsewhere than in the records that rules see.
NOT_RECORDS = {"county", "township", "village", "group", "household_number", "person_number", "name", "head_name", "id_number",
               "head_id_number", "phone", "bank", "bank_account"}  # fmt: skip


@pytest.mark.parametrize("book", [*PLACE_BOOKS, *BOOKS], ids=lambda book: book.id)
def test_no_heading_names_two_columns(book: Book) -> None:
    assert len({field.key for field in book.fields}) == len(book.fields)
    assert vocabulary(book)


@pytest.mark.parametrize("book", [*PLACE_BOOKS, *BOOKS], ids=lambda book: book.id)
def test_code_lists_exist_and_names_are_in_both_languages(book: Book) -> None:
    lists = load().codes
    for field in book.fields:
        assert field.codes is None or field.codes in lists
        assert (field.kind == "code") <= (field.codes is not None)
        assert field.en.isascii() and not field.zh.isascii()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_keys_are_columns_of_the_records(book: Book) -> None:
    columns = {column.name for relation in read_records().values() for column in relation.columns}
    assert {field.key for field in book.fields} - columns - NOT_RECORDS <= {"seen", "seen_on"}


def test_the_export_has_its_26_columns_and_each_book_its_keys() -> None:
    assert set(EXPORT) <= {field.key for field in PERSON_EXPORT.fields}
    assert {field.key for field in PERSON_EXPORT.required} == {
        "village",
        "household_number",
        "name",
        "id_number",
        "relation",
    }
    assert {field.key for field in YEARLY_RECORD.required} == {"household_number", "year"}
    assert {field.key for field in HOUSEHOLD_ROLL.required} == {"village", "household_number", "head_name"}


def test_every_secret_is_named() -> None:
    secret = {
        field.key
        for book in BOOKS
        for field in book.fields
        if field.kind in ("id_number", "phone") or "account" in field.key
    }
    assert secret == SEALED


def test_every_yearly_record_that_a_form_can_hold_has_a_column() -> None:
    period = {column.name for column in read_records()["period"].columns}
    told = {field.key for field in YEARLY_RECORD.fields}
    kept = {
        name
        for name in period
        if not name.endswith(("_seen", "_seen_on")) and name not in ("household_key", "village_code")
    }
    assert kept - told <= {"period_start", "period_end", "basis"}
