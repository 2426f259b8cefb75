"""Pages of the yearly adjustment: each reads, or calls one service."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.common.asked import key
from xiuhua.common.asked import year as whole_year
from xiuhua.decisions.models import Sheet
from xiuhua.decisions.queries import adjustment_pages, plan_lists
from xiuhua.decisions.services import adjusting
from xiuhua.decisions.tasks import look_for_candidates
from xiuhua.decisions.terms import Category, SheetKind
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.decisions.views.plans import answered
from xiuhua.places.models import Place
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused


def _place(code: str) -> Place:
    place = plan_lists.place_of(code)
    if place is None:
        raise Http404
    return place


@require_GET
def adjustment(request: HttpRequest, code: str = "") -> HttpResponse:
    """The adjustment of a place: its window, its categories, how far each place is; as it stands, the closing report."""
    by = acting_of(request)
    place = _place(code or by.place_code)
    context = {"crumbs": crumbs(request)[:1], "place": place, **adjustment_pages.place_page(by, place)}
    return render(request, "decisions/adjustment.html", context)


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest, code: str) -> HttpResponse:
    """Households behind a number; one of them looked at without anything to be done."""
    by, place = acting_of(request), _place(code)
    if request.method == "POST":
        return _looked_at(request, place)
    context = {
        "crumbs": [*crumbs(request)[:1], {"name": _("动态调整"), "url": reverse("decisions:adjustment", args=[code])}],
        "place": place,
        **adjustment_pages.list_page(by, place, request.GET.dict()),
    }  # fmt: skip
    return render(request, "decisions/adjustment_list.html", context)


def _looked_at(request: HttpRequest, place: Place) -> HttpResponse:
    said = request.POST
    home = get_object_or_404(Household, pk=key(said.get("household", "")))
    if said.get("category") not in Category._value2member_map_:
        raise Http404
    try:
        adjusting.looked_at(
            by=acting_of(request),
            household=home,
            category=Category(said["category"]),
            reason=said.get("reason", ""),
        )
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已记录核查情况。"))
    wanted = {key: value for key, value in adjustment_pages.asked(request.GET.dict()).items() if value}
    return redirect(adjustment_pages.list_url(place.code, **wanted))


@require_POST
def look(request: HttpRequest, code: str) -> HttpResponse:
    """The rules look for candidates again: a village at once, anything larger by a job."""
    place = _place(code)
    try:
        adjusting.want_candidates(by=acting_of(request), place=place)
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        if len(place.code) < 12:
            look_for_candidates(place.code)
            messages.success(request, _("正在逐村查找，稍后刷新本页。"))
        else:
            messages.success(request, _("已按现在的记录重新查找。"))
    return redirect("decisions:adjustment", code)


@require_POST
def window(request: HttpRequest) -> HttpResponse:
    """Files the window of the acting county's adjustment."""
    by, said = acting_of(request), request.POST
    try:
        year = whole_year(said.get("year", ""))
        if year is None:
            raise Refused("请填写年度", "Say which year")
        adjusting.file_window(
            by=by, year=year, opens_on=_day(said.get("opens_on", "")), closes_on=_day(said.get("closes_on", "")), reason=said.get("reason", "")
        )  # fmt: skip
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已提交，等另一个人批准。"))
    return redirect("decisions:adjustment", by.place_code)


def _day(said: str) -> date | None:
    try:
        return parse_date(said) if said else None
    except ValueError:
        return None


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person's answer to a window that was filed."""
    sheet = get_object_or_404(Sheet, pk=pk, kind=SheetKind.WINDOW)
    return answered(request, sheet, reverse("decisions:adjustment", args=[sheet.place_code]))
