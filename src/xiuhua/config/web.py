"""The web server's first process: reads rooms, addresses and rules once. Those that answer pages are copies of it.

Each of them read all that for itself before, and again with the first page that it answered. No connection is opened here: a copy
could not use it.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from granian.cli import entrypoint


def read() -> None:
    """Everything that pages need and that never changes while we run."""
    # First what sets Django up; it takes out of the garbage collector's sight what is there by then.
    import_module("xiuhua.config.wsgi")
    import_module("xiuhua.config.urls")
    from xiuhua.config.wsgi import keep
    from xiuhua.engine import RulebookError, load

    # A rulebook of the office's own that does not fit is said by the pages that ask it; all others go on.
    with suppress(RulebookError):
        load()
    keep()


if __name__ == "__main__":
    read()
    entrypoint()
