"""Main causes that the members bear out, and further ones."""

from __future__ import annotations

import numpy as np

from . import shares
from .drawing import Draw
from .shapes import Homes, People

OTHER_CAUSES = ("skill", "capital", "labour", "transport", "skill,capital", "labour,skill", "study", "land")
_CAUSE = {name: i for i, name in enumerate(shares.CAUSE)}


def settle_causes(draw: Draw, homes: Homes, people: People) -> None:
    """Puts right the causes that cannot be true of these members; illness and disability were seen to before.

    Study needs a student, lack of labour at most one who can work, everything else somebody who can.
    """
    n = len(homes.size)
    able = people.count(people.able, n)
    study = people.some(people.studies, n)
    cause = homes.cause
    wrong = (cause == _CAUSE["study"]) & ~study
    wrong |= (cause == _CAUSE["labour"]) & (able > 1)
    cause[wrong] = _CAUSE["skill"]
    needs = (cause >= 0) & ~np.isin(
        cause, [_CAUSE[one] for one in ("illness", "disability", "study", "labour")]
    )
    cause[needs & (able == 0)] = _CAUSE["labour"]
    # What is short elsewhere is taken from lack of skill, where it can be true as well.
    skill = cause == _CAUSE["skill"]
    cause[skill & study & draw.chance(n, 0.24)] = _CAUSE["study"]
    cause[skill & (able == 1) & draw.chance(n, 0.6)] = _CAUSE["labour"]
    homes.other_causes[:] = _further(draw, homes)


def _further(draw: Draw, homes: Homes) -> np.ndarray:
    n = len(homes.size)
    table = np.zeros((len(shares.CAUSE), 64), np.int8)
    for i, cause in enumerate(shares.CAUSE):
        fitting = [k for k, text in enumerate(OTHER_CAUSES) if cause not in text.split(",")]
        table[i] = np.resize(fitting, 64)
    chosen = table[np.maximum(homes.cause, 0), draw.below(n, 64)]
    return np.where((homes.cause >= 0) & draw.chance(n, 0.3), chosen, -1)
