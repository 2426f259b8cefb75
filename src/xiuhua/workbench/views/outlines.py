"""Boundaries of a county's places, brought as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from xiuhua.places.models import Place
from xiuhua.places.services import CannotRead, drop_outlines, take_outlines
from xiuhua.places.terms import Level
from xiuhua.workbench.forms import DroppedDay, OutlinesForm
from xiuhua.workbench.queries import outlines as queries
from xiuhua.workbench.queries.frame import language, place_or_404


@require_http_methods(["GET", "POST"])
def outlines(request: HttpRequest, code: str) -> HttpResponse:
    """What is drawn, and a file that brings more; only at the county itself."""
    acting, place = request.acting, _county(request, code)  # type: ignore[attr-defined]
    form = OutlinesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            done = take_outlines(
                by=acting,
                county_code=code,
                content=said["file"].read(),
                as_of=said["as_of"],
                source=said["source"],
            )
            n = ngettext("已导入 %(n)s 处界线", "已导入 %(n)s 处界线", done.places) % {
                "n": f"{done.places:,}"
            }
            messages.success(
                request,
                _("%(what)s，坐标点由 %(given)s 个简化为 %(kept)s 个。")
                % {"what": n, "given": f"{done.given:,}", "kept": f"{done.corners:,}"},
            )
            return redirect("workbench:outlines", code)
        except CannotRead as why:
            form.add_error("file", why.en if language() == "en" else why.zh)
    return render(
        request,
        "workbench/outlines.html",
        {**queries.page(acting, place), "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Takes the boundaries of a day down; those of before are drawn again."""
    acting, _place = request.acting, _county(request, code)  # type: ignore[attr-defined]
    form = DroppedDay(request.POST)
    if form.is_valid():
        done = drop_outlines(by=acting, county_code=code, as_of=form.cleaned_data["as_of"])
        messages.success(
            request,
            ngettext("已撤下 %(n)s 处界线。", "已撤下 %(n)s 处界线。", done.places) % {"n": done.places},
        )
    return redirect("workbench:outlines", code)


def _county(request: HttpRequest, code: str) -> Place:
    """The acting county; any other place is as if it were not there."""
    place = place_or_404(code)
    if place.level != Level.COUNTY or request.acting.place_code != code:  # type: ignore[attr-defined]
        raise Http404
    return place
