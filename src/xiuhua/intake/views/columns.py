"""Saying what a column is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from xiuhua.intake import books
from xiuhua.intake.models import Batch, Sheet, Step
from xiuhua.intake.queries import columns as column_queries
from xiuhua.intake.queries.batches import both
from xiuhua.intake.services import receive
from xiuhua.intake.services.receive import NotNow
from xiuhua.intake.tasks import go_on
from xiuhua.intake.views.batches import crumbs


@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, pk: int, sheet_pk: int) -> HttpResponse:
    """Saying what a column is. Once said it is remembered for the area."""
    one = get_object_or_404(Batch, pk=pk)
    sheet = get_object_or_404(Sheet, pk=sheet_pk, batch=one)
    error = None
    if not sheet.book:
        return redirect("intake:batch", pk)
    columns = column_queries.asked_columns(sheet)
    if request.method == "POST":
        answers, error = _answers(request, sheet, columns)
        if error is None:
            try:
                after = receive.say_columns(by=request.acting, batch_id=pk, answers={sheet.pk: answers}).batch  # type: ignore[attr-defined]
            except NotNow as why:
                error = {"zh": why.zh, "en": why.en}
            else:
                if after.step == Step.READING:
                    go_on(after.pk, after.place_code)
                return redirect("intake:batch", pk)
    context = {
        "sheet": {"file": sheet.file_name, "sheet": sheet.name}, "crumbs": crumbs(request), "columns": columns, "sure": column_queries.sure_columns(sheet),
        "missing": column_queries.missing_labels(sheet), "action_url": request.path, "back_url": reverse("intake:batch", args=[pk]), "error": error,
    }  # fmt: skip
    return render(request, "intake/mapping.html", context, status=422 if error else 200)


def _answers(
    request: HttpRequest, sheet: Sheet, columns: list[dict[str, Any]]
) -> tuple[dict[int, str | None], dict[str, str] | None]:
    answers: dict[int, str | None] = {}
    for column in columns:
        key = request.POST.get(column["name"], "")
        if key and key not in {option for option, _label in column["options"]}:
            return {}, both("没有这个列名，请重新选择。", "There is no such column; choose again.")
        answers[int(column["name"].removeprefix("column_"))] = key or None
    chosen = [key for key in answers.values() if key]
    twice = next((key for key in chosen if chosen.count(key) > 1), None)
    if twice:
        field = books.BOOKS[sheet.book].field(twice)
        return {}, both(
            f"“{field.zh}”选了两次，一列只能对应一项。",
            f"“{field.en}” was chosen twice; each can be one column only.",
        )
    return answers, None
