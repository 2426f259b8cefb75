"""The receiving office says yes or no to a household from another county. Until then it sees the offer and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Transfer
from xiuhua.decisions.services.acts import immediate, in_words, needs
from xiuhua.decisions.services.deciding import looked_at_again
from xiuhua.decisions.terms import Act
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Answered:
    """A transfer answered; `household` is the one that began here, None where it was declined."""

    transfer: Transfer
    household: int | None
    audit_subject: str
    audit_place: str
    audit_detail: dict[str, Any] = field(default_factory=dict)


@recorded("decisions.received")
def receive(*, by: Appointment, transfer: Transfer, village_code: str, number: str = "") -> Answered:
    """Takes the household in, in a village of the acting area; `number`: another one where its own is in use here."""
    if not village_code:
        raise Refused("请选择接收的村", "Choose the village that receives it")
    return _answer(by, transfer, Act.RECEIVED, village_code, number, "")


@recorded("decisions.declined")
def decline(*, by: Appointment, transfer: Transfer, reason: str) -> Answered:
    """Does not take the household in; says why. It stays where it is."""
    if not reason.strip():
        raise Refused("不予接收须写明理由", "Say why it is not received")
    return _answer(by, transfer, Act.DECLINED, "", "", reason.strip()[:400])


def _answer(
    by: Appointment, transfer: Transfer, act: Act, village: str, number: str, reason: str
) -> Answered:
    needs(by, "decisions.decide")
    values: list[Any] = [
        transfer.pk,
        act.value,
        village,
        number.strip(),
        by.pk,
        by.actor_name,
        by.post_name,
        reason,
        beijing_now(),
    ]
    with in_words(), connection.cursor() as cursor:
        immediate()
        cursor.execute("select decisions_answer(%s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
        (household,) = cursor.fetchone()
    if household is not None:
        looked_at_again([household], by)
    transfer.refresh_from_db()
    detail = {**transfer.as_detail(), "act": act.value}
    return Answered(transfer, household, f"transfer:{transfer.pk}", village or transfer.place_code, detail)
