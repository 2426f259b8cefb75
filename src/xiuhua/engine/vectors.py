"""Values of a whole column in numpy, for expressions over millions of rows (`evaluating.py`).

A yes-or-no is a byte, 0 no, 1 unknown, 2 yes, so that `and` is the lesser and `or` the greater of two. Numbers, days and money
are 64-bit integers with a mask; decimals are integers with a scale; texts are codes into their distinct words. Nothing is a
floating-point number, so no order of adding up matters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.nodes import Kind

NO, UNKNOWN, YES = 0, 1, 2
Yeses = NDArray[np.uint8]
Mask = NDArray[np.bool_]
EPOCH = dt.date(1970, 1, 1)
FIRST_DAY, LAST_DAY = (dt.date(1800, 1, 1) - EPOCH).days, (dt.date(2200, 1, 1) - EPOCH).days


@dataclass(frozen=True)
class Numbers:
    """Whole numbers, days since 1970, or decimals times 10 ** scale. known: None where all are."""

    value: NDArray[np.int64]
    known: Mask | None = None
    scale: int = 0

    def at_scale(self, scale: int) -> NDArray[np.int64]:
        return (
            self.value if scale == self.scale else product(self.value, np.int64(10 ** (scale - self.scale)))
        )


@dataclass(frozen=True)
class Texts:
    """Codes into distinct words; -1 is unknown."""

    codes: NDArray[np.signedinteger[Any]]
    words: tuple[str, ...]


Vector = Yeses | Numbers | Texts


def product(left: Any, right: Any) -> NDArray[np.int64]:
    """Raises OverflowError where 64 bits do not hold it, as the SQL engines refuse."""
    most = int(np.max(np.abs(left), initial=0)) * int(np.max(np.abs(right), initial=0))
    if most >= 2**63:
        raise OverflowError("a product of numbers leaves 64 bits")
    return np.multiply(left, right)


def both(*masks: Mask | None) -> Mask | None:
    found: Mask | None = None
    for one in masks:
        if one is not None:
            found = one if found is None else found & one
    return found


def yes_or_no(true: Any, known: Mask | None = None) -> Yeses:
    """A mask as yes-or-no, unknown where it is not known. Written in bits, as is all that runs over every row."""
    yes = np.asarray(true).view(np.uint8)
    if known is None:
        return yes << np.uint8(1)
    there = np.asarray(known).view(np.uint8)
    return ((yes & there) << np.uint8(1)) | (there ^ np.uint8(1))


def unknown_of(kind: Kind) -> Vector:
    if kind is Kind.BOOLEAN:
        return np.asarray(np.uint8(UNKNOWN))
    if kind is Kind.TEXT:
        return Texts(np.asarray(np.int8(-1)), ())
    return Numbers(np.asarray(np.int64(0)), np.asarray(False))


def constant(value: Any, kind: Kind) -> Vector:
    """A literal or figure as a vector of no length, which goes with any."""
    if value is None:
        return unknown_of(kind)
    if isinstance(value, bool):
        return np.asarray(np.uint8(YES if value else NO))
    if isinstance(value, str):
        return Texts(np.asarray(np.int8(0)), (value,))
    if isinstance(value, dt.date):
        return Numbers(np.asarray(np.int64((value - EPOCH).days)))
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        scale = max(-exponent if isinstance(exponent, int) else 0, 0)
        return Numbers(np.asarray(np.int64(int(value.scaleb(scale)))), None, scale)
    return Numbers(np.asarray(np.int64(value)))


def known(vector: Vector) -> Any:
    """Where a vector has a value."""
    if isinstance(vector, Texts):
        return vector.codes >= 0
    if isinstance(vector, Numbers):
        return np.ones(np.shape(vector.value), bool) if vector.known is None else vector.known
    return vector != UNKNOWN


def taken(vector: Vector, at: NDArray[np.int64], missing: Mask | None) -> Vector:
    """Rows `at`; unknown where `missing`, whatever stands there."""
    if not len(
        vector.codes if isinstance(vector, Texts) else vector.value if isinstance(vector, Numbers) else vector
    ):
        return _nothing(vector, len(at))
    if isinstance(vector, Texts):
        codes = vector.codes[at]
        return Texts(
            codes if missing is None else np.where(missing, codes.dtype.type(-1), codes), vector.words
        )
    if isinstance(vector, Numbers):
        there = None if vector.known is None else vector.known[at]
        return Numbers(vector.value[at], both(there, None if missing is None else ~missing), vector.scale)
    found = vector[at]
    return found if missing is None else np.where(missing, np.uint8(UNKNOWN), found)


def _nothing(vector: Vector, rows: int) -> Vector:
    """All unknown, in the type of a vector."""
    if isinstance(vector, Texts):
        return Texts(np.full(rows, -1, np.int32), vector.words)
    if isinstance(vector, Numbers):
        return Numbers(np.zeros(rows, np.int64), np.zeros(rows, bool), vector.scale)
    return np.full(rows, UNKNOWN, np.uint8)


def spread(vector: Vector, rows: int) -> Vector:
    """A constant as long as the rows."""
    if isinstance(vector, Texts):
        return vector if vector.codes.ndim else Texts(np.full(rows, vector.codes), vector.words)
    if isinstance(vector, Numbers):
        if vector.value.ndim and (vector.known is None or vector.known.ndim):
            return vector
        mask = None if vector.known is None else np.broadcast_to(vector.known, (rows,))
        return Numbers(np.broadcast_to(vector.value, (rows,)), mask, vector.scale)
    return vector if np.ndim(vector) else np.full(rows, vector, np.uint8)


def width(words: int) -> Any:
    """The least integer that codes of so many words fit into: comparing bytes is many times cheaper than words."""
    return np.int8 if words < 127 else np.int32


def same_words(texts: Sequence[Texts]) -> tuple[list[NDArray[Any]], tuple[str, ...]]:
    """Codes of several texts into one list of words."""
    words = dict.fromkeys(word for one in texts for word in one.words)
    at = {word: number for number, word in enumerate(words)}
    found = []
    for one in texts:
        table = np.array([*(at[word] for word in one.words), -1], width(len(words)))
        found.append(table[one.codes])
    return found, tuple(words)


FEW = 12


def of_words(texts: Texts, answer: Callable[[str], int], unknown: int = UNKNOWN) -> Yeses:
    """A byte for each row by its word."""
    answers = [answer(word) for word in texts.words]
    yes = [number for number, one in enumerate(answers) if one == YES]
    if unknown != UNKNOWN or len(yes) > FEW or not {*answers} <= {NO, YES}:
        return np.array([*answers, unknown], np.uint8)[texts.codes]
    found = (texts.codes < 0).view(np.uint8)
    for number in yes:
        found = found | ((texts.codes == number).view(np.uint8) << np.uint8(1))
    return found


def chosen(condition: Yeses, then: Vector, otherwise: Vector) -> Vector:
    """`then` where the condition is true, else `otherwise`."""
    true = condition == YES
    if isinstance(then, Texts) and isinstance(otherwise, Texts):
        (left, right), words = same_words((then, otherwise))
        return Texts(np.where(true, left, right), words)
    if isinstance(then, Numbers) and isinstance(otherwise, Numbers):
        scale = max(then.scale, otherwise.scale)
        value = np.where(true, then.at_scale(scale), otherwise.at_scale(scale))
        if then.known is None and otherwise.known is None:
            return Numbers(value, None, scale)
        return Numbers(value, np.where(true, known(then), known(otherwise)), scale)
    mask = np.asarray(true).view(np.uint8) * np.uint8(255)
    chosen: NDArray[np.uint8] = (np.asarray(then) & mask) | (np.asarray(otherwise) & ~mask)
    return chosen


class Days:
    """Year, month and day of days by table."""

    _ymd: NDArray[np.int64] | None = None

    @classmethod
    def ymd(cls, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """20170930 of a day."""
        if cls._ymd is None:
            dates = [EPOCH + dt.timedelta(days=one) for one in range(FIRST_DAY, LAST_DAY)]
            cls._ymd = np.array([one.year * 10_000 + one.month * 100 + one.day for one in dates], np.int64)
        if days.size and (days.min() < FIRST_DAY or days.max() >= LAST_DAY):
            raise OverflowError("a day lies outside the years 1800 to 2199")
        return cls._ymd[days - FIRST_DAY]
