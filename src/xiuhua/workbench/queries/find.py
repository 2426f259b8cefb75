"""What a search found, as its page lists it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.registry.queries.search import MOST, Hit, clean, private, search
from xiuhua.registry.terms import HouseholdKind
from xiuhua.workbench.queries.frame import link, names_of, said
from xiuhua.workbench.queries.words import code, pill


def page(by: Appointment, typed: str) -> dict[str, Any]:
    """The context of workbench/search.html."""
    text = clean(typed)
    context: dict[str, Any] = {
        "scope": by.post.place.name,
        "search_url": link(by, "workbench:search"),
        "q": text,
        "results": [],
    }
    hits = search(text)
    names = names_of(hit.village_code for hit in hits)
    shown = hits[:MOST]
    return {
        **context,
        # What is shown in a page can be read over a shoulder and stays in the browser: a number is not said back.
        "q": _("所写号码") if private(text) and not hits else "" if private(text) else text,
        "results": [_result(by, hit, names) for hit in shown],
        "total": len(shown),
        "more": len(hits) > MOST,
    }


def _result(by: Appointment, hit: Hit, names: dict[str, str]) -> dict[str, Any]:
    village = names.get(hit.village_code, hit.village_code)
    head = hit.head_name or _("户主不明")
    kind = said(HouseholdKind(hit.kind))
    url = link(by, "workbench:household", hit.household)
    if hit.person is None:
        return {
            "icon": "household",
            "title": _("%(name)s 家") % {"name": head},
            "url": url,
            "note": f"{village} · {hit.number}",
            "pills": [pill("plain", kind)],
        }
    relation = code("relation", hit.relation)
    note = _("%(village)s · %(head)s 家 · %(relation)s") % {
        "village": village,
        "head": head,
        "relation": relation,
    }
    return {
        "icon": "person",
        "title": hit.name or _("姓名未登记"),
        "url": url,
        "note": note,
        "pills": [pill("plain", kind)],
    }
