"""Tables of the workbench's pages about households and places, as they may be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.files.services import Asked, Column, NotThere, Table, columns, rows_in_words
from xiuhua.places.models import PlaceChange
from xiuhua.places.queries import changes_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries.search import clean, private
from xiuhua.workbench.queries import find, listing, place_changes
from xiuhua.workbench.queries.frame import data_day


def live(asked: Asked) -> list[tuple[str, Any]]:
    """Where the rows come from: the register as it stands, and the day its data speak of."""
    day = data_day(scope_of(asked.place.code))
    return [(_("数据"), _("实时登记")), (_("数据截止"), day or _("没有记录"))]


def _household_columns(asked: Asked) -> list[Column]:
    village = [] if asked.place.level == Level.VILLAGE else [(gettext_lazy("行政村"), "village", 14)]
    return [
        *columns([(gettext_lazy("户主"), "head_name", 12), (gettext_lazy("户编号"), "number", 22), *village, (gettext_lazy("人数"), "people", 8)]),
        Column(gettext_lazy("状态"), lambda row: row["status"]["label"], 14),
        *columns([(gettext_lazy("主要致贫原因"), "cause", 14), (gettext_lazy("未达标"), "fails", 24), (gettext_lazy("待核实"), "unknown", 24)]),
    ]  # fmt: skip


def _households_about(asked: Asked) -> list[tuple[str, Any]]:
    return [(_("筛选"), listing.title(listing.asked(asked.place, dict(asked.query)))), *live(asked)]


HOUSEHOLDS = Table(
    "住户名单", "List of households", "registry.see", _household_columns,
    lambda asked: listing.every(asked.by, asked.place, dict(asked.query)),
    _households_about,
    lambda asked: rows_in_words(listing.page(asked.by, asked.place, dict(asked.query))["total"]),
)  # fmt: skip


def _search_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    for group in find.page(asked.by, _typed(asked))["groups"]:
        for one in group["results"]:
            yield {**one, "group": group["label"], "marks": [pill["label"] for pill in one["pills"]]}


def _typed(asked: Asked) -> str:
    text = clean(asked.query.get("q", ""))
    if not text or private(text):
        raise NotThere
    return text


SEARCH = Table(
    "查找结果", "What a search found", "registry.see",
    lambda asked: columns([(gettext_lazy("类别"), "group", 14), (gettext_lazy("名称"), "title", 18), (gettext_lazy("说明"), "note", 40), (gettext_lazy("标记"), "marks", 24)]),
    _search_rows,
    lambda asked: [(_("查找"), _typed(asked)), *live(asked)],
)  # fmt: skip


def _changes(asked: Asked) -> Iterator[dict[str, Any]]:
    if asked.place.level != Level.COUNTY:
        raise NotThere
    found: Iterator[PlaceChange] = changes_of(asked.place.code).iterator()
    for one in found:
        shown = place_changes.row(asked.by, one)
        answered = shown["answered"] or {}
        granted = (
            {True: _("已确认"), False: _("未确认")}.get(one.granted, _("待确认"))
            if one.granted is not None
            else _("待确认")
        )
        yield {
            **shown, "asked_by": shown["asked"]["by"], "asked_at": shown["asked"]["at"], "answered_by": answered.get("by"),
            "answered_at": answered.get("at"), "granted": granted,
        }  # fmt: skip


PLACE_CHANGES = Table(
    "区划变更", "Changes of places", "accounts.see_place_changes",
    lambda asked: columns([
        (gettext_lazy("变更类别"), "kind", 12), (gettext_lazy("内容"), "says", 40), (gettext_lazy("批准文件"), "document", 30), (gettext_lazy("生效日期"), "effective_on", 12),
        (gettext_lazy("提出"), "asked_by", 24), (gettext_lazy("提出时间"), "asked_at", 18), (gettext_lazy("确认"), "answered_by", 24),
        (gettext_lazy("确认时间"), "answered_at", 18), (gettext_lazy("结果"), "granted", 10), (gettext_lazy("随之变更的记录"), "rows", 14),
    ]),
    _changes, lambda asked: [(_("数据"), _("实时登记"))], personal=False,
)  # fmt: skip

TABLES = {
    "workbench.households": HOUSEHOLDS,
    "workbench.search": SEARCH,
    "workbench.place_changes": PLACE_CHANGES,
}
