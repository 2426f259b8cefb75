"""The pages of doubtful exits, for those who look into them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.decisions.queries.doubtful import area_page
from xiuhua.decisions.views.cases import acting_of, crumbs


@require_GET
def doubtful(request: HttpRequest) -> HttpResponse:
    """Households of the acting area that left and stand out, page by page."""
    context = {"crumbs": crumbs(request)[:1], **area_page(acting_of(request), request.GET.dict())}
    return render(request, "decisions/hollow.html", context)
