"""How changed rows of the register are kept: the row as it was, by statement, with who acted (row by row it is quadratic)."""

from __future__ import annotations

import pghistory
import pgtrigger


def kept() -> tuple[pghistory.RowEvent, ...]:
    """The events of a tracked table. A first insert needs no copy: the row itself names the batch that brought it."""
    return (
        pghistory.UpdateEvent(
            "changed", row=pghistory.Old, level=pgtrigger.Statement, condition=pghistory.AnyChange()
        ),
        pghistory.DeleteEvent("removed", level=pgtrigger.Statement),
    )
