"""Who holds a post, from when to when, and who stands in."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Official
from xiuhua.accounts.queries import candidates
from xiuhua.accounts.services.acts import (
    Done,
    Refused,
    administrators_remain,
    covers,
    in_order,
    needs,
    not_oneself,
    post_at,
    reached,
)
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_today
from xiuhua.places.models import Place


@recorded("accounts.appoint")
def appoint(
    *,
    by: Appointment,
    official: Official,
    place: Place,
    office: Office,
    title: Title,
    role: Role,
    since: date,
    until: date | None = None,
) -> Done:
    """Enters that a person holds a post from a day on. Nobody appoints themselves, nor backwards."""
    needs(by, "accounts.appoint")
    not_oneself(by, official)
    if since < beijing_today():
        raise Refused(_("任职不能从过去的日期开始，请填今天或以后的日期。"))
    in_order(since, until)
    post = post_at(by, place, office, title, role)
    reached(by, official, post.place_id)
    clash = Appointment.objects.filter(
        official=official, post=post, until__isnull=True
    ) | Appointment.objects.filter(official=official, post=post, until__gte=since)
    if clash.exists():
        raise Refused(_("此人在这些日子里已经担任这一职务。"))
    return _entered(Appointment.objects.create(official=official, post=post, since=since, until=until))


@recorded("accounts.end_appointment")
def end_appointment(*, by: Appointment, appointment: Appointment, until: date) -> Done:
    """Enters the last day of an appointment: yesterday to stop it at once, today, or a coming day. Deputies end with it."""
    needs(by, "accounts.appoint")
    covers(by, appointment.place_code)
    today = beijing_today()
    if appointment.until is not None and appointment.until < today:
        raise Refused(_("这一任职已经结束。"))
    if appointment.until is not None and until > appointment.until:
        raise Refused(_("这里只能提前结束任职；要延长的，请登记新的任职。"))
    if until < max(appointment.since, today - timedelta(days=1)):
        raise Refused(
            _("最后一天不能早于昨天，也不能早于任职开始的日期；当天任命又要马上停止的，请停用账号。")
        )
    administrators_remain(without=appointment.official, at=appointment, after=until)
    appointment.until = until
    appointment.save(update_fields=["until"])
    return _entered(appointment)


@recorded("accounts.name_deputy")
def name_deputy(
    *, by: Appointment, principal: Appointment, official: Official, since: date, until: date
) -> Done:
    """Names who stands in for an appointment, with its role and area, between two days; from tomorrow at the earliest.

    The holder names their own deputy, or somebody who may enter appointments of that area does; never the deputy.
    """
    if by.pk != principal.pk:
        needs(by, "accounts.appoint")
        covers(by, principal.place_code)
    if principal.deputy_for_id is not None:
        raise Refused(_("代理人不能再指定代理人。"))
    not_oneself(by, official)
    if official.pk == principal.official_id:
        raise Refused(_("本人不能做自己的代理人。"))
    if not candidates(principal, day=beijing_today()).filter(pk=official.pk).exists():
        raise Refused(_("代理人须是同一乡镇（县级为同一县）、有可用账号的在职人员。"))
    if since <= beijing_today():
        raise Refused(_("代理须事先指定，最早从明天开始。"))
    in_order(since, until)
    if since < principal.since:
        raise Refused(_("代理不能早于被代理人任职的第一天（%(day)s）。") % {"day": principal.since})
    if principal.until is not None and until > principal.until:
        raise Refused(_("代理期限不能超过被代理人的任职期限（%(day)s）。") % {"day": principal.until})
    if Appointment.objects.filter(deputy_for=principal, since__lte=until, until__gte=since).exists():
        raise Refused(_("这些日子里已经指定了代理人；请先结束原来的代理，或换一段日子。"))
    deputy = Appointment(
        official=official,
        post=principal.post,
        since=since,
        until=until,
        deputy_for=principal,
        named_on=beijing_today(),
    )
    try:
        with transaction.atomic():
            deputy.save()
    except IntegrityError as wrong:
        raise Refused(_("此人在同一天已登记同一职务。")) from wrong
    return _entered(deputy)


def _entered(appointment: Appointment) -> Done:
    return Done(
        appointment,
        audit_subject=f"official {appointment.official_id}",
        audit_place=appointment.place_code,
        audit_detail={
            "post": str(appointment.post),
            "since": str(appointment.since),
            "until": str(appointment.until or ""),
            "deputy_for": appointment.deputy_for_id,
        },
    )
