"""A household is told that its clue ended as no risk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiuhua.decisions.views.cases import acting_of, in_language
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.forms import TellForm
from xiuhua.relapse.models import Clue
from xiuhua.relapse.terms import Told


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """How, when and whom of the household somebody told."""
    one = get_object_or_404(Clue, pk=pk)
    form = TellForm(one.household_id, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each[0]) for each in form.errors.values()))
        return redirect("relapse:clue", pk)
    given = form.cleaned_data
    try:
        services.tell(
            by=acting_of(request), clue=one, way=Told(given["way"]), told_on=given["told_on"], person=form.person_key(), note=given["note"]
        )  # fmt: skip
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已登记：本户已经告知。"))
    return redirect("relapse:clue", pk)
