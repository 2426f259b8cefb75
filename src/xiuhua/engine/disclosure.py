"""Counts that can be shown to somebody who may not see the people behind them.

A count of few people tells of these people, so a **small cell** (more than nothing, fewer than the threshold) is not shown.
One withheld cell alone is found by subtraction from its row, its column or the place above, so further cells, its
**companions**, are withheld with it until it cannot be. Zeros are shown: that nothing is wrong is what most readers come for.

A table here is places by parts (the outcomes of a rule, the bands of an income), parts that exclude each other, with the total of
each place, and the places above up to one. Because only the places are nested, such a table is a network: every cell
is an arc, its value the flow in it, every sum a node where as much comes in as goes out. A small cell cannot be pinned
down by a margin as long as that much more could flow through it, round some cycle of withheld cells, without a withheld cell
falling under one. Companions are the cheapest such cycle (small counts before large ones, places before the places above,
parts before totals), found by shortest augmenting paths; what turns out to be no companion of anything is shown again.

What a reader is taken to know: every shown cell and sum, that zeros are always shown, the threshold. What is held then:
**every small cell could be larger by at least the threshold, so that not even its being small is certain, and no companion
is certain either** (`Protected.interval` tells the bounds). What is not: that all of a place are of one part (a place of
nine in which nine fail is shown), and what other tables about the same people tell. One table belongs to one request: to show a
county's villages and its townships so that they do not give each other away, protect them together.

The method is the field's: cell suppression with linear relations and network flows in tables with one hierarchy (L. H. Cox,
"Network models for complementary cell suppression", Journal of the American Statistical Association 90, 1995; A. Hundepool
et al., "Statistical Disclosure Control", Wiley 2012, ch. 4).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

THRESHOLD = 5
TOTAL = ""
"""The part that is the sum of the others; also the place above all, where none is named."""

Cell = tuple[str, str]
Node = tuple[str, str]
Path = list[tuple["_Arc", int]]
# A total hides more from a reader than a part; the sum of many places more than one of them.
TOTAL_COSTS = 4
ABOVE_COSTS = 8


@dataclass(eq=False)
class _Arc:
    """A cell as an arc of the network."""

    cell: Cell
    tail: Node
    head: Node
    value: int
    cost: int


@dataclass(frozen=True)
class Protected:
    """A table as it may be shown. Cells are (place, part); the part TOTAL is the place's sum."""

    shown: Mapping[str, Mapping[str, int | None]]
    """By place (those above too) and part; None where it is withheld."""
    small: frozenset[Cell]
    """Withheld because few are counted."""
    companions: frozenset[Cell]
    """Withheld because a small one could be found by subtraction."""
    threshold: int
    _network: _Network = field(repr=False)

    @property
    def withheld(self) -> frozenset[Cell]:
        return self.small | self.companions

    def interval(self, place: str, part: str) -> tuple[int, int | None]:
        """The least and the most that a reader of `shown` can hold possible for a cell; most None: without bound.

        Raises KeyError for a cell that is not in the table.
        """
        value = self._network.arcs[place, part].value if (place, part) in self._network.arcs else 0
        if (place, part) not in self.withheld:
            return self.shown[place][part] or 0, self.shown[place][part] or 0
        most = self._network.slack((place, part), self.withheld, up=True)
        least = self._network.slack((place, part), self.withheld, up=False)
        return value - min(least, value - 1), None if most >= _ENOUGH else value + most


_ENOUGH = 1 << 60


def protect(
    counts: Mapping[str, Mapping[str, int]],
    above: Mapping[str, str] | None = None,
    threshold: int = THRESHOLD,
) -> Protected:
    """What of a table of counts may be shown.

    counts: of each lowest place, the parts and how many, whole numbers ≥ 0; a part that is left out is 0. above: the
    place above each place, up to one; None: all stand under one total, named TOTAL. threshold: the least count that
    is shown, ≥ 2 (1 withholds nothing).
    Raises ValueError for a negative count, a part named TOTAL, or places that do not lead up to one place.
    """
    above = dict.fromkeys(counts, TOTAL) if above is None else dict(above)
    root = _root(counts, above)
    if root is None:
        return Protected({}, frozenset(), frozenset(), threshold, _Network({}, set()))
    sums = _sums(counts, above)
    network = _Network(sums, set(counts), above, root)
    small = sorted(cell for cell, arc in network.arcs.items() if arc.value < threshold)
    withheld, flows = set(small), dict[Cell, set[Cell]]()
    for cell in small:
        flows[cell] = network.companions(cell, withheld, threshold)
        withheld |= flows[cell]
    companions = _needed(network, set(small), withheld, flows, threshold)
    withheld = set(small) | companions
    shown = {
        place: {part: None if (place, part) in withheld else n for part, n in parts.items()}
        for place, parts in sums.items()
    }
    return Protected(shown, frozenset(small), frozenset(companions), threshold, network)


