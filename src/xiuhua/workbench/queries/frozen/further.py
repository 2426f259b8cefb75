"""Published figures that a place's page shows besides its own cards, as a freeze saw them, and a figure at the reader's own place."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, figures, latest, since
from xiuhua.places.models import Place
from xiuhua.workbench.queries.figures import rate
from xiuhua.workbench.queries.frame import link, may, said
from xiuhua.workbench.queries.frozen.figure import OUTCOMES, Figure, lane_words, unit
from xiuhua.workbench.queries.frozen.opening import ADDRESS
from xiuhua.workbench.queries.frozen.safe import may_be_told
from xiuhua.workbench.terms import Lane

# Shown by their parts, in this order; of poverty's depth the three numbers by which it is told.
PARTS = ("watched_classes", "attributes", "sizes", "insured")
GAP = "poverty_gap"


def further(by: Appointment, freeze: Freeze, place: Place, own: Figures) -> list[dict[str, Any]]:
    """Context `further` of workbench/_further.html: of each figure that counts anybody here, its bars or numbers, each opened."""
    found = [_depth(by, freeze, place, own), *(_parts(by, freeze, place, own, id) for id in PARTS)]
    return [one for one in found if one]


def _parts(by: Appointment, freeze: Freeze, place: Place, own: Figures, id: str) -> dict[str, Any] | None:
    told = own.measure(id)
    bars: list[dict[str, Any]] = [
        {
            "label": lane_words(figure),
            "value": n,
            "tone": "straw" if figure.lane == Lane.UNKNOWN else "plain",
            "url": _url(by, freeze, place.code, figure),
        }
        for figure, n in _lanes(id, told)
    ]
    if not any(bar["tone"] == "plain" for bar in bars):
        return None
    return {**_named(id), "bars": bars, "most": max(bar["value"] for bar in bars)}


def _depth(by: Appointment, freeze: Freeze, place: Place, own: Figures) -> dict[str, Any] | None:
    told = own.measure(GAP)
    persons, per = int(told.get("persons", 0)), int(told.get("per", 1_000_000))
    if not persons:
        return None
    numbers = [
        (_("收入低于标准的人（发生率）"), rate(int(told["poor"]), persons)),
        (_("平均差多少（深度）"), rate(int(told["gap"]), persons * per)),
        (_("越穷的人算得越重（强度）"), rate(int(told["gap2"]), persons * per)),
    ]
    rows = [
        {
            "label": label,
            "value": f"{share}%",
            # Whoever is under the line makes all three.
            "url": _url(by, freeze, place.code, Figure("measures", GAP, "poor")),
        }
        for label, share in numbers
    ]
    # Of a county mostly those who were registered have an income on record: a share of them is no share of everybody.
    counted = (
        (Lane.KNOWN, _("计入的户：收入和人数都清楚")),
        (Lane.UNKNOWN, _("收入或人数尚不清楚，没有计入的户")),
    )
    households = [
        {
            "label": label,
            "value": f"{int(told[lane.value]):,}",
            "url": _url(by, freeze, place.code, Figure("measures", GAP, lane.value)),
        }
        for lane, label in counted
        if told.get(lane.value)
    ]
    return {**_named(GAP), "rows": [*households[:1], *rows, *households[1:]]}


def _named(id: str) -> dict[str, Any]:
    return {"title": said(load().measures[id].says), "url": reverse("workbench:measure", args=[id])}


def _lanes(id: str, told: dict[str, Any]) -> list[tuple[Figure, int]]:
    """Parts that count somebody, numbers in order, what nobody knows last."""
    parts = {lane: int(n) for lane, n in told.get("parts", {}).items() if n}
    order = sorted(
        parts, key=lambda lane: (lane.isdecimal(), int(lane) if lane.isdecimal() else -parts[lane])
    )
    found = [(Figure("measures", id, lane), parts[lane]) for lane in order]
    found += [
        (Figure("measures", id, lane.value), int(told[lane.value]))
        for lane in (Lane.OF, Lane.KNOWN, Lane.UNKNOWN)
        if told.get(lane.value)
    ]
    return found


def _url(by: Appointment, freeze: Freeze, code: str, figure: Figure) -> str | None:
    return link(by, ADDRESS[figure.section], freeze.pk, code, figure.id, figure.lane)


def at_home(by: Appointment, section: str, id: str) -> dict[str, Any] | None:
    """A rule or a published figure in the newest freeze of the reader's own place: each part and the way to what is behind it.
    Numbers are told to who may see households; everybody else gets the way to the counts that give nobody away."""
    freeze = latest(by.place_code)
    if freeze is None:
        return None
    own, told = figures(freeze, by.place_code), may(by, "workbench:household")
    if not told and not may_be_told(section, id):
        return None
    if section == "rules":
        counts = own.rule(id)
        lanes = [(Figure(section, id, lane), int(getattr(counts, lane))) for lane in OUTCOMES]
        lanes = [one for one in lanes if one[1]]
    else:
        lanes = _lanes(id, own.measure(id))
        form = load().measures[id].form
        if form == "gap" and own.measure(id).get("poor"):
            lanes.insert(0, (Figure(section, id, "poor"), int(own.measure(id)["poor"])))
    rows = [
        {
            "label": lane_words(figure),
            "value": n if told else None,
            "unit": unit(figure),
            "url": _url(by, freeze, by.place_code, figure),
        }
        for figure, n in lanes
    ]
    rows = [row for row in rows if row["url"] or row["value"] is not None]
    if not rows:
        return None
    return {"place": by.post.place.name, "since": since(freeze), "rows": rows}
