"""A household is told that its clue ended as no risk."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from xiuhua.decisions.views.telling import record_telling
from xiuhua.relapse import services
from xiuhua.relapse.forms import TellForm
from xiuhua.relapse.models import Clue
from xiuhua.relapse.terms import Told


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """How, when and whom of the household somebody told."""
    one = get_object_or_404(Clue, pk=pk)
    record_telling(request, TellForm(one.household_id, request.POST), Told, partial(services.tell, clue=one))
    return redirect("relapse:clue", pk)
