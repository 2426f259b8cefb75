"""Pages of proceedings: each reads, or calls one service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.forms import (
    AppealForm,
    HangForm,
    ObjectForm,
    StepForm,
    TakeBackForm,
    TakeDownForm,
    TellForm,
    sort_of,
)
from xiuhua.decisions.models import Appeal, Paper, Proceeding
from xiuhua.decisions.queries import marks
from xiuhua.decisions.queries import proceeding_ends as ends
from xiuhua.decisions.queries import proceeding_pages as pages
from xiuhua.decisions.queries.authorising import authorised, renewable
from xiuhua.decisions.queries.notice_pages import leads_to
from xiuhua.decisions.queries.proceeding_lists import inbox as lists
from xiuhua.decisions.queries.proceedings import current_step, effect_here
from xiuhua.decisions.services import appeals
from xiuhua.decisions.services import proceedings as acts
from xiuhua.decisions.services.completing import Completing
from xiuhua.decisions.services.hanging import matter_of
from xiuhua.decisions.services.proposing import Opened
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.decisions.views.notices import hang_up
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice, Objection
from xiuhua.notices.services import CannotHang
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused


def _back(request: HttpRequest, pk: int, act: Callable[[], Any], done: str) -> HttpResponse:
    """Does one act and returns to the proceeding with what came of it, in words; in the act's own, where it hands some back."""
    try:
        came = act()
    except (Refused, CannotHang) as why:
        messages.error(request, in_language(why))
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    else:
        messages.success(request, came if isinstance(came, str) and came else done)
    return redirect("decisions:proceeding", pk)


def _clean(form: Any) -> dict[str, Any]:
    """What was filled in; ValidationError with the first sentence where it does not fit."""
    if not form.is_valid():
        raise ValidationError([str(one[0]) for one in form.errors.values()])
    return dict(form.cleaned_data)


