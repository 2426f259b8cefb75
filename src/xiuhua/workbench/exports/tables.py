"""Tables of the workbench's pages about households and places, as they may be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.files.services import Asked, Column, NotThere, Table, columns, rows_in_words
from xiuhua.places.models import Place, PlaceChange
from xiuhua.places.queries import changes_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.queries.search import clean, private
from xiuhua.workbench.queries import find, listing, place_changes
from xiuhua.workbench.queries.figures import line_of
from xiuhua.workbench.queries.frame import below, data_day, said
from xiuhua.workbench.queries.words import code, topic
from xiuhua.workbench.terms import Show


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


def _places(asked: Asked) -> Iterator[dict[str, Any]]:
    """Places below, those without households too, as the page of the place lists them."""
    _level, digits = below(asked.place)
    area = scope_of(asked.place.code)
    by_code = {one.code: one for one in areas.counts(area, digits=digits, lines=False).below}
    inside = Place.objects.annotate(digits=Length("code")).filter(
        code__gt=area.lo, code__lt=area.hi, digits=digits, until__isnull=True
    )
    names = {one.code: one.name if one.named else one.code for one in inside}
    for one in sorted({*by_code, *names}):
        tally = by_code.get(one, Tally(one))
        yield {
            **{name: getattr(tally, name) for name in Tally.__dataclass_fields__},
            "name": names.get(one, one),
        }


PLACES = Table(
    "各地情况", "Places below", "registry.see",
    lambda asked: [
        Column(said(below(asked.place)[0]), lambda row: row["name"], 16),
        *columns([
            (gettext_lazy("区划代码"), "code", 16), (gettext_lazy("住户"), "households", 10), (gettext_lazy("建档立卡户"), "registered", 12),
            (gettext_lazy("建档立卡人口"), "people", 12), (gettext_lazy("未脱贫户"), "poor", 10), (gettext_lazy("未脱贫人口"), "poor_people", 10),
            (gettext_lazy("已脱贫户"), "exited", 10), (gettext_lazy("有未达标"), "fails", 10), (gettext_lazy("有待核实"), "unknown", 10), (gettext_lazy("达标存疑"), "doubt", 10),
        ]),
    ],
    _places, live, personal=False,
)  # fmt: skip


def _shortfalls(asked: Asked) -> Iterator[dict[str, Any]]:
    counted = areas.counts(scope_of(asked.place.code))
    registered = sum(one.registered for one in counted.below)
    for rule in demands():
        fails, unknown = (counted.by_rule[what].get(rule.id, 0) for what in ("fails", "unknown"))
        yield {
            "topic": topic(rule.id), "says": said(rule.says), "clause": said(rule.clause), "total": registered,
            "holds": registered - fails - unknown, "fails": fails, "unknown": unknown,
        }  # fmt: skip


SHORTFALLS = Table(
    "短板分布", "Shortfalls", "registry.see",
    lambda asked: columns([
        (gettext_lazy("项目"), "topic", 12), (gettext_lazy("要求"), "says", 30), (gettext_lazy("条款"), "clause", 20), (gettext_lazy("建档立卡户"), "total", 12),
        (gettext_lazy("达标"), "holds", 10), (gettext_lazy("未达标"), "fails", 10), (gettext_lazy("待核实"), "unknown", 10),
    ]),
    _shortfalls, live, personal=False,
)  # fmt: skip

CAUSES = Table(
    "致贫原因", "Causes of poverty", "registry.see",
    lambda asked: [
        Column(gettext_lazy("主要致贫原因"), lambda row: code("cause", row[0]), 18), Column(gettext_lazy("建档立卡户"), lambda row: row[1], 12),
    ],
    lambda asked: areas.counts(scope_of(asked.place.code)).causes, live, personal=False,
)  # fmt: skip


def _incomes(asked: Asked) -> Iterator[dict[str, Any]]:
    spread = areas.counts(scope_of(asked.place.code)).spread
    last = (areas.BANDS - 1) * areas.BAND_FEN
    for low, poor, exited in spread.rows if spread else ():
        high = low + areas.BAND_FEN - FEN_PER_YUAN
        yield {
            "low": low // FEN_PER_YUAN, "high": high // FEN_PER_YUAN if low < last else None, "poor": poor, "exited": exited,
        }  # fmt: skip


def _incomes_about(asked: Asked) -> list[tuple[str, Any]]:
    spread = areas.counts(scope_of(asked.place.code)).spread
    line = line_of(spread.year, asked.place) if spread else None
    return [
        (_("年度"), spread.year if spread else _("没有记录")),
        (_("国家扶贫标准（元）"), line or _("没有记录")),
        *live(asked),
    ]


INCOMES = Table(
    "人均纯收入分布", "Income distribution", "registry.see",
    lambda asked: [
        *columns([(gettext_lazy("收入段起（元）"), "low", 14), (gettext_lazy("收入段止（元）"), "high", 14)]),
        Column(said(Show.POOR), lambda row: row["poor"]),
        Column(said(Show.EXITED), lambda row: row["exited"]),
    ],
    _incomes, _incomes_about, personal=False,
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
    "workbench.places": PLACES,
    "workbench.shortfalls": SHORTFALLS,
    "workbench.causes": CAUSES,
    "workbench.incomes": INCOMES,
    "workbench.place_changes": PLACE_CHANGES,
}
