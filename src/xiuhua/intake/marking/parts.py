"""The parts of an xlsx: read from the old archive, changed, and written to a new one in memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from .markup import HEAD, attributes, rels_of, resolve, start, text

PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "[Content_Types].xml"


@dataclass
class Relations:
    """What a part points to: id -> (type, target part)."""

    part: str
    said: str

    @property
    def all(self) -> dict[str, tuple[str, str]]:
        found = {}
        for tag in start("Relationship").finditer(self.said):
            told = attributes(tag.group())
            if told.get("TargetMode") != "External":
                found[told.get("Id", "")] = (told.get("Type", ""), resolve(self.part, told.get("Target", "")))
        return found

    def of_type(self, ending: str) -> str | None:
        """The part of the first relationship of a type."""
        return next((to for kind, to in self.all.values() if kind.endswith(f"/{ending}")), None)

    def add(self, kind: str, target: str) -> str:
        """One more; gives its id."""
        told = self.all
        name = next(f"rIdX{n}" for n in range(1, len(told) + 2) if f"rIdX{n}" not in told)
        said = f'<Relationship Id="{name}" Type="{text(kind)}" Target="/{text(target)}"/>'
        prefix = re.search(r"<(\w+:)Relationships[\s>]", self.said)
        if prefix:
            said = said.replace("<Relationship ", f"<{prefix[1]}Relationship ")
        if "</" in self.said:
            at = self.said.rindex("</")
            self.said = self.said[:at] + said + self.said[at:]
        else:
            self.said = f'{HEAD}<Relationships xmlns="{PACKAGE}">{said}</Relationships>'
        return name


@dataclass
class Package:
    """An archive on its way to another: parts that were changed or added are held as text until the end."""

    old: zipfile.ZipFile
    out: io.BytesIO = field(default_factory=io.BytesIO)
    changed: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = set(self.old.namelist())
        self.new = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=4)

    def has(self, name: str) -> bool:
        return name in self.names or name in self.changed

    def read(self, name: str) -> str:
        """A part as text; UTF-8 or UTF-16 as it says."""
        if name in self.changed:
            return self.changed[name]
        content = self.old.read(name)
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            said = content.decode("utf-16")
            return re.sub(r"""(<\?xml[^>]*encoding=["'])[\w-]+""", r"\1UTF-8", said, count=1)
        return content.decode("utf-8-sig", errors="surrogateescape")

    def write(self, name: str, said: str) -> None:
        """Changes or adds a part."""
        self.changed[name] = said

    def drop(self, name: str) -> None:
        """Leaves a part out."""
        self.written.add(name)
        self.changed.pop(name, None)

    @contextmanager
    def streaming(self, name: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """An old part to be read and its new content to be written, piece by piece."""
        self.written.add(name)
        with self.old.open(name) as source, self.new.open(name, "w", force_zip64=True) as out:
            yield source, out

    def relations(self, part: str) -> Relations:
        """The relationships of a part; with '' those of the package."""
        name = rels_of(part) if part else "_rels/.rels"
        return Relations(part, self.read(name) if self.has(name) else "")

    def keep(self, relations: Relations) -> None:
        """Takes changed relationships."""
        self.write(rels_of(relations.part) if relations.part else "_rels/.rels", relations.said)

    def declare(self, kind: str, *, part: str = "", extension: str = "") -> None:
        """Says of which kind a new part is, or all parts of an extension; once."""
        said = self.read(TYPES)
        key = f'PartName="/{part}"' if part else f'Extension="{extension}"'
        if key.lower() in said.lower():
            return
        prefix = start("Types").search(said)
        name = (prefix[1] or "" if prefix else "") + ("Override" if part else "Default")
        at = said.rindex("</")
        tag = f'<{name} {key} ContentType="{kind}"/>'
        # Defaults stand before overrides in what Excel writes; readers take either order.
        self.write(TYPES, said[:at] + tag + said[at:])

    def free(self, pattern: str) -> str:
        """The first name of a pattern with {} that no part has."""
        return next(name for n in range(1, 100_000) if not self.has(name := pattern.format(n)))

    def close(self) -> bytes:
        """Copies what was not touched and gives the new archive."""
        for name, said in self.changed.items():
            self.new.writestr(name, said.encode("utf-8", errors="surrogateescape"))
        for info in self.old.infolist():
            if info.filename in self.changed or info.filename in self.written or info.is_dir():
                continue
            with self.old.open(info) as source, self.new.open(info.filename, "w", force_zip64=True) as out:
                while piece := source.read(1 << 20):
                    out.write(piece)
        self.new.close()
        return self.out.getvalue()
