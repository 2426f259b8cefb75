"""The page of taking a batch back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from xiuhua.intake.models import Batch
from xiuhua.intake.queries import batches as queries
from xiuhua.intake.queries.batches import both
from xiuhua.intake.services import takeback
from xiuhua.intake.services.receive import NotNow
from xiuhua.intake.tasks import go_on
from xiuhua.intake.views.batches import crumbs


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What taking the batch back would do, or what stands on it; then the reason."""
    one = get_object_or_404(Batch, pk=pk)
    error, why = None, request.POST.get("why", "")
    if request.method == "POST":
        try:
            after = takeback.want_take_back(by=request.acting, batch_id=pk, why=why).batch  # type: ignore[attr-defined]
        except NotNow as refused:
            error = both(refused.zh, refused.en)
        else:
            go_on(after.pk, after.place_code)
            return redirect("intake:batch", pk)
    standing = [
        {
            "says": both(o.zh, o.en),
            "next": both(o.next_zh, o.next_en),
            "url": reverse("intake:batch", args=[o.batch]) if o.batch else None,
        }
        for o in takeback.obstacles(one)
    ]
    context = {
        "batch": {"title": queries.title(one)},
        "crumbs": crumbs(request),
        "obstacles": standing,
        "counts": one.counts,
        "error": error,
        "why": why,
        "back_url": reverse("intake:batch", args=[pk]),
    }
    return render(request, "intake/take_back.html", context, status=422 if error else 200)
