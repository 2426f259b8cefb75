"""Reads of proceedings: what step one is at, what it rests on, whose turn it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.registry.queries.rules import data_day

Step = dict[str, Any]


def current_step(one: Proceeding) -> Step:
    """The definition of the step that a proceeding is at."""
    steps: list[Step] = one.procedure.definition["steps"]
    return next(step for step in steps if step["id"] == one.at_step)


def states_of(household: int) -> list[str]:
    """Where a household stands, as the database asks it before a procedure begins: a status word, watched or unwatched."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_states_of(%s)", [household])
        row = cursor.fetchone()
    return list(row[0] or [])


def effect_here(one: Proceeding) -> dict[str, Any]:
    """What the procedure changes, where it is at the step that changes it; empty at any other."""
    definition: dict[str, Any] = one.procedure.definition
    return dict(definition["effect"]) if definition["effect_at"] == one.at_step else {}


def appointed_rules(one: Proceeding) -> list[str]:
    """The rules that are looked at: those of the procedure and of the step."""
    return list(dict.fromkeys([*one.procedure.definition["rules"], *current_step(one)["rules"]]))


def day_of(procedure: Procedure, village_code: str) -> date:
    """The day whose rules hold: today; in the records of a past programme, the day of its data."""
    today = beijing_today()
    if procedure.until is not None and today > procedure.until:
        return min(max(data_day(village_code), procedure.since), procedure.until)
    return today
