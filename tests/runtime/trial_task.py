"""A job that says when it begins and when it ends, and takes long the first time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext


@app.task(name="trial", pass_context=True)
def trial(context: JobContext, name: str, seconds: float) -> None:
    """Writes a line to <home>/<name> when begun and one when done; sleeps on its first attempt only."""
    path = Path(os.environ["XIUHUA_HOME"]) / name
    with path.open("a") as file:
        file.write("begun\n")
    if context.job.attempts == 0:
        time.sleep(seconds)
    with path.open("a") as file:
        file.write("done\n")
