"""The page of doubtful exits, for those who look into them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.decisions.queries.marks import area_page
from xiuhua.decisions.views.cases import acting_of, crumbs


@require_GET
def doubtful(request: HttpRequest) -> HttpResponse:
    """Exits of the acting area that stand out, the most doubtful first."""
    place = acting_of(request).post.place
    return render(request, "decisions/hollow.html", {"crumbs": crumbs(request)[:1], **area_page(place)})
