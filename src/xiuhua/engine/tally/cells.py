"""What is counted of one rule, fact or measure: the values it needs of a row, and the numbers a group of rows gives.

A row's value becomes a small code in numpy once, and codes are counted: neither DuckDB's aggregates nor its CASE are as
cheap (see the decision record). Values come as `engine.vectors` have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from xiuhua.engine.nodes import Kind, Node, Ref
from xiuhua.engine.shortfall import below_line
from xiuhua.engine.vectors import NO, UNKNOWN, YES, Numbers, Texts, known

Codes = NDArray[np.uint8]
NO_EVIDENCE = 255


@dataclass(frozen=True, eq=False)
class Value:
    """One value of a row that is fetched: how, and of which expression. `evidence`: of a fact or column where it is known,
    not its value.

    Told apart by the very node that a cell holds: comparing whole expressions would cost more than fetching one twice.
    """

    form: Literal["yes", "text", "number", "known", "evidence"]
    node: Node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self.node is other.node and self.form == other.form

    def __hash__(self) -> int:
        return hash((self.form, id(self.node)))


@dataclass(frozen=True)
class Counter:
    """Counts and sums by group. groups: of each row, below `width`."""

    groups: NDArray[np.int64]
    width: int
    _first: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def count(self, codes: Codes, lanes: int) -> NDArray[np.int64]:
        """[group, code]: rows of each code below `lanes`."""
        if lanes not in self._first:
            self._first[lanes] = self.groups * lanes
        found = np.bincount(self._first[lanes] + codes, minlength=self.width * lanes)
        return found.reshape(self.width, lanes)

    def rows(self) -> NDArray[np.int64]:
        return np.bincount(self.groups, minlength=self.width)

    def sum(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Exact: in floating point only where every partial sum is a whole number that it holds."""
        if not len(values):
            return np.zeros(self.width, np.int64)
        most = max(abs(int(values.min())), abs(int(values.max())))
        if most * len(values) < 2**53:
            return np.bincount(self.groups, values, self.width).astype(np.int64)
        found = np.zeros(self.width, np.int64)
        np.add.at(found, self.groups, values)
        return found


Read = Callable[[Value], Any]
"""yes: bytes; known: bytes 0 and 1; evidence: bytes or None; text: Texts; number: Numbers, 0 where they are not known."""


@dataclass(frozen=True)
class Cell:
    """One rule, fact or measure. `lanes` are names of counts, `sums` of sums, in the order in which they are stored."""

    section: Literal["rules", "facts", "measures"]
    id: str
    grain: str
    lanes: tuple[str, ...]
    sums: tuple[str, ...] = ()
    form: ClassVar[str] = ""

    def values(self) -> list[Value]:
        """All that it reads of a row."""
        raise NotImplementedError

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        """[group, lane] and, for each of `sums`, [group]."""
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """As the layout of a tally keeps it."""
        return {"in": self.section, "id": self.id, "grain": self.grain, "form": self.form, "lanes": list(self.lanes), "sums": list(self.sums)}  # fmt: skip


OUTCOMES = ("holds", "fails", "not_known", "not_applicable", "checked")


