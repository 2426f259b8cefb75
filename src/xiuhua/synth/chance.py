"""Weighted choice, fast enough for millions of draws, and the same for the same seed on every machine."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Odds(Generic[T]):
    """A table of values and weights; the weights need not sum to anything."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._bounds = list(accumulate(weights.values()))

    def draw(self, rng: Random) -> T:
        """One value, by its weight."""
        return self._values[bisect(self._bounds, rng.random() * self._bounds[-1], 0, len(self._values) - 1)]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included; quicker than randint."""
    return low + int(rng.random() * (high - low + 1))
