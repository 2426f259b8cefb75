"""Records of a piece of a freeze side by side, and expressions over them: each fact once, whoever reads it.

Files are sorted by place and household, so records belong together by their position: members of a household, households
of a village lie in one stretch, and an operation over them is one pass along the column.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.door import Library
from xiuhua.engine.evaluating import evaluate
from xiuhua.engine.names import BELOW
from xiuhua.engine.nodes import Aggregate, Call, Case, FigureAt, Literal, Node, Ref, parts
from xiuhua.engine.tally.columns import Columns
from xiuhua.engine.vectors import (
    UNKNOWN,
    YES,
    Mask,
    Numbers,
    Texts,
    Vector,
    chosen,
    constant,
    known,
    same_words,
    spread,
    taken,
    unknown_of,
    yes_or_no,
)
from xiuhua.rulebook.figures import effective

NO_EVIDENCE = 255
Weak = NDArray[np.uint8]


@dataclass(frozen=True)
class Link:
    """Which row of another record a row belongs to; where `missing`, none."""

    at: NDArray[np.int64]
    missing: Mask | None

    @classmethod
    def of(cls, at: NDArray[np.int64]) -> Link:
        missing = at < 0
        return cls(at, missing if missing.any() else None)


class Stretches:
    """Rows that belong to each owner, in one stretch each. at: the owner of each row, -1 for none."""

    def __init__(self, at: NDArray[np.int64], owners: int) -> None:
        self.owners = owners
        self.order: NDArray[np.int64] | None = None
        if len(at) and ((at[1:] < at[:-1]).any() or at[0] < 0):
            order = np.argsort(at, kind="stable")
            self.order = order[np.searchsorted(at[order], 0) :]
            at = at[self.order]
        self.counts = np.bincount(at, minlength=owners) if len(at) else np.zeros(owners, np.int64)
        self.there = self.counts > 0
        self.starts = (np.cumsum(self.counts) - self.counts)[self.there]

    def count(self, first: Mask, second: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many rows of each owner either of two masks is true of.

        Both in one running sum, the second in its upper half; what runs over cancels out in the differences.
        """
        if len(self.starts) == 0 or int(self.counts.max()) >= 2**16:
            return self.reduce(np.add, first, 0, np.int64), self.reduce(np.add, second, 0, np.int64)
        packed = first.view(np.uint8) | (second.view(np.uint8).astype(np.uint32) << np.uint32(16))
        if self.order is not None:
            packed = packed[self.order]
        running = np.cumsum(packed, dtype=np.uint32)
        found = np.zeros(self.owners, np.uint32)
        last = running[np.append(self.starts[1:], len(running)) - 1]
        found[self.there] = np.diff(last, prepend=np.uint32(0))
        return (found & np.uint32(0xFFFF)).astype(np.int64), (found >> np.uint32(16)).astype(np.int64)

    def reduce(
        self, operation: np.ufunc, values: NDArray[Any], empty: Any, dtype: Any = None
    ) -> NDArray[Any]:
        """The operation along each stretch; `empty` for an owner without rows."""
        if self.order is not None:
            values = values[self.order]
        found = np.full(self.owners, empty, dtype or values.dtype)
        if len(self.starts):
            found[self.there] = operation.reduceat(values, self.starts, dtype=dtype)
        return found


