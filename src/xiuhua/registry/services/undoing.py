"""A change of a family is taken back: what it made holds on no day any more, what it changed is as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.places.queries import holding_now
from xiuhua.registry.models import Household, Membership, Person
from xiuhua.registry.services.family import restored
from xiuhua.registry.services.refusal import Refused
from xiuhua.registry.services.trace import TABLES, Trace
from xiuhua.registry.terms import Ending, Leaving


@recorded("registry.change_undone")
def change_undone(*, by: Actor, case: int, rows: Iterable[Mapping[str, Any]]) -> Trace:
    """Takes back the rows of a case (`Trace.rows`), the last first. Refused where one of them was changed since.

    A membership that was made ends on the day it began; a household that was made ends the same way; nobody is removed.
    """
    told, trace = list(rows), Trace(case)
    own = {(row["table"], row["id"]) for row in told if row.get("made")}
    for row in reversed(told):
        model = TABLES[row["table"]]
        kept = model._default_manager.select_for_update().filter(pk=row["id"]).first()
        if kept is None:
            raise Refused(
                "有关的户或人已不在您的工作范围内", "A household or person of it lies outside your area now"
            )
        if row.get("made"):
            _take_back(trace, kept, own)
        else:
            _put_back(trace, kept, row)
    _go_back(trace)
    household = Household.objects.filter(pk__in=trace.households).order_by("pk").first()
    return trace.about(household) if household else trace


def _take_back(trace: Trace, kept: Any, own: set[tuple[str, int]]) -> None:
    if isinstance(kept, Membership):
        if kept.until is not None:
            raise _changed(kept)
        trace.change(kept, until=kept.since, ended_because=Leaving.UNDONE.value, ended_by_case=trace.case)
    elif isinstance(kept, Household):
        others = Membership.objects.filter(household=kept, until__isnull=True)
        if others.exists() or kept.ended_on is not None:
            raise _changed(kept)
        trace.change(
            kept, ended_on=kept.begun_on, ended_because=Ending.UNDONE.value, ended_by_case=trace.case
        )
    elif isinstance(kept, Person):
        elsewhere = Membership.objects.filter(person=kept, until__isnull=True)
        if kept.changed_by is not None or elsewhere.exists():
            raise _changed(kept)
        trace.persons.add(kept.pk)


def _go_back(trace: Trace) -> None:
    """Who belongs nowhere again lies where they last belonged, which may be beyond the acting area: there they can come back."""
    with connection.cursor() as cursor:
        cursor.execute("select registry_people_go_back(%s)", [sorted(trace.persons)])


def _put_back(trace: Trace, kept: Any, row: Mapping[str, Any]) -> None:
    before = {name: _value(kept, name, value) for name, value in row["before"].items()}
    after = {name: _value(kept, name, value) for name, value in row["after"].items()}
    if any(getattr(kept, name) != value for name, value in after.items()):
        raise _changed(kept)
    beside: tuple[str, ...] = ()
    if "id_blind" in before and before["id_blind"] is None:
        kept.id_sealed, beside = None, ("id_sealed",)  # there was no number
    trace.change(kept, beside=beside, **before)
    if isinstance(kept, Person):
        homes = Membership.objects.filter(person=kept, until__isnull=True)
        trace.households |= set(homes.values_list("household_id", flat=True))
    if isinstance(kept, Household):
        trace.households.add(kept.pk)
        restored(kept, before)


def _changed(kept: Any) -> Refused:
    name = kept.person.name if isinstance(kept, Membership) else str(kept)
    return Refused(
        f"“{name}”的记录此后又变过，不能直接撤销；请按现在的情况另提一项变更",
        f"The record of {name} was changed since; it cannot be undone, propose a change from how it stands now",
    )


def _value(kept: Any, name: str, value: Any) -> Any:
    """A kept value as the column has it; a key of another row stands under the column's own name. Of a village that was united
    or has another code since, the one that holds now."""
    if name == "village_code" and value:
        value = holding_now(value)
    return kept._meta.get_field(name.removesuffix("_id")).to_python(value) if value is not None else None
