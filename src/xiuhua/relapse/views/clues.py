"""Pages of clues: each reads, or calls one service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.models import Post
from xiuhua.common.asked import key
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.forms import sort_of
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.views.cases import acting_of, in_language
from xiuhua.places.scope import current_scope
from xiuhua.registry.models import Household
from xiuhua.registry.queries.search import MOST, clean, private, search
from xiuhua.registry.services import Refused
from xiuhua.relapse import services
from xiuhua.relapse.forms import AssessForm, EndForm, HelpForm, PaperForm, SayingForm, SheetForm, TellForm
from xiuhua.relapse.models import Clue, Relief, Sheet
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.queries import households, pages, sheets
from xiuhua.relapse.queries.known import filled_in, known_of, last_sheet
from xiuhua.relapse.queries.returned import returned as who_returned
from xiuhua.relapse.queries.taken_up import hears, kept_from, shown
from xiuhua.relapse.queries.watched import watched as who_is_watched
from xiuhua.relapse.services.visiting import rests_on_it
from xiuhua.relapse.tasks import look_later
from xiuhua.relapse.terms import End, Standing


def crumbs(request: HttpRequest, *, inside: bool = True) -> list[dict[str, Any]]:
    """The way here: the post's place, and the list of clues."""
    place = acting_of(request).post.place
    above = [{"name": place.name, "url": reverse("workbench:place", args=[place.code])}]
    return [*above, {"name": _("返贫监测"), "url": reverse("relapse:list")}] if inside else above


def household_of(pk: int) -> Household:
    """A household of the area that is still there; 404 for another."""
    return get_object_or_404(Household, pk=pk, ended_on__isnull=True)


