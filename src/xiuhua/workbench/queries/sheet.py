"""A place on one page 县情一页: what the place's page says, as much as fits on a sheet of paper, each figure with its standard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries.rules import demands
from xiuhua.workbench.queries.figures import cause_word, line_of
from xiuhua.workbench.queries.frame import below, said
from xiuhua.workbench.queries.income import LINE
from xiuhua.workbench.queries.sources import Bands, Line, Source
from xiuhua.workbench.queries.words import topic

SHOWN_CAUSES = 6
# Rows of both lists of places that a page has room for, and the least that is kept for villages.
ROOM, SHOWN_PLACES, LEAST_VILLAGES = 26, 16, 8
NOT_TOLD = "—"
COLUMNS = ("households", "registered", "poor", "exited", "fails", "unknown", "doubt")


def sheet(place: Place, source: Source) -> dict[str, Any]:
    """What the layout sheet.typ reads, in the reader's language: texts, numbers as texts, shares in thousandths."""
    level, _digits = below(place)
    places = _places(source.below, SHOWN_PLACES)
    return {
        "place": place.name,
        "heading": _("县情一页") if place.level == Level.COUNTY else _("一页情况"),
        "basis": source.basis,
        "mark": source.mark,
        "as_of": f"{source.day:%Y-%m-%d}" if source.day else _("没有记录"),
        "words": _words(source),
        "numbers": _numbers(source),
        "demands": _demands(source),
        "spread": _spread(source.bands, place),
        "causes": _causes(source.causes),
        "level": said(level),
        "places": places,
        "more": _("其余 %(n)s 个见导出的表格") % {"n": len(source.below) - len(places)} if len(source.below) > len(places) else "",
        "columns": [key for key in COLUMNS if any(getattr(one, key) is not None for one in [*source.below, *source.villages])],
        "villages": _villages(source.villages, max(ROOM - len(places), LEAST_VILLAGES)),
        "standards": _standards(place, source),
    }  # fmt: skip


def _words(source: Source) -> dict[str, str]:
    return {
        "demands": _("各项保障：建档立卡户中"), "holds": _("达标"), "fails": _("未达标"), "unknown": _("待核实"),
        "spread": _("人均纯收入与标准"), "causes": _("致贫原因"), "places": _("各地情况"), "villages": _("最要紧的村"),
        "villages_by": _("达标存疑和待核实的户多的在前"), "village": _("行政村"), "standards": _("标准和出处"), "basis": _("数据"), "as_of": _("数据截止"),
        "households": _("住户"), "registered": _("建档立卡户"), "poor": _("未脱贫户"), "exited": _("已脱贫户"), "doubt": _("达标存疑"),
        "none": _("这份数据快照没有统计") if source.mark else _("没有记录"), "rest": _("没有记录的算“待核实”，不算达标，也不算未达标。"),
    }  # fmt: skip


def _numbers(source: Source) -> list[dict[str, str]]:
    """The figures at the top: what is wrong and what is not known first. What the source does not tell has no box."""
    own = source.own
    rate = source.incidence
    told: list[tuple[str, int | None, str, str, str]] = [
        (_("已脱贫、达标存疑"), own.doubt, ngettext("户", "户", own.doubt or 0), ngettext("已脱贫 %(n)s 户", "已脱贫 %(n)s 户", own.exited) % {"n": f"{own.exited:,}"}, "red"),
        _unknown(source),
        (_("未脱贫"), own.poor_people, ngettext("人", "人", own.poor_people), ngettext("%(n)s 户", "%(n)s 户", own.poor) % {"n": f"{own.poor:,}"}, "plain"),
        (_("建档立卡户"), own.registered, ngettext("户", "户", own.registered), ngettext("住户 %(n)s 户", "住户 %(n)s 户", own.households) % {"n": f"{own.households:,}"}, "plain"),
        (_("未办结的问题"), source.waiting, ngettext("条", "条", source.waiting or 0), _("现在的情况"), "red"),
    ]  # fmt: skip
    boxes = [
        {"label": label, "number": f"{n:,}", "unit": unit, "note": note, "tone": tone if n else "plain"}
        for label, n, unit, note, tone in told
        if n is not None
    ]
    share = {
        "label": _("贫困发生率"), "number": rate["number"] or NOT_TOLD, "unit": rate["unit"], "note": rate["note"],
        "tone": rate["tone"] if rate["tone"] in ("red", "straw", "leaf") else "plain",
    }  # fmt: skip
    return [*boxes[:2], share, *boxes[2:]][:5]


