"""A sealed number opened to be read: who looked and why is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.sealing import unseal
from xiuhua.registry.models import Person
from xiuhua.registry.services.refusal import Refused

ADULT_YEARS = 18


@dataclass(frozen=True)
class Opened:
    """A sealed value made readable once."""

    plain: str
    person: Person
    reason: str

    @property
    def audit_subject(self) -> str:
        return f"person:{self.person.pk}"

    @property
    def audit_place(self) -> str:
        return self.person.village_code

    @property
    def audit_detail(self) -> dict[str, str]:
        return {"what": "id_number", "reason": self.reason}


def is_minor(person: Person, on: date) -> bool:
    """Under 18 on a day; somebody whose birth date is not known is treated as one."""
    born = person.birth_date
    return born is None or (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < ADULT_YEARS


@recorded("registry.id_opened")
def open_id(*, by: Actor, person: Person, reason: str, on: date) -> Opened:
    """Shows one ID number and records who looked and why. A minor's needs a reason."""
    if person.id_sealed is None:
        raise Refused("没有登记证件号码", "No ID number is on record")
    if is_minor(person, on) and not reason.strip():
        raise Refused("查看未成年人的证件号码须填写理由", "Opening a minor's number needs a reason")
    return Opened(unseal(bytes(person.id_sealed)), person, reason.strip()[:200])
