"""Whatever is decided, in whatever order: one household a person, one head a household, and no past day changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import people
from decisions.conftest import MEMBERS, Family, household
from xiuhua.decisions.services import Refused, accept, ask_undo, undo
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, Person

pytestmark = pytest.mark.database
FIRST = date(2025, 1, 10)
KINDS = (
    "birth",
    "death",
    "marriage_in",
    "marriage_out",
    "return",
    "split",
    "merge",
    "new_head",
    "move",
    "undo",
)
Step = tuple[str, int, int]


class Rolled(Exception):
    """Ends an example, so that the next begins with the same register."""


def as_of(day: date) -> dict[int, tuple[int, str | None]]:
    """Household and relation of everybody on a day."""
    found = {}
    for one in Membership.objects.all():
        if (one.since is None or one.since <= day) and (one.until is None or day < one.until):
            assert one.person_id not in found, "in two households on one day"
            found[one.person_id] = (one.household_id, one.relation)
    return found


def said(kind: str, home: Household, a: int, b: int) -> dict[str, Any]:
    """Some filled-in form of a kind for a household; may make no sense, then it is refused."""
    members = list(Membership.objects.filter(household=home, until__isnull=True).order_by("pk"))
    homes = list(Household.objects.order_by("pk"))
    one = members[a % len(members)] if members else None
    if kind in ("birth", "marriage_in"):
        more = {} if kind == "birth" else {"birth_date": "1999-09-09"}
        return {
            "name": "新" + "甲乙丙丁戊"[a % 5] + "子丑寅卯"[b % 4],
            "sex": "male",
            "relation": "son",
            **more,
        }
    if kind in ("death", "marriage_out") and one:
        rest = [m for m in members if m.pk != one.pk]
        relations = {str(m.person_id): "head" if m == rest[b % len(rest)] else "other" for m in rest}
        return (
            {"person": one.person, "relations": relations}
            if one.relation == "head" and rest
            else {"person": one.person}
        )
    if kind == "return":
        gone = list(
            Person.objects.exclude(memberships__until__isnull=True)
            .filter(memberships__household=home)
            .distinct()
            .order_by("pk")
        )
        return {"person": gone[a % len(gone)], "relation": "other"} if gone else {}
    if kind == "split":
        leaving = [m for m in members if m.relation != "head"][: 1 + b % 2]
        return {"relations": {str(m.person_id): "other" if at else "head" for at, m in enumerate(leaving)}}
    if kind == "merge":
        return {"into": homes[b % len(homes)].pk, "relations": {str(m.person_id): "other" for m in members}}
    if kind == "new_head":
        return {"relations": {str(m.person_id): "head" if m == one else "other" for m in members}}
    return {"village": people.SECOND_VILLAGE if b % 2 else people.VILLAGE}


def carry(family: Family, step: Step, day: date, done: list[Any]) -> date | None:
    """Tries one step; a refusal is fine and changes nothing. Returns the first day of what was undone."""
    kind, a, b = step
    clerk, office = family.clerk, family.world.county_office  # type: ignore[attr-defined]
    try:
        if kind == "undo":
            if done:
                case = done[a % len(done)]
                with family.act(clerk):
                    ask_undo(by=clerk, case=case, reason="试")
                with family.act(office):
                    undo(by=office, case=case)
                done.remove(case)
                return case.effective_on
            return None
        with within(scope_of(people.COUNTY)):
            home = list(Household.objects.order_by("pk"))[a % Household.objects.count()]
            payload = said(kind, home, a, b)
        if payload:
            case = family.propose(kind, by=clerk, household=home, on=day, **payload)
            with family.act(office):
                done.append(accept(by=office, case=case).case)
    except Refused:
        pass
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 11), st.integers(0, 11)), min_size=3, max_size=9
    )
)
def test_any_sequence_of_decisions_keeps_heads_memberships_and_the_past(
    family: Family, steps: list[Step]
) -> None:
    from django.db import transaction

    if not hasattr(family, "clerk"):
        from xiuhua.accounts.terms import Role

        family.clerk = people.person("孙干事", "sun", people.COUNTY, Role.COUNTY_OFFICE)  # type: ignore[attr-defined]
        with within(scope_of(people.COUNTY)):
            household("99052100002", people.VILLAGE, MEMBERS)
    with pytest.raises(Rolled), transaction.atomic():
        done: list[Any] = []
        past: dict[date, dict[int, tuple[int, str | None]]] = {}
        for at, step in enumerate(steps):
            day = FIRST + timedelta(days=10 * at)
            with within(scope_of(people.COUNTY)):
                rows = {
                    model: set(model.objects.values_list("pk", flat=True))
                    for model in (Household, Person, Membership)
                }
                if step[0] != "undo":
                    past[day - timedelta(days=1)] = as_of(day - timedelta(days=1))
            undone = carry(family, step, day, done)
            with within(scope_of(people.COUNTY)):
                for model, before in rows.items():
                    assert before <= set(model.objects.values_list("pk", flat=True)), "a row was lost"
                living = Membership.objects.filter(until__isnull=True).select_related("person", "household")
                assert all(one.person.died_on is None and one.household.ended_on is None for one in living)
                heads: dict[int, int] = {}
                for one in living:
                    heads[one.household_id] = heads.get(one.household_id, 0) + (one.relation == "head")
                assert set(heads.values()) <= {1}
                assert {one.pk for one in Household.objects.filter(ended_on__isnull=True)} == set(heads)
                if undone:
                    # What was undone never was: days from it on are told anew, days before it stay.
                    past = {day: told for day, told in past.items() if day < undone}
                for day, told in past.items():
                    assert as_of(day) == told, f"{day} is told otherwise after {step}"
        raise Rolled