def _asks(one: Proceeding) -> dict[str, Any]:
    """What the form of its step asks besides the step's own."""
    return {
        "household": one.household_id,
        "effect": effect_here(one),
        "anew": renewable(one),
        "authorised": authorised(one),
    }


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Whose turn it is, by post."""
    acting = acting_of(request)
    context = {
        "crumbs": crumbs(request)[:1],
        "place_name": acting.post.place.name,
        "sees_hollow": marks.sees(acting),
        **lists(acting, request.GET.dict()),
    }
    return render(request, "decisions/proceedings.html", context)


def _begun(request: HttpRequest, **subject: Any) -> HttpResponse | None:
    """Begins what was chosen, and leads to it; None where nothing was, or it was refused."""
    if request.method != "POST":
        return None
    name = request.POST.get("procedure", "")
    try:
        told = Completing(
            parse_date(request.POST.get("completes_on", "")), request.POST.get("completes_why", "")
        )
        one = acts.begin(by=acting_of(request), procedure=name, completing=told, **subject).proceeding
    except (Refused, ValueError) as why:
        messages.error(request, in_language(why) if isinstance(why, Refused) else _("没有这一天。"))
        return None
    return redirect("decisions:proceeding", one.pk)


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, household: int) -> HttpResponse:
    """Which procedure: those that begin from where the household stands."""
    home = get_object_or_404(Household, pk=household)
    context = {
        "crumbs": crumbs(request)[:1],
        "household": {"name": home.head_name or _("户主不明"), "number": home.number, "url": reverse("workbench:household", args=[home.pk])},
        **ends.apart([] if home.ended_on else ends.can_begin(acting_of(request), home), home.village_code),
        "rows": ends.of_household(home.pk),
    }  # fmt: skip
    return _begun(request, household=home) or render(request, "decisions/begin.html", context)


@require_http_methods(["GET", "POST"])
def begin_at(request: HttpRequest, code: str) -> HttpResponse:
    """Which procedure of a village or county itself: it leaves, once its list says that it is poor."""
    place = get_object_or_404(Place, pk=code, until__isnull=True)
    if not current_scope().covers(code):
        raise Http404
    context = {
        "crumbs": crumbs(request)[:1],
        "household": {"name": place.name, "number": place.code, "url": reverse("workbench:place", args=[code]), "place": True},
        **ends.apart(ends.can_begin_at(acting_of(request), place), code),
        "rows": ends.of_place(code),
        "unknown": not ends.place_states(code),
    }  # fmt: skip
    return _begun(request, place_code=code) or render(request, "decisions/begin.html", context)


@require_GET
def proceeding(request: HttpRequest, pk: int) -> HttpResponse:
    """One proceeding: the chain, the step it is at, what it rests on."""
    one = get_object_or_404(Proceeding.objects.select_related("procedure", "household"), pk=pk)
    by = acting_of(request)
    told = import_string(settings.PROCEEDINGS_TOLD_BY)(by, one)
    context = {**pages.page(by, one), "marks": marks.marks(by, one), "told": told}
    if context["step"] is not None:
        step = current_step(one)
        context |= {
            "step_form": StepForm(step, **_asks(one)),
            "hang_form": HangForm(step, place_code=one.place_code),
            "object_form": ObjectForm(),
            "hang_up": hang_up(one) if context["step"]["hung"] and not context["notice"] else None,
        }
        wanted, mine = context["step"]["wanted"], context["step"]["mine"]
        context["step_form"].say_when({paper["code"] for paper in wanted if paper["there"]})
        # Whose turn it is has a field for each of them; the others are told what it waits for.
        context["step"]["wanted"] = [each for each in wanted if not mine or each["there"] or each["fill_url"]]
    context |= {"appeal_form": AppealForm(), "take_down_form": TakeDownForm()}
    if context["telling"] and context["telling"]["mine"]:
        context["tell_form"] = TellForm(one.household_id)
    if context["take_back"]:
        context |= {"take_back_form": TakeBackForm(context["take_back"], one.household_id)}
    return render(request, "decisions/proceeding.html", {"crumbs": crumbs(request), **context})


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs the step, with the evidence brought along; or says no."""
    one = get_object_or_404(Proceeding, pk=pk)
    by = acting_of(request)
    form = StepForm(current_step(one), request.POST, request.FILES, **_asks(one))

    def act() -> None:
        given = _clean(form)
        papers = list(form.papers())
        if not papers and request.POST.get("act") == "papers":
            raise Refused("请先选材料（照片或扫描件）", "Choose a paper first: a photo or a scan")
        if papers:
            acts.bring(by=by, proceeding=one, papers=papers)
        if request.POST.get("act") == "no":
            acts.say_no(by=by, proceeding=one, reason=given["reason"], detail=form.detail())
        elif request.POST.get("act") == "sign":
            acts.sign(by=by, proceeding=one, reason=given["reason"], detail=form.detail())

    said = {"no": _("已记录不同意及理由。"), "sign": _("已签办。")}.get(
        request.POST.get("act", ""), _("材料已收到。")
    )
    return _back(request, pk, act, said)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to an earlier step, with what is to be done anew."""
    one = get_object_or_404(Proceeding, pk=pk)
    return _back(
        request, pk,
        lambda: acts.send_back(by=acting_of(request), proceeding=one, to=request.POST.get("to", ""), reason=request.POST.get("reason", "")),
        _("已退回，须重新办理并补材料。"),
    )  # fmt: skip


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Taken back before it takes effect; what a household asked for, with its own paper."""
    one, by = get_object_or_404(Proceeding, pk=pk), acting_of(request)
    asks = ends.may_take_back(by, one) or {}
    form = TakeBackForm(asks, one.household_id, request.POST, request.FILES)

    def act() -> None:
        given = _clean(form)
        acts.take_back(
            by=by, proceeding=one, reason=given["reason"], paper=form.upload(), member=given.get("member", "")
        )

    waits = _("已记下农户撤回。事项已出村，须另一人或这一步的经办单位再确认，才算撤回。")
    return _back(request, pk, act, waits if asks.get("two") else _("已撤回。"))


