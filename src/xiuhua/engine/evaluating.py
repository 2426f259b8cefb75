"""Checked expressions over whole columns: the third reading of the rulebook's one definition, held to the two SQL engines and to
the naive one by `tests/properties`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Kind, Literal, Node, Ref
from xiuhua.engine.vectors import (
    NO,
    UNKNOWN,
    YES,
    Days,
    Numbers,
    Texts,
    Vector,
    Yeses,
    both,
    chosen,
    constant,
    known,
    of_words,
    product,
    same_words,
    unknown_of,
    yes_or_no,
)


class Reading(Protocol):
    """Rows that expressions are read over."""

    as_of: dt.date

    def ref(self, ref: Ref) -> Vector: ...

    def aggregate(self, aggregate: Aggregate) -> Vector: ...

    def figure(self, node: FigureAt) -> Vector: ...


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
