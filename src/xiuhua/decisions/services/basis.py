"""What a step is decided on: the records of the household or place as they stand, what the rules say of them, by which versions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.engine import load
from xiuhua.engine.outcomes import Outcome
from xiuhua.places.scope import scope_of, within
from xiuhua.places.terms import Level, level_of
from xiuhua.registry.queries.standards import standards

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
    records = {
        library.relations[grain].id: _rows(grain, key, village_code if key == "village_code" else household)
        for grain, key in KEYS.items()
    }
    outcomes = {}
    if rules:
        selection = library.select("postgres", "household", as_of, wanted=WANTED, rules=rules)
        with connection.cursor() as cursor:
            cursor.execute(selection.sql, [household])
            names = [one.name for one in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        outcomes = {one.rule.id: told(one) for one in library.outcomes(rows[0], selection)} if rows else {}
    return Basis(as_of, records, outcomes, versions())


def basis_of_place(place_code: str, as_of: date) -> Basis:
    """The same of a village or county, with every rule of its grain that is in force.

    A village keeps itself, its yearly forms and all its households, people and years. A county keeps itself, its villages and
    their forms, and what each village came to (`facts_village`): its households are too many for a row, and it is computed again
    from its villages.
    """
    village = level_of(place_code) is Level.VILLAGE
    with within(scope_of(place_code)):
        records = {
            "rec_village": _rows("village", "village_code" if village else "county_code", place_code),
            "rec_village_year": _years(place_code),
            "rec_county": _rows("county", "county_code", place_code[:6]),
        }
        if village:
            for grain in ("household", "person", "period"):
                records[load().relations[grain].id] = _rows(grain, "village_code", place_code)
        else:
            records["facts_village"] = _villages(place_code, as_of)
        outcomes = {one.rule.id: told(one) for one in standards(place_code, as_of).outcomes}
    return Basis(as_of, records, outcomes, versions())


def _rows(grain: str, key: str, value: Any, where: str = "{key} = %s") -> list[dict[str, Any]]:
    """Rows of a relation of the contract, as JSON keeps them, in the order of its key."""
    relation = load().relations[grain]
    columns = ", ".join(column.name for column in relation.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {columns} from {relation.id} where {where.format(key=key)} order by {', '.join(relation.key)}", [value]
        )  # fmt: skip
        names = [one.name for one in cursor.description]
        return [
            {name: plain(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()
        ]


def _years(place_code: str) -> list[dict[str, Any]]:
    """Yearly forms of a village, or of all villages of a county."""
    return _rows("village_year", "village_code", place_code, "{key} ^@ %s")


def _villages(county_code: str, as_of: date) -> list[dict[str, Any]]:
    """What each village of a county comes to: every fact of a village that the county's own rest on, by code, and (`e__`) how it is
    known."""
    library = load()
    facts = [one.id for one in library.facts.values() if one.grain == "village"]
    wanted = "select village_code from rec_village where county_code = %s"
    selection = library.select("postgres", "village", as_of, wanted=wanted, rules=[], facts=facts)
    with connection.cursor() as cursor:
        cursor.execute(selection.sql, [county_code])
        names = [one.name for one in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        {
            name.removeprefix("f__"): plain(value)
            for name, value in row.items()
            if name == "village_code" or name.startswith(("f__", "e__"))
        }
        for row in sorted(rows, key=lambda row: str(row["village_code"]))
    ]


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
