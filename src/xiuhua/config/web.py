"""The web server's first process: reads rooms, addresses and rules once. Those that answer pages are copies of it.

Each of them would read all that for itself, and again with the first page that it answered. No connection is opened here: a copy
could not use it. Nor is anything computed: Arrow, DuckDB and numpy are only read, and each makes its threads anew in a copy, where none of
them was at work when it was copied. Where processes are not copied but begun anew, nothing is read here.
"""

from __future__ import annotations

import gc
import logging
from importlib import import_module
from multiprocessing import get_start_method
from threading import active_count

from django.db import connections
from granian.cli import entrypoint


def read() -> None:
    """Everything that pages need and that never changes while we run."""
    # First what sets Django up; it takes out of the garbage collector's sight what is there by then.
    from xiuhua.config import wsgi

    gc.set_threshold(*wsgi.AT_START)
    import_module("xiuhua.config.urls")
    from xiuhua.engine import load

    try:
        load()
    except Exception:  # whatever is wrong with a folder of the office's own: pages that ask the rules say it, all others go on
        logging.getLogger(__name__).exception("the rulebook cannot be read")
    wsgi.application.is_copied()
    wsgi.keep()
    assert connections["default"].connection is None and active_count() == 1, (
        "a copy could not use what is open here"
    )


if __name__ == "__main__":
    if get_start_method() == "fork":
        read()
    entrypoint()
