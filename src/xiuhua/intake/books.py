"""Which value of a row goes to which table of the register, and what tells how it was seen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xiuhua.common.books import Field
from xiuhua.engine import load
from xiuhua.facts.reader import read_records
from xiuhua.intake.reading import shown
from xiuhua.places.books import BOOKS as PLACE_BOOKS
from xiuhua.places.services.counties import SAYS as COUNTY_SAYS
from xiuhua.registry.books import BOOKS as REGISTRY_BOOKS
from xiuhua.registry.books.lists import LIST_BOOKS, PREFIX
from xiuhua.registry.models import Household, PeriodRecord, Person, VillageYear

# Tables whose rows become the register, and other departments' lists, whose rows are only held against it.
OWN_BOOKS = {book.id: book for book in (*PLACE_BOOKS, *REGISTRY_BOOKS)}
BOOKS = {**{book.id: book for book in LIST_BOOKS}, **OWN_BOOKS}
LISTS = PREFIX

# Keys that name the row or its cells and are handled one by one, never copied as they are.
OWN = {
    "id",
    "number",
    "county_code",
    "village_code",
    "household_id",
    "year",
    "brought_by",
    "changed_by",
    "seen",
    "seen_on",
}


def _columns(model: type) -> frozenset[str]:
    return frozenset(field.column for field in model._meta.concrete_fields) - OWN  # type: ignore[attr-defined]


HOUSEHOLD_COLUMNS = _columns(Household)
PERSON_COLUMNS = _columns(Person) | {"relation"}
PERIOD_COLUMNS = _columns(PeriodRecord)
VILLAGE_COLUMNS = frozenset(
    {"poor_village", "deep_poor_village", "rural_households", "rural_persons", "longitude", "latitude"}
)
VILLAGE_YEAR_COLUMNS = _columns(VillageYear) | {"seen", "seen_on"}
COUNTY_COLUMNS = frozenset(COUNTY_SAYS)
# Books of which no row is about a household.
OF_PLACES = ("county", "village", "village_year")

# Rows that a comparison with the national system hands on; no file of this name is recognised.
CORRECTION = "national"

# Rows of these books say that the household is registered as poor, or is another rural household.
HOUSEHOLD_KIND = {"person_export": "registered", "household_roll": "other"}
# Order of taking over where two books carry the same value: the later one is the closer look.
ORDER = ("county_basics", "village_list", "village_year", "household_roll", "person_export", "yearly_record")
PERSON_BOOKS = ("person_export", "household_roll")


def called(book: str) -> tuple[str, str]:
    """What a sheet's book is called, in Chinese and English."""
    if book == CORRECTION:
        return "按国家系统更正", "Corrections by the national system"
    return (BOOKS[book].zh, BOOKS[book].en) if book in BOOKS else ("不认得", "Not recognised")


@lru_cache(maxsize=1)
def seen_of() -> dict[str, str]:
    """For each yearly column, the column that tells how it was seen (from facts/records.yaml)."""
    return {column.name: column.seen for column in read_records()["period"].columns if column.seen}


@lru_cache(maxsize=1)
def seen_topics() -> dict[str, list[str]]:
    """For each `…_seen` column of the year, the columns it speaks for."""
    topics: dict[str, list[str]] = {}
    for column, seen in seen_of().items():
        topics.setdefault(seen, []).append(column)
    return topics


# What an ID number tells is decided with the number; what the export says of a status changes nothing by itself.
_APART = {"id_sealed", "id_blind", "id_kind", "id_valid", "sex", "birth_date", "disability_category", "disability_grade",
          "status_reported", "kind", "county_code", "number"}  # fmt: skip


@lru_cache(maxsize=1)
def topics_of() -> dict[str, dict[str, list[str]]]:
    """For each grain: the column that tells how a matter was seen, and the columns of that matter."""
    return {
        "household": {"seen": sorted(HOUSEHOLD_COLUMNS - _APART)},
        "person": {"seen": sorted(PERSON_COLUMNS - _APART)},
        "period": seen_topics(),
    }


def any_checked(grain: str, kept: str = "k") -> str:
    """SQL condition: something of the record kept was checked."""
    return f"'checked' in ({', '.join(f'{kept}.{seen}' for seen in topics_of()[grain])})"


def taken(grain: str, said: str) -> str:
    """SQL of what the record `k` takes of what is said: a checked value is not overwritten by a reported one.

    A column of what was reported (`…_reported`) may fill a gap beside checked ones: it claims to be no more. Nothing else
    that is only reported may, since a matter has one evidence for all its columns.
    """
    left = [
        f"case when k.{seen} = 'checked' and coalesce({said} ->> '{seen}', 'reported') = 'reported' then {_left(seen, columns)} else '{{}}' end"
        for seen, columns in topics_of()[grain].items()
    ]
    return f"case when {any_checked(grain)} then {said} - ({' || '.join(left)}) else {said} end"


def _left(seen: str, columns: list[str]) -> str:
    kept = ", ".join(
        f"'{name}'" for name in (seen, f"{seen}_on", *columns) if "_reported" not in name or name == seen
    )
    gaps = [f"case when k.{name} is not null then '{name}' end" for name in columns if "_reported" in name]
    # A name that is null takes nothing out.
    return f"array[{', '.join([kept, *gaps])}]"


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """Every field of every book by key; keys that books share mean the same."""
    return {field.key: field for book in BOOKS.values() for field in book.fields}


def words(key: str, value: Any) -> tuple[str, str]:
    """A value as a sentence shows it, in Chinese and English. Never for sealed values."""
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, int | Decimal) and key.endswith("_fen"):
        return (f"{value / 100:,.2f}",) * 2
    if isinstance(value, Decimal):
        text = f"{value:f}"
        value = text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, int | date):
        return (str(value),) * 2
    field = fields().get(key)
    listed = load().codes.get(field.codes) if field and field.codes else None
    if listed is None:
        return (shown(str(value)),) * 2
    codes = [(one, listed.code(one)) for one in str(value).split(",")]  # other causes are several
    return (
        "、".join(code.says("zh") if code else shown(one) for one, code in codes),
        ", ".join(code.says("en") if code else shown(one) for one, code in codes),
    )
