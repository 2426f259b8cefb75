"""Reads the contract of records and the facts, and refuses what does not hold together by itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xiuhua.facts.models import UNITS, Column, Fact, RecordGrain, Relation
from xiuhua.rulebook.marked import RulebookError, read_entries

FOLDER = Path(__file__).resolve().parent
RECORDS = FOLDER / "records.yaml"
GRAINS = ("person", "household", "period", "village", "county")
# What a relation must begin with, so that every result can be keyed and placed.
KEYS: dict[RecordGrain, tuple[str, ...]] = {
    "village": ("village_code", "county_code"),
    "village_year": ("village_code", "year"),
    "county": ("county_code",),
    "household": ("household_key", "village_code"),
    "person": ("person_key", "household_key", "village_code"),
    "period": ("household_key", "village_code", "year"),
    "exit": ("household_key", "village_code"),
}


@dataclass(frozen=True)
class Facts:
    """Relations by grain, and facts by id."""

    relations: dict[str, Relation]
    facts: dict[str, Fact]


def read_facts(folder: Path = FOLDER, records: Path = RECORDS) -> Facts:
    """The contract and every fact. Raises RulebookError (file:line)."""
    relations = read_records(records)
    facts: dict[str, Fact] = {}
    for grain in GRAINS:
        for path in sorted((folder / grain).glob("*.yaml")):
            for entry in read_entries(path):
                _add(facts, Fact.of(entry), grain, relations[grain])
    return Facts(relations, facts)


def read_records(path: Path = RECORDS) -> dict[str, Relation]:
    """Relations by grain (village, village_year, county, household, person, period, exit). Raises RulebookError."""
    relations: dict[str, Relation] = {}
    for entry in read_entries(path):
        relation = Relation.of(entry)
        if relation.grain in relations:
            raise relation.where.error(f"a second relation of grain {relation.grain}", "grain")
        _check_relation(relation)
        relations[relation.grain] = relation
    missing = [grain for grain in KEYS if grain not in relations]
    if missing:
        raise RulebookError(f"{path.name}:1", f"no relation of grain {missing[0]}")
    return relations


def _check_relation(relation: Relation) -> None:
    names = [column.name for column in relation.columns]
    for name in (*KEYS[relation.grain], *relation.key):
        if name not in names:
            raise relation.where.error(f"{relation.id} has no column {name}", "columns")
    for index, column in enumerate(relation.columns):
        fault = _fault(relation, column, names[:index])
        if fault:
            raise relation.where.error(f"{relation.id}.{column.name}: {fault}", "columns", index)


def _fault(relation: Relation, column: Column, before: list[str]) -> str | None:
    if column.name in before:
        return "stands twice"
    if column.unit and column.unit not in UNITS:
        return f"unknown unit {column.unit}"
    if (column.codes or column.values) and column.type != "text":
        return "only text has codes"
    if column.seen:
        evidence = relation.column(column.seen)
        if evidence is None or evidence.type != "text":
            return f"its evidence column {column.seen} is missing"
    return None


def _add(facts: dict[str, Fact], fact: Fact, grain: str, relation: Relation) -> None:
    if fact.id in facts:
        raise fact.where.error(f"fact `{fact.id}` stands already in {facts[fact.id].where.at('id')}", "id")
    if fact.grain != grain:
        raise fact.where.error(
            f"fact {fact.id} of grain {fact.grain} stands in the folder of {grain}", "grain"
        )
    if relation.column(fact.id):
        raise fact.where.error(
            f"fact {fact.id} has the name of a column of {relation.id}: use the column", "id"
        )
    own = {"household": ("household", "period", "previous"), "village": ("village", "year")}.get(
        fact.grain, (fact.grain,)
    )
    if fact.scope not in own:
        raise fact.where.error(f"fact {fact.id}: from may be {' or '.join(own)}", "from")
    if fact.unit and fact.unit not in UNITS:
        raise fact.where.error(f"fact {fact.id}: unknown unit {fact.unit}", "unit")
    if fact.codes and fact.type != "text":
        raise fact.where.error(f"fact {fact.id}: only text has codes", "codes")
    facts[fact.id] = fact
