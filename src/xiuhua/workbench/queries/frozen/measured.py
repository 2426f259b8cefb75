"""What two freezes of a place measured, part by part: what only one of them counted is told as not counted by the other, never as zero."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.freezes.queries import Figures, parts_measured
from xiuhua.workbench.queries.frozen import figure as words
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.frozen.opening import to
from xiuhua.workbench.queries.frozen.pairing import Pair, change
from xiuhua.workbench.queries.leads import open_to, rests_on_lists
from xiuhua.workbench.terms import Lane

SHARE = "share"


@dataclass(frozen=True)
class Side:
    """One measure in one freeze. counts: None where it was not counted; lanes: the parts by which it was, also those that are zero;
    None where nobody knows, but that each that has a number was."""

    counts: Mapping[str, Any] | None
    lanes: Collection[str] | None

    def parts(self) -> dict[str, int]:
        counts = self.counts or {}
        flat = {
            name: n for name, n in counts.items() if isinstance(n, int) and name in Lane._value2member_map_
        }
        return {**{name: int(n) for name, n in counts.get("parts", {}).items()}, **flat}

    def has(self, lane: str) -> bool:
        """Whether the part was counted, if only as zero."""
        if self.counts is None:
            return False
        return lane in (self.lanes if self.lanes is not None else {*self.parts(), *self.counts})

    def number(self, lane: str) -> int | None:
        return int(self.parts().get(lane, (self.counts or {}).get(lane, 0)) or 0) if self.has(lane) else None

    def percent(self) -> Decimal | None:
        """A sum over a sum, in hundredths of a percent; None where nothing is known."""
        counts = self.counts or {}
        if not counts.get("per"):
            return None
        return (Decimal(100) * Decimal(counts["of"]) / Decimal(counts["per"])).quantize(Decimal("0.01"))


def measures(by: Appointment, found: Pair, *, with_lists: bool = True) -> list[dict[str, Any]]:
    """Parts of published figures that changed, or that one of the two alone has; of a share the percent, of poverty the poor.
    with_lists: also those that rest on what departments' lists say."""
    held = found.figures()
    before, after = _sides(found, held)
    rows = []
    for id in sorted({*before, *after} & set(load().measures)):
        if not open_to(by, "measures", id) or (rests_on_lists("measures", id) and not with_lists):
            continue
        sides = before.get(id, Side(None, None)), after.get(id, Side(None, None))
        rows += [
            _row(found, held[1], id, lane, counts, sides)
            for lane, counts in _told(id, *sides)
            if _shown(lane, counts)
        ]
    return rows


def _sides(found: Pair, held: tuple[Figures, Figures]) -> list[dict[str, Side]]:
    """Every measure that each of the two counted at the place, by id; nobody there is counted as zero."""
    counts = [one.all("measures") for one in held]
    parts = [parts_measured(freeze) for freeze in (found.before, found.after)]
    if None in parts and not words.between(found.before, found.after):
        # Of the same rules and program both counted the same.
        both: dict[str, set[str]] = {id: set() for of in counts for id in of}
        for of in counts:
            for id, its in of.items():
                both[id] |= {*its, *its.get("parts", {})}
        parts = [both, both]
    return [
        {id: Side(one, None) for id, one in of.items()}
        if its is None
        else {id: Side(of.get(id, {}), its[id]) for id in its}
        for of, its in zip(counts, parts, strict=True)
    ]


def _shown(lane: str, counts: Mapping[str, Any]) -> bool:
    if counts["by"] is not None:
        return bool(counts["by"])
    there = [one for one in (counts["before"], counts["after"]) if one is not None]
    return len(there) == 1 and (lane == SHARE or bool(there[0]))


def _row(
    found: Pair, held_after: Figures, id: str, lane: str, counts: Mapping[str, Any], sides: tuple[Side, Side]
) -> dict[str, Any]:
    figure, shared = Figure("measures", id, lane), lane == SHARE
    opens = not shared and counts["after"] is not None and words.is_counted(held_after, figure)
    return {
        "label": words.label(figure),
        "part": _("百分比") if shared else words.lane_words(figure),
        "url": to(found.after, found.place.code, figure) if opens else None,
        "alone": _alone(lane, counts, sides),
        **counts,
    }


def _alone(lane: str, counts: Mapping[str, Any], sides: tuple[Side, Side]) -> str:
    """Why there is a dash on one side; empty where there is none."""
    for side, value, absent, unknown in (
        (sides[0], counts["before"], _("前一份没有统计这一项"), _("前一份尚不清楚")),
        (sides[1], counts["after"], _("后一份没有统计这一项"), _("后一份尚不清楚")),
    ):
        if value is None:
            return unknown if side.has("per" if lane == SHARE else lane) else absent
    return ""


def _told(id: str, before: Side, after: Side) -> Iterator[tuple[str, dict[str, Any]]]:
    measure = load().measures[id]
    if measure.form == "share":
        met = measure.standard.met if measure.standard else ""
        worse = {"under": 1, "at_most": 1, "above": -1, "at_least": -1}.get(met, 0)
        yield SHARE, change(before.percent(), after.percent(), worse=worse)
    elif measure.form == "gap":
        yield "poor", change(before.number("poor"), after.number("poor"), worse=1)
    else:
        for lane in dict.fromkeys([*before.parts(), *after.parts()]):
            yield lane, change(before.number(lane), after.number(lane))
