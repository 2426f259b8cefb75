"""Keeping files, and making, stopping, fetching and taking down exports."""

from xiuhua.files.services.fetching import Fetched, fetch
from xiuhua.files.services.making import CannotMake, Made, Maker, Progress, Stopped, make
from xiuhua.files.services.storing import content, folder, pieces, remove, store
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
    "remove",
    "resume",
    "store",
    "take_down",
    "want_stop",
]
