"""What a place can hand out, and the report of a period with the list behind each figure."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.workbench.forms import Days
from xiuhua.workbench.queries import papers as queries
from xiuhua.workbench.queries.frame import place_or_404
from xiuhua.workbench.queries.report import FIGURES, period_of
from xiuhua.workbench.queries.report import page as report_page


@require_GET
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """Papers, reports and tables of a place, as far as this post may have them."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/papers.html", queries.page(acting, place_or_404(code)))


@require_GET
def report(request: HttpRequest, code: str) -> HttpResponse:
    """What happened in an area between two days."""
    acting, place = request.acting, place_or_404(code)  # type: ignore[attr-defined]
    period = period_of(request.GET.dict())
    form = Days(initial={"since": period.since, "until": period.until})
    return render(request, "workbench/report.html", {**report_page.page(acting, place, period), "form": form})


@require_GET
def report_rows(request: HttpRequest, code: str, figure: str) -> HttpResponse:
    """The things behind one figure of a report."""
    acting, place = request.acting, place_or_404(code)  # type: ignore[attr-defined]
    if figure not in FIGURES:
        raise Http404
    query = request.GET.dict()
    context = report_page.listed(acting, place, FIGURES[figure], period_of(query), query)
    if context is None:
        raise PermissionDenied
    return render(request, "workbench/report_rows.html", context)
