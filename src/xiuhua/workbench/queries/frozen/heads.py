"""Households and people of a freeze by kind and status: no figures of the rulebook, so each has one that counts the very same and opens."""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures
from xiuhua.workbench.queries.frozen.figure import Figure
from xiuhua.workbench.queries.frozen.opening import to

WATCHED = Figure("measures", "watched", "watched")


@dataclass(frozen=True)
class Heads:
    """Households, or the people in them, of a kind and status; empty: of all."""

    kind: str = ""
    status: str = ""
    people: bool = False

    def count(self, of: Figures) -> int:
        wanted = {"kind": self.kind or None, "status": self.status or None}
        return of.persons(**wanted) if self.people else of.households(**wanted)

    @property
    def figure(self) -> Figure:
        """What counts the same: of every household it is known how many members are on record."""
        narrowed = tuple((one,) if one else () for one in (self.kind, self.status))
        if self.people:
            return Figure("measures", "people", "on_record", *narrowed)
        return Figure("facts", "members_counted", "known", *narrowed)


def opens(freeze: Freeze, of: Figures, what: Heads | Figure, n: int | None) -> str | None:
    """Where a number opens; None for nothing, and where the freeze was tallied before its figure was counted."""
    figure = what.figure if isinstance(what, Heads) else what
    return to(freeze, of.place_code, figure) if n and figure.count(of) == n else None
