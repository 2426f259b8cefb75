"""Who an official is in the register (本人身份): tied by ID number, so that the tables keep them from deciding on their own household."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Official, OwnNumber
from xiuhua.accounts.services.acts import Done, Refused, needs, not_oneself, reached
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.identity import identity
from xiuhua.common.sealing import blind


@recorded("accounts.tie")
def tie(*, by: Appointment, official: Official, number: str) -> Done:
    """Ties an official to whoever bears this ID number (18 characters) in the register, now or later. The number is not kept.

    Refused: one's own, a number whose digits do not agree, a second one, one that another official is tied by. Whether the register
    knows the number is not told.
    """
    needs(by, "accounts.tie")
    not_oneself(by, official)
    place_code = reached(by, official)
    plain = "".join(number.split()).upper()
    if len(plain) != 18 or not identity(plain).valid:
        raise Refused(_("身份证号码不对：须 18 位，校验码、出生日期相符。请对照证件逐位核对。"))
    try:
        with transaction.atomic():
            made = OwnNumber.objects.create(
                official=official, id_blind=blind(plain), told_by=by.post_name, told_at=beijing_now()
            )
    except IntegrityError as wrong:
        raise Refused(
            _("此人已经登记过本人身份，或这个号码已登记在另一位干部名下；登记错的先解除。")
        ) from wrong
    return Done(made, f"official {official.pk}", place_code, {"official": official.pk})


@recorded("accounts.untie")
def untie(*, by: Appointment, official: Official, reason: str) -> Done:
    """Ends the tie with today, which it still holds. Refused without a reason, of oneself, and where there is none."""
    needs(by, "accounts.tie")
    not_oneself(by, official)
    place_code = reached(by, official)
    if not reason.strip():
        raise Refused(_("请写明为什么解除。"))
    held = OwnNumber.objects.select_for_update().filter(official=official, until__isnull=True).first()
    if held is None:
        raise Refused(_("此人没有登记本人身份。"))
    held.until, held.ended_by = beijing_today(), by.post_name
    held.save(update_fields=["until", "ended_by"])
    return Done(
        held, f"official {official.pk}", place_code, {"official": official.pk, "reason": reason.strip()[:200]}
    )
