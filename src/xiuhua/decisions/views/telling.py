"""A household is told how its proceeding ended: the letter, and that it was told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiuhua.common.terms import Terms
from xiuhua.decisions.forms import TellForm
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services import telling as acts
from xiuhua.decisions.terms import Told
from xiuhua.decisions.views.cases import acting_of, in_language
from xiuhua.registry.services import Refused


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """How, when and whom of the household somebody told."""
    one = get_object_or_404(Proceeding, pk=pk)
    record_telling(
        request, TellForm(one.household_id, request.POST), Told, partial(acts.tell, proceeding=one)
    )
    return redirect("decisions:proceeding", pk)


def record_telling(request: HttpRequest, form: TellForm, ways: type[Terms], tell: Callable[..., Any]) -> None:
    """Records by `tell` what a form says of a household that was told; why it was not recorded stands on the next page."""
    if not form.is_valid():
        messages.error(request, " ".join(str(each[0]) for each in form.errors.values()))
        return
    given = form.cleaned_data
    try:
        tell(
            by=acting_of(request), way=ways(given["way"]), told_on=given["told_on"], person=form.person_key(), note=given["note"]
        )  # fmt: skip
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已登记：本户已经告知。"))


@require_POST
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter to the household, as a PDF to print and to have signed."""
    one = get_object_or_404(Proceeding.objects.select_related("procedure", "household"), pk=pk)
    try:
        made = acts.make_letter(by=acting_of(request), proceeding=one)
    except Refused as why:
        messages.error(request, in_language(why))
        return redirect("decisions:proceeding", pk)
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-P{pk}.pdf"'
    return response
