"""What makes a finding come first: figures of the rulebook added up to one number, and each of its parts in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from xiuhua.engine import load
from xiuhua.findings.terms import Kind
from xiuhua.rulebook.models import Says

OF_KIND = {Kind.REFUSED: "refused", Kind.ASKED: "asked"}


@dataclass(frozen=True)
class Part:
    """One reason: the figure's own words, the points it gives, and how often where it counts something."""

    figure: str
    label: Says
    points: int
    times: int = 1

    def says(self, language: str) -> str:
        return self.label.says(language)


@lru_cache(maxsize=4096)
def points(figure: str, on: date, place_code: str) -> int:
    """A weight of the rulebook on a day in a place; county offices may set their own."""
    found = load().figure(f"finding_weight_{figure}", on, place_code)
    assert found is not None and isinstance(found.value, int), figure
    return found.value


def _part(figure: str, on: date, place_code: str, times: int = 1) -> Part:
    says = load().figures[f"finding_weight_{figure}"].says
    return Part(figure, says, points(figure, on, place_code) * times, times)


def of_rule(kind: Kind, rule: str) -> list[str]:
    """The figures that a kind and rule bring by themselves."""
    if kind == Kind.MENDED:
        return []
    if kind in OF_KIND:
        return [OF_KIND[kind]]
    known = load().rules.get(rule)
    severity = known.severity if known else "amber"
    return [severity, *(["veto"] if known and known.veto else [])]


def lasting(kind: Kind, rule: str, *, exited: bool, on: date, place_code: str) -> list[Part]:
    """What does not change from day to day: kept with the finding as its weight."""
    figures = of_rule(kind, rule)
    if exited and figures:
        figures = [*figures, "exited"]
    return [_part(one, on, place_code) for one in figures]


def passing(*, found_on: date, due: date | None, on: date, place_code: str) -> list[Part]:
    """What the days add: overdue, and each full week open."""
    parts = [_part("overdue", on, place_code)] if due is not None and due < on else []
    weeks = min(max((on - found_on).days, 0) // 7, points("weeks_most", on, place_code))
    return parts + ([_part("week", on, place_code, weeks)] if weeks else [])


def spreading(households: int, *, on: date, place_code: str) -> list[Part]:
    """What a group gains by the number of households of one kind."""
    times = min(households, points("households_most", on, place_code))
    return [_part("household", on, place_code, times)] if times > 1 else []


def total(parts: list[Part]) -> int:
    """The one number."""
    return sum(part.points for part in parts)
