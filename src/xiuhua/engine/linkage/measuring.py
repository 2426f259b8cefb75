"""How good a list of pairs is where the truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """found, true: pairs; right: found and true. Precision and recall are None where there is nothing to divide by."""

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.true if self.true else None


def measure(found: Iterable[tuple[int, int]], true: Iterable[tuple[int, int]]) -> Measured:
    """Compares found pairs with all true pairs, so that what blocking lost counts too. The order within a pair is nothing."""
    got, want = ({(min(p), max(p)) for p in pairs} for pairs in (found, true))
    return Measured(len(got), len(want), len(got & want))
