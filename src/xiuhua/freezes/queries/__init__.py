"""Reads of freezes: figures for pages of places, and what the pages of freezes show."""

from xiuhua.freezes.queries.figures import (
    Counts,
    Figures,
    Held,
    as_sealed_newest,
    below,
    by_own_day,
    covering,
    figures,
    latest,
    since,
    top_place,
)
from xiuhua.freezes.queries.kept import (
    FiguresAway,
    folder,
    levels_stored,
    parts_measured,
    records_of,
    stored,
    tally_of,
)
from xiuhua.freezes.queries.pages import forgettings, of_area, ours, page, progress, rows

__all__ = [
    "Counts",
    "Figures",
    "FiguresAway",
    "Held",
    "as_sealed_newest",
    "below",
    "by_own_day",
    "covering",
    "figures",
    "folder",
    "forgettings",
    "latest",
    "levels_stored",
    "of_area",
    "ours",
    "page",
    "parts_measured",
    "progress",
    "records_of",
    "rows",
    "since",
    "stored",
    "tally_of",
    "top_place",
]