def _root(counts: Mapping[str, Mapping[str, int]], above: Mapping[str, str]) -> str | None:
    tops = set()
    for place in counts:
        seen = set()
        while place in above:
            if place in seen:
                raise ValueError(f"the places above {place} go round in a circle")
            seen.add(place)
            place = above[place]
        tops.add(place)
    if len(tops) > 1:
        raise ValueError(f"places stand under several: {', '.join(sorted(tops))}")
    if any(place in set(above.values()) for place in counts):
        raise ValueError("counts are given of lowest places only")
    return next(iter(tops), None)


def _sums(counts: Mapping[str, Mapping[str, int]], above: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Every place, those above too, with every part and the total."""
    parts = list(dict.fromkeys(part for one in counts.values() for part in one))
    if TOTAL in parts:
        raise ValueError("the total is made here, it is not a part")
    found: dict[str, dict[str, int]] = {}
    for place, one in counts.items():
        if any(n < 0 for n in one.values()):
            raise ValueError(f"{place}: a count cannot be negative")
        row = {part: one.get(part, 0) for part in parts} | {TOTAL: sum(one.values())}
        at: str | None = place
        while at is not None:
            into = found.setdefault(at, dict.fromkeys(row, 0))
            for part, n in row.items():
                into[part] += n
            at = above.get(at)
    return found


def _needed(
    network: _Network, small: set[Cell], withheld: set[Cell], flows: dict[Cell, set[Cell]], threshold: int
) -> set[Cell]:
    """Companions without which a small cell would be pinned down; the dearest are tried first."""
    companions = withheld - small
    for one in sorted(companions, key=lambda cell: (-network.arcs[cell].cost, cell)):
        rest = withheld - {one}
        resting = [cell for cell in sorted(small) if one in flows[cell]]
        again = {cell: network.flow(cell, rest, threshold) for cell in resting}
        if all(found is not None for found in again.values()):
            withheld = rest
            flows |= {cell: found for cell, found in again.items() if found is not None}
    used = set().union(*(flows[cell] for cell in small)) if small else set()
    return (withheld & used) - small


class _Network:
    """The table as a circulation: parts flow up from the places to the top, totals back down. Zeros are no arcs: they are shown."""

    def __init__(
        self,
        sums: Mapping[str, Mapping[str, int]],
        leaves: set[str],
        above: Mapping[str, str] | None = None,
        root: str = TOTAL,
    ) -> None:
        self.arcs: dict[Cell, _Arc] = {}
        self.out: dict[Node, list[_Arc]] = {}
        self.into: dict[Node, list[_Arc]] = {}
        for place, parts in sums.items():
            for part, n in parts.items():
                if not n:
                    continue
                low = (place, "row") if place in leaves else (place, f"={part}")
                high = (root, "top") if place == root else ((above or {})[place], f"={part}")
                cost = n.bit_length() * (TOTAL_COSTS if part == TOTAL else 1)
                cost *= 1 if place in leaves else ABOVE_COSTS
                tail, head = (high, low) if part == TOTAL else (low, high)
                arc = _Arc((place, part), tail, head, n, cost)
                self.arcs[place, part] = arc
                self.out.setdefault(tail, []).append(arc)
                self.into.setdefault(head, []).append(arc)

    def companions(self, cell: Cell, withheld: set[Cell], wanted: int) -> set[Cell]:
        """Cells that must be withheld, so that a cell could be larger by `wanted`: the cheaper of one cycle and of several."""
        whole = self.cycles(cell, withheld, wanted, whole=True)
        parted = self.cycles(cell, withheld, wanted, whole=False)
        costs = [
            sum(self.arcs[one].cost for one in found - withheld) if found is not None else None
            for found in (whole, parted)
        ]
        if costs[1] is not None and (costs[0] is None or costs[1] < costs[0]):
            assert parted is not None
            return parted
        assert whole is not None, "up to the place above all there is always a way"
        return whole

    def flow(self, cell: Cell, withheld: set[Cell], wanted: int) -> set[Cell] | None:
        """Withheld cells round which a cell can be larger by `wanted`; None where it cannot."""
        return self.cycles(cell, withheld, wanted, whole=False, only=withheld)

    def cycles(
        self, cell: Cell, withheld: set[Cell], wanted: int, *, whole: bool, only: Iterable[Cell] | None = None
    ) -> set[Cell] | None:
        target, moved, used = self.arcs[cell], dict[Cell, int](), set[Cell]()
        free = set(withheld)
        allowed = None if only is None else set(only)
        while wanted > 0:
            path = self._cheapest(target, free, moved, wanted if whole else 1, allowed)
            if path is None:
                return None
            step = min(wanted, *(self._room(arc, way, moved) for arc, way in path))
            for arc, way in path:
                moved[arc.cell] = moved.get(arc.cell, 0) + way * step
                used.add(arc.cell)
                free.add(arc.cell)
            wanted -= step
        return {one for one in used if moved[one]}

    def _room(self, arc: _Arc, way: int, moved: Mapping[Cell, int]) -> int:
        """How far a cell can go: up without end, down to one, for a zero would be shown."""
        return _ENOUGH if way > 0 else arc.value - 1 + moved.get(arc.cell, 0)

    def _cheapest(
        self, target: _Arc, free: set[Cell], moved: Mapping[Cell, int], room: int, allowed: set[Cell] | None
    ) -> Path | None:
        """The way back from the end of an arc to its beginning that hides least; free cells cost nothing."""
        best: dict[Node, int] = {target.head: 0}
        came: dict[Node, tuple[Node, _Arc, int]] = {}
        waiting = [(0, target.head)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == target.tail:
                break
            if cost > best[node]:
                continue
            for arc, way in self._steps(node):
                if arc is target or (allowed is not None and arc.cell not in allowed):
                    continue
                if self._room(arc, way, moved) < room:
                    continue
                there = arc.head if way > 0 else arc.tail
                dearer = cost + (0 if arc.cell in free else arc.cost)
                if there not in best or dearer < best[there]:
                    best[there] = dearer
                    came[there] = (node, arc, way)
                    heapq.heappush(waiting, (dearer, there))
        return _way_back(came, target)

    def _steps(self, node: Node) -> Iterable[tuple[_Arc, int]]:
        for arc in self.out.get(node, ()):
            yield arc, 1
        for arc in self.into.get(node, ()):
            yield arc, -1

    def slack(self, cell: Cell, withheld: Iterable[Cell], *, up: bool) -> int:
        """How far a cell can go up or down while all that is shown stays as it is. `_ENOUGH` or more: without end."""
        target, moved, hidden = self.arcs[cell], dict[Cell, int](), set(withheld)
        begin, end = (target.head, target.tail) if up else (target.tail, target.head)
        total = 0
        while total < _ENOUGH and (up or total < target.value - 1):
            path = self._any_path(begin, end, target, hidden, moved)
            if path is None:
                break
            step = min(self._room(arc, way, moved) for arc, way in path)
            for arc, way in path:
                moved[arc.cell] = moved.get(arc.cell, 0) + way * step
            total += step
        return total

    def _any_path(
        self, begin: Node, end: Node, target: _Arc, hidden: set[Cell], moved: Mapping[Cell, int]
    ) -> Path | None:
        came: dict[Node, tuple[Node, _Arc, int]] = {}
        waiting, seen = deque([begin]), {begin}
        while waiting and end not in seen:
            node = waiting.popleft()
            for arc, way in self._steps(node):
                there = arc.head if way > 0 else arc.tail
                if arc is target or arc.cell not in hidden or there in seen:
                    continue
                if self._room(arc, way, moved) > 0:
                    seen.add(there)
                    came[there] = (node, arc, way)
                    waiting.append(there)
        return _trace(came, begin, end)


def _way_back(came: Mapping[Node, tuple[Node, _Arc, int]], target: _Arc) -> Path | None:
    return _trace(came, target.head, target.tail)


def _trace(came: Mapping[Node, tuple[Node, _Arc, int]], begin: Node, end: Node) -> Path | None:
    if end not in came:
        return None
    path: Path = []
    while end != begin:
        end, arc, way = came[end]
        path.append((arc, way))
    return path
