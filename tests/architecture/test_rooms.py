"""Reading one room teaches all: the same few files, small enough to be seen whole."""

from __future__ import annotations

import ast
import re

from house import ROOT, files, folders, python, rooms, short, templates, tree

NAMES = {
    "__init__.py", "README.md", "api", "apps", "books", "exports", "forms", "migrations", "models", "permissions", "public",
    "queries", "services", "static", "tasks", "templates", "templatetags", "terms", "urls", "views",
}  # fmt: skip
# What one room has beyond them, and why.
MORE = {
    "accounts": {"middleware": "the one gate that every request passes"},
    "design": {
        "drawing": "where circles and names of a map stand: plain arithmetic without Django",
        "samples": "invented figures for the gallery",
    },
    "files": {"uploads": "what Django calls while a request still comes in"},
    "decisions": {
        "kinds": "each kind of case: what it asks, checks and does",
        "learning": "what the owner of the tables writes down after a migration: the rulebook's procedures",
    },
    "notices": {
        "learning": "what the owner of the tables writes down after a migration: the rulebook's calendar"
    },
    "relapse": {
        "learning": "what the owner of the tables writes down after a migration: the figures that a sheet is held to"
    },
    "intake": {
        "marking": "an office's own workbook with its faults marked: plain Python without Django",
        "reading": "from bytes to typed cells: plain Python without Django",
    },
    "places": {"scope": "the area of the acting person; the room of places owns what a code means"},
}
BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "misc",
    "common_utils",
    "shared",
    "stuff",
    "tools",
    "lib",
    "base",
}
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES, README_LINES = 400, 60, 200, 40
# Invented figures of the gallery are one long literal each; cutting them up would only hide the page they stand for.
LITERAL = "src/xiuhua/design/samples/"


def test_a_room_has_the_same_few_files() -> None:
    strange = []
    for room in rooms():
        allowed = NAMES | set(MORE.get(room.name, {}))
        inside = {path.relative_to(room).parts[0] for path in files() if room in path.parents}
        strange += [
            f"{room.name}/{name}"
            for name in sorted(inside)
            if name.removesuffix(".py") not in allowed and name not in allowed
        ]
    assert strange == []


def test_a_room_says_what_it_owns() -> None:
    # The rulebook's is the manual of its language as well.
    readme = {room.name: room / "README.md" for room in folders()}
    missing = [name for name, path in readme.items() if not path.is_file()]
    long = [name for name, path in readme.items() if path.is_file() and _lines(path) > README_LINES]
    assert (missing, long) == ([], ["rulebook"])


def test_a_room_says_where_its_tests_are() -> None:
    silent, gone = [], []
    for room in folders():
        named = re.findall(r"tests/[a-z_/]+(?:\.py)?", (room / "README.md").read_text(encoding="utf-8"))
        silent += [] if named else [room.name]
        gone += [f"{room.name}: {path}" for path in named if not (ROOT / path).exists()]
    # Each tool of common is tried by the rooms that use it.
    assert (silent, gone) == (["common"], [])


def test_nothing_is_called_after_nothing() -> None:
    named = [
        short(path)
        for path in python()
        if path.stem in BANNED or BANNED & set(path.relative_to(ROOT).parts[:-1])
    ]
    assert named == []


def test_files_stay_small() -> None:
    long = {short(path): lines for path in python() if (lines := _lines(path)) > FILE_LINES}
    assert long == {}


def test_templates_stay_small() -> None:
    long = {short(path): lines for path in templates() if (lines := _lines(path)) > TEMPLATE_LINES}
    assert long == {}


def test_functions_stay_small() -> None:
    long = {}
    for path in python():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES and not short(path).startswith(LITERAL):
                    long[f"{short(path)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    bare = {"__init__.py", "apps.py"}
    silent = [short(path) for path in python() if path.name not in bare and not ast.get_docstring(tree(path))]
    assert silent == []


def test_tests_of_two_rooms_do_not_share_a_name() -> None:
    # Test folders are no packages: pytest would take the second file of a name for the first.
    stems = [
        path.stem for path in python() if "tests" in path.relative_to(ROOT).parts and path.stem != "conftest"
    ]
    assert sorted({stem for stem in stems if stems.count(stem) > 1}) == []


def _lines(path: object) -> int:
    return len(open(str(path), encoding="utf-8").read().splitlines())
