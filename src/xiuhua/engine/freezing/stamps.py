"""By what something was computed: one hash over each kind of source, and the versions of programs."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import xiuhua
from xiuhua.engine.freezing.manifest import digest
from xiuhua.facts import reader as facts_reader
from xiuhua.rulebook import reader as rulebook_reader


@dataclass(frozen=True)
class Versions:
    """SHA-256 over the sources that decide a figure, and the versions of what computes it."""

    contract: str
    rulebook: str
    facts: str
    engine: str
    made_with: dict[str, str]
    further: dict[str, str] = field(default_factory=dict)
    """SHA-256 by path of the files of further programmes; the rulebook's covers them."""


def versions(
    rulebook: Path | None = None, facts: Path | None = None, records: Path | None = None
) -> Versions:
    """Of the package and the folder of further programmes, or of the folders that `engine.load` was given."""
    known = _versions(rulebook, facts, records)
    more = rulebook_reader.further() if rulebook in (None, rulebook_reader.FOLDER) else {}
    if not more:
        return known
    whole = hashlib.sha256(known.rulebook.encode())
    for name, told in more.items():
        whole.update(f"{name}\n{told}\n".encode())
    return replace(known, rulebook=whole.hexdigest(), further=more)


@cache
def _versions(rulebook: Path | None, facts: Path | None, records: Path | None) -> Versions:
    contract = records or facts_reader.RECORDS
    facts_folder = facts or facts_reader.FOLDER
    found = (path for path in facts_folder.rglob("*.yaml") if path != contract)
    return Versions(
        contract=_of([contract], contract.parent),
        rulebook=_of(
            (rulebook or rulebook_reader.FOLDER).rglob("*.yaml"), rulebook or rulebook_reader.FOLDER
        ),
        facts=_of(found, facts_folder),
        engine=_of(Path(__file__).parents[1].rglob("*.py"), Path(__file__).parents[1]),
        made_with={
            "xiuhua": xiuhua.__version__,
            "duckdb": version("duckdb"),
            "pyarrow": version("pyarrow"),
            "python": platform.python_version(),
        },
    )


def _of(paths: Iterable[Path], folder: Path) -> str:
    """One hash over names and bytes, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(folder).as_posix()}\n{digest(path)}\n".encode())
    return whole.hexdigest()