@dataclass(frozen=True)
class OfRule(Cell):
    holds: Node | None = None
    """None: not in force on the day."""
    applies: Node | None = None
    because: tuple[Ref, ...] = ()

    form: ClassVar[str] = "outcomes"

    def values(self) -> list[Value]:
        if self.holds is None:
            return []
        found = [Value("yes", self.holds)]
        if self.applies is not None:
            found.append(Value("yes", self.applies))
        return found + [Value("evidence", one) for one in self.because]

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        if self.holds is None:
            found = np.zeros((counter.width, 5), np.int64)
            found[:, 3] = counter.rows()
            return found, []
        codes = self.outcomes(read)
        weakest = self.weakest(read)
        if weakest is not None:
            codes = codes | (((codes == 0) & (weakest == 2)).view(np.uint8) << np.uint8(2))
        found = counter.count(codes, 5)
        found[:, 0] += found[:, 4]
        return found, []

    def outcomes(self, read: Read) -> Codes:
        """The lane of each row's outcome: 0 holds, 1 fails, 2 not known, 3 not applicable."""
        assert self.holds is not None
        holds: Codes = read(Value("yes", self.holds))
        two = np.uint8(2)
        # Not known, unless it holds (which needs no certainty that the rule applies) or surely fails.
        codes = two - ((holds == YES).view(np.uint8) << np.uint8(1))
        if self.applies is None:
            return codes - (holds == NO).view(np.uint8)
        applies: Codes = read(Value("yes", self.applies))
        codes -= ((holds == NO) & (applies == YES)).view(np.uint8)
        return codes | ((applies == NO).view(np.uint8) * np.uint8(3))

    def weakest(self, read: Read) -> Codes | None:
        """The weakest evidence of the reasons that are known; 255 where none bears any."""
        weakest: Codes | None = None
        for one in self.because:
            seen = read(Value("evidence", one))
            if seen is not None:
                weakest = seen if weakest is None else np.minimum(weakest, seen)
        return weakest


@dataclass(frozen=True)
class Yes(Cell):
    """A yes-or-no fact."""

    node: Node | None = None

    form: ClassVar[str] = "yes"

    def values(self) -> list[Value]:
        assert self.node is not None
        return [Value("yes", self.node)]

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        # Lanes are true, false, unknown.
        return counter.count(read(self.values()[0]), 3)[:, [YES, NO, UNKNOWN]], []


@dataclass(frozen=True)
class Known(Cell):
    """Whether there is a value at all, where values themselves are too many to count."""

    node: Node | None = None

    form: ClassVar[str] = "known"

    def values(self) -> list[Value]:
        assert self.node is not None
        return [Value("known", self.node)]

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        return counter.count(read(self.values()[0]), 2)[:, [1, 0]], []


@dataclass(frozen=True)
class Number(Cell):
    """Sum, known and unknown. Decimals are summed in hundredths."""

    node: Node | None = None

    form: ClassVar[str] = "number"

    def described(self) -> dict[str, Any]:
        scale = {"scale": 2} if self.node is not None and self.node.kind is Kind.DECIMAL else {}
        return {**super().described(), **scale}

    def values(self) -> list[Value]:
        assert self.node is not None
        return [Value("number", self.node)]

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        numbers: Numbers = read(self.values()[0])
        found = counter.count(np.asarray(known(numbers)).view(np.uint8), 2)[:, [1, 0]]
        return found, [counter.sum(numbers.value)]


OTHER = "~"


