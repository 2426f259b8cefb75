"""`python -m xiuhua.config.pages update | check`, which is `make pages` and a part of `make check`."""

from __future__ import annotations

import os
import sys


def main(verb: str) -> int:
    """update: writes what is old. check: 1 and one line when something is."""
    # Words of two tables stand beside their models, so the rooms have to be loaded; no database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
    import django

    django.setup()
    from xiuhua.config.pages import keeping

    if verb == "update":
        print("written:", ", ".join(keeping.update()) or "nothing, all fresh")
        return 0
    if old := keeping.stale():
        print(
            f"{', '.join(old)} 已过时，请运行 make pages / no longer say what the code says: make pages",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit("python -m xiuhua.config.pages update | check")
    sys.exit(main(sys.argv[1]))
