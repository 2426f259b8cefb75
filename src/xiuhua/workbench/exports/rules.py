"""Standards and rules as tables: what their list shows, and every value that a figure had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.engine import freezing
from xiuhua.files.services import Asked, Column, NotThere, Table, columns
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.rulebook import entries, listing
from xiuhua.workbench.terms import Part

OF_RULES = [
    (gettext_lazy("规则"), "label", 40), (gettext_lazy("条款"), "clause", 24), (gettext_lazy("主题"), "topic", 12), (gettext_lazy("说的是"), "grain", 10),
    (gettext_lazy("时期"), "programme", 16), (gettext_lazy("施行"), "since", 12), (gettext_lazy("止于"), "until", 12),
]  # fmt: skip
OF_FIGURES = [
    (gettext_lazy("数值"), "label", 30), (gettext_lazy("现行"), "value", 14), (gettext_lazy("自何时"), "since", 12), (gettext_lazy("谁定"), "owner", 10),
]  # fmt: skip
OF_MEASURES = [
    (gettext_lazy("指标"), "label", 30), (gettext_lazy("说的是"), "grain", 10), (gettext_lazy("时期"), "programme", 16),
]  # fmt: skip
OF_FACTS = [
    (gettext_lazy("说的是"), "group", 12), (gettext_lazy("事实"), "label", 30), (gettext_lazy("单位"), "unit", 10),
]  # fmt: skip
SOURCE = Column(gettext_lazy("出处"), lambda row: said(row["source"]) if row.get("source") else "", 40)


def _page(asked: Asked) -> dict[str, Any]:
    return listing.page(asked.by, dict(asked.query))


def _columns(asked: Asked) -> list[Column]:
    show = listing.Asked.of(dict(asked.query)).show
    told = {Part.RULES: OF_RULES, Part.FIGURES: OF_FIGURES, Part.MEASURES: OF_MEASURES, Part.FACTS: OF_FACTS}
    return [*columns(told[show]), *([SOURCE] if show in (Part.FIGURES, Part.MEASURES) else [])]


def _rows(asked: Asked) -> Iterator[dict[str, Any]]:
    page = _page(asked)
    yield from page.get("rows", [])
    for group in page.get("groups", []):
        for row in group["rows"]:
            yield {**row, "group": group["label"]}


def _version() -> list[tuple[str, Any]]:
    return [(_("规则库版本"), freezing.versions().rulebook[:12])]


def _about(asked: Asked) -> list[tuple[str, Any]]:
    show = listing.Asked.of(dict(asked.query))
    found = [(_("查找"), show.q)] if show.q else []
    return [(_("列出什么"), said(show.show)), *found, *_version()]


RULEBOOK = Table(
    "标准与规则", "Standards and rules", "workbench.rulebook", _columns, _rows, _about, personal=False,
)  # fmt: skip


def _figure(asked: Asked) -> dict[str, Any]:
    try:
        return entries.figure(asked.by, asked.query.get("id", ""))
    except Http404 as absent:
        raise NotThere from absent


HISTORY = Table(
    "历次取值", "Values over time", "workbench.rulebook",
    lambda asked: [
        *columns([
            (gettext_lazy("年度"), "year", 8), (gettext_lazy("施行"), "since", 12), (gettext_lazy("止于"), "until", 12),
            (gettext_lazy("适用于"), "place", 16), (gettext_lazy("值"), "value", 16),
        ]),
        Column(gettext_lazy("把握"), lambda row: row["certainty"]["label"], 12),
        SOURCE,
    ],
    lambda asked: _figure(asked)["history"],
    lambda asked: [(_("数值"), _figure(asked)["figure"]["says"]), *_version()], personal=False,
)  # fmt: skip

TABLES = {"workbench.rulebook": RULEBOOK, "workbench.figure_history": HISTORY}
