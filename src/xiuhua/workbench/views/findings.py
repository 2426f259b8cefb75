"""The pool of findings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.workbench.queries import pool
from xiuhua.workbench.queries.frame import place_or_404


@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """What is wrong or doubtful in an area, as a work list."""
    acting = request.acting  # type: ignore[attr-defined]
    place = place_or_404(request.GET.get("place") or acting.place_code)
    return render(request, "workbench/findings.html", pool.page(acting, place, request.GET.dict()))
