"""Which recorded values can be put right by hand, what they are now, and which rules rest on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.db.models import Model

from xiuhua.common.books import Field
from xiuhua.engine import load
from xiuhua.facts.reader import read_records
from xiuhua.registry.books import BOOKS
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person
from xiuhua.registry.queries.rules import of_the_pool

Grain = Literal["household", "person", "membership", "period"]
MODELS: dict[Grain, type[Model]] = {
    "household": Household,
    "person": Person,
    "membership": Membership,
    "period": PeriodRecord,
}
SIMPLE = frozenset({"text", "name", "integer", "decimal", "yuan", "yesno", "code", "date", "year"})
# Numbers that are kept sealed: their own form seals and checks them.
SEALED = ("id_number", "phone")
# What names a row, follows from another value, or changes only by a procedure.
FIXED = frozenset({"number", "year", "kind", "status_reported", "head_name", "seen", "seen_on"})
# What an ID number tells; while one is valid, nothing else says it.
OF_THE_ID = ("sex", "birth_date", "disability_category", "disability_grade")
OF_THE_NUMBER = {
    "id_number": ("id_kind", "id_valid", *OF_THE_ID),
    "phone": ("phone_valid", "phone_known"),
}
HEAD = "head"
# Kinds of cases by which two people change what nobody corrects alone.
NEW_HEAD, EXIT_YEAR = "new_head", "exit_year"
# Codes in one text, joined by commas.
SEVERAL = frozenset({"other_causes"})


@dataclass(frozen=True)
class Value:
    """One value that can be put right: which row, which column, what the books call it, and what it is now."""

    grain: Grain
    row: int
    field: Field
    now: Any
    person: Person | None = None
    year: int | None = None

    @property
    def column(self) -> str:
        return self.field.key

    @property
    def sealed(self) -> bool:
        return self.field.key in SEALED


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """Fields of the books by key; a key that books share means the same."""
    return {field.key: field for book in BOOKS for field in book.fields}


@lru_cache(maxsize=1)
def columns() -> dict[Grain, dict[str, Field]]:
    """By table: the columns that can be put right."""
    told: dict[Grain, dict[str, Field]] = {}
    for grain, model in MODELS.items():
        own = {one.name for one in model._meta.concrete_fields} - FIXED
        told[grain] = {
            key: one for key, one in fields().items() if key in own and (one.kind in SIMPLE or one.codes)
        }
    for grain in ("person", "household"):
        told[grain]["phone"] = fields()["phone"]
    told["person"]["id_number"] = fields()["id_number"]
    return told


@lru_cache(maxsize=512)
def seen_of(grain: Grain, column: str) -> str:
    """The column that tells how a value is known: a year knows it by matter, a household or person as a whole."""
    if grain != "period":
        return "seen"
    found = read_records()["period"].column(column)
    return (found.seen if found else None) or "living_seen"


def rules_on(column: str) -> list[str]:
    """Rules of the pool that rest on a value."""
    named = OF_THE_NUMBER.get(column, (column,))
    library = load()
    return [
        rule
        for rule in library.rules
        if of_the_pool(rule) and not set(named).isdisjoint(library.columns_of(rule))
    ]


def behind(
    rule: str, household: Household, *, person: str = "", key: int | None = None, year: int | None = None
) -> list[Value]:
    """The values that a rule rests on and that can be put right here: of one member (by number, by key where they have none) or year
    where it speaks of one."""
    library, of_number = load(), {name: key for key, names in OF_THE_NUMBER.items() for name in names}
    wanted: dict[str, None] = {}
    for column in library.columns_of(rule):
        # What the number tells is put right at the number, and beside it where there is none.
        if column in of_number:
            wanted.setdefault(of_number[column])
        wanted.setdefault(column)
    members = list(
        Membership.objects.filter(household=household, until__isnull=True)
        .select_related("person")
        .order_by("id")
    )
    if person:
        members = [one for one in members if one.person.number == person] or members
    elif key is not None:
        members = [one for one in members if one.person_id == key] or members
    years = PeriodRecord.objects.filter(household=household).order_by("-year")
    record = (years.filter(year=year) if year else years).first()
    found = [value for column in wanted for value in _values(column, household, members, record)]
    return [one for one in found if not _told_by_the_id(one)]


def one_value(household: Household, grain: Grain, row: int, column: str) -> Value | None:
    """One value of a household by table, row and column; None where there is none that can be put right."""
    if column not in columns().get(grain, {}):
        return None
    members = list(
        Membership.objects.filter(household=household, until__isnull=True).select_related("person")
    )
    record = PeriodRecord.objects.filter(household=household, pk=row).first() if grain == "period" else None
    values = _values(column, household, members, record)
    return next(
        (one for one in values if (one.grain, one.row) == (grain, row) and not _told_by_the_id(one)), None
    )


def heads(household: Household) -> list[Membership]:
    """Who is head now: one, unless somebody wrote it down wrongly."""
    found = Membership.objects.filter(household=household, until__isnull=True, relation=HEAD)
    return list(found.select_related("person").order_by("id"))


def changed_by_a_case(found: Value, household: Household) -> str:
    """The kind of case by which a value changes instead of being corrected; empty where somebody corrects it. That it was checked
    and is right can be said of either."""
    if found.column == EXIT_YEAR:
        return EXIT_YEAR
    return NEW_HEAD if found.column == "relation" and len(heads(household)) == 1 else ""


def _values(
    column: str, household: Household, members: list[Membership], record: PeriodRecord | None
) -> list[Value]:
    known = columns()
    found: list[Value] = []
    if column in known["household"]:
        found.append(_value("household", household, column))
    if column in known["period"] and record is not None:
        found.append(_value("period", record, column, year=record.year))
    if column in known["person"]:
        found += [_value("person", one.person, column, person=one.person) for one in members]
    if column in known["membership"]:
        found += [_value("membership", one, column, person=one.person) for one in members]
    return found


def _value(
    grain: Grain, row: Any, column: str, *, person: Person | None = None, year: int | None = None
) -> Value:
    now = None if column in SEALED else getattr(row, column)
    return Value(grain, row.pk, columns()[grain][column], now, person, year)


def _told_by_the_id(one: Value) -> bool:
    return one.column in OF_THE_ID and one.person is not None and bool(one.person.id_valid)
