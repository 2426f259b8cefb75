"""A mistyped name costs nobody a started database, and each half of a message is in one language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xiuhua.cli import main


def halves(line: str) -> tuple[str, str]:
    zh, en = line.removeprefix("xiuhua tally: ").strip().split(" / ", 1)
    return zh, en


@pytest.mark.parametrize("name", ["frezes/990521", "不在", "abc", "00000000-0000-0000-0000-00000000000g"])
def test_a_name_that_is_neither_folder_nor_id_is_refused_before_anything_starts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("XIUHUA_HOME", str(home))
    assert main(["tally", name]) == 2
    assert not home.exists(), "no database, no keys"
    zh, en = halves(capsys.readouterr().err)
    assert "没有这个文件夹" in zh and "neither a folder nor the id" in en


@pytest.mark.parametrize("manifest", [None, "{}"])
def test_a_folder_that_is_no_freeze_is_said_in_both_languages(
    manifest: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if manifest:
        (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    assert main(["tally", str(tmp_path)]) == 2
    zh, en = halves(capsys.readouterr().err)
    words = re.findall(r"[A-Za-z]{3,}", zh)
    assert set(words) <= {"manifest", "json", "xiuhua", "freeze", "area", "id"}, zh
    assert not re.search(r"[\u4e00-\u9fff]", en), en


def test_synth_says_its_range_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "--households", "10", "--out", str(tmp_path / "no")]) == 2
    zh, en = capsys.readouterr().err.strip().split(" / ", 1)
    assert "户数须在 100 到 60,000,000 之间" in zh and "households: 100 to 60,000,000" in en
