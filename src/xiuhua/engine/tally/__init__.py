"""A tally: every rule, fact and measure of a freeze, counted by place, kind and status of households, from its files alone.

`tally` computes it into a folder; `read` and `read_below` give the figures of places from there, `figure`, `rows` and
`rows_below` a few of them; `households` opens a figure to those it counts. Only whole numbers are counted and summed, so that
the same freeze gives the same figures to the byte. Pure: no Django, no network. Why so: docs/decisions/0021-freezes-and-tallies-as-files.md.
"""

from xiuhua.engine.tally.computing import tally
from xiuhua.engine.tally.figures import (
    NotCounted,
    Rows,
    add_up,
    counted_at,
    counted_by,
    figure,
    is_part,
    parts_of,
    rows,
    rows_below,
)
from xiuhua.engine.tally.opening import households
from xiuhua.engine.tally.reading import read, read_below, stream_below
from xiuhua.engine.tally.storing import (
    NotForTally,
    TallyDamaged,
    TallyManifest,
    must_be_of,
    must_take,
    read_manifest,
)

__all__ = [
    "NotCounted",
    "NotForTally",
    "Rows",
    "TallyDamaged",
    "TallyManifest",
    "add_up",
    "counted_at",
    "counted_by",
    "figure",
    "households",
    "is_part",
    "must_be_of",
    "must_take",
    "parts_of",
    "read",
    "read_below",
    "read_manifest",
    "rows",
    "rows_below",
    "stream_below",
    "tally",
]
