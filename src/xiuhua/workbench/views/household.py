"""One household, and the opening of a number that is kept sealed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.registry.models import Membership
from xiuhua.registry.queries.people import masked
from xiuhua.registry.queries.rules import data_day
from xiuhua.registry.services import Refused, is_minor
from xiuhua.registry.services import open_id as open_number
from xiuhua.workbench.forms import Reason
from xiuhua.workbench.queries import household as queries
from xiuhua.workbench.queries.frame import crumbs, language
from xiuhua.workbench.queries.words import code


@require_GET
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """The four questions of one household."""
    found = queries.read(pk)
    if found is None:
        raise Http404
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/household.html", queries.page(acting, found))


@never_cache
@require_http_methods(["GET", "POST"])
def open_id(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Asks before it opens; opening is recorded, and the number is gone with the page."""
    held = Membership.objects.filter(household=pk, person=person, until__isnull=True)
    one = get_object_or_404(held.select_related("person", "household"))
    acting = request.acting  # type: ignore[attr-defined]
    day = min(data_day(one.household.village_code), beijing_today())
    minor = is_minor(one.person, day)
    form = Reason(request.POST or None, minor=minor)
    value = None
    if request.method == "POST" and form.is_valid():
        try:
            value = open_number(
                by=acting, person=one.person, reason=form.cleaned_data["reason"], on=day
            ).plain
        except Refused as why:
            form.add_error(None, why.en if (get_language() or "").startswith("en") else why.zh)
    said_by = _("%(account)s（%(post)s）") % {"account": acting.actor_name, "post": acting.says(language())}
    context = {
        "person": {
            "name": one.person.name or _("姓名未登记"),
            "relation": code("relation", one.relation),
            "household_number": one.household.number,
        },
        "crumbs": crumbs(acting, one.household.village_code, whole=True),
        "kind_label": _("证件号码"),
        "masked": _("未成年人，不显示号码") if minor else masked(one.person) or _("没有证件号，临时登记"),
        "minor": minor,
        "form": form,
        "value": value,
        "recorded": {"at": beijing_now(), "by": said_by},
        "back_url": reverse("workbench:household", args=[pk]),
    }
    return render(request, "workbench/open_sealed.html", context, status=422 if form.errors else 200)
