"""What lies too long at one step ends by itself; the database looks again whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.decisions.terms import Course
from xiuhua.places.scope import scope_of, within


@dataclass(frozen=True)
class Clock:
    """Nobody: the day came."""

    place_code: str
    actor_name: str = ""
    post_name: str = ""


@dataclass(frozen=True)
class Lain:
    """A proceeding that was looked at: at which step it lay, since when, and whether it ended of it."""

    proceeding: Proceeding
    ended: bool

    @property
    def audit_subject(self) -> str:
        return f"proceeding:{self.proceeding.pk}"

    @property
    def audit_place(self) -> str:
        return self.proceeding.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.proceeding
        return {"kind": one.kind, "step": one.at_step, "since": str(one.step_since), "ended": self.ended}


@recorded("decisions.lapsed")
def lapse(*, by: Actor, proceeding: Proceeding) -> Lain:
    """Ends one proceeding that lay longer at its step than its procedure allows; the database asks whether it did."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_lapse(%s)", [proceeding.pk])
        return Lain(proceeding, bool(cursor.fetchone()[0]))


def lapse_what_lies(place_code: str) -> int:
    """Ends what lies too long in an area; how many. Each in a transaction of its own; safe to run again."""
    lapsing = [one.pk for one in Procedure.objects.all() if one.definition.get("lapses")]
    open_ones = {"course": Course.OPEN, "effect_on__isnull": True, "procedure__in": lapsing}
    with within(scope_of(place_code)), connection.cursor() as cursor:
        lying = []
        for one in Proceeding.objects.filter(**open_ones).order_by("pk"):
            cursor.execute("select decisions_lies_too_long(%s)", [one.pk])
            if cursor.fetchone()[0]:
                lying.append(one)
    for one in lying:
        with within(scope_of(place_code), who={"account": ""}):
            lapse(by=Clock(one.place_code), proceeding=one)
    return len(lying)
