"""Lists and single things of the exit plan as their pages show them: households, sheets, the versions of one household."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import number as typed
from xiuhua.common.asked import year as whole_year
from xiuhua.decisions.models import PlanLine, Sheet
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import plans
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import TONES, list_url, over, sheets, taken, year_says
from xiuhua.decisions.queries.readiness import says, stands
from xiuhua.decisions.terms import Readiness, Verdict
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import current_scope, scope_of
from xiuhua.registry.models import Household
from xiuhua.registry.queries.rules import demands

PAGE = 100


def asked(query: dict[str, str]) -> dict[str, str]:
    """What a list of the plan is narrowed to: a year (`none`) and how they stand; what no list knows is left out."""
    year, state = query.get("year", ""), query.get("state", "")
    return {
        "year": year if year == "none" or whole_year(year) else "",
        "state": state if state in Readiness._value2member_map_ else "",
    }


def list_page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/plan_list.html: households with their year, how they stand, and the years to choose."""
    wanted = asked(query)
    number = max(typed(query.get("page", "")) or 1, 1)
    found = plans.lines(
        scope_of(place.code), year=wanted["year"], state=wanted["state"], size=PAGE, skip=(number - 1) * PAGE
    )
    total = found[0].total if found else 0
    first, last, _ends = plans.programme()
    kept = {key: value for key, value in wanted.items() if value}
    return {
        "rows": rows(found),
        "total": total,
        "filters": [
            {"label": label, "count": None, "url": list_url(place.code, **narrowed), "current": narrowed == kept}
            for label, narrowed in _filters(first, last)
        ],
        "over": over(),
        "years": list(range(first, last + 1)),
        "may_plan": by.role in RIGHTS["decisions.plan"],
        "pager": _pager(place.code, kept, number, total, len(found)),
        "actions": taken(by, "decisions.plan", place=place.code, **kept) if found else [],
        "plan_url": reverse("decisions:plan", args=[place.code]),
    }  # fmt: skip


def narrowed(query: dict[str, str]) -> str:
    """What narrows a list, in words."""
    wanted = asked(query)
    first, last, _ends = plans.programme()
    kept = {key: value for key, value in wanted.items() if value}
    return next(
        (str(label) for label, one in _filters(first, last) if one == kept), " · ".join(kept.values())
    )


def total(place: Place, query: dict[str, str]) -> int:
    """How many households a list has."""
    found = plans.lines(scope_of(place.code), year=asked(query)["year"], state=asked(query)["state"], size=1)
    return found[0].total if found else 0


def _filters(first: int, last: int) -> list[tuple[str, dict[str, str]]]:
    return [
        (_("全部"), {}),
        (_("未定年度"), {"year": "none"}),
        *((year_says(year), {"year": str(year)}) for year in range(first, last + 1)),
        (_("现在各项达标"), {"state": "ready"}),
        (_("有未达标"), {"state": "fails"}),
        (_("有待核实"), {"state": "unknown"}),
    ]  # fmt: skip


def _pager(code: str, kept: dict[str, str], number: int, total: int, shown: int) -> dict[str, Any] | None:
    if total <= PAGE:
        return None
    return {
        "first": (number - 1) * PAGE + 1, "last": (number - 1) * PAGE + shown, "total": total,
        "previous_url": list_url(code, **kept, page=number - 1) if number > 1 else None,
        "next_url": list_url(code, **kept, page=number + 1) if number * PAGE < total else None,
    }  # fmt: skip


def rows(found: list[plans.Line]) -> list[dict[str, Any]]:
    """Households as a list of the plan shows them."""
    names = names_of({one.village_code for one in found})
    waiting = plans.pending(one.id for one in found)
    own = {rule.id for rule in demands()}
    return [
        {
            "id": one.id, "name": one.head_name or _("户主不明"), "number": one.number, "people": one.people,
            "village": names.get(one.village_code, one.village_code), "url": reverse("decisions:plan_household", args=[one.id]),
            "year": one.year, "says": year_says(one.year), "since": one.at,
            "state": Readiness(one.state), "tone": TONES[Readiness(one.state)], "done": one.state == Readiness.DONE,
            "fails": standards([rule for rule in one.exit_fails or () if rule in own]),
            "unknown": standards([rule for rule in one.exit_unknown or () if rule in own]),
            "pending": year_says(waiting[one.id][0]) if one.id in waiting else "",
            "pending_url": reverse("decisions:plan_sheet", args=[waiting[one.id][1]]) if one.id in waiting else None,
        }
        for one in found
    ]  # fmt: skip


