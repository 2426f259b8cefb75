"""Boundaries of a county's places: what is drawn beneath its map, and the page on which they are brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.design.drawing import Land
from xiuhua.places.models import Outline, Place
from xiuhua.places.queries import outlines_of, villages_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.workbench.queries.frame import crumbs, link, said

UNITS_A_DEGREE = 100_000
# From beneath to above.
LEVELS = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)
MISSING = 30


def lands(outlines: Mapping[str, Outline]) -> list[Land]:
    """Boundaries as they are drawn: those of villages beneath, of the county above all."""
    found = sorted(outlines.values(), key=lambda one: (LEVELS.index(Level(one.place.level)), one.place_id))
    return [
        Land(
            one.place_id,
            [
                [(x / UNITS_A_DEGREE, y / UNITS_A_DEGREE) for x, y in zip(ring[::2], ring[1::2], strict=True)]
                for polygon in one.shape
                for ring in polygon
            ],
        )
        for one in found
    ]


def beside(by: Appointment, place: Place, outlines: Mapping[str, Outline], bare: int) -> dict[str, Any]:
    """What is said under a map of its boundaries: whose, of when, how many villages have none; and the way to bring them."""
    county = place.code[:6]
    told = Counter((one.as_of, one.source) for one in outlines.values())
    sources = [_source(day, source) for (day, source), _n in told.most_common(2)]
    missing = ngettext("%(n)s 个村没有界线，只画圆点。", "%(n)s 个村没有界线，只画圆点。", bare) % {"n": bare}
    return {
        "says": _("界线：%(sources)s") % {"sources": _("；").join(sources)} if sources else "",
        "missing": missing if bare and sources else "",
        "url": link(by, "workbench:outlines", county) if by.place_code == county else None,
    }


def above(counties: int) -> dict[str, Any]:
    """The same under a map of a city or more: of how many counties boundaries are drawn."""
    says = ngettext("底图：%(n)s 个县的界线，由各县导入。", "底图：%(n)s 个县的界线，由各县导入。", counties)
    return {"says": says % {"n": counties} if counties else "", "missing": "", "url": None}


def _source(day: date, source: str) -> str:
    return f"{source} {day}" if source else f"{day}"


def page(by: Appointment, place: Place) -> dict[str, Any]:
    """The context of workbench/outlines.html but for its form."""
    area = scope_of(place.code)
    drawn = outlines_of(area)
    bare = [one for one in villages_of(area) if one.code not in drawn]
    counted = Counter(one.place.level for one in drawn.values())
    days = (
        Outline.objects.filter(place_id__gte=area.lo, place_id__lt=area.hi)
        .order_by().values("as_of").annotate(n=Count("id"), source=Min("source"), by=Max("brought_post"), at=Max("brought_at")).order_by("-as_of")
    )  # fmt: skip
    return {
        "place": {"name": place.name, "code": place.code},
        "crumbs": crumbs(by, place.code, whole=True),
        "drawn": [
            {"level": said(level), "n": counted[level]} for level in reversed(LEVELS) if counted[level]
        ],
        "days": [
            {**one, "drawn": sum(1 for each in drawn.values() if each.as_of == one["as_of"])} for one in days
        ],
        "bare": [one.name for one in bare[:MISSING]] if drawn else [],
        "more": max(len(bare) - MISSING, 0) if drawn else 0,
        "back_url": link(by, "workbench:place", place.code) or link(by, "workbench:home"),
    }
