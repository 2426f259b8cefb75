"""Where faults are planted: the register of kinds, and a county whose used households are remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ..shapes import Cell, County, Fault, Household, Person


@dataclass(frozen=True)
class Planted:
    """What a planter did: the person if it concerns one, the cells in which it stands (the main one first)."""

    cells: tuple[Cell, ...]
    person: Person | None = None
    also: str | None = None
    household: str | None = None


Planter = Callable[["Ground", Household], Planted | None]


@dataclass(frozen=True)
class Kind:
    """A kind of fault; `plant` returns None and changes nothing when a household cannot carry it."""

    name: str
    per_600: int
    outcome: str
    rule: str | None
    order: int
    plant: Planter


KINDS: dict[str, Kind] = {}


def kind(
    name: str, per_600: int, outcome: str, rule: str | None = None, *, order: int = 5
) -> Callable[[Planter], Planter]:
    """Registers a planter: how many in 600 households by default, what the intake is to do, by which rule if certain.

    Kinds with a lower `order` are planted first, because they fit fewer households.
    """

    def register(planter: Planter) -> Planter:
        KINDS[name] = Kind(name, per_600, outcome, rule, order, planter)
        return planter

    return register


class Ground:
    """A county in planting: which households still have no fault, in a shuffled order."""

    def __init__(self, county: County, rng: Random) -> None:
        self.county = county
        self.rng = rng
        self._used = {f.household for f in county.faults} | {f.also for f in county.faults if f.also}
        self._order = list(county.households)
        rng.shuffle(self._order)

    def plant(self, what: Kind, count: int) -> list[Fault]:
        """Plants `count` faults of one kind, each in a household without any."""
        out: list[Fault] = []
        for household in self._order:
            if len(out) == count:
                break
            if household.number in self._used:
                continue
            done = what.plant(self, household)
            if done is None:
                continue
            number = done.household or household.number
            self._used.add(number)
            if done.also:
                self._used.add(done.also)
            who = done.person
            out.append(
                Fault(
                    kind=what.name,
                    household=number,
                    person=who.number if who else None,
                    name=who.name if who else None,
                    cells=done.cells,
                    outcome=what.outcome,
                    rule=what.rule,
                    also=done.also,
                )
            )
        if len(out) < count:
            raise ValueError(
                f"only {len(out)} of {count} faults {what.name} find a household that can carry them: "
                f"the county of {len(self._order)} households is too small"
            )
        return out

    def partner(self, other: Household, fits: Callable[[Household], bool]) -> Household | None:
        """Another household without a fault that fits, or None."""
        start = int(self.rng.random() * len(self._order))
        for household in self._order[start:] + self._order[:start]:
            if household is not other and household.number not in self._used and fits(household):
                return household
        return None
