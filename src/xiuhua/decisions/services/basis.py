"""What a step is decided on: the household's records as they stand, what the rules say of them, and by which versions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.engine import load
from xiuhua.engine.outcomes import Outcome

WANTED = "select %s::bigint as household_key"
# The relations of one household, by the key that finds its rows.
KEYS = {
    "household": "household_key",
    "person": "household_key",
    "period": "household_key",
    "exit": "household_key",
    "village": "village_code",
}


@dataclass(frozen=True)
class Basis:
    """records: rows of the contract by relation. outcomes: rule -> result, evidence, facts and figures seen. digest: of all three."""

    as_of: date
    records: dict[str, list[dict[str, Any]]]
    outcomes: dict[str, dict[str, Any]]
    versions: dict[str, str]

    @property
    def digest(self) -> str:
        whole = [self.as_of.isoformat(), self.records, self.outcomes, self.versions]
        return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def basis_of(household: int, village_code: str, as_of: date, rules: list[str]) -> Basis:
    """Reads the records and runs the rules over them, in the same transaction."""
    library = load()
    records = {}
    for grain, key in KEYS.items():
        relation = library.relations[grain]
        columns = ", ".join(column.name for column in relation.columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {columns} from {relation.id} where {key} = %s order by {', '.join(relation.key)}",
                [village_code if key == "village_code" else household],
            )
            names = [one.name for one in cursor.description]
            records[relation.id] = [
                {name: plain(value) for name, value in zip(names, row, strict=True)}
                for row in cursor.fetchall()
            ]
    outcomes = {}
    if rules:
        selection = library.select("postgres", "household", as_of, wanted=WANTED, rules=rules)
        with connection.cursor() as cursor:
            cursor.execute(selection.sql, [household])
            names = [one.name for one in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        outcomes = {one.rule.id: told(one) for one in library.outcomes(rows[0], selection)} if rows else {}
    return Basis(as_of, records, outcomes, versions())


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a snapshot keeps it."""
    return {
        "result": outcome.code.word,
        "evidence": outcome.evidence.name.lower(),
        "facts": {one.fact: plain(one.value) for one in outcome.facts},
        "figures": {one.figure: [plain(one.value), one.place, one.source] for one in outcome.figures},
    }


def plain(value: Any) -> Any:
    """A value as JSON keeps it without losing anything: decimals and days as text."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def versions() -> dict[str, str]:
    """Digests of the rules and facts that are in force in this process."""
    library = load()
    said = {
        "rulebook": [
            one.model_dump(mode="json")
            for one in (*library.rules.values(), *library.figures.values(), *library.codes.values())
        ],
        "facts": [one.model_dump(mode="json") for one in library.facts.values()],
    }
    return {
        name: hashlib.sha256(json.dumps(one, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        for name, one in said.items()
    }
