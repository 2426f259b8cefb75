"""Pages of cases: each reads, or calls one service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import key
from xiuhua.common.ways import way_to
from xiuhua.decisions import services
from xiuhua.decisions.forms import ChangeForm, PapersForm, sort_of
from xiuhua.decisions.kinds import KINDS, Change, both
from xiuhua.decisions.kinds.joining import former_members
from xiuhua.decisions.kinds.reading import change_of, kind_of
from xiuhua.decisions.models import Case, CaseEvidence
from xiuhua.decisions.queries import pages
from xiuhua.decisions.queries.cases import why_not
from xiuhua.decisions.queries.transfers import receiving
from xiuhua.decisions.services import Refused, Unfit
from xiuhua.decisions.terms import Act, State
from xiuhua.registry.models import Household, Person

ACTS: dict[str, Callable[..., Any]] = {
    Act.ACCEPTED: services.accept,
    Act.AGREED: services.accept,
    Act.RETURNED: services.give_back,
    Act.REFUSED: services.refuse,
    Act.WITHDRAWN: services.withdraw,
    Act.UNDO_ASKED: services.ask_undo,
    Act.UNDONE: services.undo,
    Act.UNDO_REFUSED: services.refuse_undo,
}
SAID = {
    Act.ACCEPTED: both("已通过，登记已经变更。", "Accepted; the register has changed."),
    Act.AGREED: both("已同意，送对方接收。", "Agreed; the other office must receive it."),
    Act.RETURNED: both("已退回补正。", "Given back for correction."),
    Act.REFUSED: both("已办结：不予通过。", "Refused."),
    Act.WITHDRAWN: both("已撤回。", "Taken back."),
    Act.UNDO_ASKED: both("已申请撤销，等另一个人同意。", "Asked; somebody else decides."),
    Act.UNDONE: both("已撤销，登记恢复原样。", "Undone; the register is as it was."),
    Act.UNDO_REFUSED: both("不予撤销，登记不变。", "Not undone; the register stays."),
}


def acting_of(request: HttpRequest) -> Appointment:
    """The appointment that the gate let in."""
    return request.acting  # type: ignore[attr-defined]


def crumbs(request: HttpRequest) -> list[dict[str, Any]]:
    """From the acting place to its cases."""
    place = acting_of(request).post.place
    return [
        {"name": place.name, "url": way_to("workbench:place", place.code)},
        {"name": pgettext("cases", "事项"), "url": way_to("decisions:list")},
    ]


def in_language(said: Any) -> str:
    """A refusal or a pair in the reader's language."""
    zh, en = (said["zh"], said["en"]) if isinstance(said, dict) else (said.zh, said.en)
    return str(en if (get_language() or "").startswith("en") else zh)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Whose turn it is: mine to decide, proposed by me, closed."""
    acting = acting_of(request)
    context = pages.inbox(acting, request.GET.get("show", ""), request.GET.get("page", ""))
    return render(
        request,
        "decisions/list.html",
        {"crumbs": crumbs(request)[:1], "place_name": acting.post.place.name, **context},
    )


@require_GET
def choose(request: HttpRequest, household: int) -> HttpResponse:
    """What happened in the family, in plain words."""
    home = get_object_or_404(Household, pk=household)
    context = {
        "crumbs": crumbs(request)[:1],
        "household": {"name": home.head_name or _("户主不明"), "number": home.number, "url": reverse("workbench:household", args=[home.pk])},
        "groups": [] if home.ended_on else pages.choices(home),
        "cases": pages.household_cases(acting_of(request), home.pk),
    }  # fmt: skip
    return render(request, "decisions/choose.html", context)


def _change(request: HttpRequest, household: int, kind: str) -> Change:
    """The change that a form begins with: the household, and the member in the address."""
    if kind not in KINDS or not KINDS[kind].offered:
        raise Http404
    home = get_object_or_404(Household, pk=household)
    person = None
    if number := key(request.GET.get("person", "")):
        person = get_object_or_404(Person.objects.filter(memberships__household=home).distinct(), pk=number)
    return Change(home, home.begun_on or pages.EARLIEST, person, by=acting_of(request))


def _people(change: Change, kind: str, asked: str) -> list[dict[str, Any]] | None:
    """Whom it is about, to be chosen first; None where that is known or nobody needs choosing."""
    one = KINDS[kind]
    if one.subject == "household" or change.person is not None or asked == "0":
        return None
    found = change.members if one.subject == "member" else former_members(change)
    return [
        {"name": m.person.name or "?", "relation": pages.relation(m.relation), "born": m.person.birth_date, "url": f"?person={m.person_id}"}
        for m in found
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, household: int, kind: str) -> HttpResponse:
    """The form of one kind; for some, first the member it is about."""
    change = _change(request, household, kind)
    people = _people(change, kind, request.GET.get("person", ""))
    if people is not None:
        return render(request, "decisions/whom.html", _frame(request, change, kind) | {"people": people})
    form = ChangeForm(KINDS[kind], change, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.propose(
                by=acting_of(request), kind=kind, household=change.household, person=change.person, said=form.said(), papers=form.papers()
            )  # fmt: skip
        except Refused as why:
            _tell(form, why)
        else:
            messages.success(request, _handed_in(done.case))
            return redirect("decisions:case", done.case.pk)
    return render(
        request,
        "decisions/form.html",
        _frame(request, change, kind) | {"form": form},
        status=422 if form.errors else 200,
    )


def _handed_in(one: Case) -> str:
    """Whose turn it is now."""
    township = receiving(one) if one.state == State.SENT else ""
    if township:
        return _("已提交，先由%(township)s答复是否接收，再由县级审核。审核通过前登记不变。") % {
            "township": township
        }
    return _("已提交，等另一个人审核。审核通过前登记不变。")


def _tell(form: ChangeForm, why: Refused) -> None:
    if isinstance(why, Unfit):
        form.tell(why.problems)
    else:
        form.add_error(None, in_language(why))


def _frame(request: HttpRequest, change: Change, kind: str) -> dict[str, Any]:
    one, home = KINDS[kind], change.household
    return {
        "crumbs": crumbs(request)[:1],
        "kind": one,
        "when": both(one.when_zh, one.when_en),
        "household": {"name": home.head_name or _("户主不明"), "number": home.number},
        "person": change.person.name if change.person else "",
        "back_url": reverse("decisions:choose", args=[home.pk]),
        "new_person": one.subject == "former" and change.person is None,
    }


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A case that was given back, with what was filled in."""
    one = get_object_or_404(Case, pk=pk, state=State.RETURNED)
    if kind_of(one).begins:
        return redirect("relapse:register", one.payload["application"])
    if refused := why_not(acting_of(request), one, Act.RESUBMITTED):
        messages.error(request, in_language(refused))
        return redirect("decisions:case", pk)
    change = change_of(one, acting_of(request))
    form = ChangeForm(
        kind_of(one), change, request.POST or None, request.FILES or None, initial=pages.filled_in(one)
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = services.resubmit(by=acting_of(request), case=one, said=form.said(), papers=form.papers())
        except Refused as why:
            _tell(form, why)
        else:
            again = _("已补正并重新提交。")
            messages.success(request, _handed_in(done.case) if done.case.state == State.SENT else again)
            return redirect("decisions:case", pk)
    context = _frame(request, change, one.kind) | {
        "form": form,
        "back_url": reverse("decisions:case", args=[pk]),
        "sealed": one.id_blind is not None,
    }
    return render(request, "decisions/form.html", context, status=422 if form.errors else 200)


@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what it changes, on what evidence, who did what, and what can be done now."""
    one = get_object_or_404(Case.objects.exclude(state=State.DRAFTED), pk=pk)
    acting = acting_of(request)
    papers = PapersForm(kind_of(one))
    context = {"crumbs": crumbs(request), "papers": papers, **pages.case_page(acting, one)}
    return render(request, "decisions/case.html", context)


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One step: the button says which; the service asks whether this person may."""
    one = get_object_or_404(Case, pk=pk)
    wanted = request.POST.get("act", "")
    if wanted not in ACTS:
        raise Http404
    try:
        ACTS[wanted](by=acting_of(request), case=one, reason=request.POST.get("reason", ""))
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, in_language(SAID[Act(wanted)]))
    return redirect("decisions:case", pk)


@require_POST
def add_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Evidence that comes later."""
    one = get_object_or_404(Case, pk=pk)
    form = PapersForm(kind_of(one), request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("decisions:case", pk)
    try:
        services.add_evidence(by=acting_of(request), case=one, papers=list(form.papers()))
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("材料已收到。"))
    return redirect("decisions:case", pk)


@never_cache
@require_GET
def open_paper(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """One piece of evidence, opened once and recorded."""
    one = get_object_or_404(CaseEvidence.objects.select_related("file", "case"), pk=evidence, case=pk)
    plain = services.open_evidence(by=acting_of(request), evidence=one).content
    sort = sort_of(plain[:16]) or "application/octet-stream"
    response = HttpResponse(plain, content_type=sort)
    response["Content-Disposition"] = "inline" if sort.startswith("image/") else "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
