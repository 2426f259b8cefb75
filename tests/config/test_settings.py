"""What an installation sets otherwise is taken as it is meant, or refused in words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("piece", "taken"), [("1", True), ("0", False), ("-5", False)])
def test_a_merge_of_nothing_at_once_is_refused(piece: str, taken: bool) -> None:
    # With none at once a batch would end as merged, and nothing of it would be in the register.
    done = subprocess.run(
        [sys.executable, "-c", "import xiuhua.config.settings"],
        env={**os.environ, "XIUHUA_MERGE_PIECE": piece},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is taken, done.stderr
    assert taken or "XIUHUA_MERGE_PIECE 必须大于 0 / must be 1 or more" in done.stderr
