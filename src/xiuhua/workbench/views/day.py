"""Where one begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.workbench.queries import today
from xiuhua.workbench.queries.frame import frame_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The home of the acting post."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/home.html", today.page(acting, frame_of(request)))
