"""Which households were not told that there is no risk, and what the page of a clue shows of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.queries.apart import is_kin
from xiuhua.relapse.models import Clue, Telling
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.queries.said import said
from xiuhua.relapse.terms import End, Told


def owed(clues: QuerySet[Clue]) -> QuerySet[Clue]:
    """Those of some clues that ended as no risk, of a household that is still there and of which nobody said that it was told."""
    return clues.filter(end=End.NO_RISK, telling__isnull=True, household__ended_on__isnull=True)


def shown(by: Appointment, clue: Clue) -> dict[str, Any] | None:
    """Whether the household was told that there is no risk, how and by whom; else whether this post says so, and why not. None where
    nothing is told to it."""
    if clue.end != End.NO_RISK:
        return None
    found = Telling.objects.filter(clue=clue).select_related("person").first()
    if found is None and clue.household.ended_on is not None:
        return None
    why_not = "" if found else _not_by(by, clue)
    return {
        "told": {
            "way": said(Told(found.way)), "on": found.told_on, "by": found.post, "note": found.note,
            "whom": (found.person.name or _("姓名未登记")) if found.person else "",
        } if found else None,
        "mine": found is None and not why_not,
        "why_not": why_not,
    }  # fmt: skip


def _not_by(by: Appointment, clue: Clue) -> str:
    """Why this post does not say that the household was told; empty where it may."""
    if by.role not in RIGHTS["relapse.work"]:
        return _("由村、乡镇或县级业务岗位告知本户，并在这里登记。")
    if is_kin(by, clue.household_id):
        return _("您是这一户的人，或与这一户有亲属关系（已登记），由别人告知。")
    return ""
