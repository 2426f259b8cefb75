"""Changes of places: entered by one, confirmed by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.services import confirm_change
from xiuhua.places.models import PlaceChange
from xiuhua.places.services import CannotChange, ask_change, decline_change
from xiuhua.places.services.changes import CHANGEABLE
from xiuhua.places.terms import ChangeKind
from xiuhua.workbench.forms import PlaceChangeForm
from xiuhua.workbench.queries import place_changes
from xiuhua.workbench.queries.frame import language, place_or_404


@require_GET
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What changed in a place and below it, and what waits to be confirmed."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/place_changes.html", place_changes.page(acting, place_or_404(code)))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Enters what a document decided; another person confirms it."""
    acting, place = request.acting, place_or_404(code)  # type: ignore[attr-defined]
    if place.level not in CHANGEABLE or place.until is not None:
        raise Http404
    form = PlaceChangeForm(request.POST or None, place=place, language=language())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kind = ChangeKind(said["kind"])
        try:
            ask_change(
                by=acting, kind=kind, code=place.code, new_name=said["new_name"], document=said["document"],
                new_code=said["into"] if kind is ChangeKind.MERGED else said["new_code"], effective_on=said["effective_on"],
            )  # fmt: skip
            messages.success(request, _("已提交，请另一位同事确认。确认之前什么都不会变。"))
            return redirect("workbench:place_changes", place.code[:6])
        except CannotChange as why:
            form.add_error(None, why.en if language() == "en" else why.zh)
    context = {**place_changes.form_page(acting, place), "form": form}
    return render(request, "workbench/place_change_form.html", context, status=422 if form.errors else 200)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirmed by another person, or sent back."""
    acting = request.acting  # type: ignore[attr-defined]
    change = get_object_or_404(PlaceChange, pk=pk)
    try:
        if "confirm" in request.POST:
            done = confirm_change(by=acting, change_id=pk).change
            messages.success(
                request, _("已确认，%(n)s 行记录已随之变更。") % {"n": f"{sum(done.carried.values()):,}"}
            )
        else:
            decline_change(by=acting, change_id=pk)
            messages.success(request, _("已退回，什么都没有变。"))
    except CannotChange as why:
        messages.error(request, why.en if language() == "en" else why.zh)
    return redirect("workbench:place_changes", change.county_code)
