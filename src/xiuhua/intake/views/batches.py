"""Pages of intake. Each reads, or calls one service; the work itself is a job."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.common.paging import PAGE, pager
from xiuhua.files import services as exports
from xiuhua.files.queries import way
from xiuhua.files.tasks import go_on as make_export
from xiuhua.findings.permissions import RIGHTS as FINDINGS_RIGHTS
from xiuhua.intake import books
from xiuhua.intake.forms import UploadForm
from xiuhua.intake.models import Batch, Change, Purpose, Sighting, Step
from xiuhua.intake.permissions import RIGHTS
from xiuhua.intake.queries import batches as queries
from xiuhua.intake.queries import corrected, previewed
from xiuhua.intake.services import receive
from xiuhua.intake.services.marked import want_marked
from xiuhua.intake.services.receive import NotNow
from xiuhua.intake.services.takeback import may_be_taken_back
from xiuhua.intake.tasks import go_on
from xiuhua.places.models import Place
from xiuhua.registry.books.lists import LIST_BOOKS
from xiuhua.registry.permissions import RIGHTS as REGISTRY_RIGHTS

both = queries.both


def crumbs(request: HttpRequest) -> list[dict[str, Any]]:
    """From the acting place to intake."""
    place = request.acting.post.place  # type: ignore[attr-defined]
    return [
        {"name": place.name, "url": reverse("workbench:place", args=[place.code])},
        {"name": both("导入", "Intake"), "url": reverse("intake:list")},
    ]


def act(zh: str, en: str, url: str, **more: Any) -> dict[str, Any]:
    """One thing that can be done."""
    return {"label": both(zh, en), "url": url, **more}


def _paged(request: HttpRequest, total: int) -> tuple[int, dict[str, Any] | None]:
    """Offset of the asked page, and the pager under it, whose other words of the address stay."""

    def url(number: int) -> str:
        asked = request.GET.copy()
        asked["page"] = str(number)
        return f"{request.path}?{asked.urlencode()}"

    return pager(total, request.GET.get("page", ""), url)


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """All batches of the area, newest first."""
    found = Batch.objects.filter(purpose=Purpose.INTAKE)
    first, pages = _paged(request, found.count())
    rows = list(found[first : first + PAGE])
    actions = (
        [act("导入新表格", "Take in workbooks", reverse("intake:new"), icon="intake", primary=True)]
        if _may_bring(request)
        else []
    )
    actions.append(act("国家系统", "National system", reverse("workbench:national"), icon="table"))
    by = request.acting  # type: ignore[attr-defined]
    place = by.post.place
    if rows and (url := way(by, "intake.batches")):
        actions.append(act("导出", "Export", url, icon="table"))
    return render(
        request, "intake/list.html",
        {"place_name": place.name, "crumbs": crumbs(request)[:1], "batches": queries.listed(rows), "pager": pages, "actions": actions},
    )  # fmt: skip


def _taken(request: HttpRequest, kind: str, /, **query: Any) -> list[dict[str, Any]]:
    url = way(request.acting, kind, **query)  # type: ignore[attr-defined]
    return [act("导出", "Export", url, icon="table")] if url else []


def _opens(request: HttpRequest) -> bool:
    return request.acting.role in FINDINGS_RIGHTS["findings.open"]  # type: ignore[attr-defined]


def _may_bring(request: HttpRequest) -> bool:
    return request.acting.role in RIGHTS["intake.bring"]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choosing files. What is chosen goes on by itself, to the preview."""
    acting = request.acting  # type: ignore[attr-defined]
    lists = acting.role in REGISTRY_RIGHTS["registry.bring_lists"] and len(acting.place_code) == 6
    form = (
        UploadForm(request.POST, request.FILES, lists=lists)
        if request.method == "POST"
        else UploadForm(lists=lists)
    )
    if request.method == "POST" and form.is_valid():
        uploads = [(file.name or "", file.chunks()) for file in form.cleaned_data["workbooks"]]
        try:
            batch = receive.receive(
                by=acting, place_code=acting.place_code, uploads=uploads, data_date=form.cleaned_data["data_date"],
                listing=form.listing(),
            ).batch  # fmt: skip
            go_on(batch.pk, batch.place_code)
            return redirect("intake:batch", batch.pk)
        except NotNow as why:
            form.add_error(None, why.en if (get_language() or "").startswith("en") else why.zh)
    known = [
        {
            "name": both(book.zh, book.en),
            "sentence": both("", ""),
            "columns": [both(f.zh, f.en) for f in book.required],
        }
        for book in (*books.OWN_BOOKS.values(), *(LIST_BOOKS if lists else ()))
    ]
    context = {
        "place_name": acting.post.place.name, "crumbs": crumbs(request), "form": form, "action_url": reverse("intake:new"), "books": known,
        "formats_hint": both("xlsx、xls、csv（UTF-8 或 GB18030），每个不超过 200 MB", "xlsx, xls, csv (UTF-8 or GB18030), up to 200 MB each"),
    }  # fmt: skip
    return render(request, "intake/new.html", context, status=422 if form.errors else 200)


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: where it stands, what was found, what it waits for."""
    one = get_object_or_404(Batch, pk=pk)
    if one.purpose == Purpose.COMPARISON and one.step == Step.DONE:
        return redirect("workbench:differences", pk)
    bring = _may_bring(request)
    place = Place.objects.filter(pk=one.place_code).first()
    who = one.started_post.split(" · ")[0] or one.started_by
    under = f"{place.name if place else one.place_code} · {who} · {localtime(one.started_at):%Y-%m-%d %H:%M}"
    day = f" · 数据截止 {one.data_date}" if one.data_date else ""
    context = {
        "batch": {"title": queries.title(one), "under": both(under + day, under + (f" · data of {one.data_date}" if one.data_date else "")), "pills": [queries.state(one)], "actions": [*corrected.mark_actions(one, bring=bring), *(_may_take_back(request, one) or [])]},
        "crumbs": crumbs(request), "steps": queries.steps(one), "progress": queries.progress(one), "sheets": queries.sheets(one, can_map=bring),
        "counts": queries.counts(one), "lists": queries.lists(one, link_to=_lists_of(request, one)), "only_lists": bool(one.counts.get("lists")) and not one.counts.get("households"), "kinds": queries.kinds(one, opens=_opens(request)), "asks": _asks(one, bring), "trouble": _trouble(one, bring), "correction": corrected.correction(one),
        "confirm": _confirm(one) if bring else None, "done": _done(one), "stop_url": reverse("intake:stop", args=[pk]) if bring else None,
    }  # fmt: skip
    return render(request, "intake/batch.html", context)


def _lists_of(request: HttpRequest, one: Batch) -> str | None:
    """The way to what lists say, for those who may see it."""
    acting = request.acting  # type: ignore[attr-defined]
    sees = acting.role in REGISTRY_RIGHTS["registry.see_leads"]
    return reverse("workbench:lists", args=[acting.place_code]) if sees and one.step == Step.DONE else None


def _may_take_back(request: HttpRequest, one: Batch) -> list[dict[str, Any]] | None:
    acting = request.acting  # type: ignore[attr-defined]
    own = acting.place_code == one.place_code[:6] and acting.role in RIGHTS["intake.take_back"]
    if not own or not may_be_taken_back(one):
        return None
    return [act("整批撤回…", "Take back…", reverse("intake:take_back", args=[one.pk]), icon="history")]


def _asks(one: Batch, bring: bool) -> list[dict[str, Any]]:
    asks: list[dict[str, Any]] = []
    if one.step == Step.TAKEN_BACK and one.taken_back_at:
        at = f"{localtime(one.taken_back_at):%Y-%m-%d %H:%M}"
        asks.append(
            {
                "title": both("这一批已整批撤回", "This batch was taken back"),
                "sentence": both(f"{one.taken_back_post} · {at}：{one.taken_back_why}", f"{one.taken_back_post} · {at}: {one.taken_back_why}"),
                "actions": None,
            }
        )  # fmt: skip
    if one.step == Step.PREVIEW and (n := queries.statuses_to_take(one)):
        asks.append(
            {
                "title": both(f"将承接 {n:,} 户的脱贫属性", f"Statuses of {n:,} households will be taken over"),
                "sentence": both(
                    "建库承接开着：并入时按文件承接属性。属性只增不减，承接之后这一批就不能整批撤回了，请先核对预览。",
                    "The county's opening is open: merging takes over statuses. A status is never removed, so the batch cannot be taken back afterwards; look at the preview first.",
                ),
                "actions": None,
            }
        )  # fmt: skip
    if told := queries.without_basis(one):
        again = act("填写依据，重新导入", "Say the basis and bring it again", reverse("intake:new"))
        asks.append({**told, "actions": [again] if bring else None})
    if one.step == Step.MAPPING:
        for sheet in [s for s in one.sheets.all() if s.book and (s.unsure or s.missing)]:
            n = len(sheet.unsure) + len(sheet.missing)
            url = reverse("intake:mapping", args=[one.pk, sheet.pk])
            asks.append(
                {
                    "title": both(f"{n} 列拿不准，等您指明", f"{queries.many(n, 'column')} to be named"),
                    "sentence": both(f"《{sheet.file_name}》{sheet.name}", f"{sheet.file_name} {sheet.name}"),
                    "actions": [act("对应列", "Match columns", url, primary=True)] if bring else None,
                }
            )
    if one.step in (Step.PREVIEW, Step.DONE) and queries.opening_missing(one):
        asks.append(
            {
                "title": both("脱贫状态还没有承接", "Statuses are not taken over yet"),
                "sentence": both(
                    "表里写明的“已脱贫、未脱贫”要由县级签字承接，只此一次。签字之前并入的户没有状态；签字后把同一份表再导入一次即可。",
                    "The statuses in the files are taken over once, signed by the county. Households merged before that have none; take the same files in again after signing.",
                ),
                "actions": [
                    act(
                        "去签字承接",
                        "Sign the opening",
                        reverse("workbench:opening", args=[one.place_code[:6]]),
                    )
                ]
                if bring and len(one.place_code) == 6
                else None,
            }
        )
    return asks


def _trouble(one: Batch, bring: bool) -> dict[str, Any] | None:
    if not one.trouble:
        return None
    actions = [act("继续", "Go on", reverse("intake:resume", args=[one.pk]), post=True)] if bring else []
    if one.step == Step.FAILED and bring:
        actions = [
            act("换一份重新导入", "Take in another file", reverse("intake:new"), primary=True),
            *actions,
        ]
    return {"title": queries.term(Step(one.step)), "sentence": one.trouble, "actions": actions}


def _confirm(one: Batch) -> dict[str, Any] | None:
    if one.step != Step.PREVIEW or one.merge_wanted_by:
        return None
    counts = one.counts
    ready = counts.get("new", 0) + counts.get("changed", 0)
    said = both(
        f"新增 {counts.get('new', 0):,} 户、变更 {counts.get('changed', 0):,} 户、无变化 {counts.get('unchanged', 0):,} 户；{counts.get('held', 0):,} 户暂缓，等更正后再导入。",
        f"{counts.get('new', 0):,} new, {counts.get('changed', 0):,} changed, {counts.get('unchanged', 0):,} unchanged; {counts.get('held', 0):,} are held back until corrected.",
    )
    return {
        "url": reverse("intake:merge", args=[one.pk]),
        "label": both(f"并入 {ready} 户", f"Merge {queries.many(ready, 'household')}")
        if ready or not counts.get("lists")
        else both("比对名单", "Compare the lists"),
        "sentence": said,
        "disabled": None,
    }


def _done(one: Batch) -> dict[str, Any] | None:
    if one.step != Step.DONE:
        return None
    counts = one.counts
    said = both(
        f"新增 {counts.get('new', 0):,} 户，变更 {counts.get('changed', 0):,} 户。{counts.get('held', 0):,} 户暂缓，已派给各乡镇。",
        f"{counts.get('new', 0):,} new and {counts.get('changed', 0):,} changed. {counts.get('held', 0):,} held back and given to the townships.",
    )
    actions = [
        act("看问题清单", "See the findings", reverse("workbench:findings"), primary=True),
        act("看本地情况", "See the area", reverse("workbench:place", args=[one.place_code])),
    ]
    return {"sentence": said, "actions": actions}


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The inside of the progress bar; when the step is over the page is loaded anew."""
    one = get_object_or_404(Batch, pk=pk)
    now = queries.progress(one)
    if now is None:
        response = HttpResponse(status=286)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "intake/_progress.html", {"progress": now})


