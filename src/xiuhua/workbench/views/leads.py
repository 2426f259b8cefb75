"""Other departments' lists: what came to an area, a lead, and the household heard on it."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.files.services import content
from xiuhua.registry.models import Listing, ListingAnswer, ListingHit
from xiuhua.registry.queries.leads import one as lead_of
from xiuhua.registry.services import Refused, withdraw_list
from xiuhua.registry.services import hear as hear_household
from xiuhua.registry.terms import Heard
from xiuhua.workbench.forms import Hearing
from xiuhua.workbench.queries import leads as queries
from xiuhua.workbench.queries.frame import crumbs, language, place_or_404
from xiuhua.workbench.views.findings import kept_file


@never_cache
@require_GET
def lists(request: HttpRequest, code: str) -> HttpResponse:
    """What lists came to an area, on what basis, until when, and whom they point at."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/lists.html", queries.lists_page(acting, place_or_404(code)))


@never_cache
@require_GET
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """One hit, and what was said of it."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/lead.html", queries.lead_page(acting, _hit(pk)))


@never_cache
@require_http_methods(["GET", "POST"])
def hear(request: HttpRequest, pk: int) -> HttpResponse:
    """Records what the household said, who heard it, and what was found."""
    acting = request.acting  # type: ignore[attr-defined]
    hit = _hit(pk)
    form = Hearing(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            hear_household(
                by=acting, hit=hit, answer=Heard(told["answer"]), heard_on=told["heard_on"], reason=told["reason"],
                evidence=kept_file(acting, hit.village_code, told["evidence"]),
            )  # fmt: skip
            messages.success(request, _("已记录。规则已按听取结果复核。"))
            return redirect("workbench:lead", pk)
        except Refused as why:
            form.add_error(None, why.en if language() == "en" else why.zh)
    context = {
        **queries.lead_page(acting, hit),
        "crumbs": crumbs(acting, hit.village_code, whole=True),
        "form": form,
        "back_url": reverse("workbench:lead", args=[pk]),
    }
    return render(request, "workbench/hear.html", context, status=422 if form.errors else 200)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an answer, to be saved; never shown by the browser itself."""
    one = ListingAnswer.objects.filter(pk=pk).select_related("evidence").first()
    if one is None or one.evidence is None or one.evidence.removed_at is not None:
        raise Http404
    answer = HttpResponse(content(one.evidence), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(one.evidence.name, safe='')}"
    )
    return answer


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The county takes the hits of a list away before its time."""
    acting = request.acting  # type: ignore[attr-defined]
    if not Listing.objects.filter(pk=pk, county_code=acting.place_code).exists():
        raise Http404
    try:
        withdraw_list(by=acting, listing_id=pk)
        messages.success(request, _("命中和听取记录已删除；名单的依据和数目留存。"))
    except Refused as why:
        messages.error(request, why.en if language() == "en" else why.zh)
    return redirect("workbench:lists", acting.place_code)


def _hit(pk: int) -> ListingHit:
    """A hit of one's own area; any other is as if it were not there."""
    found = lead_of(pk)
    if found is None:
        raise Http404
    return found