@dataclass
class Frame:
    """Rows of one record. up: other records that its expressions read, by scope; below: the rows that it gathers."""

    loaded: Library
    grain: str
    as_of: dt.date
    columns: Columns
    places: Texts
    """Code of the place of each row, by which figures are looked up."""
    up: dict[str, tuple[Frame, Link]] = field(default_factory=dict)
    below: tuple[Frame, Stretches] | None = None
    _kept: dict[Any, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.columns.rows

    def value(self, node: Node) -> Vector:
        return spread(evaluate(node, self), self.rows)

    def untie(self) -> None:
        """Lets go of the other records and of all that was computed. Records name each other in a ring, which Python would
        free only at its next look for rings: by then many pieces lie in memory, for few objects bear their bytes."""
        self.up.clear()
        self.below = None
        self._kept.clear()

    # -- what `evaluate` asks of rows --------------------------------------------------------------------------------

    def ref(self, ref: Ref) -> Vector:
        # A year's record is the same whether it is read as the reference year's or as the one before.
        key = (None if self._own(ref) else ref.scope, ref.name)
        if key not in self._kept:
            self._kept[key] = self._ref(ref)
        return self._kept[key]

    def _own(self, ref: Ref) -> bool:
        return ref.scope == self.grain or ref.scope not in self.up

    def _ref(self, ref: Ref) -> Vector:
        if not self._own(ref):
            frame, link = self.up[ref.scope]
            return taken(frame.ref(ref), link.at, link.missing)
        return self.value(self.loaded.nodes[ref.name]) if ref.is_fact else self.columns.vector(ref.name)

    def aggregate(self, aggregate: Aggregate) -> Vector:
        if aggregate not in self._kept:
            self._kept[aggregate] = self._aggregate(aggregate)
        return self._kept[aggregate]

    def _aggregate(self, aggregate: Aggregate) -> Vector:
        assert self.below is not None
        frame, its = self.below
        op = aggregate.op
        if op in ("some", "every", "known_count", "how_many"):
            unknown, yes = self._counts_below(aggregate.arg)
            if op == "known_count":
                return Numbers(yes)
            if op == "how_many":
                return Numbers(yes, unknown == 0)
            if op == "some":
                return yes_or_no(yes > 0, (yes > 0) | ((unknown == 0) & its.there))
            no = its.counts > yes + unknown
            return yes_or_no(~no, no | ((unknown == 0) & its.there))
        value = frame.value(aggregate.arg)
        assert isinstance(value, Numbers)
        all_known = (
            None if value.known is None else its.reduce(np.minimum, value.known.view(np.uint8), 1) == 1
        )
        if op == "total":
            whole = value.value if value.known is None else np.where(value.known, value.value, 0)
            return Numbers(its.reduce(np.add, whole, 0), all_known, value.scale)
        found = its.reduce(np.minimum if op == "least" else np.maximum, value.value, 0)
        return Numbers(found, its.there if all_known is None else its.there & all_known, value.scale)

    def _counts_below(self, node: Node) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many of the rows below each it is unknown of, and how many it is true of."""
        key = ("counts", node)
        if key not in self._kept:
            assert self.below is not None
            frame, its = self.below
            value = frame.value(node)
            self._kept[key] = its.count(np.asarray(value == UNKNOWN), np.asarray(value == YES))
        return self._kept[key]

    def figure(self, node: FigureAt) -> Vector:
        if node not in self._kept:
            self._kept[node] = self._figure(node)
        return self._kept[node]

    def _figure(self, node: FigureAt) -> Vector:
        """By the longest place of the figure that the row's place lies in."""
        figure = self.loaded.figures[node.figure]
        found = self._series(node, "")
        for place in sorted({one.place for one in figure.places}, key=lambda place: (len(place), place)):
            here = np.array([*(one.startswith(place) for one in self.places.words), False])[self.places.codes]
            found = chosen(yes_or_no(here), self._series(node, place), found)
        return found

    def _series(self, node: FigureAt, place: str) -> Vector:
        figure = self.loaded.figures[node.figure]
        if node.year is None:
            value = effective(figure, self.as_of, place)
            return constant(value[0].value if value else None, node.kind)
        years = evaluate(node.year, self)
        assert isinstance(years, Numbers)
        found = unknown_of(node.kind)
        here_set = (
            one for one in (*figure.values, *figure.places) if place.startswith(getattr(one, "place", ""))
        )
        for year in sorted({one.year for one in here_set if one.year is not None}):
            value = effective(figure, dt.date(year, 12, 31), place)
            if value:
                here = yes_or_no(years.value == year, years.known)
                found = chosen(here, constant(value[0].value, node.kind), found)
        return found

    # -- evidence ----------------------------------------------------------------------------------------------------

    def evidence(self, node: Node) -> Weak | None:
        """The weakest evidence behind a value: 1 reported, 2 checked, 255 nothing; None where it can bear none."""
        if isinstance(node, Literal):
            return None
        if isinstance(node, Ref):
            return self._of_ref(node)
        if isinstance(node, Aggregate):
            return self._of_aggregate(node)
        if isinstance(node, Case):
            return self._of_case(node)
        if isinstance(node, Call) and node.op == "coalesce":
            branches = [(yes_or_no(known(evaluate(one, self))), self.evidence(one)) for one in node.args[:-1]]
            return _first(branches, self.evidence(node.args[-1]), self.rows)
        return weaker(*(self.evidence(one) for one in parts(node)))

    def seen(self, node: Node) -> Weak | None:
        """Evidence of a fact or column where it is known; 255 where it is not."""
        assert isinstance(node, Ref)
        key = ("seen", node.scope, node.name)
        if key not in self._kept:
            found = self.evidence(node)
            if found is not None:
                there = np.asarray(known(self.ref(node)))
                found = np.where(there, found, np.uint8(NO_EVIDENCE))
            self._kept[key] = found
        return self._kept[key]

    def _of_ref(self, ref: Ref) -> Weak | None:
        key = ("evidence", None if self._own(ref) else ref.scope, ref.name)
        if key not in self._kept:
            self._kept[key] = self._evidence_of(ref)
        return self._kept[key]

    def _evidence_of(self, ref: Ref) -> Weak | None:
        if not self._own(ref):
            frame, link = self.up[ref.scope]
            found = frame._of_ref(ref)
            if found is None or not len(found):
                return None if found is None else np.full(self.rows, NO_EVIDENCE, np.uint8)
            return (
                found[link.at]
                if link.missing is None
                else np.where(link.missing, np.uint8(NO_EVIDENCE), found[link.at])
            )
        if ref.is_fact:
            found = self.evidence(self.loaded.nodes[ref.name])
            return np.full(self.rows, NO_EVIDENCE, np.uint8) if found is None else found
        seen = self.loaded.names.column(ref).seen
        return self.columns.evidence(seen) if seen else None

    def _of_aggregate(self, aggregate: Aggregate) -> Weak:
        key = ("evidence", aggregate)
        if key not in self._kept:
            assert self.below is not None
            frame, its = self.below
            found = frame.evidence(aggregate.arg)
            if found is None:
                # That somebody is a member at all is as well known as the person's record.
                record = self.loaded.relations[BELOW[self.grain]]
                found = (
                    frame.columns.evidence("seen")
                    if record.column("seen")
                    else np.full(frame.rows, NO_EVIDENCE, np.uint8)
                )
            reported, checked = its.count(np.asarray(found == 1), np.asarray(found == 2))
            least = np.where(checked > 0, np.uint8(2), np.uint8(NO_EVIDENCE))
            self._kept[key] = np.where(reported > 0, np.uint8(1), least)
        return self._kept[key]

    def _of_case(self, node: Case) -> Weak | None:
        """The branch that decided, and the conditions asked until then."""
        asked: Weak | None = None
        branches = []
        for condition, result in node.whens:
            asked = weaker(asked, self.evidence(condition))
            branches.append((evaluate(condition, self), weaker(asked, self.evidence(result))))
        return _first(branches, weaker(asked, self.evidence(node.default)), self.rows)


def weaker(*found: Weak | None) -> Weak | None:
    there = [one for one in found if one is not None]
    if not there:
        return None
    least = there[0]
    for one in there[1:]:
        least = np.minimum(least, one)
    return least


def _first(branches: list[tuple[Any, Weak | None]], default: Weak | None, rows: int) -> Weak | None:
    if default is None and all(found is None for _, found in branches):
        return None
    least: Any = np.uint8(NO_EVIDENCE) if default is None else default
    for condition, found in reversed(branches):
        least = np.where(condition == YES, np.uint8(NO_EVIDENCE) if found is None else found, least)
    return np.broadcast_to(least, (rows,))


def keyed(texts: Texts, keys: Texts) -> NDArray[np.int64]:
    """For each text the row of `keys` that has it, -1 for none; the last where several have."""
    (one, other), words = same_words((texts, keys))
    row = np.full(len(words) + 1, -1, np.int64)
    row[other] = np.arange(len(other))
    row[-1] = -1
    return row[one]
