"""What the public pages show, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import get_language

from xiuhua.notices import public
from xiuhua.notices.models import Publication
from xiuhua.places.models import Place
from xiuhua.places.terms import Level

A_PAGE = 50
# So many counties are chosen from at once; where there are more, the province is asked first.
COUNTIES = 60


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


def places(at: str) -> dict[str, Any]:
    """The next choice on the way down to a township: `choices` (code, name) of `asks`, or the `villages` of the township that was
    chosen; `chosen`: names on the way. The tree of places is public; nothing but it is asked.
    """
    here = _place(at)
    if here is not None and here.level == Level.TOWNSHIP:
        return {"chosen": _names(here), "villages": _choices(Level.VILLAGE, here.code)}
    if here is not None and here.level == Level.COUNTY:
        return _asked(here, Level.TOWNSHIP)
    counties = Place.objects.filter(
        level=Level.COUNTY, until__isnull=True, code__startswith=here.code if here else ""
    )
    if here is None and counties.count() > COUNTIES:
        return _asked(None, Level.PROVINCE)
    only = list(counties[:2])
    return _asked(only[0], Level.TOWNSHIP) if len(only) == 1 else _asked(here, Level.COUNTY)


def _place(code: str) -> Place | None:
    wanted = (Level.PROVINCE, Level.COUNTY, Level.TOWNSHIP)
    return Place.objects.filter(code=code, level__in=wanted, until__isnull=True).first()


def _asked(here: Place | None, level: Level) -> dict[str, Any]:
    return {
        "chosen": _names(here) if here else [],
        "asks": level,
        "choices": _choices(level, here.code if here else ""),
    }


def _choices(level: Level, within: str) -> list[tuple[str, str]]:
    found = Place.objects.filter(level=level, until__isnull=True, code__startswith=within)
    return list(found.order_by("code").values_list("code", "name"))


def _names(here: Place) -> list[str]:
    """The names from the county down to a place."""
    found = Place.objects.filter(code__in=[here.code[:6], here.code[:9]]).order_by("code")
    return list(found.values_list("name", flat=True))
