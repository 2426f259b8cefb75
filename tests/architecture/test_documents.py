"""What the documents say is there: files, commands, switches; decisions and dependencies give their reasons."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

from house import ROOT, SOURCE, files, python, short

from xiuhua.cli.arguments import build_parser
from xiuhua.engine import load

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?:^|[\s`(/])xiuhua ([a-z]+)\b(?! \d)", re.MULTILINE)
VERB = re.compile(r"(?:^|[\s`(|])make ([a-z][a-z-]+)\b", re.MULTILINE)
SWITCH = re.compile(r"(?:XIUHUA_[A-Z_]+|(?:OWNER_)?DATABASE_URL)\b")
# Pictures that the browser tests make; they are there once those have run.
SCREENS = ROOT / "docs" / "screens"
# Switches of tests and of the one who works on the product: not for whoever runs it.
INNER = {"XIUHUA_DEMO", "XIUHUA_SCREENS", "XIUHUA_TEST_SERVER"}
DECISION_LINES = 60
DECISION_PARTS = ["Context", "Decision", "Weighed", "Consequences", "Look again"]


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def quoted(text: str) -> str:
    """What a document shows as code: words of prose that look like a command are none."""
    text = re.sub(r"^```sql.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```.*?^```|^    .*$|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)
    return "\n".join(blocks)


def commands() -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def verbs() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def links() -> Iterator[tuple[Path, str]]:
    for path in documents():
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                yield path, target


def test_links_lead_somewhere() -> None:
    dead = [
        f"{short(path)}: {target}"
        for path, target in links()
        if not (found := (path.parent / target).resolve()).exists() and SCREENS not in found.parents
    ]
    assert dead == []


def test_commands_that_documents_name_exist() -> None:
    known, wrong = commands(), []
    for path in documents():
        text = quoted(path.read_text(encoding="utf-8"))
        wrong += [f"{short(path)}: xiuhua {name}" for name in COMMAND.findall(text) if name not in known]
        wrong += [f"{short(path)}: make {name}" for name in VERB.findall(text) if name not in verbs()]
    assert wrong == []


def test_every_command_and_switch_is_told() -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    read = {
        name
        for path in python()
        if SOURCE in path.parents
        for name in SWITCH.findall(path.read_text(encoding="utf-8"))
        if not name.endswith("_")
    }
    # One name is put together from its parts, where it is read.
    read |= {f"XIUHUA_{part}_SECONDS" for part in ("HEARTBEAT", "STALLED", "STOP")}
    assert sorted(name for name in read - INNER if f"`{name}`" not in told) == []
    assert sorted(name for name in commands() if f"xiuhua {name}" not in told) == []


def test_every_room_is_on_the_map() -> None:
    told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert sorted(room for room in rooms if f"`{room}`" not in told) == []


def test_decisions_are_numbered_short_and_whole() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in found]
    assert numbers == [f"{number:04d}" for number in range(1, len(found) + 1)]
    wrong = []
    for path in found:
        lines = path.read_text(encoding="utf-8").splitlines()
        parts = [line[3:] for line in lines if line.startswith("## ")]
        if (
            len(lines) > DECISION_LINES
            or parts != DECISION_PARTS
            or not lines[0].startswith(f"# {int(path.name[:4])}. ")
        ):
            wrong.append(f"{short(path)}: {len(lines)} lines, {parts}")
    assert wrong == []


def test_every_dependency_has_its_reason() -> None:
    bare = [
        f"{short(path)}: {line}"
        for path in sorted((ROOT / "requirements").glob("*.in"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "-r")) and not re.search(r"#\s*\w", line)
    ]
    assert bare == []


def test_every_front_end_library_has_its_reason() -> None:
    # JSON has no comments; npm leaves a key that begins with // alone.
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    pinned = [*package["dependencies"], *package.get("devDependencies", {})]
    assert sorted(pinned) == sorted(package.get("//dependencies", {}))
    assert all(reason.strip() for reason in package["//dependencies"].values())
    assert "scripts" not in package


def test_the_catalogue_of_versions_names_no_index() -> None:
    # Hashes hold whichever mirror serves the file; a place to fetch it from belongs to the machine, not to us.
    wrong = []
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.\-\[\],]*==\S+", text, re.MULTILINE | re.IGNORECASE)
        if "--index" in text or "--extra-index" in text or len(pinned) > text.count("--hash="):
            wrong.append(short(path))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    wrong += [name for name, one in lock["packages"].items() if "resolved" in one]
    assert wrong == []


def test_documents_count_the_rules_and_figures_that_there_are() -> None:
    library = load()
    counted = (
        ("README.md", r"rulebook \((\d+) rules in all\)", len(library.rules)),
        ("README.zh.md", r"共 (\d+) 条规则", len(library.rules)),
        ("CHANGELOG.md", r"(\d+) rules\.", len(library.rules)),
        ("CHANGELOG.md", r"; (\d+) figures by date", len(library.figures)),
    )
    for name, pattern, there in counted:
        told = re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"))
        assert told == [str(there)], f"{name}: {pattern}"


def test_below_each_measured_table_stand_command_seed_machine_and_day() -> None:
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^<!-- bench (\S+) -->\n(.*?)^<!-- end \1 -->", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == len(re.findall(r"^\|---", text, re.MULTILINE)) > 5, "no table but these"
    said = r"Measured by `python -m bench {}`, seed \d+: \d+ cores \(.+\), \d+ GB, Python [\d.]+, \d{{4}}-\d\d-\d\d\.\n\Z"
    assert [name for name, block in blocks if not re.search(said.format(name), block)] == []
