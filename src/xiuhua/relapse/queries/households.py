"""What is known of a household's watching, for its own page; and which households were not judged this year."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.models import Appeal
from xiuhua.places.scope import Scope
from xiuhua.registry.models import Household, WatchEntry
from xiuhua.registry.terms import Basis, HouseholdKind, RemovalMode, WatchClass
from xiuhua.relapse.models import Assessment, Clue, Relief
from xiuhua.relapse.queries.pages import home_of, may, names, reliefs, rows
from xiuhua.relapse.queries.said import said
from xiuhua.relapse.terms import Standing

SHOWN = 200
STANDINGS = {
    Standing.STABLE: "leaf",
    Standing.HELP: "straw",
    Standing.WATCH: "red",
    Standing.SAFETY_NET: "plain",
}
LEFT = """
from registry_household o where o.village_code >= %(lo)s and o.village_code < %(hi)s and o.ended_on is null and o.kind = 'registered'
  and (select s.status from registry_statusentry s where s.household_id = o.id order by s.id desc limit 1) = 'exited'
"""
MISSING = f"{LEFT} and not exists (select 1 from relapse_assessment a where a.household_id = o.id and a.year = %(year)s)"

# Watched, and of nobody in it is anything but "no labour capacity" on record: followed for good, not marked as removed.
NO_LABOUR = """
from registry_household o where o.village_code >= %(lo)s and o.village_code < %(hi)s and o.ended_on is null
  and coalesce((select w.watch_class from registry_watchentry w where w.household_id = o.id order by w.id desc limit 1),
    case when o.kind = 'watched' then 'watched' else 'none' end) <> 'none'
  and (select coalesce(bool_and(coalesce(p.labour in ('lost', 'none'), false)), false) from registry_membership m join registry_person p on p.id = m.person_id
    where m.household_id = o.id and m.until is null)
"""


def watches(household: int) -> list[dict[str, Any]]:
    """In which class it was watched since when, the newest first."""
    return [
        {
            "label": said(WatchClass(one.watch_class)),
            "mode": said(RemovalMode(one.mode)) if one.mode else "",
            "on": one.since,
            "basis": f"{said(Basis(one.basis))} {one.case_number}".strip(),
            "url": decided_in(one),
            "current": at == 0 and one.watch_class != WatchClass.NONE,
        }
        for at, one in enumerate(WatchEntry.objects.filter(household=household).order_by("-pk"))
    ]  # fmt: skip


def decided_in(entry: WatchEntry) -> str:
    """The page of what watched it or let go of it: a proceeding (P), the one whose appeal gave it back (A), a change of the family."""
    kind, number = entry.case_number[:1], entry.case_number[1:]
    if entry.basis == Basis.FAMILY and entry.case_number.isdigit():
        return reverse("decisions:case", args=[entry.case_number])
    if entry.basis != Basis.CASE or not number.isdigit():
        return ""
    if kind == "A":
        number = str(Appeal.objects.filter(pk=number).values_list("proceeding_id", flat=True).first() or "")
    return reverse("decisions:proceeding", args=[number]) if kind in ("A", "P") and number else ""


def watch_pill(household: int) -> list[dict[str, str]]:
    """In which class a household is watched now, as a mark; none where it is not, or where only a file says so."""
    found = watches(household)
    return [{"tone": "straw", "label": found[0]["label"]}] if found and found[0]["current"] else []


def card(by: Appointment, household: Household) -> dict[str, Any] | None:
    """The card of a household's page; None for whoever does not handle clues."""
    if not may(by, "relapse.see"):
        return None
    clues = rows(Clue.objects.filter(household=household).order_by("-pk")[:10])
    there = household.ended_on is None and may(by, "relapse.work")
    assessed = Assessment.objects.filter(household=household).order_by("-year")[:5]
    year = beijing_today().year
    exited = household.statuses.order_by("-pk").values_list("status", flat=True).first() == "exited"
    return {
        "watches": watches(household.pk),
        "by_file": household.kind == HouseholdKind.WATCHED,
        "clues": clues,
        "reliefs": reliefs(Relief.objects.filter(household=household)[:10]),
        "assessments": [assessment(one) for one in assessed],
        "new_url": reverse("relapse:new", args=[household.pk]) if there else "",
        "help_url": reverse("relapse:help", args=[household.pk]) if there else "",
        "assess_url": reverse("relapse:assess", args=[household.pk])
        if there and exited and year not in {one.year for one in assessed}
        else "",
        "year": year,
    }


def assessment(one: Assessment) -> dict[str, Any]:
    """A yearly judgement as a page shows it."""
    return {
        "year": one.year,
        "tone": STANDINGS[Standing(one.standing)],
        "label": said(Standing(one.standing)),
        "reason": one.reason,
        "on": one.assessed_on,
        "by": one.post,
    }


def yearly(by: Appointment, area: Scope, year: int, page: str = "") -> dict[str, Any]:
    """The context of relapse/yearly.html: how many of those that left poverty were judged, in which class, and who was not.

    Beside it, a page of the watched households in which nobody is able to work.
    """
    given: dict[str, Any] = {"lo": area.lo, "hi": area.hi, "year": year}
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) {LEFT}", given)
        whole = cursor.fetchone()[0]
        cursor.execute(f"select count(*) {MISSING}", given)
        missing = cursor.fetchone()[0]
        cursor.execute(f"select o.id {MISSING} order by o.village_code, o.id limit {SHOWN}", given)
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "select standing, count(*) from relapse_assessment where village_code >= %(lo)s and village_code < %(hi)s and year = %(year)s group by 1",
            given,
        )
        by_class = dict(cursor.fetchall())
        cursor.execute(f"select count(*) {NO_LABOUR}", given)
        unable = cursor.fetchone()[0]
        first, turned = pager(unable, page, lambda n: f"{reverse('relapse:yearly')}?page={n}")
        cursor.execute(
            f"select o.id {NO_LABOUR} order by o.village_code, o.id limit {PAGE} offset {first}", given
        )
        followed = [row[0] for row in cursor.fetchall()]
    homes = Household.objects.filter(pk__in=found).order_by("village_code", "pk")
    tracked = Household.objects.filter(pk__in=followed).order_by("village_code", "pk")
    places = names(one.village_code for one in (*homes, *tracked))
    return {
        "year": year,
        "place_name": by.post.place.name,
        "whole": whole,
        "missing": missing,
        "judged": whole - missing,
        "classes": [
            {"tone": STANDINGS[one], "label": said(one), "count": by_class[one.value]} for one in Standing if by_class.get(one.value)
        ],
        "rows": [
            {
                "head": one.head_name or _("户主不明"),
                "number": one.number,
                "village": places.get(one.village_code, one.village_code),
                "url": reverse("workbench:household", args=[one.pk]),
                "assess_url": reverse("relapse:assess", args=[one.pk]) if may(by, "relapse.work") else "",
            }
            for one in homes
        ],
        "more": max(0, missing - SHOWN),
        "unable": unable,
        "followed": [
            {
                "head": one.head_name or _("户主不明"),
                "number": one.number,
                "village": places.get(one.village_code, one.village_code),
                "url": reverse("workbench:household", args=[one.pk]),
            }
            for one in tracked
        ],
        "pager": turned,
    }  # fmt: skip


def to_assess(household: Household) -> dict[str, Any]:
    """What whoever judges should see beside the form."""
    return {
        "home": home_of(household),
        "watches": watches(household.pk),
        "clues": rows(Clue.objects.filter(household=household).order_by("-pk")[:5]),
        "before": [assessment(one) for one in Assessment.objects.filter(household=household)[:3]],
    }
