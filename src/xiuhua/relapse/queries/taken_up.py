"""What went into a proceeding as clues: until when one may, since when its visit hears all of it, and how the proceeding's page tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.pages import language
from xiuhua.relapse.models import Clue, ClueSource, Sheet
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.queries.said import source
from xiuhua.relapse.terms import End


def hears_yet(proceeding: Proceeding) -> bool:
    """Whether the visit that it rests on is still to be made, with nobody's signature yet: what is said now can go into it."""
    return bool(_asked("select relapse_hears_yet(p) from decisions_proceeding p where p.id = %s", proceeding))


def heard_from(proceeding: Proceeding) -> date | None:
    """The day of the newest of what went into it: a visit of before has not heard it. None where it began with no clue."""
    day: date | None = _asked("select relapse_heard_from(%s)", proceeding)
    return day


def kept_from(by: Appointment, proceeding: Proceeding) -> bool:
    """Whether somebody, or whom they stand in for, visited or ended what is contested by a clue that went into it."""
    behind = by.deputy_for.official_id if by.deputy_for is not None else by.official_id
    return bool({by.official_id, behind} & set(_asked("select relapse_kept_from(%s)", proceeding) or ()))


def _asked(sql: str, proceeding: Proceeding) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [proceeding.pk])
        return cursor.fetchone()[0]


def hears(sheet: Sheet, proceeding: Proceeding) -> bool:
    """Whether a sheet is of a visit that heard all that went into a proceeding, and was written after it."""
    since = heard_from(proceeding)
    later = ClueSource.objects.filter(clue__proceeding=proceeding, at__gt=sheet.at)
    return since is None or (sheet.visited_on >= since and not later.exists())


def past_visit(proceeding: Proceeding | None) -> str:
    """Of a clue's page: why it does not go into the proceeding under way, and what to do; empty where it can, or none is."""
    if proceeding is None or hears_yet(proceeding):
        return ""
    return _("这一户正在办的程序已经过了入户听取本户的一步（或已有人签办），这次反映没有人去听，不并进去：请按线索入户，填综合研判表。程序退回入户重办的可以并入；办结以后仍有风险的，再转入程序。")  # fmt: skip


def shown(by: Appointment, proceeding: Proceeding) -> dict[str, Any] | None:
    """The card of a proceeding's page: what was said in the clues that went into it, and what is open of its household beside it. None
    for whoever does not read clues, or where there is nothing."""
    if by.role not in RIGHTS["relapse.see"] or proceeding.household_id is None:
        return None
    sayings = ClueSource.objects.filter(clue__proceeding=proceeding, clue__end=End.PROCEEDING)
    open_ = Clue.objects.filter(household=proceeding.household_id, end="").select_related("owner").first()
    told = [{**source(by, one), "url": reverse("relapse:clue", args=[one.clue_id])} for one in sayings]
    if not told and open_ is None:
        return None
    return {"template": "relapse/_told.html", "sayings": told, "beside": _beside(open_) if open_ else None}


def _beside(clue: Clue) -> dict[str, Any]:
    owner = clue.owner.says(language()) if clue.owner else _("还没有人")
    told = {"day": f"{clue.said_on:%Y-%m-%d}", "owner": owner, "due": f"{clue.due_on:%Y-%m-%d}"}
    return {
        "title": _("这一户还有一条未了结的线索，不在这个程序里"),
        "sentence": _("%(day)s 的反映，由%(owner)s办，%(due)s 前办完。这个程序没有听过它：通过或不通过，线索都照旧开着，另行入户。") % told,
        "actions": [{"label": _("看这条线索"), "url": reverse("relapse:clue", args=[clue.pk])}],
    }  # fmt: skip
