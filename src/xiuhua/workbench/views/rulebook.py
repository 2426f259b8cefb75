"""Standards and rules: browsed, one of each, and a rule tried on a household."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from xiuhua.workbench.queries.rulebook import entries, listing, procedures, trying

LONGEST = 60


@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """All rules, figures or facts, narrowed by programme, topic, clause and words."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/rulebook.html", listing.page(acting, request.GET.dict()))


@require_GET
def rule(request: HttpRequest, id: str) -> HttpResponse:
    """One rule."""
    return render(request, "workbench/rule.html", entries.rule(request.acting, id))  # type: ignore[attr-defined]


@require_GET
def figure(request: HttpRequest, id: str) -> HttpResponse:
    """One figure."""
    return render(request, "workbench/figure.html", entries.figure(request.acting, id))  # type: ignore[attr-defined]


@require_GET
def measure(request: HttpRequest, id: str) -> HttpResponse:
    """One published figure."""
    return render(request, "workbench/measure.html", entries.measure(request.acting, id))  # type: ignore[attr-defined]


@require_GET
def procedure(request: HttpRequest, id: str) -> HttpResponse:
    """One procedure: its steps as they are taken."""
    return render(request, "workbench/procedure.html", procedures.page(id))


@require_GET
def fact(request: HttpRequest, id: str) -> HttpResponse:
    """One fact."""
    return render(request, "workbench/fact.html", entries.fact(id))


@require_http_methods(["GET", "POST"])
def choose_household(request: HttpRequest, id: str) -> HttpResponse:
    """Which household a rule is tried on; what is looked for is sent in the body."""
    acting = request.acting  # type: ignore[attr-defined]
    typed = request.POST.get("q", "")[:LONGEST]
    return render(request, "workbench/try_rule.html", trying.choosing(acting, id, typed))


@require_GET
def try_rule(request: HttpRequest, id: str, household: int) -> HttpResponse:
    """What a rule says of a household on a day; nothing is written."""
    acting = request.acting  # type: ignore[attr-defined]
    on = _day(request.GET.get("on", ""))
    return render(request, "workbench/try_rule.html", trying.tried(acting, id, household, on))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
