"""Pages of freezes: the list of an area, one freeze, having one taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xiuhua.accounts.models import Appointment
from xiuhua.common.paging import PAGE, pager
from xiuhua.files.queries import way
from xiuhua.freezes import queries, services
from xiuhua.freezes.forms import ForgetForm, FreezeForm
from xiuhua.freezes.models import Forgetting, Freeze
from xiuhua.freezes.services import NotNow
from xiuhua.freezes.tasks import go_on
from xiuhua.freezes.terms import WORKING
from xiuhua.places.models import Place
from xiuhua.places.scope import current_scope
from xiuhua.registry.models import Household


def acting(request: HttpRequest) -> Appointment:
    """By whom this request acts; the gate lets nobody in here without a post."""
    by: Appointment = request.acting  # type: ignore[attr-defined]
    return by


def crumbs(place: Place, *, whole: bool = False) -> list[dict[str, Any]]:
    """From the place to its freezes."""
    here = reverse("freezes:list") + f"?place={place.code}"
    found = [{"name": place.name, "url": reverse("workbench:place", args=[place.code])}]
    return [*found, {"name": _("数据快照"), "url": here}] if whole else found


def area(request: HttpRequest) -> Place:
    """The place asked for, within the acting area; the acting place where none is asked for."""
    code = request.POST.get("place") or request.GET.get("place") or acting(request).post.place_id
    if not current_scope().covers(code):
        raise Http404
    return get_object_or_404(Place, code=code)


@require_GET
def freezes(request: HttpRequest) -> HttpResponse:
    """Freezes that hold something of an area, newest first."""
    return _listed(request, area(request), None)


def _listed(request: HttpRequest, place: Place, form: FreezeForm | None) -> HttpResponse:
    found = queries.of_area(place.code)
    first, turned = pager(
        found.count(), request.GET.get("page", ""), lambda number: f"?place={place.code}&page={number}"
    )
    context = {
        "crumbs": crumbs(place),
        "place_name": place.name,
        "rows": queries.rows(acting(request), list(found[first : first + PAGE])),
        "pager": turned,
        "export_url": way(acting(request), "freezes.list", place=place.code),
        "form": form or FreezeForm(initial={"place": place.code}),
        "forgettings_url": reverse("freezes:forgettings"),
    }
    return render(request, "freezes/list.html", context)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Has a freeze taken, and leads to it."""
    place, form = area(request), FreezeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = services.take(
                by=acting(request), place_code=place.code, reason=said["reason"], as_of=said["as_of"]
            ).freeze
        except NotNow as why:
            form.add_error(None, why.says(get_language() or "zh"))
        else:
            go_on(made.pk, made.place_code)
            return redirect("freezes:freeze", made.pk)
    return _listed(request, place, form)


def _one(pk: int) -> Freeze:
    return get_object_or_404(Freeze.objects.select_related("post__place"), pk=pk)


@require_GET
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """One freeze: how far it is, or what it holds and how it can be checked."""
    one = _one(pk)
    by = acting(request)
    place = get_object_or_404(Place, code=one.place_code if queries.ours(by, one) else by.place_code)
    told = queries.page(by, one, here=services.records_of(one).is_dir())
    return render(request, "freezes/freeze.html", {"crumbs": crumbs(place, whole=True), **told})


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The inside of the progress bar; when the work is over the page is loaded anew."""
    one = _one(pk)
    if one.step not in WORKING:
        response = HttpResponse(status=286)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "freezes/_progress.html", {"progress": queries.progress(one)})


@require_GET
def manifest(request: HttpRequest, pk: int) -> HttpResponse:
    """The manifest byte by byte as it was sealed: counts, versions and digests, nothing of a person."""
    one = _one(pk)
    path = services.records_of(one) / "manifest.json"
    if not one.sha256 or not path.is_file():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="freeze-{one.freeze_id}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _do(request: HttpRequest, pk: int, service: Callable[..., Any]) -> Freeze | None:
    try:
        done: Freeze = service(by=acting(request), freeze_id=pk).freeze
    except Freeze.DoesNotExist as absent:
        raise Http404 from absent
    except NotNow as why:
        messages.error(request, why.says(get_language() or "zh"))
        return None
    return done


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop at the next safe point."""
    _do(request, pk, services.want_stop)
    return redirect("freezes:freeze", pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on after all."""
    if (one := _do(request, pk, services.resume)) is not None:
        go_on(one.pk, one.place_code)
    return redirect("freezes:freeze", pk)


@require_GET
def forgettings(request: HttpRequest) -> HttpResponse:
    """Links to frozen rows that wait to be destroyed, and those that were."""
    return _forgettings(request, ForgetForm())


def _forgettings(request: HttpRequest, form: ForgetForm) -> HttpResponse:
    by = acting(request)
    context = {"crumbs": crumbs(by.post.place, whole=True), "rows": queries.forgettings(by), "form": form}
    return render(request, "freezes/forgettings.html", context)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Asks that a household's link be destroyed."""
    form = ForgetForm(request.POST)
    if form.is_valid():
        found = list(Household.objects.filter(number=form.cleaned_data["number"].strip())[:2])
        if len(found) == 1:
            try:
                services.forget(by=acting(request), household=found[0].pk, reason=form.cleaned_data["reason"])
            except NotNow as why:
                form.add_error(None, why.says(get_language() or "zh"))
            else:
                return redirect("freezes:forgettings")
        else:
            form.add_error("number", _("本区划里没有这个户编号，或不止一户。"))
    return _forgettings(request, form)


@require_POST
def confirm_forgetting(request: HttpRequest, pk: int) -> HttpResponse:
    """Destroys the link, as the second person."""
    try:
        services.confirm_forgetting(by=acting(request), forgetting_id=pk)
    except Forgetting.DoesNotExist as absent:
        raise Http404 from absent
    except NotNow as why:
        messages.error(request, why.says(get_language() or "zh"))
    return redirect("freezes:forgettings")
