"""Pages of exports: what was made for one's post, how far it is, and the way to fetch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.files import queries, services
from xiuhua.files.forms import ExportForm
from xiuhua.files.models import Export
from xiuhua.files.services import NotNow
from xiuhua.files.tasks import go_on
from xiuhua.files.terms import WORKING
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope

# What the page of asking has itself; all else of the address says what the file is of.
OWN_FIELDS = {"place", "form", "reason", "csrfmiddlewaretoken", "page", "after", "before"}


def acting(request: HttpRequest) -> Appointment:
    """By whom this request acts; the gate lets nobody in here without a post."""
    by: Appointment = request.acting  # type: ignore[attr-defined]
    return by


def crumbs(request: HttpRequest) -> list[dict[str, Any]]:
    """From the acting place to the list of exports."""
    place = acting(request).post.place
    return [
        {"name": place.name, "url": reverse("workbench:place", args=[place.code])},
        {"name": _("交付文件"), "url": reverse("files:exports")},
    ]


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """All that one's post asked for, newest first."""
    found = queries.mine(acting(request))
    first, turned = pager(found.count(), request.GET.get("page", ""), lambda number: f"?page={number}")
    rows = [queries.row(one) for one in found[first : first + PAGE]]
    context = {"crumbs": crumbs(request)[:1], "exports": rows, "pager": turned}
    return render(request, "files/exports.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Asks for a file of what a page shows: says what will be in it, takes form and purpose, and has it made."""
    by, maker = acting(request), queries.kinds().get(kind)
    if maker is None or maker.offer is None:
        raise Http404
    if not queries.may_have(by, kind):
        raise PermissionDenied
    asked = _asked(request, by)
    try:
        offer = maker.offer(asked)
    except services.NotThere as absent:
        raise Http404 from absent
    form = ExportForm(request.POST or None, forms=offer.forms, personal=offer.personal)
    ready = request.method == "POST" and form.is_valid()
    if ready and (made := _ask(request, kind, asked, offer, form.cleaned_data)) is not None:
        return redirect("files:export", made.pk)
    context = {
        "crumbs": crumbs(request),
        "offer": offer,
        "form": form,
        "kept": _kept(asked),
        "days": maker.days,
    }
    return render(request, "files/new.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, by: Appointment) -> services.Asked:
    """Of which place, and with which words; a place outside of the area is as if it were not there."""
    told = (request.POST if request.method == "POST" else request.GET).dict()
    code = str(told.get("place") or by.place_code)
    place = Place.objects.filter(code=code).first() if current_scope().covers(code) else None
    if place is None:
        raise Http404
    query = {key: str(value)[:200] for key, value in told.items() if key not in OWN_FIELDS}
    return services.Asked(by, place, query)


def _kept(asked: services.Asked) -> list[tuple[str, str]]:
    return [("place", asked.place.code), *asked.query.items()]


def _ask(
    request: HttpRequest, kind: str, asked: services.Asked, offer: services.Offer, told: dict[str, Any]
) -> Export | None:
    language = get_language() or "zh"
    try:
        made = services.ask(
            by=asked.by, kind=kind, params={"query": dict(asked.query), "form": told["form"]},
            place_code=offer.place.code, title=offer.title, reason=told["reason"], language=language,
        ).export  # fmt: skip
    except NotNow as why:
        messages.error(request, why.says(language))
        return None
    except ValueError:
        # What narrows the list looks like a number that must not be kept anywhere.
        messages.error(request, _("不能按号码要文件：换一个筛选，或打开那一户。"))
        return None
    go_on(made.pk, made.place_code)
    return made


def _mine(request: HttpRequest, pk: int) -> Export:
    return get_object_or_404(queries.mine(acting(request)), pk=pk)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: how far it is, or the way to fetch it."""
    one = _mine(request, pk)
    return render(request, "files/export.html", {"crumbs": crumbs(request), **queries.page(one)})


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The inside of the progress bar; when the making is over the page is loaded anew."""
    one = _mine(request, pk)
    if one.step not in WORKING:
        response = HttpResponse(status=286)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "files/_progress.html", {"progress": queries.progress(one)})


@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The content, decrypted as it goes out. A POST, since it is an act that is recorded."""
    try:
        got = services.fetch(by=acting(request), export_id=pk)
    except Export.DoesNotExist as absent:
        raise Http404 from absent
    except NotNow as why:
        return _refused(request, pk, why)
    response = StreamingHttpResponse(services.pieces(got.file), content_type="application/octet-stream")
    response["Content-Length"] = str(got.file.size_bytes)
    response["Content-Disposition"] = content_disposition_header(True, got.file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def _refused(request: HttpRequest, pk: int, why: NotNow) -> HttpResponse:
    messages.error(request, why.says(get_language() or "zh"))
    return redirect("files:export", pk)


def _do(request: HttpRequest, pk: int, service: Callable[..., Any]) -> Export | None:
    try:
        done: Export = service(by=acting(request), export_id=pk).export
    except Export.DoesNotExist as absent:
        raise Http404 from absent
    except NotNow as why:
        _refused(request, pk, why)
        return None
    return done


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop at the next safe point."""
    _do(request, pk, services.want_stop)
    return redirect("files:export", pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it after all."""
    if (one := _do(request, pk, services.resume)) is not None:
        go_on(one.pk, one.place_code)
    return redirect("files:export", pk)
