"""A clue that ended as no risk can be contested; what is said against it is visited and ended by others. As its pages say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_today
from xiuhua.relapse.models import Clue
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.terms import End


def had_part(by: Appointment, clue: int) -> bool:
    """Whether a person, or whom they stand in for, visited for a clue or ended it."""
    behind = by.deputy_for.official_id if by.deputy_for is not None else by.official_id
    with connection.cursor() as cursor:
        cursor.execute("select relapse_had_part(%s)", [clue])
        return bool({by.official_id, behind} & set(cursor.fetchone()[0] or ()))


def against(by: Appointment, clue: Clue) -> dict[str, Any] | None:
    """Of an ended clue: where a household turns that does not accept that there is no risk; None where nothing was refused."""
    if clue.end != End.NO_RISK or clue.ended_on is None:
        return None
    until = clue.ended_on + timedelta(days=whole_number("appeal_days", clue.ended_on, clue.village_code))
    there = clue.household.ended_on is None and by.role in RIGHTS["relapse.work"]
    late = until < beijing_today()
    act = {
        "label": _("登记线索") if late else _("本户不服，登记"),
        "url": reverse("relapse:new", args=[clue.household_id]),
    }
    return {
        "sentence": _("申诉期已过。情况有变的随时可以再提出，按新的线索办。")
        if late
        else _("把理由当面告诉本户。%(day)s 前不服或再有反映的，登记下来就是申诉：由没有参加这次入户和了结的人重新入户，由县里了结。村、乡镇、县里、网页、12317 都可以提出。")
        % {"day": f"{until:%Y-%m-%d}"},
        "actions": [act] if there else [],
    }  # fmt: skip


def answered(by: Appointment, clue: Clue) -> dict[str, Any] | None:
    """Of an open clue that contests a no: who may go there and end it, and whether that is nobody like `by`; None for another."""
    if clue.end or clue.contests_id is None:
        return None
    former = clue.contests  # of another village it may be read by nobody here: what holds, holds all the same
    kept_out = had_part(by, clue.contests_id)
    sentence = _("%(day)s 刚以“没有风险”了结，本户不服或又有反映：须由没有参加上次入户和了结的人入户，由县里了结；转入识别程序的不受此限。")  # fmt: skip
    if former is None:
        sentence = _("在原来的村刚以“没有风险”了结，本户不服或又有反映：须由没有参加上次入户和了结的人入户，由县里了结；转入识别程序的不受此限。")  # fmt: skip
    url = reverse("relapse:clue", args=[former.pk]) if former else ""
    return {
        "kept_out": kept_out,
        "ends": by.role == Role.COUNTY_OFFICE and not kept_out,
        "title": _("您参加过上次研判，这次换别人办")
        if kept_out
        else _("不服上次了结或刚了结又有反映：换人办"),
        "sentence": sentence % {"day": f"{former.ended_on:%Y-%m-%d}"} if former else sentence,
        "actions": [{"label": _("看上次怎么了结的"), "url": url}] if url else [],
    }
