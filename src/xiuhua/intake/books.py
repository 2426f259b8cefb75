"""Which value of a row goes to which table of the register, and what tells how it was seen."""

from __future__ import annotations

from functools import lru_cache

from xiuhua.facts.reader import read_records
from xiuhua.places.books import BOOKS as PLACE_BOOKS
from xiuhua.registry.books import BOOKS as REGISTRY_BOOKS
from xiuhua.registry.models import Household, PeriodRecord, Person

BOOKS = {book.id: book for book in (*PLACE_BOOKS, *REGISTRY_BOOKS)}

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

# Rows of these books say that the household is registered as poor, or is another rural household.
HOUSEHOLD_KIND = {"person_export": "registered", "household_roll": "other"}
# Order of taking over where two books carry the same value: the later one is the closer look.
ORDER = ("village_list", "household_roll", "person_export", "yearly_record")
PERSON_BOOKS = ("person_export", "household_roll")


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
