"""The receiving office says yes or no to whoever comes from another place. Until then it sees the offer and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Transfer
from xiuhua.decisions.queries.transfers import may_take_back, near, why_no_answer
from xiuhua.decisions.services.acts import immediate, in_words, needs
from xiuhua.decisions.services.deciding import looked_at_again
from xiuhua.decisions.terms import Act
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Answered:
    """A transfer answered; `household` is the one that began here: None where it was declined, and where the county decides next."""

    transfer: Transfer
    household: int | None
    audit_subject: str
    audit_place: str
    audit_detail: dict[str, Any] = field(default_factory=dict)


@recorded("decisions.received")
def receive(
    *, by: Appointment, transfer: Transfer, village_code: str = "", number: str = "", reason: str = ""
) -> Answered:
    """Takes the household in, in a village of the acting area; `number`: another one where its own is in use here.

    From the same county: the township accepts, and the county may carry it out; where it goes stands in what was proposed.
    """
    if near(transfer):
        return _answer(by, transfer, Act.RECEIVED, "", "", reason.strip()[:400])
    if not village_code:
        raise Refused("请选择接收的村", "Choose the village that receives it")
    return _answer(by, transfer, Act.RECEIVED, village_code, number, reason.strip()[:400])


@recorded("decisions.declined")
def decline(*, by: Appointment, transfer: Transfer, reason: str) -> Answered:
    """Does not take the household in; says why. It stays where it is. A township may still do so after it accepted, as long as the
    county has not carried it out."""
    if not reason.strip():
        raise Refused("不予接收须写明理由", "Say why it is not received")
    return _answer(by, transfer, Act.DECLINED, "", "", reason.strip()[:400])


def _answer(
    by: Appointment, transfer: Transfer, act: Act, village: str, number: str, reason: str
) -> Answered:
    needs(by, "decisions.decide")
    transfer.refresh_from_db()
    why = why_no_answer(by, transfer)
    if why is not None and not (act is Act.DECLINED and may_take_back(by, transfer)):
        raise Refused(why["zh"], why["en"])
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
