"""回避 ends: an official is no longer kin of a household. That they are is told by `services.proceedings.tell_kin`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.models import Kin
from xiuhua.decisions.services.acts import needs
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Ended:
    """A kinship that was ended, and why."""

    kin: Kin
    reason: str

    @property
    def audit_subject(self) -> str:
        return f"kin:{self.kin.pk}"

    @property
    def audit_place(self) -> str:
        return self.kin.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"official": self.kin.official_id, "household": self.kin.household_id, "reason": self.reason}


@recorded("decisions.kin_ended")
def end_kin(*, by: Appointment, kin: Kin, reason: str) -> Ended:
    """Ends it with today, which it still holds. Refused without a reason, of oneself, and a second time."""
    needs(by, "decisions.decide")
    one = Kin.objects.select_for_update().get(pk=kin.pk)
    if one.official_id == by.official_id:
        raise Refused("本人的回避须由别人解除", "Your own must be ended by somebody else")
    if one.until is not None:
        raise Refused("这一条已经解除", "It is ended already")
    if not reason.strip():
        raise Refused("请写明为什么解除", "Say why it ends")
    one.until = beijing_today()
    one.save(update_fields=["until"])
    return Ended(one, reason.strip()[:200])
