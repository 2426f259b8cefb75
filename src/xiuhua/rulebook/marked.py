"""YAML that remembers where everything stood, so that a refusal can name file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

Step = str | int


class RulebookError(Exception):
    """Something in the rulebook, the facts or the cases that must not be used; the text begins with file:line."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


@dataclass(frozen=True)
class Where:
    """Where an entry stood: its file, and the line (from 1) of every key and item in it."""

    file: str
    lines: dict[tuple[Step, ...], int] = field(default_factory=dict)

    def at(self, *path: Step) -> str:
        """`file:line` of the deepest known part of `path`."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.file}:{self.lines[path[:length]]}"
        return f"{self.file}:1"

    def error(self, message: str, *path: Step) -> RulebookError:
        return RulebookError(self.at(*path), message)


@dataclass(frozen=True)
class Entry:
    """One item of a file's top-level list: plain data and where it stood."""

    data: dict[str, Any]
    where: Where


def shown(path: Path) -> str:
    """A path as a reader of the message knows it: from the current folder where possible."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def read_entries(path: Path) -> list[Entry]:
    """Entries of one YAML file whose top level is a list of mappings. Raises RulebookError."""
    name = shown(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        line = mark.line + 1 if mark else 1
        raise RulebookError(f"{name}:{line}", f"not YAML: {problem.problem or problem}") from problem
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise RulebookError(f"{name}:{root.start_mark.line + 1}", "the file must be a list of entries")
    return [_entry(name, node) for node in root.value]


def _entry(name: str, node: yaml.Node) -> Entry:
    where = Where(name)
    data = _plain(node, where, ())
    if not isinstance(data, dict):
        raise RulebookError(where.at(), "an entry must be a mapping")
    return Entry(data, where)


def _plain(node: yaml.Node, where: Where, path: tuple[Step, ...]) -> Any:
    where.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            where.lines[(*path, key)] = key_node.start_mark.line + 1
            if key in found:
                raise where.error(f"key `{key}` stands twice", *path, key)
            found[key] = _plain(value_node, where, (*path, key))
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, where, (*path, index)) for index, item in enumerate(node.value)]
    return _scalar(node, where, path)


def _scalar(node: yaml.Node, where: Where, path: tuple[Step, ...]) -> Any:
    """YAML 1.1 reads `no`, `on`, `1:30` and `0123` as something else; here they stay what was written."""
    text, tag = str(node.value), node.tag.rsplit(":", 1)[-1]
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return text
    if tag == "null":
        return None
    if tag == "bool":
        return {"true": True, "false": False}.get(text, text)
    if (
        tag == "int"
        and (text == "0" or not text.lstrip("+-").startswith("0"))
        and text.lstrip("+-").isdigit()
    ):
        return int(text)
    if tag == "float":
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    if tag == "timestamp":
        try:
            return dt.date.fromisoformat(text)
        except ValueError as problem:
            raise where.error(f"`{text}` is not a day", *path) from problem
    return text


def files_of(folder: Path, word: str) -> Iterator[Path]:
    """Files `word*.yaml` of a folder, and all of its subfolder `word`, in order of name."""
    yield from sorted(folder.glob(f"{word}*.yaml"))
    yield from sorted((folder / word).glob("*.yaml"))
