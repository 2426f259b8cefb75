"""Public pages: each reads what a room publishes, or opens one of its doors."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xiuhua.common.clock import beijing_today
from xiuhua.notices import public
from xiuhua.notices.services import CannotHang
from xiuhua.portal import queries
from xiuhua.portal.forms import ApplyForm, ObjectForm, ReceiptForm
from xiuhua.registry.services import Refused
from xiuhua.relapse import public as clues


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What hangs today and may have a page."""
    return render(request, "portal/notices.html", queries.notices(request.GET.get("page", "")))


@require_GET
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """One notice while it hangs; afterwards the page says that it hangs no more."""
    found = public.one(slug)
    if found is None:
        return gone(request)
    return render(request, "portal/notice.html", {"notice": queries.notice(found)})


@never_cache
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, slug: str) -> HttpResponse:
    """An objection from the page: sealed, with a receipt that is shown this once."""
    found = public.one(slug)
    if found is None:
        return gone(request)
    form = ObjectForm(request.POST or None)
    context = {"notice": queries.notice(found), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            sent = public.object_to(
                slug=slug, address=address_of(request), day=beijing_today(), **form.cleaned_data
            )
        except public.TooOften:
            return render(request, "portal/object.html", {**context, "often": True}, status=429)
        except CannotHang:
            return gone(request)
        return render(request, "portal/sent.html", {"notice": context["notice"], "sent": sent})
    return render(request, "portal/object.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Help asked for a household by anybody, for a village that is chosen step by step; whether it is known here, no page says."""
    context = queries.places(request.GET.get("at", ""))
    if "villages" not in context:
        return render(request, "portal/apply.html", context)
    form = ApplyForm(context["villages"], request.POST or None)
    context["form"] = form
    if request.method == "POST" and form.is_valid():
        try:
            sent = clues.apply(asked=form.asked(), address=address_of(request), day=beijing_today())
        except clues.TooOften:
            return render(request, "portal/apply.html", {**context, "often": True}, status=429)
        except Refused:
            return redirect("portal:apply")
        return render(request, "portal/sent.html", {"applied": True, "sent": sent})
    return render(request, "portal/apply.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """How an objection or an application stands, for whoever holds its code."""
    form = ReceiptForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            found = public.standing(code=code, address=address_of(request), day=beijing_today())
        except public.TooOften:
            return render(request, "portal/receipt.html", {**context, "often": True}, status=429)
        applied = clues.standing(code=code) if found is None else None
        context |= {"found": found, "applied": applied, "unknown": found is None and applied is None}
        context["appeal_days"] = clues.appeal_days(beijing_today())
    return render(request, "portal/receipt.html", context)


def gone(request: HttpRequest) -> HttpResponse:
    """The notice hangs no more, or never did: both look the same."""
    return render(request, "portal/gone.html", status=410)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, to count it."""
    return str(get_client_ip_address(request) or "")
