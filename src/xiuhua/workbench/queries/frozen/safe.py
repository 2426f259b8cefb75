"""A frozen figure for who may see no household: counts of the places below, that give nobody away.

Of all figures, few: no two of those told count the same people, cut otherwise, so that none completes another. Two parts of one
whole, one withheld here and told there, would be enough.

One table for each figure and place, whatever an address asks for: every part of it protected together, of the acting place alone,
of all kinds and statuses. Two tables about the same people, cut otherwise, could be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse

from xiuhua.accounts.models import Appointment
from xiuhua.engine import disclosure, load
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures
from xiuhua.places.models import Place
from xiuhua.workbench.queries.frame import below, names_apart, said
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.terms import Lane

REST = "rest"
# Households by size, of those helped by cause, of those that left by year, and people by insurance: four different wholes.
TOLD = ("sizes", "causes", "exits_by_year", "insured")


def may_be_told(section: str, id: str) -> bool:
    """Whether a figure is among the few that are told to who sees no household."""
    return section == "measures" and id in TOLD


def instead() -> dict[str, Any]:
    """Keys `lanes`, `safe` and `instead` (label, url) of workbench/frozen.html: which figures are told in its place."""
    measures = load().measures
    return {
        "lanes": [],
        "safe": None,
        "instead": [
            {"label": said(measures[id].says), "url": reverse("workbench:measure", args=[id])} for id in TOLD
        ],
    }


def table(by: Appointment, freeze: Freeze, place: Place, figure: Figure) -> dict[str, Any]:
    """Keys `total`, `withheld`, `threshold`, `lanes`, `safe`, `safe_total`, `places_word` of workbench/frozen.html.

    Http404 for a place below one's own, whose table would complete that of one's own, and for parts that overlap others.
    """
    if place.code != by.place_code:
        raise Http404
    if not may_be_told(figure.section, figure.id):
        return instead()
    figure = replace(figure, kinds=(), statuses=())
    found = words.places_below(freeze, place, figure)
    lanes = _lanes(figure, found.values())
    if figure.lane not in lanes:
        raise Http404
    protected = disclosure.protect({code: _parts(figure, one, lanes) for code, one in found.items()})
    shown = {code: row for code, row in protected.shown.items() if code in found}
    whole = protected.shown.get(disclosure.TOTAL, {})
    names = names_apart(shown)
    told = [figure.lane]
    labels = {lane: words.lane_words(replace(figure, lane=lane)) for lane in told}

    def cells(row: Mapping[str, int | None]) -> list[dict[str, Any]]:
        return [{"label": labels[lane], "n": row.get(lane, 0)} for lane in told]

    return {
        "total": whole.get(figure.lane, 0),
        "withheld": bool(protected.withheld),
        "threshold": protected.threshold,
        "lanes": list(labels.values()),
        "safe": [{"label": names.get(code, code), "cells": cells(row)} for code, row in shown.items()],
        "safe_total": cells(whole) if len(shown) > 1 else None,
        "places_word": said(below(place)[0]),
    }


def _lanes(figure: Figure, places: Iterable[Figures]) -> list[str]:
    """All parts of a figure, which exclude each other, and the rest."""
    found: dict[str, None] = {}
    for one in places:
        held: Mapping[str, Any] = one.measure(figure.id)
        found |= dict.fromkeys(held.get("parts", {}))
        found |= dict.fromkeys(name for name in held if name in Lane._value2member_map_ and name != Lane.OF)
    return [*found, REST]


def _parts(figure: Figure, one: Figures, lanes: list[str]) -> dict[str, int]:
    counts = {lane: figure.count(one, lane) for lane in lanes if lane != REST}
    if REST in lanes and words.grain(figure) == "household":
        counts[REST] = max(one.households() - sum(counts.values()), 0)
    return counts
