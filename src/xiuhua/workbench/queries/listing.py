"""The list of households of a place: filtered, turned by key, each with what fails and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asked import number
from xiuhua.common.asked import year as whole_year
from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas, households
from xiuhua.registry.queries.areas import BAND_FEN, BANDS
from xiuhua.registry.queries.households import COUNTED_UP_TO, Line, Wanted
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Edge, HouseholdKind
from xiuhua.workbench.queries.area import start
from xiuhua.workbench.queries.behind import COUNTY
from xiuhua.workbench.queries.frame import crumbs, link, said, take_away
from xiuhua.workbench.queries.words import code, status_pill, topic, topics
from xiuhua.workbench.terms import Show

PAGE = 50
# Rows of a file are read so many at a time.
CHUNK = 500
# Lists narrowed by one rule; `doubt` has rules of its own.
OF_EDGE = {Edge.UNDER: Show.EXITED, Edge.NEAR: Show.EXITED, Edge.UNKNOWN: Show.REGISTERED}
BY_RULE = (Show.FAILS, Show.UNKNOWN, Show.DOUBT)


def asked(place: Place, query: dict[str, str]) -> Wanted:
    """What an address asks for; anything that no list knows is left out."""
    show = query.get("show", "")
    shown = Show(show) if show in Show._value2member_map_ else Show.ALL
    rule = query.get("rule", "")
    cause, year = query.get("cause", ""), query.get("year", "")
    known = load().codes["cause"]
    return Wanted(
        scope_of(place.code),
        shown.value,
        rule if shown in BY_RULE and rule in load().rules else "",
        cause if cause == "none" or (cause and known.code(cause)) else "",
        year if shown is Show.EXITED and (year == "none" or whole_year(year)) else "",
        _band(query.get("band", ""), shown) if len(place.code) >= COUNTY else None,
    )


def _band(said_so: str, shown: Show) -> int | Edge | None:
    """The number of a band by its lower edge in yuan, as addresses say it, and `-` below nothing, or what lies by the line
    or is not known; None for none, and where whoever is shown has no such band."""
    if said_so in OF_EDGE:
        return Edge(said_so) if shown is OF_EDGE[Edge(said_so)] else None
    if shown not in (Show.POOR, Show.EXITED):
        return None
    if said_so == "-":
        return -1
    width = BAND_FEN // FEN_PER_YUAN
    edge = number(said_so, most=5)
    return None if edge is None or edge % width else min(edge // width, BANDS - 1)


def band_edge(band: int | Edge) -> str:
    """The other way round."""
    if isinstance(band, Edge):
        return band.value
    return "-" if band < 0 else str(band * (BAND_FEN // FEN_PER_YUAN))


def page(by: Appointment, place: Place, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/households.html."""
    wanted = asked(place, query)
    try:
        found = households.page(
            wanted, size=PAGE, after=query.get("after", ""), before=query.get("before", "")
        )
    except ValueError:
        found = households.page(wanted, size=PAGE)
    shown = list(Show)
    counted = _counts(wanted, shown)
    names = names_of(line.village_code for line in found.lines)
    address = reverse("workbench:households", args=[place.code])
    return {
        "place": {"name": place.name},
        "total": counted[-1],
        "crumbs": crumbs(by, place.code, whole=True),
        "title": title(wanted),
        "actions": take_away(by, "workbench.households", place=place.code, **kept(wanted))
        if found.lines
        else [],
        "filters": [
            {
                "label": said(one),
                "count": n,
                "url": f"{address}?show={one.value}",
                "current": one.value == wanted.show and not _narrowed(wanted),
            }
            for one, n in zip(shown, counted, strict=False)
            if n or one in (Show.ALL, Show(wanted.show))
        ],
        "rows": [row(by, line, names) for line in found.lines],
        "show_village": place.level != Level.VILLAGE,
        "pager": _pager(address, wanted, found, counted[-1]),
        "empty": _empty(by, place, wanted, address),
    }


def _counts(wanted: Wanted, shown: list[Show]) -> list[int | str]:
    """How many each filter shows, and what is wanted last: from what is kept, as the page of the place tells them."""
    told = areas.counts(wanted.area, lines=_narrowed(wanted))
    every = areas.total(wanted.area.place_code, told.below)
    # Not told by subtraction: who is watched may be registered, or a household like any other, too.
    apart = (Show.OTHER, Show.REMOVED)
    found = households.counts([Wanted(wanted.area, one.value) for one in apart])
    listed = dict(zip(apart, found, strict=True))
    counts: list[int | str] = [
        _up_to(listed[one])
        if one in listed
        else _count(every.households if one is Show.ALL else getattr(every, one.value, 0))
        for one in shown
    ]
    if isinstance(wanted.band, Edge):
        return [*counts, _count(len(wanted.keys))]
    if wanted.band is not None:
        key = "below_nothing" if wanted.band < 0 else f"band:{wanted.band}"
        return [*counts, _count(told.lines.get(f"{key}:{wanted.show}", 0))]
    if wanted.year:
        key = "" if wanted.year == "none" else wanted.year
        return [*counts, _count(told.lines.get(f"exit:{key}", 0))]
    if not wanted.rule and not wanted.cause:
        return [*counts, counts[shown.index(Show(wanted.show))]]
    if wanted.rule and not wanted.cause:
        return [*counts, _count(told.lines.get(f"{wanted.show}:{wanted.rule}", 0))]
    if wanted.show == Show.REGISTERED:
        key = "" if wanted.cause == "none" else wanted.cause
        return [*counts, _count(told.lines.get(f"cause:{key}", 0))]
    [n] = households.counts([wanted])
    return [*counts, _up_to(n)]


