"""Villages on a map: how many are poor, how many guarantees are not met, and what stands beside the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.design.drawing import Land, Sheet, Spot, draw, inner_point
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of, outlines_of, villages_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import DIGITS, Level, level_of
from xiuhua.registry.queries.areas import Tally, Village
from xiuhua.registry.queries.rules import demands
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries import outlines
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.queries.words import topics
from xiuhua.workbench.terms import Show

# Name, width and height in px, and how many villages find room as circles that can be told apart; the worst come first.
SHEETS = (("wide", 760, 500, 200), ("phone", 330, 400, 60))
# From here on a village is drawn firm, so that the worst are seen first.
MANY = 3


@dataclass(frozen=True)
class Standing:
    """How a village stands: persons not out of poverty, guarantees that some household does not meet, and that nobody knows."""

    place: Place
    tally: Tally
    fails: list[str]
    unknown: list[str]

    @property
    def tone(self) -> str:
        if self.tally.households == 0:
            return "plain"
        return "red" if self.fails else "straw" if self.unknown else "leaf"

    @property
    def mark(self) -> str:
        return {"plain": "–", "red": self.number, "straw": "?", "leaf": "✓"}[self.tone]

    @property
    def number(self) -> str:
        """What stands in the circle of one where something is not met."""
        return str(len(self.fails))

    @property
    def firm(self) -> bool:
        """Whether it is drawn firm."""
        return self.tone == "red" and len(self.fails) >= MANY

    @property
    def weight(self) -> float:
        """Whose name comes first where room is short."""
        return len(self.fails) * 1000 + len(self.unknown) * 100 + min(self.tally.poor_people, 99)

    @property
    def order(self) -> tuple[int, ...]:
        """The worst first."""
        return -len(self.fails), -len(self.unknown), -self.tally.poor_people


def guarantees() -> list[Rule]:
    """What a household must have besides income: food and clothing, schooling, medical care, house, water."""
    return [rule for rule in demands() if rule.topic not in ("income", "recent")]


def keys() -> list[str]:
    """The lines that a village must tell for its mark."""
    return [f"{what}:{rule.id}" for rule in guarantees() for what in ("fails", "unknown")]


def page(by: Appointment, to: Way, place: Place, told: list[Village]) -> dict[str, Any]:
    """Context `map`: sheets, legend and rows, or None where the place has no villages."""
    by_code = {one.tally.code: one for one in told}
    here = [_standing(one, by_code.get(one.code)) for one in villages_of(scope_of(place.code))]
    if not here:
        return {"map": None}
    outlined = outlines_of(scope_of(place.code))
    lands = outlines.lands(outlined)
    bare = sum(1 for one in here if one.place.code not in outlined)
    says = ngettext(
        "%(n)s 个村：圆的大小是未脱贫人口，圈内数字是有户未达标的保障项数。下面的表说同样的事。",
        "%(n)s 个村：圆的大小是未脱贫人口，圈内数字是有户未达标的保障项数。下面的表说同样的事。",
        len(here),
    )
    towns = names_of({one.place.code[:9] for one in here}) if len(place.code) < 9 else {}
    map = drawn(by, to, here, points(here, lands), lands, towns)
    return {
        "map": {
            **map,
            "above": False,
            "word": said(Level.VILLAGE),
            "says": says % {"n": len(here)},
            "list_url": link(by, "intake:new"),
            "outlines": outlines.beside(by, place, outlined, bare),
        }
    }


def drawn(
    by: Appointment,
    to: Way,
    here: Sequence[Standing],
    at: Mapping[str, tuple[float, float]],
    lands: Sequence[Land],
    towns: Mapping[str, str],
) -> dict[str, Any]:
    """Sheets and rows of places, the worst first; of the rows those that are not drawn: `nowhere`, `far`."""
    here = sorted(here, key=lambda one: (*one.order, one.place.code))
    spots = [_spot(one, at[one.place.code]) for one in here if one.place.code in at]
    sheets = {name: draw(spots[:most], width=w, height=h, lands=lands) for name, w, h, most in SHEETS}
    rows = {one.place.code: _row(by, to, one, towns) for one in here}
    return {
        "sheets": [
            {
                **_sheet(name, sheets[name], rows),
                "lands": _lands(sheets[name], rows),
                "left_out": max(0, len(spots) - most),
            }
            for name, _w, _h, most in SHEETS
            if sheets[name].marks
        ],
        "rows": list(rows.values()),
        "nowhere": [rows[one.place.code] for one in here if one.place.code not in at],
        "far": [rows[key] for key in sheets["wide"].far],
    }


def _standing(place: Place, told: Village | None) -> Standing:
    if told is None:
        return Standing(place, Tally(place.code), [], [])
    own = guarantees()
    return Standing(
        place,
        told.tally,
        topics(rule.id for rule in own if f"fails:{rule.id}" in told.keys),
        topics(rule.id for rule in own if f"unknown:{rule.id}" in told.keys),
    )


def points(here: Sequence[Standing], lands: Sequence[Land]) -> dict[str, tuple[float, float]]:
    """Where each place's circle stands: by its list; where that says nothing, within its boundary."""
    inside = {land.key: land for land in lands}
    found = {}
    for one in here:
        if one.place.longitude is not None and one.place.latitude is not None:
            found[one.place.code] = (float(one.place.longitude), float(one.place.latitude))
        elif one.place.code in inside:
            found[one.place.code] = inner_point(inside[one.place.code])
    return found


