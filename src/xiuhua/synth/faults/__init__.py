"""Plants faults in an invented county: each kind of the sample's key for the four workbooks, and some more.

Every fault sits in a household of its own, so that what is found at a household without a fault is a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ..shapes import County, Fault
from . import cells, conditions, people  # noqa: F401  (their planters register themselves)
from .ground import KINDS, Ground

__all__ = ["KINDS", "default_counts", "plant"]


def default_counts(households: int, rate: float = 1.0) -> dict[str, int]:
    """How many of each kind: as in the sample of 600 households, in proportion, at least one of each."""
    return {
        name: max(1, round(kind.per_600 * rate * households / 600))
        for name, kind in KINDS.items()
        if kind.per_600
    }


def plant(county: County, faults: Mapping[str, int] | float = 1.0, *, seed: int | None = None) -> list[Fault]:
    """Plants faults and returns them (they are added to `county.faults` too).

    `faults` is a count for each kind, or a rate: 1.0 plants as often as the sample does. ValueError when a kind is not
    known or the county has too few households that could carry it.
    """
    counts = (
        default_counts(len(county.households), faults) if isinstance(faults, int | float) else dict(faults)
    )
    unknown = sorted(set(counts) - set(KINDS))
    if unknown:
        raise ValueError(f"no such kind of fault: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    rng = Random(f"faults/{county.code}/{county.seed if seed is None else seed}")
    ground = Ground(county, rng)
    planted: list[Fault] = []
    # The kinds that fit few households choose first.
    for name in sorted(counts, key=lambda k: (KINDS[k].order, list(KINDS).index(k))):
        planted += ground.plant(KINDS[name], counts[name])
    county.faults += planted
    return planted
