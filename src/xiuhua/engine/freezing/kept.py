"""Rulebook, facts and contract as they lie in a freeze beside its records: years later it is tallied and opened by its own.

`sources/rulebook`, `sources/facts` (with `records.yaml`), `sources/further` of further programmes: YAML, some hundred files.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from xiuhua.engine.door import Library, load
from xiuhua.engine.freezing.manifest import SOURCES, digest
from xiuhua.engine.freezing.opening import Freeze, open_freeze
from xiuhua.engine.freezing.stamps import Versions, versions
from xiuhua.facts import reader as facts_reader
from xiuhua.rulebook import reader as rulebook_reader

RULEBOOK, FACTS, FURTHER = (f"{SOURCES}/{name}" for name in ("rulebook", "facts", "further"))


class RulesChanged(Exception):
    """Further programmes lie there otherwise than they were read."""


def keep(folder: Path) -> dict[str, str]:
    """Copies today's sources into the folder of a freeze that is being sealed; SHA-256 by path.

    RulesChanged where further programmes are others than those that were read: what is sealed is what is computed by.
    """
    shutil.rmtree(folder / SOURCES, ignore_errors=True)
    found = {
        f"{inside}/{path.relative_to(of).as_posix()}": path
        for inside, of in ((RULEBOOK, rulebook_reader.FOLDER), (FACTS, facts_reader.FOLDER))
        for path in of.rglob("*.yaml")
    }
    further = rulebook_reader.further_folder()
    if further is not None:
        found |= {f"{FURTHER}/{name}": further / name for name in rulebook_reader.further()}
    for name, path in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    told = {name: digest(folder / name) for name in sorted(found)}
    if any(told[f"{FURTHER}/{name}"] != read for name, read in rulebook_reader.further().items()):
        raise RulesChanged("the folder of further programmes changed since it was read: restart, then go on")
    return told


def is_by_todays(freeze: Freeze) -> bool:
    """Whether the freeze was sealed by the very rulebook, facts and contract that run now."""
    now, told = versions(), freeze.manifest
    return (told.rulebook, told.facts, told.contract) == (now.rulebook, now.facts, now.contract)


def rulebook_of(freeze: Freeze) -> Library:
    """By what a freeze was sealed: today's where that is the same, or where it holds no sources, as freezes of before do.

    Raises FreezeDamaged where a source is not as it was sealed or was not sealed, RulebookError where a newer program cannot read them.
    """
    if not freeze.manifest.sources or is_by_todays(freeze):
        return load()
    return _kept(freeze.folder, freeze.sha256)


def versions_of(freeze: Freeze) -> Versions:
    """The versions that `rulebook_of` computes by: the engine is today's."""
    now, told = versions(), freeze.manifest
    if not told.sources or is_by_todays(freeze):
        return now
    return replace(
        now, rulebook=told.rulebook, facts=told.facts, contract=told.contract, further=told.further
    )


@lru_cache(maxsize=4)
def _kept(folder: Path, _sha256: str) -> Library:
    open_freeze(folder).check_sources()
    further = folder / FURTHER
    return load(
        folder / RULEBOOK,
        folder / FACTS,
        folder / FACTS / facts_reader.RECORDS.name,
        further=further if further.is_dir() else None,
    )