@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What merging would do, household by household."""
    one = get_object_or_404(Batch, pk=pk)
    change, found = previewed.chosen(one, request.GET.get("change", ""))
    first, pages = _paged(request, found.count())
    households = list(found[first : first + PAGE])
    touched = corrected.touched(one, [h.number for h in households])
    rows = previewed.preview_rows(households, one, touched, role=request.acting.role)  # type: ignore[attr-defined]
    filters = [
        {
            "label": queries.term(c),
            "count": one.counts.get(c.value, 0),
            "url": f"{request.path}?change={c.value}",
            "current": c == change,
        }
        for c in Change
        if c != Change.LEFT or one.counts.get(c.value)
    ]
    context = {
        "batch": {"title": queries.title(one)}, "crumbs": [*crumbs(request), {"name": queries.title(one), "url": reverse("intake:batch", args=[pk])}],
        "filters": filters, "rows": rows, "pager": pages, "actions": [
            *(_taken(request, "intake.preview", batch=pk, change=change) if rows else []), act("返回本批", "Back to the batch", reverse("intake:batch", args=[pk])),
        ],
        "empty": {"title": both("没有这样的户", "No such household"), "sentence": both("换一个筛选看看。", "Try another filter.")},
    }  # fmt: skip
    return render(request, "intake/preview.html", context)


@require_GET
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """Findings of one batch, by kind and rule, each at its cell."""
    one = get_object_or_404(Batch, pk=pk)
    kind, rule = request.GET.get("kind", ""), request.GET.get("rule", "")
    found = (
        Sighting.objects.filter(batch=one).select_related("sheet").order_by("sheet_id", "row", "column", "id")
    )
    found = found.filter(kind=kind) if kind else found
    found = found.filter(rule=rule) if rule else found
    first, pages = _paged(request, found.count())
    kinds = queries.kinds(one, opens=True)
    everything = {
        "label": both("全部", "All"),
        "count": sum(k["count"] for k in kinds),
        "url": request.path,
        "current": not kind,
    }
    context = {
        "batch": {"title": queries.title(one)}, "crumbs": [*crumbs(request), {"name": queries.title(one), "url": reverse("intake:batch", args=[pk])}],
        "filters": [everything, *({**k, "current": k["url"].endswith(f"={kind}") and bool(kind)} for k in kinds)],
        "selected": {"label": queries.rule_name(rule, kind)} if rule else None, "rows": queries.finding_rows(list(found[first : first + PAGE]), one.place_code),
        "pager": pages, "actions": [
            *corrected.mark_actions(one, bring=_may_bring(request), primary=True),
            *_taken(request, "intake.findings", batch=pk, kind=kind, rule=rule), act("返回本批", "Back to the batch", reverse("intake:batch", args=[pk])),
        ],
    }  # fmt: skip
    return render(request, "intake/findings.html", context)


def _do(request: HttpRequest, pk: int, service: Any, *, work: bool) -> HttpResponse:
    get_object_or_404(Batch, pk=pk)
    try:
        after = service(by=request.acting, batch_id=pk).batch  # type: ignore[attr-defined]
    except NotNow as why:
        messages.error(request, why.en if (get_language() or "").startswith("en") else why.zh)
    else:
        if work:
            go_on(after.pk, after.place_code)
    return redirect("intake:batch", pk)


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch's workbooks back, marked: to their export, or to the list where there are several."""
    get_object_or_404(Batch, pk=pk)
    try:
        wanted, new = want_marked(by=request.acting, batch_id=pk, language=get_language() or "zh")  # type: ignore[attr-defined]
    except (NotNow, exports.NotNow) as why:
        messages.error(request, why.en if (get_language() or "").startswith("en") else why.zh)
        return redirect("intake:batch", pk)
    for one in new:
        make_export(one.pk, one.place_code)
    return redirect("files:export", wanted[0].pk) if len(wanted) == 1 else redirect("files:exports")


@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview was seen; merge."""
    return _do(request, pk, receive.want_merge, work=True)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop at the next safe point."""
    messages.info(request, _("正在停下；已并入的保留，其余不动。"))
    return _do(request, pk, receive.want_stop, work=False)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    return _do(request, pk, receive.resume, work=True)
