"""Plans and windows that are planted at a place, with its marks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import (
    Candidate,
    CandidateAnswer,
    PlanLine,
    PlanTarget,
    Sheet,
    SheetAnswer,
    Window,
)

if TYPE_CHECKING:
    from rights.planted import Node

TODAY = date(2025, 9, 30)


def _said(by: Appointment, words: str) -> dict[str, Any]:
    return {"appointment": by, "official": by.official, "actor": words, "post": words, "at": beijing_now()}


def plan(node: Node, household: int, worker: Appointment, office: Appointment) -> dict[str, int]:
    """A year of exit that was approved, one that waits, a target, and a household that the adjustment points at."""
    told = {}
    for key, year in (("plan_sheet", 2020), ("waiting_sheet", None)):
        filed = Sheet.objects.create(
            kind="plan", place_code=node.code, reason=node.secret, filed_in=0, **_said(worker, node.secret)
        )
        told[key] = filed.pk
        PlanLine.objects.create(
            sheet=filed, place_code=node.code, household_id=household, year=year, acknowledged=node.secret
        )
        if year:
            SheetAnswer.objects.create(
                sheet=filed, place_code=node.code, verdict="approved", reason=node.secret, **_said(office, node.secret)
            )  # fmt: skip
    PlanTarget.objects.create(
        place_code=node.code, year=2020, measure="households", count=3, basis=node.secret, **_said(office, node.secret)
    )  # fmt: skip
    Candidate.objects.create(
        place_code=node.code, household_id=household, category="exit", rule="adjust.ready_to_exit", year=TODAY.year, as_of=TODAY, found_at=beijing_now()
    )  # fmt: skip
    CandidateAnswer.objects.create(
        place_code=node.code, household_id=household, category="natural", year=2025, reason=node.secret, **_said(office, node.secret)
    )  # fmt: skip
    return told


def window(node: Node) -> int:
    """A window of a county that waits for approval."""
    filed = Sheet.objects.create(
        kind="window", place_code=node.code, reason=node.secret, filed_in=0, **_said(node.posts[Role.COUNTY_OFFICE], node.secret)
    )  # fmt: skip
    Window.objects.create(sheet=filed, place_code=node.code, year=2025)
    return filed.pk
