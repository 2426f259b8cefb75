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

__all__ = ["Counts", "Figures", "Held", "below", "covering", "figures", "latest", "since", "top_place"]
