"""Finding somebody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiuhua.registry.queries.search import clean, private
from xiuhua.workbench.queries import find

LONGEST = 60


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is typed is sent in the body; only what is no private number goes on into an address that can be kept."""
    acting = request.acting  # type: ignore[attr-defined]
    typed = (request.POST if request.method == "POST" else request.GET).get("q", "")[:LONGEST]
    if request.method == "GET" and private(clean(typed)):
        # Out of the address at once, so that no link of the page carries it on.
        messages.warning(
            request, _("证件号、电话不能写在网址里。请在下面的框里重新输入；输入的号码只用来比对，不会留下。")
        )
        return redirect("workbench:search")
    if request.method == "POST" and not private(clean(typed)):
        return redirect(f"{reverse('workbench:search')}?{urlencode({'q': clean(typed)})}")
    return render(request, "workbench/search.html", find.page(acting, typed))
