"""The home of a post: its area in figures, what waits, what came in lately."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.findings.queries import Load
from xiuhua.intake.models import Batch, Purpose
from xiuhua.intake.queries.batches import listed
from xiuhua.places.queries import rural_persons
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries import areas
from xiuhua.workbench.queries.area import every, start, tasks
from xiuhua.workbench.queries.figures import cards
from xiuhua.workbench.queries.frame import below, crumbs, link, said

SHOWN_BATCHES = 3


def page(by: Appointment, load: Load) -> dict[str, Any]:
    """The context of workbench/home.html."""
    place = by.post.place
    # The place is the page's heading, so the post is named without it.
    label, office, title = by.post.label, said(Office(by.post.office)), said(Title(by.post.title))
    post = {"title": label or title, "place_name": place.name, "office": "" if label else office}
    context: dict[str, Any] = {
        "post": post,
        "person_name": by.official.name,
        "crumbs": crumbs(by, place.code),
    }
    if by.role == Role.ADMINISTRATOR:
        return {**context, "start": _keeper(by)}
    area = scope_of(place.code)
    _level, digits = below(place)
    counts = areas.counts(area, digits=digits)
    total = areas.total(place.code, counts.below)
    rural = every(rural_persons(area, digits=digits))
    batches = _batches(by)
    if not total.households and not batches.get("batches"):
        return {**context, "start": start(by, place)}
    return {
        **context,
        "cards": [*cards(by, place, total, counts.by_rule, rural)[:3], _mine(by, load)],
        **tasks(by, area, digits),
        **batches,
    }


def _keeper(by: Appointment) -> dict[str, Any]:
    """Whoever keeps accounts has no business with households: the page leads to the accounts."""
    url = link(by, "accounts:people")
    return {
        "title": _("您管理账号，不查看住户"),
        "sentence": _("开通账号与重置密码都要两个人：一人提出，另一人批准。"),
        "actions": [{"label": _("人员与账号"), "url": url, "primary": True}] if url else [],
    }


def _mine(by: Appointment, load: Load) -> dict[str, Any]:
    note = _("没有超期")
    if load.overdue:
        note = _("%(n)s 件超期 · 最早 %(day)s 到期") % {"n": load.overdue, "day": f"{load.oldest:%Y-%m-%d}"}
    return {
        "label": _("待我办理"),
        "number": load.count,
        "unit": ngettext("件", "件", load.count),
        "tone": "red" if load.overdue else "plain",
        "note": note,
        "url": link(by, "workbench:findings", mine=1),
    }


def _batches(by: Appointment) -> dict[str, Any]:
    url = link(by, "intake:list")
    if url is None:
        return {"batches": None}
    return {
        "batches": listed(list(Batch.objects.filter(purpose=Purpose.INTAKE).order_by("-pk")[:SHOWN_BATCHES])),
        "batches_url": url,
    }
