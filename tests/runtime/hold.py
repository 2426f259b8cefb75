"""Keeps or joins the cluster of a home folder until its input is closed; `ready`, or what went wrong, on its output."""

from __future__ import annotations

import sys
from pathlib import Path

from xiuhua.runtime.cluster import running
from xiuhua.runtime.errors import ClusterError

try:
    with running(Path(sys.argv[1]), say=lambda words: print(words, flush=True)):
        print("ready", flush=True)
        sys.stdin.read()
except ClusterError as error:
    print(error, flush=True)