def _lands(sheet: Sheet, rows: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """Boundaries beneath the circles: the ground of a place has the tone of its circle, or of the circle above it, faintly."""
    whose = {code: next((code[:n] for n in DIGITS if code[:n] in rows), "") for code in sheet.lands}
    return [
        {"level": level_of(code).value, "tone": rows[whose[code]]["tone"] if whose[code] else "", "d": path}
        for code, path in sheet.lands.items()
        if path
    ]


def _spot(one: Standing, at: tuple[float, float]) -> Spot:
    return Spot(one.place.code, one.place.name, *at, one.tally.poor_people, one.weight)


def _row(by: Appointment, to: Way, one: Standing, towns: Mapping[str, str]) -> dict[str, Any]:
    between = _("、")
    if one.tone == "plain":
        says = _("%(name)s：没有住户记录") % {"name": one.place.name}
    else:
        says = _("%(name)s：未脱贫 %(people)s 人；未达标：%(fails)s；待核实：%(unknown)s") % {
            "name": one.place.name,
            "people": f"{one.tally.poor_people:,}",
            "fails": between.join(one.fails) or _("无"),
            "unknown": between.join(one.unknown) or _("无"),
        }
    return {
        "name": one.place.name,
        "town": towns.get(one.place.code[:9], ""),
        "url": link(by, "workbench:place", one.place.code),
        "poor_url": to(one.place.code, Show.POOR) if one.tally.poor else None,
        "tone": one.tone,
        "firm": one.firm,
        "mark": one.mark,
        "says": says,
        "fails": one.fails,
        "unknown": one.unknown,
        "poor_people": one.tally.poor_people,
        "households": one.tally.households,
    }


def _sheet(name: str, sheet: Sheet, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "width": sheet.width,
        "height": sheet.height,
        "scale_px": sheet.scale_px,
        "scale_km": sheet.scale_km,
        "scale_y": sheet.height - 14,
        "nameless": sheet.nameless,
        "marks": [
            {
                **rows[mark.key],
                "x": f"{mark.x:g}",
                "y": f"{mark.y:g}",
                "r": f"{mark.r:.1f}",
                "ring": f"{mark.r + 3:.1f}"
                if rows[mark.key]["tone"] == "red" and rows[mark.key]["unknown"]
                else "",
                "number_y": f"{mark.y + 4.5:g}",
                "name_x": f"{mark.at[0]:g}" if mark.at else "",
                "name_y": f"{mark.at[1]:g}" if mark.at else "",
                "anchor": mark.at[2] if mark.at else "",
            }
            for mark in sheet.marks
        ],
    }
