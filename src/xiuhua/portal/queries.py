"""What the public pages show, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import get_language

from xiuhua.notices import public
from xiuhua.notices.models import Publication

A_PAGE = 50


def language() -> str:
    """zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def notices(page: str) -> dict[str, Any]:
    """The context of portal/notices.html: what hangs today, the newest first."""
    shown = Paginator(public.hanging(), A_PAGE).get_page(page)
    address = reverse("portal:notices")
    return {
        "rows": [notice(one) for one in shown],
        "pager": {
            "first": shown.start_index(), "last": shown.end_index(), "total": shown.paginator.count,
            "previous_url": f"{address}?page={shown.previous_page_number()}" if shown.has_previous() else None,
            "next_url": f"{address}?page={shown.next_page_number()}" if shown.has_next() else None,
        } if shown.has_other_pages() else None,
    }  # fmt: skip


def notice(one: Publication) -> dict[str, Any]:
    """A notice as it hangs: place, matter, lines, days, where to object; nothing else is known here."""
    return {
        "slug": one.slug,
        "place": one.place_name,
        "matter": one.matter[language()],
        "lines": [
            {"place": line.get("village") or line.get("matter") or "", "head": line.get("head") or "", "people": line.get("people")}
            for line in one.lines
        ],
        "board": one.board,
        "handled_by": one.handled_by,
        "answered_by": one.answered_by,
        "hung_on": one.hung_on,
        "due_on": one.due_on,
    }  # fmt: skip
