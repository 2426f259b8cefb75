"""Pages of 回避: each reads, or calls one service."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xiuhua.decisions.forms.kin import KinForm
from xiuhua.decisions.models import Kin
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries.kin import page
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.kin import end_kin
from xiuhua.decisions.services.proceedings import tell_kin
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.registry.services import Refused


@require_http_methods(["GET", "POST"])
def kin(request: HttpRequest) -> HttpResponse:
    """Who signs nothing about whom; and one more of them."""
    acting = acting_of(request)
    tells = acting.role in RIGHTS["decisions.propose"]
    form = KinForm(acting, request.POST or None) if tells else None
    if request.method == "POST":
        try:
            needs(acting, "decisions.propose")
        except Refused as why:
            messages.error(request, in_language(why))
            return redirect("decisions:kin")
        if form is not None and form.is_valid():
            told = form.cleaned_data
            tell_kin(
                by=acting, official=int(told["official"]), household=told["number"], relation=told["relation"]
            )
            messages.success(request, _("已登记：这位干部不再办理这一户的事项。"))
            return redirect("decisions:kin")
    context = {"crumbs": crumbs(request), "place_name": acting.post.place.name, "form": form, **page(acting, request.GET.dict())}  # fmt: skip
    return render(request, "decisions/kin.html", context, status=422 if form and form.errors else 200)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them is kin no longer."""
    one = get_object_or_404(Kin, pk=pk)
    try:
        end_kin(by=acting_of(request), kin=one, reason=request.POST.get("reason", ""))
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已解除，从明天起可以办理。"))
    return redirect("decisions:kin")
