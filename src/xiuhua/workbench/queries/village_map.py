"""Villages on a map: how many are poor, how many guarantees are not met, and what stands beside the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.design.drawing import Land, Sheet, Spot, draw, inner_point
from xiuhua.places.models import Place
from xiuhua.places.queries import outlines_of, villages_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries.areas import Tally, Village
from xiuhua.registry.queries.rules import demands
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries import outlines
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import link, names_of
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
        return {"plain": "–", "red": str(len(self.fails)), "straw": "?", "leaf": "✓"}[self.tone]


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
    here.sort(key=lambda one: (-len(one.fails), -len(one.unknown), -one.tally.poor_people, one.place.code))
    outlined = outlines_of(scope_of(place.code))
    lands = outlines.lands(outlined)
    at = _points(here, lands)
    located = [one for one in here if one.place.code in at]
    spots = [_spot(one, at[one.place.code]) for one in located]
    sheets = {name: draw(spots[:most], width=w, height=h, lands=lands) for name, w, h, most in SHEETS}
    towns = names_of({one.place.code[:9] for one in here}) if len(place.code) < 9 else {}
    rows = {one.place.code: _row(by, to, one, towns) for one in here}
    levels = {code: one.place.level for code, one in outlined.items()}
    bare = sum(1 for one in here if one.place.code not in outlined)
    return {
        "map": {
            "sheets": [
                {
                    **_sheet(name, sheets[name], rows),
                    "lands": _lands(sheets[name], rows, levels),
                    "left_out": max(0, len(spots) - most),
                }
                for name, _w, _h, most in SHEETS
                if sheets[name].marks
            ],
            "says": ngettext(
                "%(n)s 个村：圆的大小是未脱贫人口，圈内数字是有户未达标的保障项数。下面的表说同样的事。",
                "%(n)s 个村：圆的大小是未脱贫人口，圈内数字是有户未达标的保障项数。下面的表说同样的事。",
                len(here),
            )
            % {"n": len(here)},
            "rows": list(rows.values()),
            "nowhere": [rows[one.place.code] for one in here if one not in located],
            "far": [rows[key] for key in sheets["wide"].far],
            "list_url": link(by, "intake:new"),
            "outlines": outlines.beside(by, place, outlined, bare),
        }
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


def _points(here: list[Standing], lands: list[Land]) -> dict[str, tuple[float, float]]:
    """Where each village's circle stands: by its list; where that says nothing, within its boundary."""
    inside = {land.key: land for land in lands}
    found = {}
    for one in here:
        if one.place.longitude is not None and one.place.latitude is not None:
            found[one.place.code] = (float(one.place.longitude), float(one.place.latitude))
        elif one.place.code in inside:
            found[one.place.code] = inner_point(inside[one.place.code])
    return found


def _lands(sheet: Sheet, rows: dict[str, dict[str, Any]], levels: dict[str, str]) -> list[dict[str, str]]:
    """Boundaries beneath the circles: a village's ground has the tone of its circle, faintly."""
    return [
        {"level": levels[code], "tone": rows[code]["tone"] if code in rows else "", "d": path}
        for code, path in sheet.lands.items()
        if path
    ]


def _spot(one: Standing, at: tuple[float, float]) -> Spot:
    weight = len(one.fails) * 1000 + len(one.unknown) * 100 + min(one.tally.poor_people, 99)
    return Spot(
        one.place.code, one.place.name, *at, one.tally.poor_people, weight,
    )  # fmt: skip


def _row(by: Appointment, to: Way, one: Standing, towns: dict[str, str]) -> dict[str, Any]:
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
        "firm": one.tone == "red" and len(one.fails) >= MANY,
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