def _unknown(source: Source) -> tuple[str, int | None, str, str, str]:
    """Households of which something is not known; where the source counts rule by rule, of the matter with the most."""
    n = source.own.unknown
    if n is not None:
        return _("待核实"), n, ngettext("户", "户", n), _("有项目没有记录"), "straw"
    if not source.unknown:
        return _("待核实"), None, "", "", ""
    rule, most = max(source.unknown.items(), key=lambda one: (one[1], one[0]))
    return _("待核实最多的一项"), most, ngettext("户", "户", most), topic(rule), "straw"


def _share(part: int, whole: int) -> int:
    """Thousandths of a whole, for drawing; what exists never draws as nothing."""
    return 0 if not part or not whole else max(8, min(1000, part * 1000 // whole))


def _demands(source: Source) -> list[dict[str, Any]]:
    rows, whole = [], source.own.registered
    for rule in demands() if whole else []:
        if source.mark and rule.id not in source.fails:
            continue  # a freeze that did not ask it, as on a day when it was not in force
        fails, unknown = source.fails.get(rule.id, 0), source.unknown.get(rule.id, 0)
        holds = whole - fails - unknown
        rows.append(
            {
                "topic": topic(rule.id), "says": said(rule.says), "holds": f"{holds:,}", "fails": f"{fails:,}", "unknown": f"{unknown:,}",
                "shares": [_share(holds, whole), _share(fails, whole), _share(unknown, whole)],
            }
        )  # fmt: skip
    return rows


def _spread(bands: Bands | None, place: Place) -> dict[str, Any] | None:
    if bands is None:
        return None
    line = line_of(bands.year, place)
    highest = max(poor + exited for _low, poor, exited in bands.rows) or 1
    first = bands.rows[0][0]
    return {
        "rows": [
            {"low": f"{low:,}", "poor": _share(poor, highest), "exited": _share(exited, highest)} for low, poor, exited in bands.rows
        ],
        # Where the line stands, in thousandths of the picture's width.
        "line": None if line is None else max(0, min(1000, (line - first) * 1000 // (bands.width * len(bands.rows)))),
        "line_label": _("标准 %(line)s 元") % {"line": f"{line:,}"} if line is not None else "",
        "poor_label": _("未脱贫"),
        "exited_label": _("已脱贫"),
        "title": _("%(year)s 年各收入段的户数") % {"year": bands.year},
    }  # fmt: skip


def _causes(every: list[tuple[str | None, int]]) -> list[dict[str, Any]]:
    """The most frequent, and of how many households nobody recorded one."""
    found = [one for one in every if one[0] is not None][:SHOWN_CAUSES]
    found += [one for one in every if one[0] is None]
    most = max((n for _cause, n in found), default=0)
    return [{"label": cause_word(cause), "number": f"{n:,}", "share": _share(n, most)} for cause, n in found]


def _villages(told: list[Line], most: int) -> list[dict[str, str]]:
    """Of a county, the villages to go to first, each with its township."""
    townships = names_of(one.code[:9] for one in told)
    rows = _places([one for one in told if one.registered], most)
    return [{**row, "name": f"{townships.get(row['code'][:9], '')} {row['name']}"} for row in rows]


def _places(told: list[Line], most: int) -> list[dict[str, str]]:
    shown = sorted(told, key=lambda one: (-(one.doubt or 0), -(one.unknown or 0), -one.poor, one.code))[:most]
    names = names_of(one.code for one in shown)

    def number(n: int | None) -> str:
        return NOT_TOLD if n is None else f"{n:,}"

    return [
        {
            "name": names.get(one.code, one.code), "code": one.code, "households": number(one.households), "registered": number(one.registered),
            "poor": number(one.poor), "exited": number(one.exited), "fails": number(one.fails), "unknown": number(one.unknown),
            "doubt": number(one.doubt),
        }
        for one in shown
    ]  # fmt: skip


def _standards(place: Place, source: Source) -> list[dict[str, str]]:
    """The figure of the line with its source, and the clause of every demand."""
    rows = []
    on = date(source.bands.year, 12, 31) if source.bands else source.day
    if on is not None and (found := load().figure(LINE, on, place.code)) is not None:
        told = {"says": said(load().figures[LINE].says), "year": on.year, "line": f"{int(found.value):,}"}  # type: ignore[arg-type]
        rows.append({"what": _("%(says)s：%(year)s 年 %(line)s 元") % told, "source": said(found.source)})
    return rows + [
        {"what": f"{topic(rule.id)} · {said(rule.says)}", "source": said(rule.clause)} for rule in demands()
    ]
