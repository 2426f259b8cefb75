"""A freeze on disk: the records of an area at a moment, as Parquet by relation and province, sealed by a manifest.

`writer` streams Arrow rows in and refuses what is outside the contract; `seal` hashes every file and writes the manifest
last, beside a copy of the rules; `open_freeze` finds the files again and, asked to, that no byte of them changed. Pure: no Django, no network.
Form and promises: docs/decisions/0021-freezes-and-tallies-as-files.md.
"""

from xiuhua.engine.freezing.kept import RulesChanged, is_by_todays, rulebook_of, versions_of
from xiuhua.engine.freezing.manifest import FORMAT, FileOf, FreezeDamaged, Held, Manifest, digest
from xiuhua.engine.freezing.opening import Freeze, digest_kept, open_freeze
from xiuhua.engine.freezing.sealing import seal
from xiuhua.engine.freezing.shape import PLACES, RowsRefused, arrow_schema, relations_of
from xiuhua.engine.freezing.stamps import Versions, versions
from xiuhua.engine.freezing.writing import Writer, writer

__all__ = [
    "FORMAT",
    "PLACES",
    "FileOf",
    "Freeze",
    "FreezeDamaged",
    "Held",
    "Manifest",
    "RowsRefused",
    "RulesChanged",
    "Versions",
    "Writer",
    "arrow_schema",
    "digest",
    "digest_kept",
    "is_by_todays",
    "open_freeze",
    "relations_of",
    "rulebook_of",
    "seal",
    "versions",
    "versions_of",
    "writer",
]
