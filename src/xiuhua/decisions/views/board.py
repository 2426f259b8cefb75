"""The board: what waits at which step of a place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xiuhua.decisions.queries import proceeding_board
from xiuhua.decisions.views.cases import acting_of, crumbs
from xiuhua.places.queries import names_of


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What waits at which step, how long, and where."""
    by = acting_of(request)
    code = proceeding_board.place_of(request.GET.dict()) or by.place_code
    context = {"crumbs": crumbs(request)[:1], "place_name": names_of([code])[code]}
    return render(request, "decisions/board.html", context | proceeding_board.page(by, code))
