"""The pool of findings: the work list, one finding, handing out, explaining, and what became of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.services import Refused
from xiuhua.common.asked import key
from xiuhua.files import services as exports
from xiuhua.files.services import content, store
from xiuhua.files.tasks import go_on as make_export
from xiuhua.findings.models import Explanation, Finding
from xiuhua.findings.queries.one import read
from xiuhua.findings.services import answer as answer_explanation
from xiuhua.findings.services import explain as give_explanation
from xiuhua.findings.services import hand_out as give_out
from xiuhua.intake.services.marked import want_own_rows
from xiuhua.intake.services.receive import NotNow
from xiuhua.workbench.forms import Answer, Explain, HandOut
from xiuhua.workbench.queries import ageing as tables
from xiuhua.workbench.queries import finding as queries
from xiuhua.workbench.queries import pool
from xiuhua.workbench.queries.frame import crumbs, place_or_404, said
from xiuhua.workbench.queries.words import rule_label


@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """What is wrong or doubtful in an area, as a work list."""
    acting = request.acting  # type: ignore[attr-defined]
    place = place_or_404(request.GET.get("place") or acting.place_code)
    return render(request, "workbench/findings.html", pool.page(acting, place, request.GET.dict()))


@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding."""
    acting = request.acting  # type: ignore[attr-defined]
    return render(request, "workbench/finding.html", queries.page(acting, finding_or_404(pk)))


@require_POST
def hand_out(request: HttpRequest) -> HttpResponse:
    """Gives the chosen findings, or all of the list, to a post."""
    acting = request.acting  # type: ignore[attr-defined]
    form = HandOut(request.POST, request.POST.getlist("finding"))
    place = place_or_404(request.POST.get("place") or acting.place_code)
    kept = pool.kept_of(acting, request.POST.dict())
    back = _back(request, kept)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(back)
    told = form.cleaned_data
    ids = () if told["which"] == "all" else tuple(told["finding"])
    # One chosen by hand is meant whatever the list was narrowed by.
    chosen = pool.chosen_of(acting, place, {} if ids else kept, ids)
    try:
        done = give_out(by=acting, chosen=chosen, post=told["post"], due_on=told["due_on"])
    except Refused as why:
        messages.error(request, str(why))
        return redirect(back)
    words = _("已交给 %(post)s %(n)s 条，%(day)s 前办结。")
    messages.success(request, words % {"post": said(done.post), "n": done.count, "day": done.due_on})
    if done.out_of_reach:
        messages.warning(
            request, _("另有 %(n)s 条不在这一职务的范围内，没有交办。") % {"n": done.out_of_reach}
        )
    return redirect(back)


@require_POST
def own_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The own part of the workbook in which a finding stands and which the office above brought: to its export."""
    acting = request.acting  # type: ignore[attr-defined]
    one = finding_or_404(pk)
    try:
        export, new = want_own_rows(
            by=acting,
            batch_id=one.batch or 0,
            household=one.household_number,
            language=get_language() or "zh",
            file_name=one.file_name,
        )
    except (NotNow, exports.NotNow) as why:
        messages.error(request, said({"zh": why.zh, "en": why.en}))
        return redirect("workbench:finding", pk)
    if new:
        make_export(export.pk, export.place_code)
    return redirect("files:export", export.pk)


@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Attaches an explanation, with a file where there is one; somebody else answers it."""
    acting = request.acting  # type: ignore[attr-defined]
    one = finding_or_404(pk)
    form = Explain(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            give_explanation(
                by=acting, finding=one, text=told["text"], valid_until=told["valid_until"],
                evidence=kept_file(acting, one.place_code, told["evidence"]),
            )  # fmt: skip
            messages.success(request, _("说明已提交，等待复核。规则的结论不变。"))
            return redirect("workbench:finding", pk)
        except Refused as why:
            form.add_error(None, str(why))
    context = {
        "crumbs": crumbs(acting, one.place_code, whole=True),
        "title": rule_label(one.rule, one.kind),
        "form": form,
        "back_url": reverse("workbench:finding", args=[pk]),
    }
    return render(request, "workbench/explain.html", context, status=422 if form.errors else 200)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts an explanation for a time, or sends the finding back."""
    acting = request.acting  # type: ignore[attr-defined]
    one, form = finding_or_404(pk), Answer(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        accept = told["answer"] == "accept"
        try:
            answer_explanation(
                by=acting, finding=one, accept=accept, reason=told["reason"], until=told["until"]
            )
            messages.success(
                request, _("已准为例外，到期或情况变化时恢复待办。") if accept else _("已退回经办人。")
            )
        except Refused as why:
            messages.error(request, str(why))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("workbench:finding", pk)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an explanation, to be saved; never shown by the browser itself."""
    one = Explanation.objects.filter(pk=pk).select_related("evidence").first()
    if one is None or one.evidence is None:
        raise Http404
    answer = HttpResponse(content(one.evidence), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(one.evidence.name, safe='')}"
    )
    return answer


@require_GET
def ageing(request: HttpRequest) -> HttpResponse:
    """How old what waits is, by place and by post."""
    acting = request.acting  # type: ignore[attr-defined]
    place = place_or_404(request.GET.get("place") or acting.place_code)
    return render(request, "workbench/ageing.html", tables.page(acting, place))


@require_GET
def closings(request: HttpRequest) -> HttpResponse:
    """Who put what right, in which way."""
    acting = request.acting  # type: ignore[attr-defined]
    place = place_or_404(request.GET.get("place") or acting.place_code)
    return render(request, "workbench/closings.html", tables.log(acting, place, request.GET.dict()))


def finding_or_404(pk: int) -> Finding:
    """A finding of one's own area; any other is as if it were not there."""
    one = read(pk)
    if one is None:
        raise Http404
    return one


def kept_file(by: Any, place_code: str, file: Any) -> Any:
    """An uploaded file, kept encrypted; None where none was brought."""
    if not file:
        return None
    return store(by=by, place_code=place_code, name=file.name or "", pieces=file.chunks())


def _back(request: HttpRequest, kept: dict[str, str]) -> str:
    """Where the form stood: one finding, or the list as it was narrowed."""
    one = request.POST.get("from", "")
    if (pk := key(one)) is not None:
        return reverse("workbench:finding", args=[pk])
    return f"{reverse('workbench:findings')}?{urlencode(kept)}"
