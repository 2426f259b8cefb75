"""Pages for the national system: export, layouts, handing in an export for comparison."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import number
from xiuhua.files import services as files
from xiuhua.files.tasks import go_on as make
from xiuhua.intake.forms import UploadForm
from xiuhua.intake.models import Purpose as For
from xiuhua.intake.services import receive
from xiuhua.intake.tasks import go_on
from xiuhua.registry.books import Layout
from xiuhua.registry.services import Refused, remove_layout, save_layout
from xiuhua.workbench.forms import Purpose, WantedForm
from xiuhua.workbench.queries import national as queries
from xiuhua.workbench.queries.frame import place_or_404


def acting(request: HttpRequest) -> Appointment:
    """By whom this request acts."""
    by: Appointment = request.acting  # type: ignore[attr-defined]
    return by


@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """What is handed to the national system, and what differs from it."""
    return _hub(request, UploadForm(), 200)


def _hub(request: HttpRequest, form: UploadForm, status: int) -> HttpResponse:
    return render(
        request, "workbench/national.html", {**queries.hub(acting(request)), "form": form}, status=status
    )


@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """A newer export of the national system, handed in for comparison only."""
    if request.method == "GET":
        return redirect("workbench:national")
    form, by = UploadForm(request.POST, request.FILES), acting(request)
    if not form.is_valid():
        return _hub(request, form, 422)
    uploads = [(file.name or "", file.chunks()) for file in form.cleaned_data["workbooks"]]
    batch = receive.receive(
        by=by, place_code=by.place_code, uploads=uploads, data_date=form.cleaned_data["data_date"], purpose=For.COMPARISON
    ).batch  # fmt: skip
    go_on(batch.pk, batch.place_code)
    return redirect("intake:batch", batch.pk)


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Which households, how many, and then for what: the file is made as a job."""
    by = acting(request)
    form = _wanted_form(by, request.POST if request.method == "POST" else request.GET)
    wanted = _wanted(form) if form.is_bound and form.is_valid() else None
    why = Purpose(request.POST if request.method == "POST" else None)
    if request.method == "POST" and wanted is not None and why.is_valid():
        try:
            done = files.ask(
                by=by, kind=queries.KIND, params=wanted.params(), place_code=wanted.place.code,
                title=queries.title_of(wanted), reason=why.cleaned_data["reason"], language=get_language() or "zh",
            ).export  # fmt: skip
        except files.NotNow as refusal:
            messages.error(request, refusal.says(get_language() or "zh"))
        else:
            make(done.pk, done.place_code)
            return redirect("files:export", done.pk)
    context = {**queries.export_page(by, wanted), "form": form, "why": why}
    wrong = form.is_bound and (form.errors or (request.method == "POST" and why.errors))
    return render(request, "workbench/national_export.html", context, status=422 if wrong else 200)


def _wanted_form(by: Appointment, said: QueryDict) -> WantedForm:
    places = queries.places_to_export(by)
    own = [("", _("国家系统 26 列")), *((one.name, one.name) for one in queries.layouts(by.place_code[:6]))]
    return WantedForm(
        said if "place" in said else None,
        places=[(one.code, one.name) for one in places],
        layouts=own,
        statuses=queries.statuses(),
        last=any(queries.last_export(one) for one in places),
        initial={"place": by.place_code, "which": "all"},
    )


def _wanted(form: WantedForm) -> queries.Wanted:
    said = form.cleaned_data
    return queries.Wanted(
        place_or_404(said["place"]), said["which"], said["day"], said["status"], said["layout"]
    )


@require_GET
def layouts(request: HttpRequest) -> HttpResponse:
    """The county's own layouts."""
    by = _of_county(request)
    return render(request, "workbench/national_layouts.html", queries.layouts_page(by))


def _of_county(request: HttpRequest) -> Appointment:
    by = acting(request)
    if len(by.place_code) != 6:
        raise Http404
    return by


@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest) -> HttpResponse:
    """One layout, edited: which columns, their headings and order, the words for codes."""
    by = _of_county(request)
    if request.method == "GET":
        return render(
            request,
            "workbench/national_layout.html",
            queries.editor(by, *queries.start_of(by, request.GET.dict())),
        )
    said, name = _said(request.POST), request.POST.get("name", "")
    try:
        save_layout(
            by=by,
            county_code=by.place_code,
            name=name,
            columns=said.columns,
            title=said.title,
            words=said.words,
        )
    except Refused as why:
        context = {**queries.editor(by, name, said), "error": {"zh": why.zh, "en": why.en}}
        return render(request, "workbench/national_layout.html", context, status=422)
    messages.success(request, _("已保存。本县和各乡镇导出时都可以选这种格式。"))
    return redirect("workbench:national_layouts")


def _said(posted: QueryDict) -> Layout:
    """The layout that a filled-in page says: columns by their numbers, those without a number left out."""
    said = {name: str(posted.get(name, "")) for name in posted}
    lines: list[tuple[int, int, str, str]] = []
    words: dict[str, dict[str, str]] = {}
    for name, value in said.items():
        if name.startswith("at.") and (at := number(value.strip(), most=5)) is not None:
            line = name.removeprefix("at.")
            lines.append((at, len(lines), said.get(f"key.{line}", ""), said.get(f"as.{line}", "")))
        elif name.startswith("word.") and name.count(".") == 2 and value.strip():
            _word, codes, code = name.split(".")
            words.setdefault(codes, {})[code] = value
    columns = tuple((key, heading) for _at, _line, key, heading in sorted(lines))
    return Layout(columns, tuple(said.get("title", "").splitlines()), words)


@require_POST
def removed(request: HttpRequest) -> HttpResponse:
    """A layout that is not used any more."""
    by = _of_county(request)
    try:
        remove_layout(by=by, county_code=by.place_code, name=request.POST.get("name", ""))
    except Refused:
        messages.error(request, _("没有这种格式。"))
    return redirect("workbench:national_layouts")
