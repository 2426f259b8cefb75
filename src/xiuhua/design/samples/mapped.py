"""Villages of a county on its map."""

from __future__ import annotations

from typing import Any

from xiuhua.design.drawing import Land, Sheet, Spot, draw
from xiuhua.design.samples.shell import both

VILLAGES: tuple[tuple[str, float, float, int, list[str], list[str]], ...] = (
    ("塔玛村", 102.62, 36.42, 230, ["住房", "饮水", "基本医疗"], []),
    ("日芒村", 102.66, 36.40, 110, ["住房"], ["饮水"]),
    ("尕让村", 102.70, 36.38, 70, [], []),
    ("切吉村", 102.74, 36.36, 40, [], ["饮水"]),
    ("上滩村", 102.42, 36.34, 190, ["住房", "饮水"], []),
    ("下滩村", 102.46, 36.32, 90, ["饮水"], ["吃穿"]),
    ("大坪村", 102.24, 36.26, 150, ["住房", "饮水", "基本医疗", "义务教育"], []),
    ("红崖村", 102.36, 36.20, 20, [], []),
)


# A county and two of its villages, as a file of boundaries may have them.
LANDS = [Land(key, [ring]) for key, ring in (
    ("塔玛村", [(102.5, 36.46), (102.8, 36.46), (102.83, 36.34), (102.55, 36.3)]), ("上滩村", [(102.36, 36.4), (102.5, 36.46), (102.55, 36.3), (102.3, 36.28)]),
    ("县", [(102.15, 36.32), (102.36, 36.4), (102.5, 36.46), (102.8, 36.46), (102.83, 36.34), (102.55, 36.3), (102.42, 36.14), (102.2, 36.16)]),
)]  # fmt: skip


def place_map() -> dict[str, Any]:
    """Villages drawn with the house's own arithmetic, and one that no list places."""
    rows = {name: _village(name, poor, fails, unknown) for name, _x, _y, poor, fails, unknown in VILLAGES}
    spots = [Spot(name, name, x, y, poor, float(poor)) for name, x, y, poor, _f, _u in VILLAGES]
    return {
        "says": both("八个村", "Eight villages")["zh"],
        "above": False,
        "word": both("行政村", "Village"),
        "sheets": [
            _sheet(name, draw(spots, width=w, height=h, lands=LANDS), rows)
            for name, w, h in (("wide", 760, 480), ("phone", 330, 380))
        ],
        "rows": list(rows.values()),
        "nowhere": [_village("石沟村", 30, [], ["住房"])],
        "far": [],
        "list_url": "#",
        "outlines": {"says": "界线：县民政局 2017-06-30", "missing": "", "url": "#"},
    }


def _village(name: str, poor: int, fails: list[str], unknown: list[str]) -> dict[str, Any]:
    tone = "red" if fails else "straw" if unknown else "leaf"
    return {
        "name": name,
        "town": "",
        "url": "/design/village/",
        "tone": tone,
        "firm": len(fails) > 2,
        "mark": {"red": str(len(fails)), "straw": "?", "leaf": "✓"}[tone],
        "says": f"{name} {poor}",
        "fails": fails,
        "unknown": unknown,
        "poor_people": poor,
        "households": 200,
    }


def _sheet(name: str, sheet: Sheet, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    marks = [
        {
            **rows[one.key],
            "x": f"{one.x:g}",
            "y": f"{one.y:g}",
            "r": f"{one.r:.1f}",
            "ring": f"{one.r + 3:.1f}" if rows[one.key]["fails"] and rows[one.key]["unknown"] else "",
            "number_y": f"{one.y + 4.5:g}",
            "name_x": f"{one.at[0]:g}" if one.at else "",
            "name_y": f"{one.at[1]:g}" if one.at else "",
            "anchor": one.at[2] if one.at else "",
        }
        for one in sheet.marks
    ]
    return {
        "name": name, "width": sheet.width, "height": sheet.height, "marks": marks, "nameless": sheet.nameless, "left_out": 0,
        "lands": [
            {"level": "village" if key in rows else "county", "tone": rows[key]["tone"] if key in rows else "", "d": path}
            for key, path in sheet.lands.items()
        ],
        "scale_px": sheet.scale_px, "scale_km": sheet.scale_km, "scale_y": sheet.height - 14,
    }  # fmt: skip