@dataclass(frozen=True)
class Parts(Cell):
    """Rows by a code: lanes are the codes, one for every other value, one for unknown. `among`: only rows of which it is
    true; of which it is unknown, they count as unknown. Whole numbers are codes too."""

    node: Node | None = None
    among: Node | None = None
    numbers: tuple[int, ...] = ()
    step: int = 0
    """Numbers fall into bands this wide, the first of `numbers` being the lowest edge; 0: each number by itself."""

    form: ClassVar[str] = "parts"

    def values(self) -> list[Value]:
        assert self.node is not None
        found = [Value("number" if self.numbers else "text", self.node)]
        return found + ([Value("yes", self.among)] if self.among is not None else [])

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        lanes = len(self.lanes)
        return counter.count(self.codes(read), lanes + 1)[:, :lanes], []

    def codes(self, read: Read) -> Codes:
        """The lane of each row, or the number of lanes for rows that are not meant."""
        value, *more = self.values()
        codes = self._numbered(read(value)) if self.numbers else self._worded(read(value))
        if more:
            among = read(more[0])
            lanes = len(self.lanes)
            codes = np.where(among == YES, codes, np.where(among == NO, np.uint8(lanes), np.uint8(lanes - 1)))
        return codes

    def _worded(self, texts: Texts) -> Codes:
        lane = {word: number for number, word in enumerate(self.lanes[:-2])}
        other, unknown = len(self.lanes) - 2, len(self.lanes) - 1
        return np.array([*(lane.get(word, other) for word in texts.words), unknown], np.uint8)[texts.codes]

    def _numbered(self, numbers: Numbers) -> Codes:
        first, last = self.numbers[0], self.numbers[-1]
        lanes = len(self.lanes)
        if self.step:
            # The lowest band takes what lies under it, the highest what lies above.
            at = np.clip((numbers.value - first) // self.step, -1, len(self.numbers) - 1) + 1
        else:
            inside = (numbers.value >= first) & (numbers.value <= last)
            at = np.where(inside, numbers.value - first, lanes - 2)
        return np.where(known(numbers), at, lanes - 1).astype(np.uint8)


@dataclass(frozen=True)
class Flags(Cell):
    """Of the rows meant, how many each of several statements is true of. Lanes: the statements, `of` and `unknown`, rows of
    which it is not known whether they are meant."""

    among: Node | None = None
    statements: tuple[Node, ...] = ()

    form: ClassVar[str] = "flags"

    def values(self) -> list[Value]:
        found = [Value("yes", one) for one in self.statements]
        return found + ([Value("yes", self.among)] if self.among is not None else [])

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        meant = (
            read(Value("yes", self.among))
            if self.among is not None
            else np.full(len(counter.groups), YES, np.uint8)
        )
        found = [
            counter.count(((read(Value("yes", one)) == YES) & (meant == YES)).view(np.uint8), 2)[:, 1]
            for one in self.statements
        ]
        of = counter.count(meant, 3)
        return np.stack([*found, of[:, YES], of[:, UNKNOWN]], axis=1), []


@dataclass(frozen=True)
class Share(Cell):
    """A sum over a sum, of the rows where both are known."""

    among: Node | None = None
    of: Node | None = None
    per: Node | None = None

    form: ClassVar[str] = "share"

    def values(self) -> list[Value]:
        assert self.of is not None and self.per is not None
        found = [Value("number", self.of), Value("number", self.per)]
        return found + ([Value("yes", self.among)] if self.among is not None else [])

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        of, per = (read(one) for one in self.values()[:2])
        meant = (
            read(Value("yes", self.among))
            if self.among is not None
            else np.full(len(counter.groups), YES, np.uint8)
        )
        there = known(of) & known(per) & (meant == YES)
        codes = np.where(there, np.uint8(0), np.where(meant == NO, np.uint8(2), np.uint8(1)))
        sums = [counter.sum(np.where(there, one.value, 0)) for one in (of, per)]
        return counter.count(codes, 3)[:, :2], sums


MILLION = 1_000_000


@dataclass(frozen=True)
class Gap(Cell):
    """Foster-Greer-Thorbecke 0 to 2 over a whole population, everybody of a household at its income per head: persons, poor
    persons, and the gaps of the poor as millionths of the line, rounded down for each household before they are summed."""

    welfare: Node | None = None
    line: Node | None = None
    persons: Node | None = None

    form: ClassVar[str] = "gap"

    def values(self) -> list[Value]:
        assert self.welfare is not None and self.line is not None and self.persons is not None
        return [Value("number", one) for one in (self.welfare, self.line, self.persons)]

    def counts(self, read: Read, counter: Counter) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        welfare, line, persons = (read(one) for one in self.values())
        there = known(welfare) & known(line) & known(persons) & (line.value > 0)
        heads = np.where(there, persons.value, 0)
        # A loss counts as nothing to live on: no gap is wider than the line.
        divisor = np.where(there, line.value, 1)
        income = np.where(there, np.maximum(welfare.value, 0), divisor)
        sums = [heads, *(heads * below_line(income, divisor, alpha, MILLION) for alpha in (0, 1, 2))]
        return counter.count(there.view(np.uint8), 2)[:, [1, 0]], [counter.sum(one) for one in sums]


def layout(cells: list[Cell]) -> tuple[Mapping[tuple[str, str], tuple[int, int]], int, int]:
    """Where each cell's counts and sums begin, and how many there are of each; 0 and 1 are households and persons."""
    at: dict[tuple[str, str], tuple[int, int]] = {}
    counts, sums = 2, 0
    for cell in cells:
        at[cell.section, cell.id] = (counts, sums)
        counts += len(cell.lanes)
        sums += len(cell.sums)
    return at, counts, sums
