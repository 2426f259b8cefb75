"""What must stand in no file: hosts of registries, paths of somebody's machine, real people's numbers, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from house import files, short

TEXT = {
    ".py", ".md", ".txt", ".in", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".svg",
    ".po", ".sql", ".csv", ".sh", ".example", ".npmrc", "",
}  # fmt: skip
# Written apart, so that this file does not find itself.
HOSTS = [
    "pypi." + "org", "python" + "hosted", "npmjs." + "org", "npmjs." + "com", "yarnpkg." + "com", "registry." + "npm",
    "npmmirror." + "com", "tuna." + "tsinghua", "crates." + "io", "docker." + "io", "ghcr." + "io", "proxy.golang." + "org",
]  # fmt: skip
MACHINE = re.compile(r"(?<![\w.~$}])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+)/")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----")
ID_NUMBER = re.compile(
    r"(?<!\d)([1-9]\d{5})((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})([\dXx])(?!\d)"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        if path.suffix in TEXT and "LICENSE" not in path.name:
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_registry_host() -> None:
    assert [(short(path), host) for path, text in texts() for host in HOSTS if host in text] == []


def test_no_path_of_a_machine() -> None:
    found = [(short(path), hit.group()) for path, text in texts() for hit in MACHINE.finditer(text)]
    assert found == []


def test_no_secret() -> None:
    assert [short(path) for path, text in texts() if SECRET.search(text)] == []
    assert [short(path) for path in files() if path.suffix in {".key", ".pem"}] == []


def test_id_numbers_are_invented() -> None:
    # A number that could be somebody's: right birth date and check digit, and a region that exists.
    real = []
    for path, text in texts():
        for hit in ID_NUMBER.finditer(text):
            region, middle, last = hit.groups()
            total = sum(int(digit) * weight for digit, weight in zip(region + middle, WEIGHTS, strict=True))
            if not region.startswith("99") and "10X98765432"[total % 11] == last.upper():
                real.append((short(path), region + "…"))
    assert real == []
