"""GLOSSARY.md: every official word with its code, Chinese and English, from where the code keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from django.apps import apps

from xiuhua.common.books import Book
from xiuhua.common.terms import Terms
from xiuhua.config.pages.markdown import NOTE, table, whole
from xiuhua.engine import load
from xiuhua.facts.models import UNITS, Column, Fact
from xiuhua.intake.books import BOOKS
from xiuhua.rulebook.models import CodeList

HEAD = """# 词汇表 Glossary

{note}

One word for one thing, on every screen and in every file. Sections: [words of the system](#words-of-the-system) ·
[code lists](#code-lists) · [what is recorded](#what-is-recorded) · [what is known](#what-is-known) ·
[columns of workbooks](#columns-of-workbooks). Rules and figures are in [RULES.md](RULES.md).
"""
NAMES = ("代码 code", "中文", "English")


def page() -> str:
    """The whole page."""
    library = load()
    lines = [HEAD.format(note=NOTE)]
    lines += ["## Words of the system", "", "Closed lists of the program itself (`terms.py` of a room).", ""]
    for room, terms in _terms():
        lines += [f"### {room} · {terms.__name__}", "", *_said(terms)]
        lines += table(NAMES, ((f"`{one.value}`", one.zh, one.en) for one in terms))
    lines += ["## Code lists", "", "As the documents of the state have them (`rulebook/*/codes`). Offices' other words for a code are read as that code", "and noted.", ""]  # fmt: skip
    for codes in library.codes.values():
        lines += _codes(codes)
    lines += ["## What is recorded", "", "The contract between the register and the rules (`facts/records.yaml`).", ""]  # fmt: skip
    for relation in library.relations.values():
        lines += [f"### {relation.says.zh} {relation.says.en} · `{relation.id}`", ""]
        lines += table((*NAMES, "单位 unit", "依据 evidence"), (_column(one) for one in relation.columns))
    lines += ["## What is known", "", "Facts: the only place where a figure of a household is derived (`facts/`).", ""]  # fmt: skip
    for grain in ("person", "period", "household", "village", "county"):
        lines += [f"### {grain}", ""]
        lines += table(
            (*NAMES, "单位 unit"), (_fact(one) for one in library.facts.values() if one.grain == grain)
        )
    lines += ["## Columns of workbooks", "", "What intake reads, and the headings it knows for it. Another heading is asked for once and remembered.", ""]  # fmt: skip
    for book in BOOKS.values():
        lines += _book(book)
    return whole(lines)


def _terms() -> Iterator[tuple[str, type[Terms]]]:
    """Closed lists by room, in the order of the rooms."""
    for app in apps.get_app_configs():
        if app.name.startswith("xiuhua."):
            room = app.name.removeprefix("xiuhua.")
            for module in ("terms", "models"):
                found = _classes(f"{app.name}.{module}")
                yield from ((room, one) for one in found)


def _classes(module: str) -> list[type[Terms]]:
    try:
        held = import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        return []
    ours = (one for one in vars(held).values() if isinstance(one, type) and issubclass(one, Terms))
    return [one for one in ours if one.__module__ == module and len(one)]


def _said(terms: type[Terms]) -> list[str]:
    text = (terms.__doc__ or "").strip()
    return [text, ""] if text else []


def _codes(codes: CodeList) -> Iterator[str]:
    yield f"### {codes.says.zh} {codes.says.en} · `{codes.id}`"
    yield ""
    yield f"{codes.source}"
    yield ""
    yield from table(
        (*NAMES, "也写作 also written"),
        ((f"`{one.code}`", one.zh, one.en, "、".join(one.variants)) for one in codes.codes),
    )


def _column(one: Column) -> tuple[str, ...]:
    return f"`{one.name}`", one.says.zh, one.says.en, _unit(one.unit), f"`{one.seen}`" if one.seen else ""


def _fact(one: Fact) -> tuple[str, ...]:
    return f"`{one.id}`", one.says.zh, one.says.en, _unit(one.unit)


def _unit(unit: str | None) -> str:
    """The word behind a number, as the screens show it: fen is shown as yuan."""
    return " · ".join(word.strip() for word in UNITS[unit] if word.strip()) if unit else ""


def _book(book: Book) -> Iterator[str]:
    yield f"### {book.zh} {book.en} · `{book.id}`"
    yield ""
    rows = (
        (f"`{one.key}`", f"{one.zh}{'（必有）' if one.required else ''}", one.en, "、".join(one.synonyms), one.unit)
        for one in book.fields
    )  # fmt: skip
    yield from table((*NAMES, "也认得 also known", "单位 unit"), rows)