def _done(request: HttpRequest, act: Callable[[], Any], done: str, back: str, *args: Any) -> HttpResponse:
    """Does one act and goes on with what came of it, in words."""
    try:
        act()
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, done)
    return redirect(back, *args)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Clues with their clocks: mine, all that wait, overdue, ended."""
    context = pages.inbox(acting_of(request), request.GET.dict())
    return render(request, "relapse/list.html", {"crumbs": crumbs(request, inside=False), **context})


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Which household a clue is about, among all rural households of the area; what is typed is posted, never in an address."""
    text = clean(request.POST.get("q", ""))
    found = search(text, current_scope()) if text else None
    hits = {one.household: one for one in [*found.people[:MOST], *found.households[:MOST]]} if found else {}
    names = pages.names(one.village_code for one in hits.values())
    context = {
        "crumbs": crumbs(request),
        "q": "" if private(text) else text,
        "asked": bool(text),
        "scope": acting_of(request).post.place.name,
        "take_in": [{"label": _("登记申请"), "url": reverse("relapse:take_in"), "icon": "plus"}],
        "results": [
            {"title": one.head_name or _("户主不明"), "who": one.name or "", "village": names.get(one.village_code, one.village_code),
             "number": one.number, "url": reverse("relapse:new", args=[one.household])}
            for one in hits.values()
        ],
    }  # fmt: skip
    return render(request, "relapse/find.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, household: int) -> HttpResponse:
    """Takes a clue down, on a phone too; it joins what is open of the same family."""
    home, form = household_of(household), SayingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = services.take_down(by=acting_of(request), household=home, saying=form.saying())
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            messages.success(
                request, _("已并入这一户未了结的线索。") if told.joined else _("线索已登记，时限开始计算。")
            )
            return redirect("relapse:clue", told.clue.pk)
    context = {
        "crumbs": crumbs(request),
        "home": pages.home_of(home),
        "form": form,
        "back_url": reverse("relapse:find"),
    }
    context["open"] = pages.rows(Clue.objects.filter(household=home, end=""))
    return render(request, "relapse/new.html", context, status=422 if form.errors else 200)


@require_GET
def clue(request: HttpRequest, pk: int) -> HttpResponse:
    """One clue: what was said, its clock, who has it, what was found, what was done."""
    one = get_object_or_404(Clue.objects.select_related("household", "owner__place", "contests"), pk=pk)
    context = {"crumbs": crumbs(request), "end_form": EndForm(), **pages.page(acting_of(request), one)}
    if context["telling"] and context["telling"]["mine"]:
        context["tell_form"] = TellForm(one.household_id)
    return render(request, "relapse/clue.html", context)


def _sheet(
    request: HttpRequest, home: Household, back: str, *, last: Sheet | None, title: str, **belongs: Any
) -> HttpResponse:
    """The sheet of a visit for a clue or a proceeding. Figures of the visit before, else of the register, are filled in; its words only for
    a step, which may rest on the very same visit where that heard what the step is to hear."""
    known, of = known_of(home.pk, beijing_today()), belongs.get("proceeding")
    filled = filled_in(known, last)
    whole = of is not None and rests_on_it(of)
    words = _words_of(last) if of is not None and last is not None and hears(last, of) else {}
    form = SheetForm(request.POST or None, filled=filled, whole=whole, initial=words)
    if request.method == "POST" and form.is_valid():
        try:
            services.judge_visit(by=acting_of(request), household=home, answers=form.answers(), **belongs)
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            messages.success(request, _("研判表已保存。"))
            return redirect(back)
    context = {
        "crumbs": crumbs(request), "home": pages.home_of(home), "form": form, "back_url": back, "title": title, "year": known.year,
        "known": sheets.known_shown(known), "ends_on": known.ends_on,
        "rules": sheets.outcomes_shown({one.rule.id: {"result": one.code.word} for one in known.outcomes}),
        "told": shown(acting_of(request), of) if of is not None else None,
        "kept_out": of is not None and kept_from(acting_of(request), of),
    }  # fmt: skip
    return render(request, "relapse/sheet.html", context, status=422 if form.errors else 200)


def _words_of(last: Sheet) -> dict[str, Any]:
    """What a sheet says besides its figures, as the form takes it."""
    names = ("visited_on", "said", "difficulties", "coping", "judgement", "suggested", "reason")
    return {name: getattr(last, name) for name in names}


@never_cache
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit to a household that a clue is about: each one has a day, words and a judgement of its own."""
    one = get_object_or_404(Clue.objects.select_related("household"), pk=pk, end="")
    last, title = last_sheet(clue=one), _("入户核查 · 综合研判表")
    return _sheet(
        request, one.household, reverse("relapse:clue", args=[pk]), last=last, title=title, clue=one
    )


@never_cache
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet that a step of a proceeding rests on."""
    one = get_object_or_404(
        Proceeding.objects.select_related("procedure", "household"), pk=pk, household__isnull=False
    )
    assert one.household is not None
    last, back = last_sheet(household=one.household_id), reverse("decisions:proceeding", args=[pk])
    return _sheet(request, one.household, back, last=last, title=_("综合研判表"), proceeding=one)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """From the clue into the procedure; its days run from the clue's own day."""
    one, by = get_object_or_404(Clue, pk=pk), acting_of(request)
    try:
        told = services.begin(by=by, clue=one)
    except Refused as why:
        messages.error(request, in_language(why))
        return redirect("relapse:clue", pk)
    messages.success(request, _("已转入程序办理，时限从线索之日起算。"))
    return redirect("decisions:proceeding", told.clue.proceeding_id)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a clue as helped or as no risk, with the reason."""
    one, by = get_object_or_404(Clue, pk=pk), acting_of(request)
    asked = request.POST.get("how")
    how = End(asked) if asked in (End.NO_RISK, End.GONE) else End.HELPED
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: services.end(by=by, clue=one, how=how, reason=reason),
        _("线索已了结，理由已记录。"),
        "relapse:clue",
        pk,
    )


@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a clue to another post."""
    one, by = get_object_or_404(Clue, pk=pk), acting_of(request)
    to = get_object_or_404(Post, pk=key(request.POST.get("post", "")))
    return _done(
        request, lambda: services.hand_over(by=by, clue=one, to=to), _("已移交。"), "relapse:clue", pk
    )


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The county lets the rules look at every household; a job does it."""
    look_later(acting_of(request).place_code)
    messages.success(request, _("已开始按规则筛查，稍后刷新本页看新线索。"))
    return redirect("relapse:list")


@require_http_methods(["GET", "POST"])
def help(request: HttpRequest, household: int) -> HttpResponse:
    """Urgent help first: recorded as it was given, with nothing else asked."""
    home, form = household_of(household), HelpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = services.give_help(by=acting_of(request), household=home, what=form.what_given())
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            messages.success(
                request,
                _("已登记。请在 %(day)s 前补齐手续。") % {"day": f"{given.relief.paper_due_on:%Y-%m-%d}"},
            )
            clue = given.relief.clue_id
            return redirect("relapse:clue", clue) if clue else redirect("workbench:household", home.pk)
    context = {
        "crumbs": crumbs(request),
        "home": pages.home_of(home),
        "form": form,
        "back_url": reverse("workbench:household", args=[home.pk]),
    }
    return render(request, "relapse/help.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def help_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper that is owed for help that was given."""
    one = get_object_or_404(Relief.objects.select_related("household"), pk=pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        paper = form.cleaned_data["paper"]

        def act() -> None:
            services.bring_paper(by=acting_of(request), relief=one, name=paper.name, pieces=paper.chunks())

        return _done(request, act, _("手续已补齐。"), "workbench:household", one.household_id)
    context = {
        "crumbs": crumbs(request),
        "home": pages.home_of(one.household),
        "form": form,
        "relief": pages.reliefs([one])[0],
    }
    context["back_url"] = reverse("workbench:household", args=[one.household_id])
    return render(request, "relapse/help_paper.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def help_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper of help, opened once and recorded."""
    one = get_object_or_404(Relief.objects.select_related("paper"), pk=pk)
    if one.paper is None:
        raise Http404
    plain = services.open_paper(by=acting_of(request), relief=one)
    sort = sort_of(plain.content[:16]) or "application/octet-stream"
    response = HttpResponse(plain.content, content_type=sort)
    response["Content-Disposition"] = "inline" if sort.startswith("image/") else "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def watched(request: HttpRequest) -> HttpResponse:
    """Who is watched now, in which class, and what it rests on."""
    context = who_is_watched(acting_of(request), current_scope(), request.GET.dict())
    return render(request, "relapse/watched.html", {"crumbs": crumbs(request), **context})


@require_GET
def returned(request: HttpRequest) -> HttpResponse:
    """How many of those that left poverty returned, by the year in which they left."""
    context = who_returned(acting_of(request), current_scope(), request.GET.dict())
    sees = acting_of(request).role in RIGHTS["relapse.see"]
    return render(request, "relapse/returned.html", {"crumbs": crumbs(request, inside=sees), **context})


@require_GET
def yearly(request: HttpRequest) -> HttpResponse:
    """Who that left poverty was judged this year, and who was not yet."""
    page = request.GET.get("page", "")
    context = households.yearly(acting_of(request), current_scope(), beijing_today().year, page)
    return render(request, "relapse/yearly.html", {"crumbs": crumbs(request), **context})


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, household: int) -> HttpResponse:
    """The judgement of this year."""
    home, form, year = household_of(household), AssessForm(request.POST or None), beijing_today().year
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            done = services.assess(
                by=acting_of(request),
                household=home,
                year=year,
                standing=Standing(told["standing"]),
                reason=told["reason"],
            )
        except Refused as why:
            form.add_error(None, in_language(why))
        else:
            messages.success(request, _("已记录 %(year)s 年度研判。") % {"year": year})
            if done.clue is None:
                return redirect("relapse:yearly")
            messages.success(request, _("线索已随研判登记，时限开始计算：接着入户、填综合研判表。"))
            return redirect("relapse:clue", done.clue.pk)
    context = {
        "crumbs": crumbs(request),
        "form": form,
        "year": year,
        "back_url": reverse("relapse:yearly"),
        **households.to_assess(home),
    }
    return render(request, "relapse/assess.html", context, status=422 if form.errors else 200)
