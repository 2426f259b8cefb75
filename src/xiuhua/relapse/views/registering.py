"""The page on which a family that asked for help is entered on the roll of all rural households."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiuhua.decisions.forms import HouseholdForm
from xiuhua.decisions.services import Unfit, standing_there
from xiuhua.decisions.views.cases import acting_of, in_language
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.models import Application
from xiuhua.relapse.queries import registering as pages
from xiuhua.relapse.queries.applications import entering
from xiuhua.relapse.views.clues import crumbs


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, with what was taken down carried over; who of the family is in the register already, and there the way to join it."""
    by = acting_of(request)
    one = get_object_or_404(Application.objects.select_related("source__household", "registration"), pk=pk)
    if not entering(by, one)["register_url"]:
        messages.error(request, _("这份申请已经认到户，或建户登记正在等人审核。"))
        return redirect("relapse:application", pk)
    opened = services.open_application(by=by, application=one)
    home, people = pages.begins_with(one, opened.head, opened.contact)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = HouseholdForm(pages.places(one), *posted, people=people, initial=home)
    found: list[dict[str, Any]] = []
    if form.is_bound and form.is_valid():
        told = form.home(on=one.came_on, application=pk)
        try:
            case = services.register(by=by, application=one, home=told, papers=form.papers()).case
        except Unfit as why:
            found = pages.there_already(one, standing_there(by, told, pages.returned(one)))
            for problem in why.problems:
                form.add_error(problem.field if problem.field in form.fields else None, in_language(problem))
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            messages.success(
                request, _("已提交建户登记，等另一个人审核。通过后这份申请就认到这一户，时限照旧。")
            )
            return redirect("decisions:case", case.pk)
    wrong = bool(form.errors) or any(each.errors for each in form.people)
    context = {
        "crumbs": [
            *crumbs(request),
            {"name": _("帮扶申请"), "url": reverse("relapse:application", args=[pk])},
        ],
        "form": form,
        "found": found,
        "wrong": wrong,
        "asks_apart": "apart" in form.errors or bool(form["apart"].value()),
        "returned": pages.returned(one),
        "application": one,
        "back_url": reverse("relapse:application", args=[pk]),
    }
    return render(request, "relapse/register.html", context, status=422 if wrong else 200)
