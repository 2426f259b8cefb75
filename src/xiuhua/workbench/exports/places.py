"""Tables of a place's page: the places below, the standards, incomes, causes, exits; live or of a freeze, as the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.design.templatetags.design import state_word
from xiuhua.files.services import Asked, Column, Table, columns
from xiuhua.places.terms import Level
from xiuhua.workbench.exports.tables import live
from xiuhua.workbench.queries import area
from xiuhua.workbench.queries.frame import below, said
from xiuhua.workbench.terms import Show

Row = dict[str, Any]


def _page(asked: Asked) -> dict[str, Any]:
    return area.page(asked.by, asked.place, dict(asked.query))


def _about(asked: Asked) -> list[tuple[str, Any]]:
    """Live, or which freeze, with its number and the day that its rules were asked for."""
    source: dict[str, Any] = _page(asked).get("source") or {}
    freeze = area.freeze_of(asked.place, asked.query) if source.get("frozen") else None
    if freeze is None:
        return live(asked)
    return [
        (_("数据"), source["label"]),
        (_("快照编号"), str(freeze.freeze_id)),
        (_("规则按"), freeze.as_of),
    ]


def _of(key: str) -> Callable[[Asked], Iterable[Row]]:
    return lambda asked: _page(asked).get(key) or []


PLACES = Table(
    "各地情况", "Places below", "registry.see",
    lambda asked: [
        Column(said(below(asked.place)[0]), lambda row: row["name"], 16),
        *columns([
            (gettext_lazy("区划代码"), "code", 16), (gettext_lazy("住户"), "households", 10), (gettext_lazy("建档立卡户"), "registered", 12),
            (gettext_lazy("建档立卡人口"), "people", 12), (gettext_lazy("未脱贫户"), "poor", 10), (gettext_lazy("未脱贫人口"), "poor_people", 10),
            (gettext_lazy("贫困发生率（%）"), "incidence", 12), (gettext_lazy("已脱贫户"), "exited", 10), (gettext_lazy("有未达标"), "fails", 10),
            (gettext_lazy("有待核实"), "unknown", 10), (gettext_lazy("达标存疑"), "doubt", 10),
        ]),
    ],
    _of("children"), _about, personal=False,
)  # fmt: skip

SHORTFALLS = Table(
    "短板分布", "Shortfalls", "registry.see",
    lambda asked: columns([
        (gettext_lazy("项目"), "label", 12), (gettext_lazy("要求"), "says", 30), (gettext_lazy("条款"), "clause", 20), (gettext_lazy("建档立卡户"), "total", 12),
        (gettext_lazy("达标"), "holds", 10), (gettext_lazy("未达标"), "fails", 10), (gettext_lazy("待核实"), "unknown", 10), (gettext_lazy("下一步"), "next", 30),
    ]),
    _of("standards"), _about, personal=False,
)  # fmt: skip


def _shown(asked: Asked) -> Iterable[Row]:
    page = _page(asked)
    for line in [*(page.get("causes") or []), *(page.get("causes_more") or [])]:
        yield {"label": line["label"], "value": line["value"]}


CAUSES = Table(
    "致贫原因", "Causes of poverty", "registry.see",
    lambda asked: columns([(gettext_lazy("主要致贫原因"), "label", 18), (gettext_lazy("建档立卡户"), "value", 12)]),
    _shown, _about, personal=False,
)  # fmt: skip


def _bands(asked: Asked) -> Iterable[Row]:
    for row in (_page(asked).get("spread") or {}).get("rows", []):
        poor, exited = row["values"]
        yield {"low": row["low"], "high": row["high"], "poor": poor, "exited": exited}


def _bands_about(asked: Asked) -> list[tuple[str, Any]]:
    spread = _page(asked).get("spread") or {}
    line = spread.get("line")
    return [
        (spread.get("line_label") or _("国家扶贫标准"), f"{line:,} {_('元')}" if line else _("没有记录")),
        *_about(asked),
    ]


INCOMES = Table(
    "人均纯收入分布", "Income distribution", "registry.see",
    lambda asked: [
        *columns([(gettext_lazy("收入段起（元）"), "low", 14), (gettext_lazy("收入段止（元）"), "high", 14)]),
        Column(said(Show.POOR), lambda row: row["poor"]),
        Column(said(Show.EXITED), lambda row: row["exited"]),
    ],
    _bands, _bands_about, personal=False,
)  # fmt: skip

EXITS = Table(
    "各年度脱贫户数", "Exits by year", "registry.see",
    lambda asked: columns([(gettext_lazy("年度"), "label", 14), (gettext_lazy("脱贫户"), "value", 12)]),
    _of("exits"), _about, personal=False,
)  # fmt: skip


def _villages(asked: Asked) -> Iterable[Row]:
    return (_page(asked).get("map") or {}).get("rows", [])


MAP = Table(
    "短板分布（图上各地）", "Shortfalls, place by place on the map", "registry.see",
    lambda asked: [
        Column(said(Level.VILLAGE if asked.place.level in area.MAPPED else below(asked.place)[0]), lambda row: row["name"], 14),
        *columns([
            (gettext_lazy("乡镇"), "town", 14), (gettext_lazy("未脱贫人口"), "poor_people", 12),
            (gettext_lazy("未达标"), "fails", 30), (gettext_lazy("待核实"), "unknown", 30),
        ]),
    ],
    _villages, _about, personal=False,
)  # fmt: skip


def _own(asked: Asked) -> Iterable[Row]:
    """Of the place itself each standard with its outcome; of those below how many meet it."""
    page = _page(asked)
    own = page.get("own_standards") or {"open": [], "met": [], "title": ""}
    for one in [*own["open"], *own["met"]]:
        says = " ".join(part for part in (one["title"], one["sentence"]) if part)
        next_one = one["next"]["label"] if one["next"] else ""
        yield {"of": own["title"], "says": says, "state": state_word(one["state"]), "because": one["because"], "clause": one["clause"], "next": next_one}  # fmt: skip
    for group in page.get("of_places") or []:
        for row in [*group["rows"], *group["more"]]:
            yield {**row, "of": group["title"], "says": f"{row['label']} {row['says']}"}


STANDARDS = Table(
    "村、县退出标准", "Standards of villages and counties", "registry.see",
    lambda asked: columns([
        (gettext_lazy("范围"), "of", 22), (gettext_lazy("标准"), "says", 36), (gettext_lazy("结果"), "state", 12), (gettext_lazy("看到的"), "because", 50),
        (gettext_lazy("计入的"), "total", 10), (gettext_lazy("达标"), "holds", 10), (gettext_lazy("未达标"), "fails", 10), (gettext_lazy("待核实"), "unknown", 10),
        (gettext_lazy("条款"), "clause", 20), (gettext_lazy("下一步"), "next", 30),
    ]),
    _own, _about, personal=False,
)  # fmt: skip


def _further(asked: Asked) -> Iterable[Row]:
    for one in _page(asked).get("further") or []:
        for line in one.get("bars") or one.get("rows") or []:
            yield {"figure": one["title"], "label": line["label"], "value": line["value"]}


FURTHER = Table(
    "其他公布的数", "Further published figures", "registry.see",
    lambda asked: columns([(gettext_lazy("指标"), "figure", 30), (gettext_lazy("部分"), "label", 30), (gettext_lazy("数"), "value", 12)]),
    _further, _about, personal=False,
)  # fmt: skip

TABLES = {
    "workbench.map": MAP,
    "workbench.standards": STANDARDS,
    "workbench.further": FURTHER,
    "workbench.places": PLACES,
    "workbench.shortfalls": SHORTFALLS,
    "workbench.causes": CAUSES,
    "workbench.incomes": INCOMES,
    "workbench.exits": EXITS,
}
