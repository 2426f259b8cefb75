"""Pages of a village meeting: its papers, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from xiuhua.accounts.terms import Role
from xiuhua.common.asked import keys
from xiuhua.decisions.forms import MeetingForm, PackForm
from xiuhua.decisions.queries import meetings as pages
from xiuhua.decisions.services import meetings as acts
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope
from xiuhua.places.terms import Level
from xiuhua.registry.services import Refused


@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """What waits for a village's meeting; its result, typed once."""
    village, found = _village(code), pages.waiting(code)
    told = pages.candidates(found)
    form = MeetingForm([one["pk"] for one in told], request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, acting_of(request)
        try:
            held = acts.hold(
                by=by, village_code=code, entitled=given["entitled"], present=given["present"], votes=form.votes(),
                minutes=acts.Brought(given["minutes"].name, given["minutes"].chunks()), photo=acts.Brought(given["photo"].name, given["photo"].chunks()),
            )  # fmt: skip
        except Refused as why:
            messages.error(request, in_language(why))
        else:
            _tell(request, held)
            return redirect("decisions:meeting", code)
    rows = form.rows()
    context: dict[str, Any] = {
        "crumbs": crumbs(request),
        "village": village,
        "candidates": [{**one, "boxes": rows[one["pk"]]} for one in told],
        "form": form,
        "pack_form": PackForm(),
        "may_record": acting_of(request).role == Role.VILLAGE_WORKER,
    }
    return render(request, "decisions/meeting.html", context)


def _tell(request: HttpRequest, held: acts.Held) -> None:
    for one in held.outcomes:
        if one.why is not None:
            home = one.proceeding.household
            messages.error(request, f"{home.head_name if home else ''}：{in_language(one.why)}")
    agreed = sum(one.agreed and one.why is None for one in held.outcomes)
    refused = sum(not one.agreed and one.why is None for one in held.outcomes)
    words = ngettext(
        "会议已登记：通过 %(n)s 户，未通过 %(no)s 户。",
        "会议已登记：通过 %(n)s 户，未通过 %(no)s 户。",
        agreed,
    )
    messages.success(request, words % {"n": agreed, "no": refused})


@require_POST
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The papers of the meeting as one PDF."""
    _village(code)
    form = PackForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one[0]) for one in form.errors.values()))
        return redirect("decisions:meeting", code)
    only = keys(request.POST.getlist("only"))
    try:
        made = acts.make_pack(by=acting_of(request), village_code=code, only=only, **form.cleaned_data)
    except Refused as why:
        messages.error(request, in_language(why))
        return redirect("decisions:meeting", code)
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="meeting-{code}.pdf"'
    return response


def _village(code: str) -> Place:
    found = (
        Place.objects.filter(code=code, level=Level.VILLAGE).first() if current_scope().covers(code) else None
    )
    if found is None:
        raise Http404(_("没有这个村"))
    return found
