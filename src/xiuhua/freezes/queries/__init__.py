"""Reads of freezes: figures for pages of places, and what the pages of freezes show."""

from xiuhua.freezes.queries.figures import (
    Counts,
    Figures,
    Held,
    below,
    covering,
    figures,
    latest,
    since,
    top_place,
)
from xiuhua.freezes.queries.pages import forgettings, of_area, ours, page, progress, rows

__all__ = [
    "Counts",
    "Figures",
    "Held",
    "below",
    "covering",
    "figures",
    "forgettings",
    "latest",
    "of_area",
    "ours",
    "page",
    "progress",
    "rows",
    "since",
    "top_place",
]
