"""The command line: quick to help, one line when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xiuhua.cli import main


def xiuhua(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xiuhua.cli", *arguments],
        env={**os.environ, "XIUHUA_HOME": str(home)},
        capture_output=True,
        text=True,
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom xiuhua.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert not {'django', 'psycopg', 'duckdb', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["intake", "--place", "990521"],
        ["intake", "nowhere.xlsx", "--place", "990521"],
        ["intake", __file__, "--place", "Yunshan"],
        ["intake", __file__, "--place", "990521", "--data-date", "31/12/2016"],
        ["serve", "--port", "many"],
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_database_by_hand(home: Path) -> None:
    assert xiuhua(home, "db", "status").returncode == 1
    try:
        assert xiuhua(home, "db", "start").returncode == 0
        status = xiuhua(home, "db", "status")
        assert status.returncode == 0 and "PostgreSQL 18" in status.stdout
    finally:
        assert xiuhua(home, "db", "stop").returncode == 0
    assert "not running" in xiuhua(home, "db", "status").stdout


def test_failed_start_by_hand_says_why(home: Path) -> None:
    (home / "database").mkdir()
    (home / "database" / "data").mkdir()
    (home / "database" / "data" / "thesis.docx").write_text("mine")
    done = xiuhua(home, "db", "start")
    assert done.returncode == 2
    assert "not ours" in done.stderr
