"""Pages of what hangs: the sheet for the board, the proof of what hung, objections and their answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiuhua.common.asked import keys
from xiuhua.decisions.forms import SheetForm, SheetHangForm, sort_of
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries import notice_pages as pages
from xiuhua.decisions.queries.proceedings import current_step
from xiuhua.decisions.services import hanging
from xiuhua.decisions.views.cases import acting_of, crumbs, in_language
from xiuhua.files.services import content
from xiuhua.notices import services as notices
from xiuhua.notices.models import Notice, Sheet
from xiuhua.notices.services import CannotHang


def hang_up(one: Proceeding) -> dict[str, Any]:
    """What a proceeding's page needs to hang its step: the sheet that was made, the forms, who can share a sheet."""
    step = current_step(one)
    sheet = pages.sheet_now(one, hanging.reference(one))
    return {
        "sheet": sheet,
        "sheet_form": SheetForm(step, place_code=one.place_code),
        "sheet_hang_form": SheetHangForm(),
        "alike": pages.alike(hanging.hangs_alike(one)),
    }


def _told(request: HttpRequest, pk: int, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except CannotHang as why:
        messages.error(request, in_language(why))
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    else:
        messages.success(request, done)
    return redirect("decisions:proceeding", pk)


@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the A4 sheet of the step, alone or with others that hang alike."""
    one = get_object_or_404(Proceeding.objects.select_related("procedure", "household"), pk=pk)
    form = SheetForm(current_step(one), request.POST, place_code=one.place_code)
    also = keys(request.POST.getlist("also"))

    def act() -> None:
        if not form.is_valid():
            raise ValidationError([str(wrong[0]) for wrong in form.errors.values()])
        given = form.cleaned_data
        hanging.make_sheet(
            by=acting_of(request),
            proceeding=one,
            also=also,
            hung_on=given["hung_on"],
            days=given["days"],
        )

    return _told(request, pk, act, _("公示单已生成：打印、张贴、拍照后登记。"))


@require_GET
def sheet_file(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """The sheet as it was made, to be printed."""
    found = _sheet_of(pk, sheet)
    response = HttpResponse(content(found.file), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="notice-{found.year}-{found.number}.pdf"'
    return response


@require_POST
def hang_sheet(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """The sheet hangs since its day, with its photo."""
    one = get_object_or_404(Proceeding.objects.select_related("procedure"), pk=pk)
    found, form = _sheet_of(pk, sheet), SheetHangForm(request.POST, request.FILES)

    def act() -> None:
        if not form.is_valid():
            raise ValidationError([str(wrong[0]) for wrong in form.errors.values()])
        given = form.cleaned_data
        photo = given["photo"]
        hanging.hang_sheet(
            by=acting_of(request), proceeding=one, sheet=found, board=given["board"], photo_name=photo.name, photo=photo.chunks()
        )  # fmt: skip

    return _told(request, pk, act, _("公示已登记，到期前不能撤下。"))


@require_GET
def proof(request: HttpRequest, pk: int, notice: int) -> HttpResponse:
    """What hung from when to when, and with what that can be proven."""
    one = get_object_or_404(Proceeding, pk=pk)
    found = _notice_of(pk, notice)
    return render(
        request,
        "decisions/proof.html",
        {"crumbs": crumbs(request), "proceeding": one, **pages.proof(one, found)},
    )


@never_cache
@require_GET
def photo(request: HttpRequest, pk: int, notice: int, which: str) -> HttpResponse:
    """A photo of the board, opened once and recorded."""
    try:
        opened = notices.open_proof(by=acting_of(request), notice=_notice_of(pk, notice), which=which)
    except CannotHang as why:
        raise Http404(why.zh) from why
    sort = sort_of(opened.content[:16]) or "application/octet-stream"
    response = HttpResponse(opened.content, content_type=sort)
    response["Content-Disposition"] = "inline" if sort.startswith("image/") else "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def objections(request: HttpRequest) -> HttpResponse:
    """Objections by age: what this post is to answer, what is overdue."""
    acting = acting_of(request)
    context = {
        "crumbs": crumbs(request),
        "place_name": acting.post.place.name,
        **pages.objections(acting, request.GET.get("show", "")),
    }
    return render(request, "decisions/objections.html", context)


def _sheet_of(pk: int, sheet: int) -> Sheet:
    found = get_object_or_404(Sheet.objects.select_related("file"), pk=sheet)
    if not any(one.startswith(f"proceeding:{pk}:") for one in found.references()):
        raise Http404
    return found


def _notice_of(pk: int, notice: int) -> Notice:
    asked = Notice.objects.select_related("hung_proof", "taken_down_proof", "sheet__file")
    return get_object_or_404(asked, pk=notice, of_proceeding=pk)
