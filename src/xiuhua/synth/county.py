"""An invented county and its workbooks: the door of this package.

    county = invent(seed=7, households=600)
    plant(county)                            # faults at the rate of a real office; see `faults`
    write(county, Path("out"))               # the four workbooks and key.json
    later = next_file(county, seed=8)        # the same county a month on, and what changed

The same seed, size and code give the same county and the same files; nothing is read from outside.
"""

from __future__ import annotations

from .faults import KINDS, plant
from .invention import PUBLISHED_CAUSE, ROLL_PER_REGISTERED, invent
from .later import Change, Later, differences, next_file
from .shapes import Cell, County, Fault
from .writing import write

__all__ = [
    "KINDS", "PUBLISHED_CAUSE", "ROLL_PER_REGISTERED", "Cell", "Change", "County", "Fault", "Later", "differences", "invent", "next_file", "plant", "write",
]  # fmt: skip
