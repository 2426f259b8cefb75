"""How far somebody is below a line: for surveys in parts of it with a point, for tallies in whole parts that add up in any order."""

from __future__ import annotations

from typing import Any

import numpy as np


def below_line(welfare: Any, line: Any, alpha: float, whole: int = 0) -> Any:
    """What each row adds to Foster, Greer and Thorbecke: ((line - welfare) / line) ** alpha of who is below the line, nothing of the
    others; alpha 0: 1. Arrays of numbers; line is above 0.

    whole: in so many whole parts of the line, of whole numbers and alpha 0, 1, 2, each power rounded down: such sums are the same
    in any order.
    """
    short = np.maximum(line - welfare, 0)
    if alpha == 0:
        return np.where(short > 0, 1, 0) if whole else np.where(short > 0, 1.0, 0.0)
    if not whole:
        return (short / line) ** alpha
    gap = short * whole // line
    return gap if alpha == 1 else gap * gap // whole
