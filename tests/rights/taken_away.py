"""Has every kind of file made, as its page asks for it, and tells what in it lies outside the place it was asked of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from read_pdf import text_of
from rights.answers import unpacked
from rights.planted import LEAD, Country, Node
from rights.planted_work import Hand
from rights.telling import nameable, without_officials
from rights.walking import Walk
from xiuhua.config import exports, rights
from xiuhua.files.models import Export
from xiuhua.files.services import ask, content, make, store
from xiuhua.intake.models import Batch, Sheet
from xiuhua.places.scope import scope_of, within

# The forms that kinds come in; the first that a kind offers is taken.
FORMS = ("csv", "docx", "live", "a4")
# What a kind is asked with besides: its own words for what others call otherwise.
OWN: dict[str, dict[str, str]] = {
    "workbench.cards": {"household": ""}, "workbench.search": {"q": "{mark}"}, "workbench.figure_history": {"id": "income_line_yuan"},
    "workbench.freezes_compared_households": {"rule": "quality.work_months"}, "workbench.freezes_compared_places": {"rule": "quality.work_months"},
    "decisions.proceedings": {"show": "open"},
}  # fmt: skip
# Kinds that name officials of the township and the county above, by name and nothing else: a card tells a household whom it turns to.
NAMES_ABOVE = {"workbench.cards"}


@dataclass
class Taken:
    """What somebody could have: text by kind, and what in it is a hole."""

    texts: dict[str, str] = field(default_factory=dict)
    holes: list[str] = field(default_factory=list)


def workbooks_of(country: Country) -> None:
    """Gives each planted batch a file that can be opened, so that it can be marked."""
    for node in country.nodes.values():
        if "batch" not in node.keys:
            continue
        with within(scope_of("CN"), who={"account": "planter"}):
            table = f"姓名,村\n{node.secret}户主,{node.secret}村\n".encode()
            file = store(
                by=Hand(node.secret, node.secret, node.code),
                place_code=node.code,
                name=f"{node.secret}.csv",
                pieces=[table],
            )
            Batch.objects.filter(pk=node.keys["batch"]).update(
                counts={"files": [file.pk], "new": 1, "kinds": {"refused": 1}}
            )
            Sheet.objects.filter(batch=node.keys["batch"]).update(file=file, file_name=file.name)
            node.keys["workbook"] = file.pk


def everything(walk: Walk, here: str, freeze: int, but: Collection[str] = ()) -> Taken:
    """Every kind of file that a pair of eyes has the right to, of a place below it or else of its own; `but` some kinds."""
    taken = Taken()
    for kind, maker in exports.table().items():
        if kind in but or not rights.may(walk.acting, maker.right):
            continue
        for node in dict.fromkeys((here, walk.home.code)):
            export = asked_for(walk, kind, walk.country.nodes[node], freeze)
            if export is not None:
                taken.texts[kind] = _text(walk, export)
                taken.holes += holes(walk, export, taken.texts[kind])
                break
    return taken


def asked_for(walk: Walk, kind: str, node: Node, freeze: int) -> Export | None:
    """A file of a kind about a place, made; None where it is not to be had like that."""
    if exports.table()[kind].offer is None:
        params = _params(kind, walk.home)
        if params is None:
            return None
        with within(walk.scope):
            wanted = ask(
                by=walk.acting, kind=kind, params=params, place_code=walk.home.code, reason="核对"
            ).export
        return _made(wanted)
    query = {
        "place": node.code, "household": node.texts["number"], "batch": str(walk.home.keys.get("batch", "")), "section": "rules",
        "freeze": str(freeze), "id": "exit.income", "lane": "not_known", "figure": "stood_after", "since": "2012-01-01",
        "until": "2030-01-01", **{name: said.format(**node.texts) for name, said in OWN.get(kind, {}).items()},
    }  # fmt: skip
    query = {name: said for name, said in query.items() if said}
    for form in FORMS:
        answer = walk.client.post(f"/exports/new/{kind}/", {**query, "form": form, "reason": "核对"})
        if answer.status_code == 302:
            with within(walk.scope):
                wanted = Export.objects.latest("pk")
            return _made(wanted)
        if answer.status_code != 422:
            break
    return None


def _params(kind: str, home: Node) -> dict[str, Any] | None:
    """What a page of its own asks a kind with; None where nothing of the kind lies at the place."""
    asked: dict[str, dict[str, Any]] = {
        "registry.national": {"layout": "", "status": ""},
        "intake.differences": {"batch": home.keys.get("comparison")},
        "intake.marked": {"batch": home.keys.get("batch"), "file": home.keys.get("workbook")},
    }
    return None if None in asked[kind].values() else asked[kind]


def _made(export: Export) -> Export | None:
    done = make(export.pk, export.place_code)
    return done if done.file is not None else None


def _text(walk: Walk, export: Export) -> str:
    assert export.file is not None
    with within(walk.scope):
        held = content(export.file)
    said = text_of(held) if held.startswith(b"%PDF") else "\n".join(unpacked(held))
    return f"{export.file.name}\n{export.note}\n{said}"


def holes(walk: Walk, export: Export, text: str) -> list[str]:
    """What a file tells of any place that does not lie in the one it was made for, and of a household beyond the role."""
    area, told = scope_of(export.place_code), []
    text = without_officials(text, walk.home)  # who took it away stands in it
    for node in walk.country.nodes.values() if export.kind in NAMES_ABOVE else ():
        if nameable(walk.country.nodes[export.place_code], node, "above"):
            text = without_officials(text, node)
    for node in walk.country.nodes.values():
        # Whoever works above is named in what they did: the own area's, no others.
        above = export.place_code.startswith(node.code) and walk.scope.covers(node.code)
        if node.secret in text and not area.covers(node.code) and not above:
            told.append(f"{export.kind} of {export.place_code} as {walk.eyes} tells of {node.code}")
    for node in walk.inside:
        for what, mark, right in node.told:
            if mark in text and not rights.may(walk.acting, right):
                told.append(f"{export.kind} as {walk.eyes} tells {what} of {node.code} without {right}")
        if f"{node.secret}{LEAD}" in text:
            told.append(f"{export.kind} as {walk.eyes}: a lead leaves in no file")
    return told
