"""Pages of a comparison with the national system."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xiuhua.common.asked import keys
from xiuhua.files import services as files
from xiuhua.files.tasks import go_on as make
from xiuhua.intake.models import Step, Way
from xiuhua.intake.queries.differences import Asked
from xiuhua.intake.services import differences as services
from xiuhua.intake.services.receive import NotNow
from xiuhua.intake.tasks import go_on
from xiuhua.workbench.queries import differences as queries
from xiuhua.workbench.views.national import acting


@require_GET
def differences(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs, narrowed by kind, field, place and way."""
    batch = queries.comparison_or_404(pk)
    if batch is not None and batch.step != Step.DONE:
        return redirect("intake:batch", pk)
    return render(
        request, "workbench/differences.html", queries.page(acting(request), pk, batch, request.GET.dict())
    )


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(reverse("workbench:differences", args=[pk]) + (f"?{query}" if query else ""))


def _refused(request: HttpRequest, why: NotNow) -> None:
    messages.error(request, why.en if (get_language() or "").startswith("en") else why.zh)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done with the ticked rows, with one row, or with all of a filter as suggested."""
    queries.comparison_or_404(pk)
    by, posted = acting(request), request.POST
    one, _colon, alone = posted.get("one", "").partition(":")
    way, ids = posted.get("way", ""), keys(posted.getlist("ids"))
    if alone:
        way, ids = alone, keys([one])
    try:
        if way == "suggested":
            done = services.follow(by=by, batch_id=pk, among=Asked.of(request.GET.dict()).only())
        elif way in [w.value for w in Way] and ids:
            done = services.decide(by=by, batch_id=pk, ids=ids, way=Way(way))
        else:
            messages.info(request, _("先勾选要处理的差异。"))
            return _back(request, pk)
    except NotNow as why:
        _refused(request, why)
        return _back(request, pk)
    n = sum(done.ways.values())
    messages.success(request, ngettext("已定 %(n)s 项。", "已定 %(n)s 项。", n) % {"n": n})
    return _back(request, pk)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch of intake of what was decided to be taken over; it is seen before it is merged."""
    if queries.comparison_or_404(pk) is None:
        return _back(request, pk)
    try:
        batch = services.take_over(by=acting(request), batch_id=pk).batch
    except NotNow as why:
        _refused(request, why)
        return _back(request, pk)
    go_on(batch.pk, batch.place_code)
    return redirect("intake:batch", batch.pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The same export, held against the register as it is now."""
    if queries.comparison_or_404(pk) is None:
        return _back(request, pk)
    try:
        batch = services.look_again(by=acting(request), batch_id=pk).batch
    except NotNow as why:
        _refused(request, why)
        return _back(request, pk)
    go_on(batch.pk, batch.place_code)
    return redirect("intake:batch", pk)


@require_POST
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The differences of the acting place as a workbook, made as a job."""
    queries.comparison_or_404(pk)
    by = acting(request)
    place = by.post.place.name
    title = {"zh": f"{place} · 第 {pk} 批比对的差异", "en": f"{place} · differences of comparison {pk}"}
    try:
        done = files.ask(
            by=by, kind="intake.differences", params={"batch": pk}, place_code=by.place_code, title=title, language=get_language() or "zh"
        ).export  # fmt: skip
    except files.NotNow as why:
        messages.error(request, why.says(get_language() or "zh"))
        return _back(request, pk)
    make(done.pk, done.place_code)
    return redirect("files:export", done.pk)
