"""Where the files of freezes lie, and the figures that are read from a tally's files: of villages and townships of a nation or province.

Those would be a million documents in the database; a county's are read from the files within some hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404

from xiuhua.engine.freezing import digest, digest_kept
from xiuhua.engine.freezing.manifest import MANIFEST
from xiuhua.engine.tally import Rows, TallyDamaged, read_manifest, rows, rows_below
from xiuhua.engine.tally.storing import NAME, PLACES
from xiuhua.files.services import CannotMake
from xiuhua.freezes.models import Freeze
from xiuhua.places.scope import current_scope
from xiuhua.places.terms import NATION, Level, level_of

# Of a nation or a province the database keeps figures down to the county, of smaller areas all of them.
KEPT_TO = {Level.NATION: Level.COUNTY, Level.PROVINCE: Level.COUNTY}
LEVELS = tuple(level for level in Level if level is not Level.GROUP)


class FiguresAway(CannotMake, Http404):
    """Figures of villages and townships that lie in files which were moved away, or are not as they were."""

    def __init__(self) -> None:
        super().__init__(
            "这份数据快照的乡镇和村的数字在它的汇总文件夹里，文件夹已移走或内容已变。请系统管理员把它放回原处或从备份取回",
            "Figures of townships and villages of this snapshot lie in its tally's folder, which was moved away or changed."
            " The administrator puts it back, or takes it from a backup",
        )
        self.args = ()  # the page that says so is found by the name of this class


def folder() -> Path:
    """The folder of freezes."""
    path = Path(settings.FREEZES)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def records_of(freeze: Freeze) -> Path:
    """Where its records lie; may have been moved away."""
    return folder() / freeze.folder


def tally_of(freeze: Freeze) -> Path:
    """Where its tally lies, also while it is computed."""
    return folder() / f"{freeze.folder}.tally"


def as_sealed(freeze: Freeze) -> bool:
    """Whether the manifest that lies here is the one that was stored; also where there is none: files may be moved away."""
    try:
        return digest_kept(records_of(freeze) / MANIFEST) == freeze.sha256
    except FileNotFoundError:
        return True
    except OSError:
        return False


def levels_stored(place_code: str) -> tuple[Level, ...]:
    """Of which levels a freeze of a place has its figures in the database."""
    lowest = KEPT_TO.get(Level(level_of(place_code)))
    return LEVELS if lowest is None else LEVELS[: LEVELS.index(lowest) + 1]


def in_files(freeze: Freeze, level: Level) -> bool:
    """Whether a freeze's figures of a level are read from its files. Freezes of before this was so have all in the database."""
    stored = (freeze.tally or {}).get("stored")
    return stored is not None and level not in stored


def found_in_files(freeze: Freeze, place_code: str, level: Level | None = None) -> Rows:
    """Rows of a place, or of those of a level within it, as far as they lie in the acting scope. Raises FiguresAway."""
    out, scope = tally_of(freeze), current_scope()
    part = "" if place_code == NATION else place_code[:2]
    try:
        for name, sealed in (freeze.tally or {})["files"].items():
            if name.startswith((NAME, f"{PLACES}/part-{part}")) and digest_kept(out / name) != sealed:
                raise FiguresAway
        found = rows(out, place_code) if level is None else rows_below(out, place_code, level.value)
    except (OSError, TallyDamaged) as why:
        raise FiguresAway from why
    return found.only([at for at, code in enumerate(found.place) if scope.covers(code)])


def stored(freeze: Freeze, out: Path) -> dict[str, Any]:
    """What a freeze keeps of a tally's folder whose lowest levels it does not store: which it does, and SHA-256 of the files of the
    others; {} where it stores all."""
    levels = levels_stored(freeze.place_code)
    if levels == LEVELS:
        return {}
    names = [NAME, *(f"{PLACES}/{path.name}" for path in sorted((out / PLACES).glob("part-*.parquet")))]
    return {
        "stored": [level.value for level in levels],
        "files": {name: digest(out / name) for name in names},
    }


def measured(layout: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What a freeze keeps of a tally's layout, which is long: the parts of every measure that it counted, also those that are zero."""
    return {cell["id"]: [*cell["lanes"], *cell["sums"]] for cell in layout if cell["in"] == "measures"}


def parts_measured(freeze: Freeze) -> Mapping[str, Collection[str]] | None:
    """The same of a freeze that is stored: what is not there it did not count. From the tally's folder where it was stored before this
    was kept; None where that is not here."""
    told = freeze.tally or {}
    if "measured" in told:
        return dict(told["measured"])
    try:
        manifest = read_manifest(tally_of(freeze))
    except (OSError, TallyDamaged):
        return None
    return measured(manifest.layout) if manifest.sha256 == told.get("sha256") else None
