"""Places and their households."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.workbench.queries import area, listing
from xiuhua.workbench.queries.frame import place_or_404


@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place: figures, shortfalls, incomes, what waits, the places below."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/place.html", area.page(acting, place_or_404(code), request.GET.dict()))


@require_GET
def households(request: HttpRequest, code: str) -> HttpResponse:
    """The households of a place."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(
        request, "workbench/households.html", listing.page(acting, place_or_404(code), request.GET.dict())
    )
