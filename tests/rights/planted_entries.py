"""What is planted of families that are entered on the roll, and of households that were told how their proceeding ended."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.models import Case, CaseMember, CaseStep, Telling

if TYPE_CHECKING:
    from rights.planted import Node

TODAY = date(2025, 9, 30)


def entry(node: Node, turn: int) -> dict[str, int]:
    """A family that a village worker proposed for the roll: its head with a number and a phone, a child without."""
    worker, now = node.posts[Role.VILLAGE_WORKER], beijing_now()
    case = Case.objects.create(
        kind="household_begins", place_code=node.code, claim=f"{node.secret}{turn}n", payload={"name": node.secret, "apart": node.secret, "application": 0},
        effective_on=TODAY, reason=node.secret, begun_at=now,
    )  # fmt: skip
    said = {"case": case, "place_code": node.code, "round": 1, "name": node.secret}
    CaseMember.objects.create(
        turn=1, relation="head", sex="male", birth_date=date(1970, 1, 1), id_sealed=seal(node.secret), id_blind=blind(f"{node.secret}{turn}n"),
        id_kind="resident18", phone_sealed=seal(node.secret), phone_blind=blind(node.secret), **said,
    )  # fmt: skip
    CaseMember.objects.create(
        turn=2, relation="son", sex="male", birth_date=date(2020, 1, 1), no_number=node.secret, **said
    )
    CaseStep.objects.create(
        case=case, place_code=node.code, number=1, act="proposed", appointment=worker, official=worker.official, actor=node.secret, post=node.secret,
        reason=node.secret, detail={"lines": []}, at=now,
    )  # fmt: skip
    return {"entry": case.pk}


def told(node: Node, proceeding: int, by: Appointment) -> dict[str, int]:
    """A household that was told that its proceeding did not pass."""
    made = Telling.objects.create(
        proceeding_id=proceeding, place_code=node.code, round=1, way="left", told_on=beijing_today(), note=node.secret, appointment=by, post=node.secret,
        at=beijing_now(),
    )  # fmt: skip
    return {"telling": made.pk}
