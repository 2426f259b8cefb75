"""Reads of the pool of findings."""

from xiuhua.findings.queries.pool import (
    RANKED,
    Chosen,
    Group,
    Load,
    choose,
    day_of,
    groups,
    in_area,
    of_household,
    of_post,
    on_the_desk,
    ordered,
    parts_of,
    waiting,
)

__all__ = [
    "RANKED",
    "Chosen",
    "Group",
    "Load",
    "choose",
    "day_of",
    "groups",
    "in_area",
    "of_household",
    "of_post",
    "on_the_desk",
    "ordered",
    "parts_of",
    "waiting",
]
