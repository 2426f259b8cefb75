"""Frozen figures opened, and two freezes compared."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from xiuhua.engine import load
from xiuhua.workbench.queries.frame import place_or_404
from xiuhua.workbench.queries.frozen import comparing, opening
from xiuhua.workbench.queries.frozen.figure import asked, freeze_or_404, must_count
from xiuhua.workbench.queries.leads import open_to


def _opened(request: HttpRequest, section: str, pk: int, place: str, id: str, lane: str) -> HttpResponse:
    by: Any = request.acting  # type: ignore[attr-defined]
    where, query = place_or_404(place), request.GET.dict()
    figure = asked(section, id, lane, query, where)
    if not open_to(by, section, id):
        raise Http404
    freeze = freeze_or_404(pk, where)
    must_count(freeze, where, figure)
    context = opening.page(by, freeze, where, figure, query)
    return render(request, "workbench/frozen.html", context)


@require_GET
def rule(request: HttpRequest, pk: int, place: str, id: str, outcome: str) -> HttpResponse:
    """An outcome of a rule in a freeze, opened."""
    return _opened(request, "rules", pk, place, id, outcome)


@require_GET
def measure(request: HttpRequest, pk: int, place: str, id: str, part: str) -> HttpResponse:
    """A part of a published figure in a freeze, opened."""
    return _opened(request, "measures", pk, place, id, part)


@require_GET
def fact(request: HttpRequest, pk: int, place: str, id: str, part: str) -> HttpResponse:
    """What is known of a fact in a freeze, opened."""
    return _opened(request, "facts", pk, place, id, part)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two freezes of a place."""
    by: Any = request.acting  # type: ignore[attr-defined]
    place = place_or_404(request.GET.get("place") or by.place_code)
    return render(request, "workbench/compare.html", comparing.page(by, place, request.GET.dict()))


@require_GET
def compare_rule(request: HttpRequest, id: str) -> HttpResponse:
    """One rule in two freezes of a place, down to the households whose outcome changed."""
    by: Any = request.acting  # type: ignore[attr-defined]
    if id not in load().rules or not open_to(by, "rules", id):
        raise Http404
    place = place_or_404(request.GET.get("place") or by.place_code)
    context = comparing.rule_page(by, place, id, request.GET.dict())
    if context is None:
        return redirect("workbench:compare")
    return render(request, "workbench/compare_rule.html", context)
