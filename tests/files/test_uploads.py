"""Uploads too large for memory wait on disk, and nobody can read them there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from xiuhua.files.uploads import Waiting


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path)
    return tmp_path


def test_what_waits_is_given_back_whole_and_is_not_on_disk_in_the_clear(folder: Path) -> None:
    pieces = [b"990521199001011234" * 5000, b"", b"tail"]
    upload = Waiting("花名册.xlsx", "application/octet-stream", None)
    for piece in pieces:
        upload.take(piece)
    assert upload.size == sum(map(len, pieces))
    assert b"".join(upload.chunks(1000)) == b"".join(pieces)
    assert upload.read() == b"".join(pieces), "a second reading starts at the beginning"
    on_disk = os.pread(upload._disk.fileno(), 200_000, 0)
    assert len(on_disk) == upload.size
    assert b"9905211990" not in on_disk


def test_no_name_is_left_for_a_killed_server_to_leave_behind(folder: Path) -> None:
    upload = Waiting("a.xlsx", None, None)
    upload.take(b"x" * 100)
    assert list(folder.iterdir()) == []
