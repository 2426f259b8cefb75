"""Keeping files, and making, stopping, fetching and taking down exports."""

from xiuhua.files.services.fetching import Fetched, fetch
from xiuhua.files.services.making import CannotMake, Made, Maker, Progress, Stopped, end_left, make
from xiuhua.files.services.offering import Asked, NotThere, Offer, again, speaking
from xiuhua.files.services.storing import (
    content,
    folder,
    pieces,
    remove_what_is_left,
    remove_with_the_act,
    store,
)
from xiuhua.files.services.tables import Column, Table, columns, rows_in_words
from xiuhua.files.services.wishes import NotNow, ask, resume, take_down, want_stop

__all__ = [
    "Asked",
    "CannotMake",
    "Column",
    "Fetched",
    "Made",
    "Maker",
    "NotNow",
    "NotThere",
    "Offer",
    "Progress",
    "Stopped",
    "Table",
    "again",
    "ask",
    "columns",
    "content",
    "end_left",
    "fetch",
    "folder",
    "make",
    "pieces",
    "remove_what_is_left",
    "remove_with_the_act",
    "resume",
    "rows_in_words",
    "speaking",
    "store",
    "take_down",
    "want_stop",
]
