"""The county's opening: statuses are taken over from files once, signed, and then never again."""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.registry.models import Opening
from xiuhua.registry.services.refusal import Refused


@dataclass(frozen=True)
class Signed:
    """An opening signed or closed."""

    opening: Opening

    @property
    def audit_subject(self) -> str:
        return f"opening:{self.opening.county_code}"

    @property
    def audit_place(self) -> str:
        return self.opening.county_code


@recorded("registry.opening_signed")
def sign_opening(*, by: Actor, county_code: str, statement: str) -> Signed:
    """The county answers with its name that statuses are taken over from the files of the first day. Once."""
    if Opening.objects.filter(county_code=county_code).exists():
        raise Refused("本县的建库承接已经签过，不能再签", "This county's opening is signed already")
    if not statement.strip():
        raise Refused("请写明承接依据", "Say what the statuses are taken over from")
    opening = Opening.objects.create(
        county_code=county_code,
        statement=statement.strip(),
        signed_by=by.actor_name,
        signed_post=by.post_name,
        signed_at=beijing_now(),
    )
    return Signed(opening)


@recorded("registry.opening_closed")
def close_opening(*, by: Actor, county_code: str) -> Signed:
    """Ends the taking over. From here on a status changes only through a procedure."""
    opening = Opening.objects.select_for_update().filter(county_code=county_code).first()
    if opening is None or opening.closed_at is not None:
        raise Refused("没有待关闭的建库承接", "There is no open opening to close")
    opening.closed_at, opening.closed_by = beijing_now(), by.actor_name
    opening.save(update_fields=["closed_at", "closed_by"])
    return Signed(opening)
