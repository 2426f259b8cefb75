"""Rows that an act of the register made or changed, told with before and after, so that the act can be taken back whole."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from xiuhua.registry.models import Household, Membership, Person

TABLES: dict[str, type[Model]] = {"household": Household, "person": Person, "membership": Membership}


@dataclass
class Trace:
    """What an act did to the register: `rows` in their order, as JSON can hold them. Handed back by every act of a family."""

    case: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    households: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    audit_subject: str = ""
    audit_place: str = ""
    audit_detail: dict[str, Any] = field(default_factory=dict)

    def about(self, household: Household, **detail: Any) -> Trace:
        """Names the household that the audit's entry is about."""
        self.audit_subject, self.audit_place = f"household:{household.pk}", household.village_code
        self.audit_detail = {"case": self.case, **detail}
        return self

    def made(self, row: Any) -> Any:
        """Saves a new row and notes that it was made."""
        row.save(force_insert=True)
        self._note(row, made=True)
        return row

    def change(self, row: Any, *, beside: tuple[str, ...] = (), **values: Any) -> None:
        """Changes some columns of a row and notes what they were. A column that says so already is left alone.

        beside: columns that the row has already as they shall be, written with the others and not told: what is sealed.
        """
        before = {name: getattr(row, name) for name in values}
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[*changed, *beside])
        self._note(
            row,
            before={name: _plain(before[name]) for name in changed},
            after={name: _plain(value) for name, value in changed.items()},
        )

    def touches(self, household: Household) -> None:
        """Notes a household of which the database itself changes something with the decision; undone, it is looked at again."""
        self._note(household, before={}, after={})

    def add(self, other: Trace) -> None:
        """Takes over what another act of the same case did."""
        self.rows += other.rows
        self.households |= other.households
        self.persons |= other.persons

    def detail(self) -> dict[str, Any]:
        """As the step of a case keeps it."""
        return {
            "rows": self.rows,
            "households": sorted(self.households),
            "persons": sorted(self.persons),
        }

    def _note(self, row: Any, **more: Any) -> None:
        table = next(name for name, model in TABLES.items() if type(row) is model)
        self.rows.append({"table": table, "id": row.pk, **more})
        if isinstance(row, Household):
            self.households.add(row.pk)
        elif isinstance(row, Person):
            self.persons.add(row.pk)
        elif isinstance(row, Membership):
            self.households.add(row.household_id)
            self.persons.add(row.person_id)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()  # as a binary column reads text
    return value.isoformat() if isinstance(value, date | datetime) else value
