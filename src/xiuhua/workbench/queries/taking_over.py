"""The county's opening: whether statuses were taken over from the files of the first day, by whom, on what."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.places.models import Place
from xiuhua.registry.models import Opening, StatusEntry
from xiuhua.registry.terms import Basis
from xiuhua.workbench.queries.frame import crumbs, link


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/opening.html but for its forms."""
    found = Opening.objects.filter(county_code=place.code).first()
    taken = 0
    if found is not None:
        inside = {"village_code__gte": place.code, "village_code__lt": place.code + ":"}
        taken = StatusEntry.objects.filter(basis=Basis.OPENING, **inside).count()
    intake = link(by, "intake:list")
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "opening": None
        if found is None
        else {
            "statement": found.statement,
            "by": found.signed_post,
            "at": found.signed_at,
            "closed_at": found.closed_at,
            "closed_by": found.closed_by,
            "taken": taken,
        },
        "actions": [{"label": _("去导入"), "url": intake, "icon": "intake"}] if intake and found else [],
    }