def _narrowed(wanted: Wanted) -> bool:
    return bool(wanted.rule or wanted.cause or wanted.year or wanted.band is not None)


def _up_to(n: int) -> int | str:
    return n if n <= COUNTED_UP_TO else f"{COUNTED_UP_TO:,}+"


def _count(n: int) -> int | str:
    return f"{n:,}" if n > COUNTED_UP_TO else n


def title(wanted: Wanted) -> str:
    if wanted.rule:
        return _("%(show)s：%(topic)s") % {"show": said(Show(wanted.show)), "topic": topic(wanted.rule)}
    if isinstance(wanted.band, Edge):
        return _("%(show)s：%(topic)s") % {"show": said(Show(wanted.show)), "topic": said(wanted.band)}
    if wanted.band is not None:
        return _("%(show)s：人均纯收入%(band)s") % {
            "show": said(Show(wanted.show)),
            "band": _band_words(wanted.band),
        }
    if wanted.cause == "none":
        return _("主要致贫原因没有记录")
    if wanted.cause:
        return _("主要致贫原因：%(cause)s") % {"cause": code("cause", wanted.cause)}
    if wanted.year == "none":
        return _("已脱贫，年度不明")
    if wanted.year:
        return _("%(year)s 年脱贫") % {"year": wanted.year}
    return _("住户名单") if wanted.show == Show.ALL else said(Show(wanted.show))


def _band_words(band: int) -> str:
    width = BAND_FEN // FEN_PER_YUAN
    if band < 0:
        return _("不足 0 元")
    if band == BANDS - 1:
        return _(" %(low)s 元及以上") % {"low": f"{band * width:,}"}
    return _(" %(low)s–%(high)s 元") % {"low": f"{band * width:,}", "high": f"{(band + 1) * width - 1:,}"}


def row(by: Appointment, line: Line, names: dict[str, str]) -> dict[str, Any]:
    own = {rule.id for rule in demands()}
    judged = line.kind == HouseholdKind.REGISTERED
    fails = [one for one in line.exit_fails or () if one in own] if judged else []
    unknown = [one for one in line.exit_unknown or () if one in own] if judged else []
    return {
        "head_name": line.head_name or _("户主不明"),
        "number": line.number,
        "url": link(by, "workbench:household", line.id),
        "people": line.people,
        "village": names.get(line.village_code, line.village_code),
        "status": status_pill(line),
        "cause": code("cause", line.main_cause),
        "fails": topics(fails),
        "unknown": topics(unknown),
    }


def kept(wanted: Wanted) -> dict[str, str]:
    """What narrows a list, as its address says it."""
    said_so = (
        ("show", wanted.show),
        ("rule", wanted.rule),
        ("cause", wanted.cause),
        ("year", wanted.year),
        ("band", "" if wanted.band is None else band_edge(wanted.band)),
    )
    return {key: value for key, value in said_so if value}


def every(by: Appointment, place: Place, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    """All rows that the list shows, page after page."""
    wanted, after = asked(place, query), ""
    while True:
        found = households.page(wanted, size=CHUNK, after=after)
        names = names_of(line.village_code for line in found.lines)
        yield from (row(by, line, names) for line in found.lines)
        if not found.after:
            return
        after = found.lines[-1].key


def _pager(address: str, wanted: Wanted, found: households.Page, total: int | str) -> dict[str, Any] | None:
    """By key, so without page numbers: before and after what is shown."""
    if not found.lines or not (found.before or found.after):
        return None

    def url(**key: str) -> str:
        return f"{address}?{urlencode({**kept(wanted), **key})}"

    return {
        "shown": len(found.lines),
        "total": total,
        "previous_url": url(before=found.lines[0].key) if found.before else None,
        "next_url": url(after=found.lines[-1].key) if found.after else None,
    }


def _empty(by: Appointment, place: Place, wanted: Wanted, address: str) -> dict[str, Any]:
    if wanted.show == Show.ALL and not wanted.cause:
        return start(by, place)
    return {
        "title": _("没有符合条件的住户"),
        "sentence": _("换一个筛选，或看全部住户。"),
        "actions": [{"label": _("看全部"), "url": address}],
    }
