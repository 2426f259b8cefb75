"""A household's year entered on a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiuhua.decisions.queries.apart import is_kin
from xiuhua.registry.models import Household, PeriodRecord
from xiuhua.registry.services import Evidence, Refused, enter_year
from xiuhua.registry.terms import Seen
from xiuhua.workbench.forms.years import YearForm, written_before
from xiuhua.workbench.queries.frame import crumbs, language
from xiuhua.workbench.views.findings import kept_file


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for twelve months that are not there yet, and how somebody knows them."""
    acting = request.acting  # type: ignore[attr-defined]
    home = get_object_or_404(Household, pk=pk, ended_on__isnull=True)
    years = list(PeriodRecord.objects.filter(household=home).order_by("-year"))
    form = _form(request, years)
    if request.method == "POST" and form.is_valid():
        try:
            done = _enter(acting, home, form)
            messages.success(
                request, _("%(year)s 年度已登记，规则已按它重新看过。") % {"year": done.record.year}
            )
            return redirect("workbench:household", pk)
        except Refused as why:
            form.add_error(None, why.en if language() == "en" else why.zh)
    context = {
        "crumbs": crumbs(acting, home.village_code, whole=True),
        "household": {"name": home.head_name or _("户主不明"), "number": home.number},
        "years": [one.year for one in years],
        "kin": is_kin(acting, home.pk),
        "form": form,
        "back_url": reverse("workbench:household", args=[pk]),
    }
    return render(request, "workbench/year.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, years: list[PeriodRecord]) -> YearForm:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    english = language() == "en"
    before = written_before(years[0], english) if years else {}
    return YearForm(data, files, english=english, before=before, before_year=years[0].year if years else None)


def _enter(by: Any, home: Household, form: YearForm) -> Any:
    told = form.cleaned_data
    evidence = Evidence(
        Seen(told["seen"]), told["seen_on"], kept_file(by, home.village_code, told["evidence"])
    )
    return enter_year(
        by=by, household=home, period_start=told["period_start"], period_end=told["period_end"], values=form.values(),
        members_seen=told["members_seen"], evidence=evidence,
    )  # fmt: skip
