"""Keeping files, and making, stopping, fetching and taking down exports."""

from xiuhua.files.services.fetching import Fetched, fetch
from xiuhua.files.services.making import CannotMake, Made, Maker, Progress, Stopped, make
from xiuhua.files.services.storing import (
    content,
    folder,
    pieces,
    remove_what_is_left,
    remove_with_the_act,
    store,
)
from xiuhua.files.services.wishes import NotNow, ask, resume, take_down, want_stop

__all__ = [
    "CannotMake",
    "Fetched",
    "Made",
    "Maker",
    "NotNow",
    "Progress",
    "Stopped",
    "ask",
    "content",
    "fetch",
    "folder",
    "make",
    "pieces",
    "remove_what_is_left",
    "remove_with_the_act",
    "resume",
    "store",
    "take_down",
    "want_stop",
]
