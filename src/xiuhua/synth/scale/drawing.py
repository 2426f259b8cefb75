"""Chance for whole columns: whole numbers out of the raw stream of one generator, equal on every machine and version."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

SIXTEEN = 1 << 16


class Draw:
    """Chance of one county. Only raw words are taken, because numpy keeps those the same for ever."""

    def __init__(self, seed: int, county: int) -> None:
        self._stream = np.random.SFC64(np.random.SeedSequence([seed, county]))

    def sixteen(self, n: int) -> NDArray[np.uint16]:
        """n numbers of 16 bits."""
        words = np.asarray(self._stream.random_raw((n + 3) // 4), dtype="<u8")
        return words.view("<u2")[:n]

    def below(self, n: int, limit: int | Numbers) -> Numbers:
        """n numbers from 0 to limit - 1; limits up to some thousands, else use `wide`."""
        return (self.sixteen(n).astype(np.int64) * limit) >> 16

    def between(self, n: int, low: int | Numbers, high: int | Numbers) -> Numbers:
        """n numbers from low to high, both included."""
        return low + self.below(n, high - low + 1)

    def wide(self, n: int, limit: int | Numbers) -> Numbers:
        """n numbers from 0 to limit - 1, for limits up to 2^31."""
        words = np.asarray(self._stream.random_raw((n + 1) // 2), dtype="<u8")
        return (words.view("<u4")[:n].astype(np.int64) * limit) >> 32

    def chance(self, n: int, share: float | NDArray[np.float64]) -> Flags:
        """n flags, each set with that probability (to one in 65,536)."""
        return self.sixteen(n) < np.rint(np.asarray(share) * SIXTEEN).astype(np.int64)

    def choose(self, n: int, odds: Sequence[float]) -> Codes:
        """n positions in a table of weights."""
        return _lookup(tuple(odds))[self.sixteen(n)]

    def tail(self, n: int, mean: int) -> Numbers:
        """n waiting times of that mean: many small, few large (at most 11 times the mean)."""
        return (_waiting()[self.sixteen(n)] * mean) // 1_000_000


def odds_of(table: Mapping[str, float], codes: Sequence[str]) -> tuple[float, ...]:
    """Weights in the order of the codes; nothing for a code without one. KeyError for a weight without code."""
    if missing := set(table) - set(codes):
        raise KeyError(f"no such code: {', '.join(sorted(missing))}")
    return tuple(float(table.get(code, 0)) for code in codes)


@cache
def _lookup(odds: tuple[float, ...]) -> Codes:
    total, at, sums = sum(odds), 0.0, []
    for weight in odds:
        at += weight
        sums.append(round(at / total * SIXTEEN))
    return np.searchsorted(np.array(sums), np.arange(SIXTEEN), side="right").astype(np.int8)


@cache
def _waiting() -> Numbers:
    """Quantiles of the exponential distribution in millionths: rounded, so that no last bit of a logarithm matters."""
    return np.array([round(-math.log(1 - (i + 0.5) / SIXTEEN) * 1_000_000) for i in range(SIXTEEN)], np.int64)


def mixed(numbers: Numbers, stream: int) -> Numbers:
    """Keys of 63 bits without order, one to one: different numbers of a stream never share a key."""
    mask = np.uint64((1 << 63) - 1)
    x = (numbers.astype(np.uint64) ^ np.uint64(stream * 0x9E3779B97F4A7C15 & (1 << 63) - 1)) & mask
    for odd in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
        x = (x * np.uint64(odd)) & mask
        x ^= x >> np.uint64(32)
    return x.astype(np.int64)