@require_POST
def appealing(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an appeal down as it came."""
    one, form = get_object_or_404(Proceeding, pk=pk), AppealForm(request.POST)

    def act() -> None:
        appeals.appeal(by=acting_of(request), proceeding=one, **_clean(form))

    return _back(request, pk, act, _("申诉已登记，由上一级没有参与的人答复。"))


@require_POST
def decide_appeal(request: HttpRequest, pk: int, appeal: int) -> HttpResponse:
    """Decides an appeal with its reasons; where it is right and changes nothing, that is said."""
    found = get_object_or_404(Appeal, pk=appeal, proceeding=pk)
    upheld, answer = request.POST.get("upheld") == "yes", request.POST.get("answer", "")
    done = _("申诉成立：已按结果处理。") if upheld else _("申诉已答复：维持原决定。")

    def act() -> str:
        came = appeals.decide_appeal(by=acting_of(request), appeal=found, upheld=upheld, answer=answer)
        idle = _("申诉成立，但本户已重新申请，这一件不再恢复：结论请转告重新办理的那一件，并告知农户。")
        return idle if came.without_effect else ""

    return _back(request, pk, act, done)


@require_POST
def hang(request: HttpRequest, pk: int) -> HttpResponse:
    """A notice hangs since today, or since one of the last three days."""
    one = get_object_or_404(Proceeding.objects.select_related("procedure", "household"), pk=pk)
    form = HangForm(current_step(one), request.POST, request.FILES, place_code=one.place_code)

    def act() -> None:
        given = _clean(form)
        step = current_step(one)
        notices.hang(
            by=acting_of(request), reference=pages.reference(one), place_code=one.place_code,
            matter=matter_of(one, step),
            lines=acts.lines_of(one), board=notices.Board(given["board"], given["days"], step["days"]["count"], given["hung_on"]),
            photo_name=given["photo"].name, photo=given["photo"].chunks(),
        )  # fmt: skip

    return _back(request, pk, act, _("公示已登记，到期前不能撤下。"))


@require_POST
def take_down(request: HttpRequest, pk: int, notice: int) -> HttpResponse:
    """A notice comes down after its days."""
    found = get_object_or_404(Notice, pk=notice, of_proceeding=pk)
    form = TakeDownForm(request.POST, request.FILES)
    one = get_object_or_404(Proceeding, pk=pk)
    over = found in pages.hanging_still(one)

    def act() -> None:
        photo = _clean(form)["photo"]
        told = {"on": beijing_today(), "photo_name": photo.name, "photo": photo.chunks()}
        # Of a paper that others still need, only the name whose matter is over is covered.
        if found.sheet is not None and not over:
            notices.take_sheet_down(by=acting_of(request), sheet=found.sheet, **told)
        else:
            notices.take_down(by=acting_of(request), notice=found, **told)

    return _back(request, pk, act, _("公示已撤下。") if over else _("公示已撤下，可以签办这一步。"))


@require_POST
def objecting(request: HttpRequest, pk: int, notice: int) -> HttpResponse:
    """Takes an objection down as it came."""
    found = get_object_or_404(Notice, pk=notice, of_proceeding=pk)
    form = ObjectForm(request.POST)

    try:
        given = _clean(form)
        brought = notices.bring(by=acting_of(request), notice=found, **given)
    except (CannotHang, ValidationError) as why:
        messages.error(request, in_language(why) if isinstance(why, CannotHang) else " ".join(why.messages))
    else:
        words = _("异议已登记，答复前公示不能撤下。请把回执码告诉提出人（只显示这一次）：%(code)s")
        messages.success(request, words % {"code": brought.receipt})
    return redirect("decisions:proceeding", pk)


@never_cache
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """An objection opened to whoever answers it, recorded; and its answer."""
    found = get_object_or_404(Objection, pk=objection, notice__of_proceeding=pk)
    by = acting_of(request)
    if request.method == "POST":
        return _back(
            request, pk,
            lambda: notices.answer(by=by, objection=found, answer=request.POST.get("answer", ""), upheld=request.POST.get("upheld") == "yes"),
            _("已答复。"),
        )  # fmt: skip
    try:
        opened = notices.open_objection(by=by, objection=found)
    except CannotHang as why:
        messages.error(request, in_language(why))
        return redirect("decisions:proceeding", pk)
    context = {
        "crumbs": crumbs(request),
        "back_url": reverse("decisions:proceeding", args=[pk]),
        "objection": found,
        "opened": opened,
        "leads": leads_to(get_object_or_404(Proceeding.objects.select_related("procedure"), pk=pk), found),
    }
    return render(request, "decisions/objection.html", context)


@never_cache
@require_GET
def paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """One piece of evidence, opened once and recorded."""
    one = get_object_or_404(Paper.objects.select_related("file", "proceeding"), pk=paper, proceeding=pk)
    try:
        plain: Opened = acts.open_paper(by=acting_of(request), paper=one)
    except Refused as why:
        raise PermissionDenied from why
    sort = sort_of(plain.content[:16]) or "application/octet-stream"
    response = HttpResponse(plain.content, content_type=sort)
    response["Content-Disposition"] = "inline" if sort.startswith("image/") else "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
