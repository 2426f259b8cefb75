"""Pages of who comes from another place: what is offered is read by whoever may see cases, and answered by the receiving office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xiuhua.decisions import services
from xiuhua.decisions.forms import ReceivedForm, TransferForm
from xiuhua.decisions.models import Transfer
from xiuhua.decisions.queries import transfers as queries
from xiuhua.decisions.services import Refused
from xiuhua.decisions.terms import Act
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language


@require_GET
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is to come, from where, and what became of it."""
    one = get_object_or_404(Transfer, pk=pk)
    return _shown(request, one, _form(one))


def _shown(request: HttpRequest, one: Transfer, form: Any) -> HttpResponse:
    context = {"crumbs": crumbs(request), "form": form, **queries.page(acting_of(request), one)}
    return render(request, "decisions/transfer.html", context, status=422 if form.errors else 200)


def _form(one: Transfer, given: Any = None) -> Any:
    return ReceivedForm(given) if queries.near(one) else TransferForm(one.place_code, given)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes, from another county with a village; or no, with a reason."""
    one = get_object_or_404(Transfer, pk=pk)
    if request.POST.get("act") not in (Act.RECEIVED, Act.DECLINED):
        raise Http404
    form = _form(one, request.POST)
    if not form.is_valid():
        return _shown(request, one, form)
    try:
        done = _answered(request, one, form.cleaned_data)
    except Refused as why:
        form.add_error(None, in_language(why))
        return _shown(request, one, form)
    if done.household:
        messages.success(request, _("已接收，户和成员已进入本县登记。"))
        return redirect("workbench:household", done.household)
    declined = request.POST.get("act") == Act.DECLINED
    messages.success(
        request, _("已回复：不予接收。") if declined else _("已答复同意接收，等县级审核后登记变更。")
    )
    return redirect("decisions:transfer", pk)


def _answered(request: HttpRequest, one: Transfer, given: dict[str, Any]) -> Any:
    by = acting_of(request)
    if request.POST.get("act") == Act.DECLINED:
        return services.decline(by=by, transfer=one, reason=given["reason"])
    where = {} if queries.near(one) else {"village_code": given["village"], "number": given["number"]}
    return services.receive(by=by, transfer=one, reason=given["reason"], **where)
