"""Findings of a batch on their way into its table, and the way any staged rows go into a protected table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from xiuhua.engine import load
from xiuhua.findings.terms import fingerprint, rule_fingerprint


@dataclass(frozen=True)
class Seen:
    """One finding of a batch before it has a number: where, what, about whom."""

    rule: str
    kind: str
    sheet: int | None = None
    row: int | None = None
    column: int | None = None
    field: str = ""
    household: str = ""
    person: str = ""
    village: str = ""
    params: dict[str, Any] = made(default_factory=dict)

    def fingerprint(self) -> str:
        """The same matter found again has the same mark, wherever it stands in the file."""
        if self.rule in load().rules and self.household:
            return rule_fingerprint(self.rule, self.household, self.person, self.params.get("year"))
        about = [self.rule, self.household, self.person, self.field, str(self.params.get("year", ""))]
        if not self.household and not self.person:
            about += [str(self.sheet), str(self.row), str(self.column)]
        return fingerprint(*about)


def copy_rows(
    cursor: Any,
    table: str,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Adds rows to a table. Values as psycopg writes them: text, numbers, bytes, JSON as text. `same`: columns besides,
    whose value all rows share."""
    # COPY cannot write a table under row-level security; it fills a temporary one, and an INSERT carries the rows over.
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"create temp table if not exists copied_{table} as select {names} from {table} with no data"
    )
    cursor.execute(f"truncate copied_{table}")
    with cursor.copy(f"copy copied_{table} ({names}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    shared = dict(same or {})
    all_names = ", ".join([*(f'"{column}"' for column in shared), names])
    selected = ", ".join([*("%s" for _ in shared), names])
    cursor.execute(
        f"insert into {table} ({all_names}) select {selected} from copied_{table}", list(shared.values())
    )
    cursor.execute(f"truncate copied_{table}")


def write_sightings(
    cursor: Any, batch: int, place_code: str, seen: Iterable[Seen], *, comparing: bool = False
) -> None:
    """Adds findings of a batch."""
    names = (
        "batch_id", "place_code", "kind", "rule", "sheet_id", "row", "column", "field", "household_number",
        "person_number", "village_code", "params", "fingerprint", "comparing",
    )  # fmt: skip
    copy_rows(
        cursor,
        "intake_sighting",
        names,
        (
            (
                batch,
                place_code,
                s.kind,
                s.rule,
                s.sheet,
                s.row,
                s.column,
                s.field,
                s.household,
                s.person,
                s.village,
                json.dumps(s.params, ensure_ascii=False, default=str),
                s.fingerprint(),
                comparing,
            )
            for s in seen
        ),
    )
