"""What decisions hand out: the lists of cases and of pairs as their pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xiuhua.decisions.models import Pair, Proceeding
from xiuhua.decisions.queries import (
    adjustment,
    adjustment_pages,
    doubtful,
    notice_pages,
    pages,
    pair_pages,
    pairs,
    plan_lists,
    proceeding_board,
    proceeding_lists,
)
from xiuhua.decisions.queries.proceeding_board import said
from xiuhua.decisions.terms import Found, PairKind, PairState
from xiuhua.files.services import Asked, Column, Table, columns, rows_in_words
from xiuhua.places.scope import scope_of

CHUNK = 200


def _cases(asked: Asked) -> Any:
    area = scope_of(asked.place.code)
    found = pages.listed(asked.by, asked.query.get("show", ""))[1]
    return found.filter(place_code__gte=area.lo, place_code__lt=area.hi)


def _case_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    show = pages.listed(asked.by, asked.query.get("show", ""))[0]
    keys = list(pages.in_turn(_cases(asked), show).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        yield from pages.rows(pages.newest(keys[first : first + CHUNK]))


CASES = Table(
    "事项清单", "List of cases", "decisions.see",
    lambda asked: columns([
        (pgettext_lazy("cases", "事项"), "kind", 14), (gettext_lazy("姓名"), "who", 12), (gettext_lazy("户主"), "household", 12), (gettext_lazy("户编号"), "number", 22),
        (gettext_lazy("行政村"), "village", 14), (gettext_lazy("生效日期"), "on", 12), (gettext_lazy("提交"), "by", 12), (gettext_lazy("提交时间"), "at", 18), (gettext_lazy("进度"), "label", 14),
    ]),
    _case_rows,
    lambda asked: [(_("筛选"), pages.named(asked.by, asked.query.get("show", ""))), (_("数据"), _("实时登记"))],
    lambda asked: rows_in_words(_cases(asked).count()),
)  # fmt: skip


def _state(asked: Asked) -> PairState:
    told = asked.query.get("state", "")
    return PairState(told) if told in PairState._value2member_map_ else PairState.OPEN


def _pairs(asked: Asked) -> Any:
    found, kind = pairs.in_state(_state(asked)), asked.query.get("kind", "")
    return found.filter(kind=kind) if kind in PairKind._value2member_map_ else found


def _pair_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    keys = list(pairs.in_order(_pairs(asked)).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = Pair.objects.in_bulk(keys[first : first + CHUNK])
        yield from pair_pages.lines([found[key] for key in keys[first : first + CHUNK]])


PAIRS = Table(
    "逐对判断清单", "Pairs to be decided", "decisions.see",
    lambda asked: columns([
        (gettext_lazy("类别"), "kind", 16), (gettext_lazy("姓名"), "name", 12), (gettext_lazy("左边的户"), "left", 30), (gettext_lazy("右边的户"), "right", 30), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("相似度"), "score", 8),
        (gettext_lazy("判断"), "answer", 26), (gettext_lazy("谁判断的"), "by", 28), (gettext_lazy("时间"), "at", 18),
    ]),
    _pair_rows,
    lambda asked: [(_("筛选"), _state(asked).says(asked.language)), (_("数据"), _("实时登记"))],
    lambda asked: rows_in_words(_pairs(asked).count()),
)  # fmt: skip

PLAN = Table(
    "退出计划名单", "Exit plan, household by household", "decisions.see",
    lambda asked: columns([
        (gettext_lazy("户主"), "name", 12), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("人口"), "people", 8),
        (gettext_lazy("计划退出年度"), "year", 14), (gettext_lazy("待批"), "pending", 12), (gettext_lazy("现在"), "state", 14), (gettext_lazy("未达标"), "fails", 40), (gettext_lazy("待核实"), "unknown", 40),
    ]),
    lambda asked: plan_lists.every(asked.place, dict(asked.query)),
    lambda asked: [(_("筛选"), plan_lists.narrowed(dict(asked.query))), (_("数据"), _("实时登记"))],
    lambda asked: rows_in_words(plan_lists.total(asked.place, dict(asked.query))),
)  # fmt: skip

ADJUSTMENT = Table(
    "动态调整结账报告", "Closing report of the adjustment", "decisions.see",
    lambda asked: columns([
        (gettext_lazy("区划"), "place", 16), (gettext_lazy("类别"), "category", 16), (gettext_lazy("规则找出的户"), "candidates", 14),
        *((state.zh if asked.language != "en" else state.en, state.value, 14) for state in Found),
    ]),
    lambda asked: adjustment_pages.report(asked.place, asked.query.get("year", "")),
    lambda asked: [(_("时间"), adjustment_pages.window(adjustment.round_of(scope_of(asked.place.code), asked.place.code, asked.query.get("year", "")))["says"]), (_("数据"), _("实时登记"))],
    personal=False,
)  # fmt: skip

CANDIDATES = Table(
    "动态调整名单", "Households of the adjustment", "decisions.see",
    lambda asked: columns([
        (gettext_lazy("户主"), "name", 12), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("类别"), "category", 16),
        (gettext_lazy("为什么"), "why", 40), (gettext_lazy("进度"), "state", 16),
    ]),
    lambda asked: adjustment_pages.every(asked.by, asked.place, dict(asked.query)),
    lambda asked: [(_("筛选"), adjustment_pages.narrowed(dict(asked.query))), (_("数据"), _("实时登记"))],
)  # fmt: skip


def _proceedings(asked: Asked) -> Any:
    return proceeding_lists.listed(asked.by, {**asked.query, "place": asked.place.code})


def _proceeding_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    keys = list(_proceedings(asked).values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = Proceeding.objects.in_bulk(keys[first : first + CHUNK])
        yield from proceeding_lists.rows(found[key] for key in keys[first : first + CHUNK])


PROCEEDINGS = Table(
    "程序办理清单", "List of proceedings", "decisions.see",
    lambda asked: [
        *columns([
            (gettext_lazy("程序"), "what", 22), (gettext_lazy("户主或地方"), "household", 16), (gettext_lazy("编号"), "number", 22), (gettext_lazy("行政村"), "village", 14),
            (gettext_lazy("在哪一步"), "step", 24), (gettext_lazy("已等天数"), "days", 10), (gettext_lazy("期限"), "due", 12),
        ]),
        Column(gettext_lazy("进度"), lambda row: said(row["label"]), 12),
    ],
    _proceeding_rows,
    lambda asked: [(_("筛选"), proceeding_lists.named(dict(asked.query))), (_("数据"), _("实时登记"))],
    lambda asked: rows_in_words(_proceedings(asked).count()),
)  # fmt: skip

BOARD = Table(
    "办理进度", "Where proceedings wait", "decisions.see",
    lambda asked: columns([
        (gettext_lazy("程序"), "what", 22), (gettext_lazy("区划"), "where", 16), (gettext_lazy("在哪一步"), "step", 30), (gettext_lazy("件数"), "count", 8), (gettext_lazy("已超期"), "late", 8),
        (gettext_lazy("居中等了（天）"), "median", 12), (gettext_lazy("最久（天）"), "oldest", 12), (gettext_lazy("备注"), "stuck", 12),
    ]),
    lambda asked: proceeding_board.table_rows(asked.place.code),
    lambda asked: [(_("数据"), _("实时登记"))],
    personal=False,
)  # fmt: skip

OBJECTIONS = Table(
    "异议答复清单", "Objections and their answers", "notices.follow",
    lambda asked: columns([
        (gettext_lazy("公示的事项"), "matter", 30), (gettext_lazy("区划"), "place", 14), (gettext_lazy("何时提出"), "came_on", 12), (gettext_lazy("怎么提出"), "channel", 12), (gettext_lazy("由谁答复"), "answers", 14),
        (gettext_lazy("答复期限"), "due_on", 12), (gettext_lazy("已逾期"), "late", 8), (gettext_lazy("进度"), "state", 12), (gettext_lazy("答复"), "answer", 40),
    ]),
    lambda asked: notice_pages.every_objection(asked.by, asked.query.get("show", "")),
    lambda asked: [(_("筛选"), notice_pages.list_name(asked.by, asked.query.get("show", ""))), (_("数据"), _("实时登记"))],
)  # fmt: skip


def _hollow(asked: Asked) -> Iterator[dict[str, Any]]:
    for row in doubtful.every(dict(asked.query)):
        for mark in row["marks"]:
            yield {**row, "clause": mark["clause"], "label": mark["label"], "next": mark["next"]}


HOLLOW = Table(
    "退出疑点清单", "Doubtful exits", "registry.see_hollow",
    lambda asked: columns([
        (gettext_lazy("户主"), "name", 12), (gettext_lazy("户编号"), "number", 22), (gettext_lazy("行政村"), "village", 14), (gettext_lazy("怎么退出的"), "way", 16), (gettext_lazy("退出日期"), "on", 12),
        (gettext_lazy("站不住的地方"), "clause", 16), (gettext_lazy("情况"), "label", 40), (gettext_lazy("下一步"), "next", 40),
    ]),
    _hollow,
    lambda asked: [(_("筛选"), doubtful.named(dict(asked.query))), (_("说明"), _("系统按规则算出，不是结论")), (_("数据"), _("实时登记"))],
)  # fmt: skip

EXPORTS = {
    "decisions.board": BOARD.maker(), "decisions.objections": OBJECTIONS.maker(), "decisions.hollow": HOLLOW.maker(),
    "decisions.proceedings": PROCEEDINGS.maker(),
    "decisions.cases": CASES.maker(), "decisions.pairs": PAIRS.maker(), "decisions.plan": PLAN.maker(),
    "decisions.adjustment": ADJUSTMENT.maker(), "decisions.adjustment_list": CANDIDATES.maker(),
}  # fmt: skip