def standards(rules: list[str]) -> list[str]:
    """Standards in their own words."""
    return [says(rule, language()) for rule in rules]


def every(place: Place, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """All rows that a list shows, page after page."""
    wanted, skip = asked(query), 0
    while found := plans.lines(
        scope_of(place.code), year=wanted["year"], state=wanted["state"], size=500, skip=skip
    ):
        yield from rows(found)
        skip += len(found)


def check_page(years: dict[int, int | None], lacking: dict[int, Any]) -> list[dict[str, Any]]:
    """Households that would be moved forward, each with what fails, is not known or was not checked."""
    homes = Household.objects.in_bulk(lacking)
    return [
        {
            "name": homes[pk].head_name or _("户主不明"), "number": homes[pk].number, "to": years[pk], "as_of": one.as_of,
            "fails": standards(one.fails), "unknown": standards(one.unknown), "unchecked": standards(one.unchecked),
        }
        for pk, one in lacking.items()
    ]  # fmt: skip


def sheet_page(by: Appointment, sheet: Sheet) -> dict[str, Any]:
    """The context of decisions/plan_sheet.html: what was filed, how it stands today, and who may answer."""
    found = list(sheet.lines.select_related("household"))
    now = stands([one.household_id for one in found if one.household_id])
    got = getattr(sheet, "answer", None)
    mine = sheet.official_id == by.official_id
    return {
        "sheet": sheets(by, [sheet])[0],
        "lines": [_line(one, now) for one in found],
        "answer": {"verdict": Verdict(got.verdict), "by": got.appointment.says(language()), "at": got.at, "reason": got.reason} if got else None,
        "may_answer": got is None and not mine and by.role in RIGHTS["decisions.plan_approve"],
        "may_withdraw": got is None and mine,
        "plan_url": reverse("decisions:plan", args=[sheet.place_code]),
    }  # fmt: skip


def _line(one: PlanLine, now: dict[int, Any]) -> dict[str, Any]:
    today = now.get(one.household_id or 0)
    seen = one.readiness or {}
    return {
        "name": (one.household.head_name or _("户主不明")) if one.household else "",
        "number": one.household.number if one.household else "",
        "url": reverse("decisions:plan_household", args=[one.household_id]) if one.household_id else None,
        "before": year_says(one.before),
        "after": year_says(one.year) if one.year else _("不列入计划"),
        "forward": one.readiness is not None,
        "fails": standards(today.fails) if today else [],
        "unknown": standards(today.unknown) if today else [],
        "unchecked": standards(today.unchecked) if today else [],
        "ready": today.ready if today else None,
        "lacked": standards([*seen.get("fails", []), *seen.get("unknown", []), *seen.get("unchecked", [])]),
        "acknowledged": one.acknowledged,
    }


def household_page(by: Appointment, home: Household) -> dict[str, Any]:
    """The context of decisions/plan_household.html: every version of the year, and how the household stands today."""
    found = PlanLine.objects.filter(household=home).select_related("sheet__answer", "sheet__appointment__official").order_by("-pk")  # fmt: skip
    first, last, _ends = plans.programme()
    today = stands([home.pk]).get(home.pk)
    year = line_of(home.pk)["year"]
    return {
        "household": {"pk": home.pk, "name": home.head_name or _("户主不明"), "number": home.number, "url": reverse("workbench:household", args=[home.pk])},
        "year": year,
        "says": year_says(year),
        "versions": [{**sheets(by, [one.sheet])[0], "before": year_says(one.before), "after": year_says(one.year) if one.year else _("不列入计划"), "acknowledged": one.acknowledged} for one in found],
        "today": {"as_of": today.as_of, "ready": today.ready, "fails": standards(today.fails), "unknown": standards(today.unknown), "unchecked": standards(today.unchecked)} if today else None,
        "over": over(),
        "years": list(range(first, last + 1)),
        "may_plan": by.role in RIGHTS["decisions.plan"] and home.ended_on is None,
        "place_code": home.village_code,
    }  # fmt: skip


def line_of(home: int) -> dict[str, Any]:
    """A household's line on its own page: the year that counts and the one that waits."""
    with connection.cursor() as cursor:
        cursor.execute("select decisions_planned(%s, null)", [home])
        year = cursor.fetchone()[0]
    waiting = plans.pending([home]).get(home)
    return {
        "year": year,
        "says": year_says(year),
        "pending": year_says(waiting[0]) if waiting else "",
        "url": reverse("decisions:plan_household", args=[home]),
    }


def place_of(code: str) -> Place | None:
    """A place of the acting area, or None."""
    return Place.objects.filter(code=code).first() if current_scope().covers(code) else None
