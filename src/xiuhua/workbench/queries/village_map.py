"""Villages on a map: how many are poor, how many guarantees are not met, and what stands beside the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.design.drawing import Sheet, Spot, draw
from xiuhua.places.models import Place
from xiuhua.places.queries import villages_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries.areas import Tally, Village
from xiuhua.registry.queries.rules import demands
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries.frame import link, names_of
from xiuhua.workbench.queries.words import topics

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
    return [rule for rule in demands() if rule.topic != "income"]


def keys() -> list[str]:
    """The lines that a village must tell for its mark."""
    return [f"{what}:{rule.id}" for rule in guarantees() for what in ("fails", "unknown")]


def page(by: Appointment, place: Place, told: list[Village]) -> dict[str, Any]:
    """Context `map`: sheets, legend and rows, or None where the place has no villages."""
    by_code = {one.tally.code: one for one in told}
    here = [_standing(one, by_code.get(one.code)) for one in villages_of(scope_of(place.code))]
    if not here:
        return {"map": None}
    here.sort(key=lambda one: (-len(one.fails), -len(one.unknown), -one.tally.poor_people, one.place.code))
    located = [one for one in here if one.place.longitude is not None and one.place.latitude is not None]
    spots = [_spot(one) for one in located]
    sheets = {name: draw(spots[:most], width=w, height=h) for name, w, h, most in SHEETS}
    towns = names_of({one.place.code[:9] for one in here}) if len(place.code) < 9 else {}
    rows = {one.place.code: _row(by, one, towns) for one in here}
    return {
        "map": {
            "sheets": [
                {**_sheet(name, sheets[name], rows), "left_out": max(0, len(spots) - most)}
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


def _spot(one: Standing) -> Spot:
    weight = len(one.fails) * 1000 + len(one.unknown) * 100 + min(one.tally.poor_people, 99)
    return Spot(
        one.place.code, one.place.name, float(one.place.longitude or 0), float(one.place.latitude or 0),
        one.tally.poor_people, weight,
    )  # fmt: skip


def _row(by: Appointment, one: Standing, towns: dict[str, str]) -> dict[str, Any]:
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
