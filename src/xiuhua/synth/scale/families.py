"""Who lives in a household: ages in full years, sex and relation to the head, all at once for a county.

Children are born to parents of 21 to 41, two to four years apart; grown sons may have a wife and children in the house.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import shares
from .drawing import Codes, Draw, Flags, Numbers
from .shapes import Homes

MOST = 6
_R = {name: i for i, name in enumerate(shares.RELATION)}


@dataclass
class Members:
    """A row a household, a column a place at the table; what lies beyond the household's size means nothing."""

    age: Numbers
    male: Flags
    relation: Codes
    taken: Numbers  # places taken so far, by household

    def seat(self, which: Flags, age: Numbers, male: Flags, relation: Codes) -> None:
        """Gives those households one member more."""
        rows = np.flatnonzero(which)
        at = self.taken[rows]
        self.age[rows, at] = age[rows]
        self.male[rows, at] = male[rows]
        self.relation[rows, at] = relation[rows]
        self.taken[rows] += 1


def families(draw: Draw, homes: Homes) -> Members:
    """Members of every household, exactly as many as its size."""
    n, size = len(homes.size), homes.size
    hardship = homes.attribute == 2
    single = size == 1
    spouse = ~single & (hardship | draw.chance(n, 0.82))
    room = size - 1 - spouse
    first_elder = (room >= 1) & ~hardship & draw.chance(n, 0.35)
    second_elder = first_elder & (room >= 2) & draw.chance(n, 0.3)
    children = np.where(hardship, 0, room - first_elder - second_elder)
    gaps = np.stack([draw.between(n, 2, 4) * (children > k) for k in range(1, MOST - 1)], axis=1)
    gap = gaps.sum(axis=1)

    age = np.where(first_elder, draw.between(n, 26, 55), draw.between(n, 26, 70))
    age = np.where(single, draw.between(n, 32, 84), age)
    age = np.where(hardship, draw.between(n, 67, 88), np.where(children > 0, np.maximum(age, 22 + gap), age))
    male = draw.chance(n, np.where(hardship, 0.75, np.where(single, 0.51, 0.8)))
    other = age + draw.between(n, -6, 5)
    other = np.maximum(other, np.where(hardship, 67, np.where(children > 0, np.maximum(22, 21 + gap), 22)))

    out = Members(
        np.zeros((n, MOST), np.int64),
        np.zeros((n, MOST), bool),
        np.zeros((n, MOST), np.int8),
        np.zeros(n, np.int64),
    )
    out.seat(np.ones(n, bool), age, male, np.full(n, _R["head"], np.int8))
    out.seat(spouse, other, ~male, np.full(n, _R["spouse"], np.int8))
    _elders(draw, out, age, first_elder, second_elder)
    _children(draw, out, children, gaps, np.where(spouse, np.minimum(age, other), age))
    return out


def _elders(draw: Draw, out: Members, head: Numbers, first: Flags, second: Flags) -> None:
    n = len(head)
    age = np.minimum(92, head + draw.between(n, 20, 36))
    male = draw.chance(n, 0.35)
    relation = np.where(male, _R["father"], _R["mother"]).astype(np.int8)
    out.seat(first, age, male, relation)
    other = np.minimum(93, np.maximum(head + 19, age + draw.between(n, -4, 4)))
    out.seat(second, other, ~male, np.where(male, _R["mother"], _R["father"]).astype(np.int8))


def _children(draw: Draw, out: Members, children: Numbers, gaps: Numbers, parent: Numbers) -> None:
    """The oldest child first; behind a grown son his wife and a child of his in place of younger brothers and sisters."""
    n = len(children)
    low = np.maximum(gaps.sum(axis=1), parent - 41)
    oldest = draw.between(n, low, np.maximum(low, parent - 21))
    son = draw.chance(n, 0.51)
    son_relation = np.where(son, _R["son"], _R["daughter"]).astype(np.int8)
    out.seat(children > 0, oldest, son, son_relation)
    married = (children >= 2) & son & (oldest >= 23) & draw.chance(n, 0.6)
    wife = np.maximum(21, oldest + draw.between(n, -4, 2))
    out.seat(married, wife, np.zeros(n, bool), np.full(n, _R["daughter_in_law"], np.int8))
    grandchild = draw.between(n, 0, np.minimum(np.maximum(np.minimum(oldest, wife) - 21, 0), 18))
    boy = draw.chance(n, 0.52)
    grand_relation = np.where(boy, _R["grandson"], _R["granddaughter"]).astype(np.int8)
    out.seat(married & (children >= 3), grandchild, boy, grand_relation)
    younger = oldest
    for k in range(1, MOST - 1):
        younger = younger - gaps[:, k - 1]
        boy = draw.chance(n, 0.51)
        relation = np.where(boy, _R["son"], _R["daughter"]).astype(np.int8)
        out.seat((children > k) & ~(married & (k <= 2)), younger, boy, relation)
