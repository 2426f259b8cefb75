"""Pages of the exit plan: each reads, or calls one service."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.common.asked import key, keys, number
from xiuhua.common.asked import year as whole_year
from xiuhua.decisions.models import Sheet
from xiuhua.decisions.queries import plan_lists, plan_pages
from xiuhua.decisions.services import planning
from xiuhua.decisions.services.planning import NotReady
from xiuhua.decisions.terms import Measure, SheetKind, Verdict
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.places.models import Place
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused


def _place(code: str) -> Place:
    place = plan_lists.place_of(code)
    if place is None:
        raise Http404
    return place


@require_GET
def plan(request: HttpRequest, code: str = "") -> HttpResponse:
    """The plan of a place by year: how many, how they stand, against what was wanted."""
    by = acting_of(request)
    place = _place(code or by.place_code)
    context = {"crumbs": crumbs(request)[:1], "place": place, **plan_pages.place_page(by, place)}
    return render(request, "decisions/plan.html", context)


@require_http_methods(["GET", "POST"])
def plan_list(request: HttpRequest, code: str) -> HttpResponse:
    """Households with their years; chosen once for many, and proposed as one."""
    by, place = acting_of(request), _place(code)
    if request.method == "POST":
        return _propose(request, place)
    context = {
        "crumbs": [*crumbs(request)[:1], {"name": _("滚动计划"), "url": reverse("decisions:plan", args=[code])}],
        "place": place,
        **plan_lists.list_page(by, place, request.GET.dict()),
    }  # fmt: skip
    return render(request, "decisions/plan_list.html", context)


def _propose(request: HttpRequest, place: Place) -> HttpResponse:
    """Files what was chosen; where something is lacking of a household moved forward, asks before it does."""
    years, said = _chosen(request.POST), request.POST
    try:
        done = planning.propose(
            by=acting_of(request),
            years=years,
            reason=said.get("reason", ""),
            acknowledged=said.get("acknowledged", ""),
        )
    except NotReady as why:
        context = {
            "crumbs": crumbs(request)[:1], "place": place, "lacking": plan_lists.check_page(years, why.homes),
            "chosen": [(pk, year or "none") for pk, year in years.items()], "reason": said.get("reason", ""),
        }  # fmt: skip
        return render(request, "decisions/plan_check.html", context)
    except Refused as why:
        messages.error(request, in_language(why))
        return redirect(plan_pages.list_url(place.code, **plan_lists.asked(request.GET.dict())))
    n = sum(one.lines for one in done.sheets)
    messages.success(
        request,
        ngettext("已提交 %(n)s 户的退出年度，等另一个人批准。", "已提交 %(n)s 户的退出年度，等另一个人批准。", n) % {"n": n},
    )  # fmt: skip
    if len(done.sheets) == 1:
        return redirect("decisions:plan_sheet", done.sheets[0].sheet.pk)
    return redirect("decisions:plan", place.code)


def _chosen(said: QueryDict) -> dict[int, int | None]:
    """Years by household: one's own choice first, then the year for all that were ticked; what says nothing changes nothing."""
    told: dict[int, int | None] = {}
    for_all = _year(said.get("picked_year", ""))
    if for_all != "":
        told = dict.fromkeys(keys(said.getlist("pick")), for_all)  # type: ignore[arg-type]
    for name, value in said.items():
        pk = key(name.removeprefix("year_")) if name.startswith("year_") else None
        if pk is not None and (year := _year(str(value))) != "":
            told[pk] = year  # type: ignore[assignment]
    return told


def _year(said: str) -> int | str | None:
    return None if said == "none" else whole_year(said) or ""


@require_http_methods(["GET", "POST"])
def plan_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What was filed, and its answer by another person."""
    by = acting_of(request)
    sheet = get_object_or_404(Sheet.objects.select_related("answer__appointment__official", "appointment__official"), pk=pk)  # fmt: skip
    if sheet.kind != SheetKind.PLAN:
        return redirect("decisions:adjustment", sheet.place_code)
    if request.method == "POST":
        return answered(request, sheet, reverse("decisions:plan_sheet", args=[pk]))
    context: dict[str, Any] = {"crumbs": crumbs(request)[:1], **plan_lists.sheet_page(by, sheet)}
    return render(request, "decisions/plan_sheet.html", context)


def answered(request: HttpRequest, sheet: Sheet, back: str) -> HttpResponse:
    """Records the answer to a sheet and returns with what came of it, in words."""
    said = request.POST.get("verdict", "")
    if said not in Verdict._value2member_map_:
        raise Http404
    try:
        planning.answer(
            by=acting_of(request),
            sheet=sheet,
            verdict=Verdict(said),
            reason=request.POST.get("reason", ""),
        )
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, {"approved": _("已批准，从现在起作数。"), "refused": _("已记录：不批准。")}.get(said, _("已撤回。")))  # fmt: skip
    return redirect(back)


@require_GET
def plan_household(request: HttpRequest, pk: int) -> HttpResponse:
    """One household's year, every version of it, and how it stands today."""
    home = get_object_or_404(Household, pk=pk)
    context = {"crumbs": crumbs(request)[:1], **plan_lists.household_page(acting_of(request), home)}
    return render(request, "decisions/plan_household.html", context)


@require_POST
def plan_place(request: HttpRequest, code: str) -> HttpResponse:
    """Proposes the year of a village or county itself."""
    place, year = _place(code), _year(request.POST.get("year", ""))
    try:
        if year == "":
            raise Refused("请选择年度", "Choose a year")
        planning.propose_place(
            by=acting_of(request), place=place, year=year, reason=request.POST.get("reason", ""), acknowledged=request.POST.get("acknowledged", "")  # type: ignore[arg-type]
        )  # fmt: skip
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已提交，等另一个人批准。"))
    return redirect("decisions:plan", code)


@require_POST
def plan_target(request: HttpRequest, code: str) -> HttpResponse:
    """Sets what a place is to reach in a year, from above."""
    page, said = _place(code), request.POST
    place, year = plan_lists.place_of(said.get("place", code)), _year(said.get("year", ""))
    count = number(said.get("count", ""))
    try:
        if place is None or not isinstance(year, int) or count is None or said.get("measure") not in Measure._value2member_map_:  # fmt: skip
            raise Refused("请选择区划、年度，并填写数量", "Choose place and year, and say how many")
        planning.set_target(
            by=acting_of(request), place=place, year=year, measure=Measure(said["measure"]), count=count, basis=said.get("basis", "")
        )  # fmt: skip
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已下达；各户的计划不因此改变，差额列在表里。"))
    return redirect("decisions:plan", page.code)
