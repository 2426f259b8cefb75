"""Changes of places: what was decided, by whom, what followed, what waits for another person."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.places.models import Place, PlaceChange
from xiuhua.places.queries import changes_of
from xiuhua.places.terms import ChangeKind
from xiuhua.workbench.queries.frame import crumbs, link, said

MOST = 200


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/place_changes.html."""
    found = list(changes_of(place.code)[:MOST])
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "waiting": [row(by, one) for one in found if one.granted is None],
        "settled": [row(by, one) for one in found if one.granted is not None],
        "empty": {
            "title": _("还没有区划变更"),
            "sentence": _(
                "村名、代码变了，或者两村合并了，打开那个村或乡镇，选“区划变更”登记；另一位同事确认后，住户、记录、问题和岗位随之变更。"
            ),
            "actions": [_find(by, place)] if link(by, "workbench:change_place", place.code) else [],
        },
    }


def _find(by: Appointment, place: Place) -> dict[str, Any]:
    url = link(by, "workbench:place", place.code)
    return {"label": _("去找那个村或乡镇"), "url": url, "icon": "place", "primary": True}


def row(by: Appointment, one: PlaceChange) -> dict[str, Any]:
    """One change as its page lists it."""
    own = one.asked_by == by.actor_name
    answer = link(by, "workbench:answer_place_change", one.pk)
    return {
        "kind": said(ChangeKind(one.kind)),
        "says": _sentence(one),
        "document": one.document,
        "effective_on": one.effective_on,
        "asked": {"by": one.asked_post, "at": one.asked_at},
        "answered": {"by": one.answered_post, "at": one.answered_at} if one.answered_at else None,
        "granted": one.granted,
        "rows": sum(one.carried.values()),
        "answer_url": answer,
        "may_confirm": bool(answer) and not own,
        "own": own,
    }


def _sentence(one: PlaceChange) -> str:
    names = {"old": one.old_name, "new": one.new_name, "old_code": one.old_code, "new_code": one.new_code}
    if one.kind == ChangeKind.RENAMED:
        return _("%(old)s（%(old_code)s）更名为%(new)s") % names
    if one.kind == ChangeKind.MERGED:
        return _("%(old)s（%(old_code)s）并入%(new)s（%(new_code)s）") % names
    return _("%(old)s的代码由 %(old_code)s 变为 %(new_code)s，名称为%(new)s") % names


def form_page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/place_change_form.html but for its form."""
    return {
        "place": {"name": place.name, "code": place.code},
        "crumbs": crumbs(by, place.code, whole=True),
        "back_url": reverse("workbench:place", args=[place.code]),
    }
