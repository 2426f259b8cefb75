"""Keys for programs: made by the holder of a post for themselves, for a stated purpose and at most a year; stopped at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment, Official, Token
from xiuhua.accounts.permissions import RIGHTS
from xiuhua.accounts.services.acts import Done, Refused, needs, reached
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today

LONGEST = timedelta(days=366)
MOST_AT_A_TIME = 5
MARK = "xh_"
# The minute is the database's, so that several web servers count together.
COUNT = """
insert into accounts_caller as c (name, minute, calls) values (%(name)s, extract(epoch from now())::bigint / 60, 1)
on conflict (name) do update set minute = excluded.minute, calls = case when c.minute = excluded.minute then c.calls + 1 else 1 end
returning calls
"""
USED = "update accounts_token set last_used_at = now() where id = %s and (last_used_at is null or last_used_at < now() - interval '1 minute')"


def _digest(token: str) -> str:
    # 256 random bits need no slow hash: there is no shorter way to guess them.
    return hashlib.sha256(token.encode()).hexdigest()


@recorded("accounts.make_token")
def make_token(*, by: Appointment, purpose: str, until: date) -> Done:
    """A new token for one's own appointment; it stands in `password`, for this one answer only."""
    needs(by, "accounts.make_token")
    today = beijing_today()
    if not today <= until <= today + LONGEST:
        raise Refused(_("有效期从今天算起最长一年，请改到期日。"))
    if by.until is not None and until > by.until:
        raise Refused(_("令牌不能晚于任职的最后一天（%(day)s）。") % {"day": by.until})
    held = Token.objects.filter(appointment=by, stopped_at__isnull=True, until__gte=today)
    if held.count() >= MOST_AT_A_TIME:
        raise Refused(_("一个职务最多同时有 %(most)s 个令牌，请先停用不用的。") % {"most": MOST_AT_A_TIME})
    plain = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        appointment=by,
        purpose=purpose,
        shown=plain[:9],
        digest=_digest(plain),
        made_at=beijing_now(),
        until=until,
    )
    return Done(
        token,
        audit_subject=f"token {token.pk}",
        audit_place=by.place_code,
        audit_detail={"purpose": purpose, "until": str(until)},
        password=plain,
    )


@recorded("accounts.stop_token")
def stop_token(*, by: Appointment, token: Token) -> Done:
    """Ends a token at once: one's own, or one of the area by whoever may stop accounts there."""
    needs(by, "accounts.stop_token")
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.appointment.official_id != by.official_id:
        if by.role not in RIGHTS["accounts.close"]:
            raise Refused(_("只能停用自己的令牌。"))
        reached(by, token.appointment.official)
    if token.stopped_at is not None:
        raise Refused(_("这个令牌已经停用。"))
    token.stopped_at, token.stopped_by = beijing_now(), by.actor_name
    token.save(update_fields=["stopped_at", "stopped_by"])
    return Done(token, audit_subject=f"token {token.pk}", audit_place=token.appointment.place_code)


def stop_all(*, official: Official, by: str) -> int:
    """Ends all tokens of a person whose account is stopped or whose password is reset; a step of that act."""
    held = Token.objects.filter(appointment__official=official, stopped_at__isnull=True)
    return held.update(stopped_at=beijing_now(), stopped_by=by)


def recognise(given: str) -> Token | None:
    """The token of this text that is neither stopped nor over; None for any other text."""
    if not given.startswith(MARK) or len(given) > 80:
        return None
    found = Token.objects.select_related(
        "appointment__post__place", "appointment__official__account", "appointment__deputy_for__official"
    )
    return found.filter(digest=_digest(given), stopped_at__isnull=True, until__gte=beijing_today()).first()


def note_use(*, token: Token) -> None:
    """That a token was used now, to the minute."""
    with connection.cursor() as cursor:
        cursor.execute(USED, [token.pk])


def count_call(*, caller: str) -> int:
    """Counts a call to the interface for programs; returns how many this caller made in this minute."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"name": caller})
        return int(cursor.fetchone()[0])
