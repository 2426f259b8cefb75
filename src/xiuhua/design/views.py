"""The gallery: every component and every page with invented figures. A demonstration shows it; an office does not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiuhua.design.samples import PAGES, accounts, batch, county, household, intake, lists, pool
from xiuhua.design.samples.shell import CRUMBS, act, both, shell


def _parts() -> dict[str, Any]:
    """What the components of the gallery are shown with."""
    return {
        "crumbs": CRUMBS,
        "cards": county.CARDS,
        "tasks": county.TASKS,
        "said": household.SAID,
        "possible": household.POSSIBLE,
        "outcomes": household.outcomes(),
        "income": household.income(),
        "members": household.household()["members"],
        "spread": county.spread(),
        **{
            name: county.place()[name]
            for name in ("source", "standards", "map", "children", "children_word", "orders")
        },
        "causes": county.place()["causes"],
        "planned_years": lists.planned(),
        "filters": lists.households()["filters"],
        "pager": lists.PAGER,
        "steps": intake.steps(2),
        "progress": batch.batch_reading()["progress"],
        "form": accounts.request_new()["form"],
        "actions": [
            act("导入表格", "Take in workbooks", icon="intake"),
            act("并入登记", "Merge", primary=True),
            act("立即核实", "Check now", must=True),
        ],
        "weighs": lists.weighs(),
        "aged": pool.AGED,
        "ages": pool.AGES,
        "moves": pool.MOVES,
        "hand_out": pool.hand_out(),
        "submit": both("提出申请", "Send the request"),
    }


def _only_in_a_demonstration() -> None:
    if not (settings.DEMO or settings.DEBUG):
        raise Http404


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component, named as its template is."""
    _only_in_a_demonstration()
    return render(request, "design/gallery.html", {"shell": shell(), "pages": list(PAGES), **_parts()})


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the product with invented figures."""
    _only_in_a_demonstration()
    if name not in PAGES:
        raise Http404
    template, context = PAGES[name]
    return render(request, template, {"shell": shell(name), **context()})


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The polled part of a batch's page, as if it had just finished: 286 tells htmx to stop asking."""
    _only_in_a_demonstration()
    done = {
        **batch.batch_done()["progress"],
        "next": act("看预览", "See the preview", "/design/batch-preview/"),
    }
    return render(request, "intake/_progress.html", {"progress": done}, status=286)
