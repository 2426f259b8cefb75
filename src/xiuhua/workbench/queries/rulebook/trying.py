"""A rule tried on a household of one's own area: what it sees, how that is known, and what comes out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Household, Membership, PeriodRecord
from xiuhua.registry.queries.rules import Tried, data_day, try_rule
from xiuhua.registry.queries.search import clean, private, search
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.queries.leads import open_to
from xiuhua.workbench.queries.rulebook import words
from xiuhua.workbench.queries.rulebook.entries import OF_HOUSEHOLDS
from xiuhua.workbench.queries.standard import outcome_of
from xiuhua.workbench.queries.words import code
from xiuhua.workbench.terms import Part

MOST = 12


def rule_or_404(id: str) -> Rule:
    """A rule that speaks of households, their people or their years."""
    rule: Rule = words.found_or_404(load().rules, id)
    if rule.grain not in OF_HOUSEHOLDS:
        raise Http404
    return rule


def choosing(by: Appointment, id: str, typed: str) -> dict[str, Any]:
    """The context of workbench/try_rule.html before a household is chosen: what a search found, or nothing yet."""
    text = clean(typed)
    return {
        **_page(by, rule_or_404(id)),
        # A number is not said back.
        "q": "" if private(text) else text,
        "asked": (_("所写号码") if private(text) else text) if typed else "",
        "hits": _hits(by, id, text) if text else [],
        "tried": None,
    }


def _page(by: Appointment, rule: Rule) -> dict[str, Any]:
    url = reverse("workbench:rule", args=[rule.id])
    return {
        "crumbs": words.crumbs(Part.RULES, (said(rule.says), url)),
        "rule": {"says": said(rule.says), "clause": said(rule.clause), "url": url},
        "scope": by.post.place.name,
        "search_url": reverse("workbench:try_rule", args=[rule.id]),
    }


def _hits(by: Appointment, id: str, text: str) -> list[dict[str, Any]]:
    found = search(text, scope_of(by.place_code))
    names = names_of(hit.village_code for hit in (*found.people, *found.households))
    rows: dict[int, dict[str, Any]] = {}
    for hit in (*found.people, *found.households):
        rows.setdefault(
            hit.household,
            {
                "title": _("%(name)s 家") % {"name": hit.head_name or _("户主不明")},
                "note": f"{names.get(hit.village_code, hit.village_code)} · {hit.number}",
                "url": reverse("workbench:try_rule_on", args=[id, hit.household]),
            },
        )
    return list(rows.values())[:MOST]


def tried(by: Appointment, id: str, pk: int, on: date | None) -> dict[str, Any]:
    """The context of workbench/try_rule.html with what a rule says of a household on a day (None: the day of its data)."""
    rule = rule_or_404(id)
    if not open_to(by, "rules", id):
        raise Http404
    household = Household.objects.filter(pk=pk).first()
    if household is None:
        raise Http404
    day = on or data_day(household.village_code)
    years = {one.year: one for one in PeriodRecord.objects.filter(household=pk, year__lte=day.year)}
    latest = years[max(years)] if years else None
    people = _people(pk) if rule.grain == "person" else {}
    shown = [_outcome(one, household, years, latest, people) for one in try_rule(rule.id, pk, as_of=day)]
    return {
        **_page(by, rule),
        "tried": {
            "household": {
                "label": _("%(name)s 家") % {"name": household.head_name or _("户主不明")},
                "number": household.number,
                "village": names_of([household.village_code]).get(household.village_code, ""),
                "url": link(by, "workbench:household", pk),
            },
            "on": day,
            "outcomes": shown,
            "in_force": rule.in_force(day),
            "since": rule.since,
            "until": rule.until,
        },
    }


def _people(pk: int) -> dict[int, str]:
    """Members by key, as the page names them."""
    held = Membership.objects.filter(household=pk, until__isnull=True).select_related("person")
    return {
        one.person_id: " ".join(
            part for part in (one.person.name or _("姓名未登记"), code("relation", one.relation)) if part
        )
        for one in held
    }


def _outcome(
    one: Tried,
    household: Household,
    years: dict[int, PeriodRecord],
    latest: PeriodRecord | None,
    people: dict[int, str],
) -> dict[str, Any]:
    year = years.get(one.year) if one.year is not None else latest
    shown = outcome_of(one.outcome, household, year, [])
    whose = ""
    if one.person is not None:
        whose = people.get(one.person, _("姓名未登记"))
    elif one.year is not None:
        whose = _("%(year)s 年") % {"year": one.year}
    return {**shown, "title": whose or shown["title"], "open": True}
