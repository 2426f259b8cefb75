"""From which day a watched household may be let go of: it was watched its time before anybody looks at it for that."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from xiuhua.common.clock import BEIJING, beijing_today
from xiuhua.decisions.models import Procedure, Proceeding, Signature
from xiuhua.decisions.terms import Course, Sign
from xiuhua.registry.terms import WatchClass

UNKNOWN = (
    "这一户从何时起监测没有认定，不能标注风险消除；请先按监测对象识别程序认定类别",
    "Since when it is watched was never decided; identify its class first",
)


def lets_go(procedure: Procedure) -> bool:
    """Whether a procedure ends the watching of a household."""
    effect: dict[str, Any] = procedure.definition["effect"]
    return bool(effect.get("watched") == WatchClass.NONE)


def first_day(procedure: Procedure, home: int, place_code: str) -> date | None:
    """The first day on which it may begin, as the database has it; None where since when the household is watched was never decided."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_let_go_from(%s, %s, %s)", [home, procedure.pk, place_code])
        found: date | None = cursor.fetchone()[0]
        return found


def too_early(procedure: Procedure, home: int | None, place_code: str) -> tuple[str, str] | None:
    """Why a procedure may not begin for a household, nor it be looked at for that, before it was watched its time; None where it may."""
    if home is None or not lets_go(procedure):
        return None
    return _early(first_day(procedure, home, place_code))


def _early(first: date | None) -> tuple[str, str] | None:
    """Why it is too early today, by the first day."""
    if first is None:
        return UNKNOWN
    if beijing_today() < first:
        return (
            f"监测时间还不够：到 {first} 才满规定的时间，那天起才能开始风险消除；在此之前继续监测帮扶",
            f"It is not watched long enough: the removal of its risk begins on {first} at the earliest; until then go on watching and helping",
        )
    return None


def looked_too_early(one: Proceeding) -> tuple[str, str] | None:
    """Why its step may not be signed: the household is not watched its time yet, or was not when somebody visited it for this."""
    if one.course != Course.OPEN or one.household_id is None or not lets_go(one.procedure):
        return None
    first = first_day(one.procedure, one.household_id, one.place_code)
    if (early := _early(first)) is not None:
        return early
    looked = looked_on(one)
    if first is None or looked is None or looked >= first:
        return None
    return (
        f"入户核查（{looked}）时监测还没有满规定的时间（{first} 起才满），不能作数；请退回入户核查重新办理，不能退回的请撤回后重新开始",
        f"When it was visited ({looked}) it was not yet watched its time (until {first}), so that does not count; send it back to the visit, or take it back and begin anew",
    )


def looked_on(one: Proceeding) -> date | None:
    """The day of its newest visit, the first step of all; None while it is at it."""
    visit = one.procedure.definition["steps"][0]["id"]
    signed = Signature.objects.filter(proceeding=one, step=visit, sign=Sign.SIGNED)
    newest = signed.order_by("-round", "at").first()
    return None if newest is None or one.at_step == visit else newest.at.astimezone(BEIJING).date()
