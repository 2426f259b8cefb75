"""The command `xiuhua`: serve, work, migrate, take workbooks in. Thin: arguments in, one line out, the rooms do the work."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from xiuhua.cli.arguments import build_parser

CANNOT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 it ran, 2 it could not (one line on stderr says why)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parsed = build_parser().parse_args(given)
    # What is loaded now stays as long as the command runs: looking through it for garbage takes a tenth of the start.
    gc.set_threshold(50_000, 20, 50)
    # Imported after the arguments are known to be right: `xiuhua --help` loads neither Django nor a driver.
    from xiuhua.runtime.errors import ClusterError

    try:
        return int(parsed.run(parsed))
    except ClusterError as error:
        print(f"xiuhua: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("xiuhua: 已中断 / interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("XIUHUA_TRACEBACK") == "1":
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        hint = "XIUHUA_TRACEBACK=1"
        print(
            f"xiuhua: 未能完成：{reason}（详情请设 {hint}） / not done: {reason} (details with {hint})",
            file=sys.stderr,
        )
    return CANNOT
