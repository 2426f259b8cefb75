"""Pages of pairs: the list by kind, one pair side by side, the answer, the second person's word, the undoing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xiuhua.decisions import services
from xiuhua.decisions.models import Pair
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import pair_pages
from xiuhua.decisions.queries import pairs as queries
from xiuhua.decisions.services import Refused
from xiuhua.decisions.services.pairs import decide, undo_pair
from xiuhua.decisions.services.searching import want_search
from xiuhua.decisions.tasks import begin
from xiuhua.decisions.terms import Act, Answer, PairKind, PairState
from xiuhua.decisions.views.cases import crumbs, in_language
from xiuhua.files.queries import way

CONFIRMS = {
    Act.ACCEPTED: services.accept, Act.REFUSED: services.refuse, Act.WITHDRAWN: services.withdraw, Act.UNDONE: services.undo,
    Act.UNDO_REFUSED: services.refuse_undo,
}  # fmt: skip


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Pairs of the area by how far they are and by kind."""
    acting = request.acting  # type: ignore[attr-defined]
    asked = request.GET.get("state", "")
    state = PairState(asked) if asked in {one.value for one in PairState} else PairState.OPEN
    kind = request.GET.get("kind", "")
    kind = kind if kind in {one.value for one in PairKind} else ""
    context = pair_pages.listed(state, kind, request.GET.get("page", ""))
    context |= {
        "crumbs": crumbs(request), "place_name": acting.post.place.name,
        "may_search": acting.role in RIGHTS["decisions.pair"], "search": pair_pages.search_told(queries.newest_search(acting.place_code)),
        "open": state is PairState.OPEN,
        "actions": [*_first(acting, context), *_taken(acting, state, kind, context)],
    }  # fmt: skip
    return render(request, "decisions/pairs.html", context)


def _taken(acting: Any, state: PairState, kind: str, context: dict[str, Any]) -> list[dict[str, Any]]:
    url = way(acting, "decisions.pairs", state=state.value, kind=kind) if context["rows"] else None
    return [{"label": _("导出"), "url": url, "icon": "table"}] if url else []


def _first(acting: Any, context: dict[str, Any]) -> list[dict[str, Any]]:
    if not context["first_url"] or acting.role not in RIGHTS["decisions.pair"]:
        return []
    return [{"label": _("从第一对开始"), "url": context["first_url"], "icon": "stamp", "primary": True}]


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """The register of the area is searched for people who may stand twice: a job."""
    try:
        wanted = want_search(by=request.acting, with_scores="scores" in request.POST).search  # type: ignore[attr-defined]
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        begin(wanted.pk, wanted.place_code)
    return redirect("decisions:pairs")


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """The inside of the progress bar; when the search is over the page is loaded anew."""
    newest = queries.newest_search(request.acting.place_code)  # type: ignore[attr-defined]
    told = pair_pages.search_told(newest)
    if told is None or "progress" not in told:
        response = HttpResponse(status=286)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "design/progress.html", {"progress": told["progress"]})


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair, side by side."""
    return _shown(request, get_object_or_404(Pair.objects.select_related("case"), pk=pk))


def _shown(request: HttpRequest, pair: Pair, error: str = "", filled: Any = None) -> HttpResponse:
    context = pair_pages.page(request.acting, pair)  # type: ignore[attr-defined]
    context |= {"crumbs": crumbs(request), "error": error, "filled": filled or {}}
    return render(request, "decisions/pair.html", context, status=422 if error else 200)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """An answer: decided, or proposed for a second person. Then the next pair."""
    pair = get_object_or_404(Pair.objects.select_related("case"), pk=pk)
    wanted = request.POST.get("answer", "")
    if wanted not in {one.value for one in Answer}:
        return _shown(request, pair, _("请选一种判断。"), request.POST)
    relations = {
        name.removeprefix("relation_"): value
        for name, value in request.POST.items()
        if name.startswith("relation_") and value
    }
    asked = request.POST.get("on", "").strip()
    on = _day(asked)
    if asked and on is None:
        return _shown(request, pair, _("“从哪天起生效”不是一个日期，请重新选择。"), request.POST)
    try:
        done = decide(
            by=request.acting, pair=pair, answer=Answer(wanted), reason=request.POST.get("reason", ""),  # type: ignore[attr-defined]
            on=on, said={"relations": relations} if relations else None,
        )  # fmt: skip
    except Refused as why:
        return _shown(request, pair, in_language(why), request.POST)
    if done.pair.state == PairState.GONE:
        messages.info(request, _("登记里一边已不在那一户，这一对不用再判断，已经关闭。"))
        return redirect("decisions:pair", pk)
    messages.success(request, _("已提交，等另一个人确认。确认前登记不变。") if done.case else _("已记下。"))
    following = queries.next_open(pair)
    return redirect("decisions:pair", following.pk) if following else redirect("decisions:pairs")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a decision back, or asks for it where two people made it."""
    pair = get_object_or_404(Pair, pk=pk)
    try:
        done = undo_pair(by=request.acting, pair=pair, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(
            request, _("已申请撤销，等另一个人同意。") if done.case else _("已撤销，请重新判断。")
        )
    return redirect("decisions:pair", pk)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word on what the first proposed, with both sides before them."""
    pair = get_object_or_404(Pair.objects.select_related("case"), pk=pk, case__isnull=False)
    wanted = request.POST.get("act", "")
    if wanted not in CONFIRMS:
        messages.error(request, _("这一对现在不能这样办"))
        return redirect("decisions:pair", pk)
    try:
        CONFIRMS[Act(wanted)](by=request.acting, case=pair.case, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined,arg-type]
    except Refused as why:
        messages.error(request, in_language(why))
    else:
        messages.success(request, _("已办。"))
    return redirect("decisions:pair", pk)
