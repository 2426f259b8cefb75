"""Who did what, always, with no memory needed: a service that writes is recorded, keyword-only, and told `by` whom."""

from __future__ import annotations

import ast
from pathlib import Path

from house import rooms, short, tree

WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "save", "bulk_update", "delete"}
# Services that write without an entry of their own, and why.
UNRECORDED = {
    "places.carry": "part of a change of a place that accounts confirms and records",
    "audit.record": "it is the record",
    "audit.recorded": "it makes the record",
    "files.make": "a job; asking for it is recorded, and that it was made is too, with its digest",
    "files.end_left": "says where a making stands whose job was given up, as the job itself does when it fails",
    "freezes.end_left": "says where a freeze stands whose job was given up, as the job itself does when it fails",
    "files.remove_with_the_act": "a step of the act that ends what the file was for, which is recorded",
    "freezes.work": "a job; asking for it is recorded, and that it was taken and tallied is too, with both digests",
    "files.store": "a step of the act that took the file in, which is recorded",
    "registry.keep_tallies": "counts of what is recorded where it changed",
    "registry.take_back_lists": "a step of the taking back of a batch, which is recorded",
    "places.ensure": "a step of the act that met the place, which is recorded",
}

Functions = dict[str, ast.FunctionDef]


def services(room: Path) -> tuple[Functions, set[str]]:
    """All functions of a room's services, and the names of those that other rooms may call."""
    package = room / "services"
    modules = sorted(package.glob("*.py")) if package.is_dir() else [room / "services.py"]
    found: Functions = {}
    offered: set[str] = set()
    for module in modules:
        if not module.is_file():
            continue
        for node in tree(module).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
                if not package.is_dir() and not node.name.startswith("_"):
                    offered.add(node.name)
            elif isinstance(node, ast.ImportFrom) and module.name == "__init__.py":
                offered |= {alias.asname or alias.name for alias in node.names}
    return found, offered & set(found)


def writes(function: ast.FunctionDef) -> bool:
    """Whether the function itself changes a table."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            chain = ast.unparse(node.func)
            if node.func.attr in WRITES and "hashlib" not in chain:
                return True
            if node.func.attr == "update" and (".objects" in chain or ".filter(" in chain):
                return True
            if node.func.attr in {"execute", "executemany"} and node.args and _changes(node.args[0]):
                return True
    return False


def _changes(statement: ast.expr) -> bool:
    return isinstance(statement, ast.Constant) and str(statement.value).lstrip().lower().startswith(
        ("insert", "update", "delete", "merge", "copy")
    )


def writing(functions: Functions) -> set[str]:
    """Names of functions that write, by themselves or through another of the same room."""
    found = {name for name, function in functions.items() if writes(function)}
    while True:
        more = {
            name for name, function in functions.items() if name not in found and _calls(function) & found
        }
        if not more:
            return found
        found |= more


def _calls(function: ast.FunctionDef) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}


def recorded(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator).startswith("recorded(") for decorator in function.decorator_list)


def test_what_writes_is_recorded() -> None:
    unrecorded = set()
    for room in rooms():
        functions, offered = services(room)
        unrecorded |= {
            f"{room.name}.{name}" for name in writing(functions) & offered if not recorded(functions[name])
        }
    assert sorted(unrecorded - set(UNRECORDED)) == []
    assert sorted(set(UNRECORDED) - unrecorded) == [], "exceptions that are none any more"


def test_a_recorded_service_is_told_by_whom_and_each_thing_by_its_name() -> None:
    wrong = []
    for room in rooms():
        functions, _offered = services(room)
        for name, function in functions.items():
            if recorded(function):
                told = {argument.arg for argument in function.args.kwonlyargs}
                if function.args.args or "by" not in told:
                    wrong.append(f"{room.name}.{name}")
    assert wrong == []


def test_the_name_of_an_act_begins_with_its_room() -> None:
    wrong = []
    for room in rooms():
        for name, function in services(room)[0].items():
            for decorator in function.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith("recorded(") and not text.startswith(f"recorded('{room.name}."):
                    wrong.append(f"{room.name}.{name}: {text}")
    assert wrong == []


def test_pages_do_not_write_by_themselves() -> None:
    wrong = []
    for room in rooms():
        views = [room / "views.py", *sorted((room / "views").glob("*.py"))]
        for path in views:
            if path.is_file():
                wrong += [
                    f"{short(path)}:{node.lineno} {node.name}"
                    for node in ast.walk(tree(path))
                    if isinstance(node, ast.FunctionDef) and writes(node)
                ]
    assert wrong == []
