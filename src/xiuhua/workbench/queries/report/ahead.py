"""What comes next: the exit plan of a place as it stands now, by planned year, against what was wanted from above."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.queries import plans
from xiuhua.decisions.queries.plan_pages import year_says
from xiuhua.decisions.terms import Readiness
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.workbench.queries.frame import below, link

STATES = (Readiness.READY, Readiness.UNKNOWN, Readiness.FAILS)


def table(by: Appointment, place: Place) -> dict[str, Any]:
    """Context `ahead`: a sentence, rows of year, total, how those households stand now, target or None; and the plan's page.

    Only households still to leave; a year that is over and holds somebody is told with what it holds.
    """
    counted: dict[int | None, dict[str, int]] = {}
    for one in plans.groups(scope_of(place.code), below(place)[1]):
        if one.state != Readiness.DONE:
            at = counted.setdefault(one.year, {})
            at[one.state] = at.get(one.state, 0) + one.count
    today = beijing_today().year
    wanted = {
        year: one.count
        for (year, measure), one in plans.targets(place.code).items()
        if measure == plans.HOUSEHOLDS and year >= today
    }
    years = sorted({*wanted, *(year for year in counted if year is not None)})
    rows = [
        _row(by, place, year, counted.get(year, {}), wanted.get(year) if year else None)
        for year in [*years, *([None] if None in counted else [])]
    ]
    return {
        "sentence": _sentence(counted, today),
        "rows": rows,
        "plan_url": link(by, "decisions:plan", place.code),
    }


def _row(
    by: Appointment, place: Place, year: int | None, parts: dict[str, int], target: int | None
) -> dict[str, Any]:
    total = sum(parts.values())

    def url(n: int, **query: str) -> str | None:
        return link(by, "decisions:plan_list", place.code, year=str(year or "none"), **query) if n else None

    return {
        "label": year_says(year),
        "total": total,
        "url": url(total),
        "parts": [
            {"label": state, "count": parts.get(state, 0), "url": url(parts.get(state, 0), state=state.value)}
            for state in STATES
        ],
        "target": target,
    }


def _sentence(counted: dict[int | None, dict[str, int]], today: int) -> str:
    """How many are still to leave, for when they are planned, and of whom no year is known."""
    whole = {year: sum(parts.values()) for year, parts in counted.items()}
    if not whole:
        return _("没有未脱贫的户；下一步是守住不返贫：按期办结线索、研判监测对象。")
    total = sum(whole.values())
    told = ngettext("还有 %(n)s 户未脱贫", "还有 %(n)s 户未脱贫", total) % {"n": f"{total:,}"}
    late = sum(n for year, n in whole.items() if year is not None and year < today)
    return _(
        "%(still)s：计划年度已过 %(late)s 户，计划今年退出 %(now)s 户，明年 %(next)s 户，没有定退出年度 %(none)s 户。"
    ) % {
        "still": told,
        "late": f"{late:,}",
        "now": f"{whole.get(today, 0):,}",
        "next": f"{whole.get(today + 1, 0):,}",
        "none": f"{whole.get(None, 0):,}",
    }
