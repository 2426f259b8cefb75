"""Pages of applications that came from the page: opened, tied to a household, asked back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xiuhua.decisions.views.cases import acting_of, in_language
from xiuhua.registry.queries.search import clean, private
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.forms import AskBackForm, TakeInForm
from xiuhua.relapse.models import Application
from xiuhua.relapse.queries import applications as pages
from xiuhua.relapse.views.clues import crumbs, household_of


def _shown(request: HttpRequest, pk: int, form: AskBackForm, status: int = 200) -> HttpResponse:
    one = get_object_or_404(Application.objects.select_related("source__household", "registration"), pk=pk)
    opened = services.open_application(by=acting_of(request), application=one)
    asked = clean(request.POST.get("q", ""))
    context: dict[str, Any] = pages.page(acting_of(request), one, opened.head, asked)
    context |= {
        "crumbs": crumbs(request),
        "opened": opened,
        "q": "" if private(asked) else asked,
        "form": form,
    }
    return render(request, "relapse/application.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """An application opened, which is recorded; whom it may be about, or whom somebody typed."""
    return _shown(request, pk, AskBackForm())


@never_cache
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """What was asked past the page for a family that the register does not have; the receipt's code is shown once."""
    form = TakeInForm(pages.villages(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = services.take_in(by=acting_of(request), words=form.words())
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            told = {"crumbs": crumbs(request), "taken": taken, "way": pages.way_in(acting_of(request))}
            return render(request, "relapse/taken_in.html", told)
    context = {"crumbs": crumbs(request), "form": form, "back_url": reverse("relapse:find")}
    return render(request, "relapse/take_in.html", context, status=422 if form.errors else 200)


@require_POST
def tie(request: HttpRequest, pk: int, household: int) -> HttpResponse:
    """This is the household; its clue goes on from here."""
    one, home = get_object_or_404(Application, pk=pk), household_of(household)
    try:
        told = services.tie(by=acting_of(request), application=one, household=home)
    except Refused as why:
        messages.error(request, in_language(why))
        return redirect("relapse:application", pk)
    joined, fresh = (
        _("已认到户，并入这一户未了结的线索。"),
        _("已认到户，线索从申请当日起算。请入户核查。"),
    )
    messages.success(request, joined if told.joined else fresh)
    return redirect("relapse:clue", told.clue)


@never_cache
@require_POST
def ask_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not known yet which household it is; whoever asked reads why, and it stays open."""
    one, form = get_object_or_404(Application, pk=pk), AskBackForm(request.POST)
    if form.is_valid():
        try:
            services.ask_back(by=acting_of(request), application=one, **form.cleaned_data)
        except Refused as why:
            form.add_error("reason", in_language(why))
        else:
            messages.success(request, _("已答复。申请仍然开着，继续找；时限照申请当日算。"))
            return redirect("relapse:list")
    return _shown(request, pk, form, 422)
