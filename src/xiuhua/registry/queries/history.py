"""What changed in a household since it was first recorded: field by field, before and after, who and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model

from xiuhua.common.clock import beijing_today
from xiuhua.registry.models import Household, Membership, PeriodRecord, Person
from xiuhua.registry.queries.people import age_on

# Of a minor the health is told nowhere, so its changes do not tell it either.
OF_A_MINOR = frozenset({"health", "disability_category", "disability_grade"})
ADULT_YEARS = 18
# Said by another column, or by nobody who reads the page.
UNSAID = {
    "id", "brought_by", "changed_by", "household", "person", "id_sealed", "phone_sealed", "bank_sealed",
    # The case tells these.
    "begun_by_case", "ended_by_case", "head_by_case", "begun_because", "ended_because", "merged_into", "split_from",
    "moved_from_code", "moved_to_code",
}  # fmt: skip
SEALED = {"id_blind", "phone_blind", "bank_blind"}
# Beside the ends of a number it would tell the number: that it changed is told, as of a number.
SEALED_WITH_IT = {"birth_date"}
MOST = 200


@dataclass(frozen=True)
class Change:
    """One field of one row. `sealed`: that it changed is told, what it was and is stays sealed."""

    at: datetime
    account: str
    post: str
    batch: int | None
    grain: str  # household, person, membership, period
    key: int
    field: str
    before: Any
    after: Any
    sealed: bool = False
    removed: bool = False


def changes(household: Household, members: list[Membership], years: list[PeriodRecord]) -> list[Change]:
    """All changes of a household, its people and its years, the newest first: one query for each table."""
    found = [
        *_of("household", Household, [household]),
        *_of("person", Person, [one.person for one in members]),
        *_of("membership", Membership, members),
        *_of("period", PeriodRecord, years),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _of(grain: str, model: type[Model], rows: list[Any]) -> list[Change]:
    event = apps.get_model("registry", f"{model.__name__}Event")
    kept: dict[int, list[Any]] = {}
    for one in event.objects.filter(pgh_obj_id__in=[row.pk for row in rows]).order_by("-pgh_id")[:MOST]:
        kept.setdefault(one.pgh_obj_id, []).insert(0, one)
    now = {row.pk: row for row in rows}
    found = []
    for key, events in kept.items():
        for before, after in zip(events, [*events[1:], now[key]], strict=True):
            found += _differences(grain, key, before, after)
    return found


def _differences(grain: str, key: int, before: Any, after: Any) -> list[Change]:
    who: Mapping[str, Any] = before.pgh_context or {}
    told = (before.pgh_created_at, who.get("account", ""), who.get("post", ""), who.get("batch"), grain, key)
    if before.pgh_label == "removed":
        return [Change(*told, field="", before=None, after=None, removed=True)]
    found = []
    for field in before._meta.concrete_fields:
        name = field.name
        if name.startswith("pgh_") or name in UNSAID:
            continue
        if grain == "person" and name in OF_A_MINOR and _minor(after):
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if isinstance(old, memoryview) or isinstance(new, memoryview) or name in SEALED:
            if _bytes(old) != _bytes(new):
                found.append(Change(*told, field=name, before=None, after=None, sealed=True))
        elif old != new and name in SEALED_WITH_IT:
            found.append(Change(*told, field=name, before=None, after=None, sealed=True))
        elif old != new:
            found.append(Change(*told, field=name, before=old, after=new))
    return found


def _minor(person: Any) -> bool:
    """Under 18 today; somebody whose birth date is not known is treated as one."""
    age = age_on(person.birth_date, beijing_today())
    return age is None or age < ADULT_YEARS


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
