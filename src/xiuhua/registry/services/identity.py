"""Somebody's ID number was wrong and is put right: with it, what is derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiuhua.audit.services import Actor, recorded
from xiuhua.registry.models import Household, Person
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.trace import Trace


@dataclass(frozen=True)
class Number:
    """An ID number, sealed, with its blind index and what was derived from it when it was read."""

    sealed: bytes
    blind: bytes
    kind: str
    valid: bool | None
    sex: str | None = None
    birth_date: date | None = None
    disability_category: str | None = None
    disability_grade: str | None = None


@recorded("registry.number_corrected")
def number_corrected(*, by: Actor, case: int, household: Household, person: Person, number: Number) -> Trace:
    """Gives a person another ID number, or one where there was none. What it does not say of them stays as it was.

    The trace tells the blind index only; a sealed value of before is put back by whoever kept it (`sealed_again`).
    """
    trace = Trace(case)
    told = {
        "sex": number.sex,
        "birth_date": number.birth_date,
        "disability_category": number.disability_category,
        "disability_grade": number.disability_grade,
    }
    derived = {name: value for name, value in told.items() if value is not None}
    person.id_sealed = number.sealed
    known = {"id_blind": number.blind, "id_kind": number.kind, "id_valid": number.valid}
    trace.change(person, beside=("id_sealed",), **known, **derived)
    # The rules look again at where the person lives.
    trace.households.add(household.pk)
    return trace.about(household, person=person.pk)


@recorded("registry.number_put_back")
def sealed_again(
    *, by: Actor, case: int, household: Household, person: Person, sealed: bytes, blind: bytes
) -> Trace:
    """After a correction was undone: the sealed number that belongs to the blind index, which is back already."""
    if person.id_blind is None or bytes(person.id_blind) != blind:
        raise Refused("此人的证件号码此后又变过", "The person's number was changed since")
    person.id_sealed = sealed
    person.save(update_fields=["id_sealed"])
    return Trace(case).about(household, person=person.pk)
