"""A recorded value put right from the finding that it caused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiuhua.decisions.queries.apart import is_kin
from xiuhua.findings.models import Finding
from xiuhua.findings.terms import State
from xiuhua.registry.models import Household
from xiuhua.registry.queries.correctable import Value, one_value
from xiuhua.registry.services import Corrected, Evidence, Refused, correct_number, correct_value
from xiuhua.registry.terms import Seen
from xiuhua.workbench.forms import CorrectNumber, CorrectValue
from xiuhua.workbench.queries import finding as queries
from xiuhua.workbench.queries.frame import crumbs, language
from xiuhua.workbench.queries.words import rule_label
from xiuhua.workbench.views.findings import finding_or_404, kept_file


@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int, grain: str, row: int, column: str) -> HttpResponse:
    """Asks for another value and how it is known; the rules then look again, and close what holds."""
    acting = request.acting  # type: ignore[attr-defined]
    one, household, value = _meant(pk, grain, row, column)
    form = _form(request, value)
    if request.method == "POST" and form.is_valid():
        try:
            _say(request, one, _correct(acting, household, value, form))
            return redirect("workbench:finding", pk)
        except Refused as why:
            form.add_error(None, why.en if language() == "en" else why.zh)
    context = {
        "crumbs": crumbs(acting, one.place_code, whole=True),
        "label": queries.label_of(value),
        "whose": queries.whose(value),
        "now": queries.shown(value),
        "because": rule_label(one.rule, one.kind),
        "by_case": queries.by_case(acting, value, household),
        "kin": is_kin(acting, household.pk),
        "form": form,
        "back_url": reverse("workbench:finding", args=[pk]),
    }
    return render(request, "workbench/correct.html", context, status=422 if form.errors else 200)


def _meant(pk: int, grain: str, row: int, column: str) -> tuple[Finding, Household, Value]:
    """The finding, its household and the value; anything that does not belong together is not there."""
    one = finding_or_404(pk)
    household = queries.household_of(one)
    value = one_value(household, grain, row, column) if household else None  # type: ignore[arg-type]
    if household is None or value is None:
        raise Http404
    return one, household, value


def _form(request: HttpRequest, value: Value) -> CorrectNumber | CorrectValue:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    label = queries.label_of(value)
    if value.sealed:
        return CorrectNumber(data, files, column=value.column, label=label)
    return CorrectValue(data, files, value=value, label=label, english=language() == "en")


def _correct(by: Any, household: Household, value: Value, form: CorrectNumber | CorrectValue) -> Corrected:
    told = form.cleaned_data
    evidence = Evidence(
        Seen(told["seen"]), told["seen_on"], kept_file(by, household.village_code, told["evidence"])
    )
    where: dict[str, Any] = {
        "household": household,
        "grain": value.grain,
        "row": value.row,
        "column": value.column,
    }
    if isinstance(form, CorrectNumber):
        return correct_number(by=by, **where, plain=told["value"], told=form.told, evidence=evidence)
    return correct_value(by=by, **where, value=form.typed(), evidence=evidence)


def _say(request: HttpRequest, one: Finding, done: Corrected) -> None:
    now = finding_or_404(one.pk)
    if now.state == State.CLOSED:
        messages.success(
            request,
            ngettext(
                "已更正。按规则复核已符合，办结 %(n)s 条。",
                "已更正。按规则复核已符合，办结 %(n)s 条。",
                done.closed,
            )
            % {"n": done.closed},
        )
    else:
        messages.warning(request, _("已更正。按规则复核仍不符合，这一条还在待办。"))
