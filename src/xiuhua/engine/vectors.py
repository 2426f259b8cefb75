"""Checked expressions over whole columns in numpy: the third reading of the rulebook's one definition, for millions of rows.

A yes-or-no is a byte, 0 no, 1 unknown, 2 yes, so that `and` is the lesser and `or` the greater of two. Numbers, days and money
are 64-bit integers with a mask; decimals are integers with a scale; texts are codes into their distinct words. Nothing is a
floating-point number, so no order of adding up matters. `tests/properties` holds this to the two SQL engines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node, Ref

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


class Reading(Protocol):
    """Rows that expressions are read over."""

    as_of: dt.date

    def ref(self, ref: Ref) -> Vector: ...

    def aggregate(self, aggregate: Aggregate) -> Vector: ...

    def figure(self, node: FigureAt) -> Vector: ...


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
    return (then & mask) | (otherwise & ~mask)  # type: ignore[operator]


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


def evaluate(node: Node, rows: Reading) -> Vector:
    """The value of an expression for every row; a constant one has no length."""
    if isinstance(node, Literal):
        return constant(node.value, node.kind)
    if isinstance(node, Ref):
        return rows.ref(node)
    if isinstance(node, Aggregate):
        return rows.aggregate(node)
    if isinstance(node, FigureAt):
        return rows.figure(node)
    if isinstance(node, Case):
        return _case(node, rows)
    return _call(node, rows)


def _valued(node: Node, kind: Kind, rows: Reading) -> Vector:
    """A branch, whose null takes the type of the others."""
    return unknown_of(kind) if node.kind is Kind.NOTHING else evaluate(node, rows)


def _case(node: Case, rows: Reading) -> Vector:
    found = _valued(node.default, node.kind, rows)
    for condition, result in reversed(node.whens):
        found = chosen(evaluate(condition, rows), _valued(result, node.kind, rows), found)  # type: ignore[arg-type]
    return found


def _call(node: Call, rows: Reading) -> Vector:
    if node.op == "as_of":
        return constant(rows.as_of, Kind.DATE)
    args = [evaluate(one, rows) for one in node.args]
    if node.op in COMPARISONS:
        return _compared(node.op, args[0], args[1])
    return OPERATIONS[node.op](args)


COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _compared(op: str, left: Vector, right: Vector) -> Yeses:
    if isinstance(left, Texts) and isinstance(right, Texts):
        equal = op == "="
        if right.codes.ndim == 0 and right.codes >= 0:
            word = right.words[int(right.codes)]
            return of_words(left, lambda one: YES if (one == word) is equal else NO)
        (one, other), _ = same_words((left, right))
        return yes_or_no(np.asarray((one == other) == equal), np.asarray((one >= 0) & (other >= 0)))
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        scale = max(left.scale, right.scale)
        true = COMPARISONS[op](left.at_scale(scale), right.at_scale(scale))
        return yes_or_no(true, both(left.known, right.known))
    return yes_or_no(COMPARISONS[op](left, right), np.asarray((left != UNKNOWN) & (right != UNKNOWN)))


def _in(args: list[Any]) -> Yeses:
    tested, items = args[0], args[1:]
    if isinstance(tested, Texts):
        words = {one.words[0] for one in items}
        return of_words(tested, lambda one: YES if one in words else NO)
    found = _compared("=", tested, items[0])
    for one in items[1:]:
        found = np.maximum(found, _compared("=", tested, one))
    return found


def _is_null(args: list[Any]) -> Yeses:
    return yes_or_no(~np.asarray(known(args[0])))


def _coalesce(args: list[Any]) -> Vector:
    found = args[-1]
    for one in reversed(args[:-1]):
        found = chosen(yes_or_no(known(one)), one, found)
    return found


def _added(args: list[Any], sign: int) -> Numbers:
    left, right = args
    scale = max(left.scale, right.scale)
    return Numbers(left.at_scale(scale) + sign * right.at_scale(scale), both(left.known, right.known), scale)


def _multiplied(args: list[Any]) -> Numbers:
    left, right = args
    value = product(left.value, right.value)
    return Numbers(value, both(left.known, right.known), left.scale + right.scale)


def _least(args: list[Any], pick: Callable[[Any, Any], Any]) -> Numbers:
    scale = max(one.scale for one in args)
    value = args[0].at_scale(scale)
    for one in args[1:]:
        value = pick(value, one.at_scale(scale))
    return Numbers(value, both(*(one.known for one in args)), scale)


def _ratio_at_least(args: list[Any]) -> Yeses:
    part, whole, percent = args
    hundred = Numbers(np.asarray(np.int64(100)))
    found = _compared(">=", _multiplied([part, hundred]), _multiplied([percent, whole]))
    return np.where(np.asarray(whole.value) != 0, found, np.uint8(UNKNOWN))


def _div(args: list[Any]) -> Numbers:
    number, by = args
    zero = np.asarray(by.value == 0)
    value = np.floor_divide(number.value, np.where(zero, 1, by.value))
    return Numbers(value, both(number.known, by.known, ~zero if zero.any() else None))


def _dates(one: Numbers) -> NDArray[np.int64]:
    """20170930; where no day is known, that of day 0."""
    return Days.ymd(one.value if one.known is None else np.where(one.known, one.value, 0))


def _years_between(args: list[Any]) -> Numbers:
    return Numbers(
        np.floor_divide(_dates(args[1]) - _dates(args[0]), 10_000), both(args[0].known, args[1].known)
    )


def _days_between(args: list[Any]) -> Numbers:
    return Numbers(args[1].value - args[0].value, both(args[0].known, args[1].known))


def _listed(args: list[Any]) -> Yeses:
    """Asked once of each pair of words that occurs."""
    code, codes = args
    if code.codes.ndim == 0 and code.codes >= 0:
        word = code.words[int(code.codes)]
        return of_words(codes, lambda one: YES if _holds(word, one) else NO)
    pairs = code.codes.astype(np.int64) * (len(codes.words) + 1) + codes.codes
    there = np.asarray((code.codes >= 0) & (codes.codes >= 0))
    distinct, at = np.unique(np.where(there, pairs, -1), return_inverse=True)
    answers = [
        UNKNOWN if one < 0 else YES if _holds(code.words[one // (len(codes.words) + 1)], codes.words[one % (len(codes.words) + 1)]) else NO
        for one in distinct.tolist()
    ]  # fmt: skip
    return np.array(answers, np.uint8)[at].reshape(np.shape(there))


def _holds(code: str, codes: str) -> bool:
    return f",{code}," in f",{codes},"


def _and(args: list[Any]) -> Yeses:
    found = args[0]
    for one in args[1:]:
        found = np.minimum(found, one)
    return found


def _or(args: list[Any]) -> Yeses:
    found = args[0]
    for one in args[1:]:
        found = np.maximum(found, one)
    return found


OPERATIONS: Mapping[str, Callable[[list[Any]], Vector]] = {
    "and": _and,
    "or": _or,
    "not": lambda args: np.uint8(2) - args[0],
    "in": _in,
    "is_null": _is_null,
    "coalesce": _coalesce,
    "+": lambda args: _added(args, 1),
    "-": lambda args: _added(args, -1),
    "*": _multiplied,
    "neg": lambda args: Numbers(-args[0].value, args[0].known, args[0].scale),
    "abs": lambda args: Numbers(np.abs(args[0].value), args[0].known, args[0].scale),
    "least_of": lambda args: _least(args, np.minimum),
    "greatest_of": lambda args: _least(args, np.maximum),
    "ratio_at_least": _ratio_at_least,
    "div": _div,
    "year_of": lambda args: Numbers(_dates(args[0]) // 10_000, args[0].known),
    "years_between": _years_between,
    "days_between": _days_between,
    "listed": _listed,
}
