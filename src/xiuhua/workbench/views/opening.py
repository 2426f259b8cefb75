"""The county's opening: read, signed once, closed once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiuhua.places.terms import Level
from xiuhua.registry.services import Refused, close_opening, sign_opening
from xiuhua.workbench.forms import Statement
from xiuhua.workbench.queries import taking_over
from xiuhua.workbench.queries.frame import place_or_404


@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, code: str) -> HttpResponse:
    """Statuses are taken over from files once, signed by the county; afterwards the door is closed."""
    acting = request.acting  # type: ignore[attr-defined]
    place = place_or_404(code)
    # Whoever looks after many counties does not sign for one of them.
    if place.level != Level.COUNTY or acting.place_code != place.code:
        raise Http404
    closing = "close" in request.POST
    form = Statement(request.POST if request.method == "POST" and not closing else None)
    if closing or (request.method == "POST" and form.is_valid()):
        try:
            if closing:
                close_opening(by=acting, county_code=place.code)
                messages.success(request, _("已关闭承接。此后状态只能按程序变更。"))
            else:
                sign_opening(by=acting, county_code=place.code, statement=form.cleaned_data["statement"])
                messages.success(request, _("已签署。现在导入的表格写明的状态会承接进来。"))
        except Refused as why:
            messages.error(request, why.en if (get_language() or "").startswith("en") else why.zh)
        return redirect("workbench:opening", place.code)
    context = {**taking_over.page(acting, place), "form": form}
    return render(request, "workbench/opening.html", context, status=422 if form.errors else 200)
