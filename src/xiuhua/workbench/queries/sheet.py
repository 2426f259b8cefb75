"""A place on one page 县情一页: what the place's page says, as much as fits on a sheet of paper, each figure with its standard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.engine import load
from xiuhua.findings.queries import waiting
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.workbench.queries.frame import below, data_day, names_of, said
from xiuhua.workbench.queries.income import LINE
from xiuhua.workbench.queries.words import code, topic

SHOWN_CAUSES = 6
SHOWN_PLACES, SHOWN_VILLAGES = 20, 15


def sheet(place: Place) -> dict[str, Any]:
    """What the layout sheet.typ reads, in the reader's language: texts, numbers as texts, shares in thousandths."""
    area = scope_of(place.code)
    level, digits = below(place)
    counted = areas.counts(area, digits=digits)
    total = areas.total(place.code, counted.below)
    day = data_day(area)
    return {
        "place": place.name,
        "heading": _("县情一页") if place.level == "county" else _("一页情况"),
        "basis": _("实时登记"),
        "as_of": f"{day:%Y-%m-%d}" if day else _("没有记录"),
        "words": _words(),
        "numbers": _numbers(total, waiting(area).count()),
        "demands": _demands(total, counted.by_rule),
        "spread": _spread(counted.spread, place),
        "causes": _causes(counted.causes),
        "level": said(level),
        "places": _places(counted.below) if level != place.level else [],
        "more": max(len(counted.below) - SHOWN_PLACES, 0),
        "villages": _villages(place),
        "standards": _standards(place, counted.year, day),
    }


def _words() -> dict[str, str]:
    return {
        "demands": _("各项保障：建档立卡户中"), "holds": _("达标"), "fails": _("未达标"), "unknown": _("待核实"),
        "spread": _("人均纯收入与标准"), "causes": _("致贫原因"), "places": _("各地情况"), "villages": _("最要紧的村"), "villages_by": _("达标存疑和待核实的户多的在前"), "village": _("行政村"), "standards": _("标准和出处"),
        "basis": _("数据"), "as_of": _("数据截止"), "households": _("住户"), "registered": _("建档立卡户"), "poor": _("未脱贫户"),
        "exited": _("已脱贫户"), "doubt": _("达标存疑"), "none": _("没有记录"), "more": _("其余 %(n)s 个见导出的表格"), "yuan": _("元"),
        "rest": _("没有记录的算“待核实”，不算达标，也不算未达标。"),
    }  # fmt: skip


def _numbers(total: Tally, open_findings: int) -> list[dict[str, str]]:
    """The figures at the top: what is wrong and what is not known first."""
    told = (
        (_("未脱贫"), total.poor_people, ngettext("人", "人", total.poor_people), ngettext("%(n)s 户", "%(n)s 户", total.poor) % {"n": f"{total.poor:,}"}, "plain"),
        (_("已脱贫、达标存疑"), total.doubt, ngettext("户", "户", total.doubt), ngettext("已脱贫 %(n)s 户", "已脱贫 %(n)s 户", total.exited) % {"n": f"{total.exited:,}"}, "red" if total.doubt else "plain"),
        (_("待核实"), total.unknown, ngettext("户", "户", total.unknown), _("有项目没有记录"), "straw" if total.unknown else "plain"),
        (_("未办结的问题"), open_findings, ngettext("条", "条", open_findings), ngettext("住户 %(n)s 户", "住户 %(n)s 户", total.households) % {"n": f"{total.households:,}"}, "red" if open_findings else "plain"),
    )  # fmt: skip
    return [
        {"label": label, "number": f"{n:,}", "unit": unit, "note": note, "tone": tone}
        for label, n, unit, note, tone in told
    ]


def _share(part: int, whole: int) -> int:
    """Thousandths of a whole, for drawing; what exists never draws as nothing."""
    return 0 if not part or not whole else max(8, min(1000, part * 1000 // whole))


def _demands(total: Tally, found: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    rows = []
    for rule in demands() if total.registered else []:
        fails, unknown = found["fails"].get(rule.id, 0), found["unknown"].get(rule.id, 0)
        holds = total.registered - fails - unknown
        rows.append(
            {
                "topic": topic(rule.id), "says": said(rule.says), "holds": f"{holds:,}", "fails": f"{fails:,}", "unknown": f"{unknown:,}",
                "shares": [_share(holds, total.registered), _share(fails, total.registered), _share(unknown, total.registered)],
            }
        )  # fmt: skip
    return rows


def _spread(spread: areas.Spread | None, place: Place) -> dict[str, Any] | None:
    if spread is None:
        return None
    line = _line(spread.year, place)
    highest = max(poor + exited for _low, poor, exited in spread.rows) or 1
    width = areas.BAND_FEN // FEN_PER_YUAN
    first = spread.rows[0][0] // FEN_PER_YUAN
    return {
        "year": str(spread.year),
        "rows": [
            {"low": f"{low // FEN_PER_YUAN:,}", "poor": _share(poor, highest), "exited": _share(exited, highest)}
            for low, poor, exited in spread.rows
        ],
        # Where the line stands, in thousandths of the picture's width.
        "line": None if line is None else max(0, min(1000, (line - first) * 1000 // (width * len(spread.rows)))),
        "line_label": _("标准 %(line)s 元") % {"line": f"{line:,}"} if line is not None else "",
        "highest": f"{highest:,}",
        "poor_label": _("未脱贫"),
        "exited_label": _("已脱贫"),
        "title": _("%(year)s 年各收入段的户数") % {"year": spread.year},
    }  # fmt: skip


def _line(year: int, place: Place) -> int | None:
    found = load().figure(LINE, date(year, 12, 31), place.code)
    return None if found is None else int(found.value)  # type: ignore[arg-type]


def _causes(every: list[tuple[str, int]]) -> list[dict[str, Any]]:
    found = every[:SHOWN_CAUSES]
    most = found[0][1] if found else 0
    return [
        {"label": code("cause", cause), "number": f"{n:,}", "share": _share(n, most)} for cause, n in found
    ]


def _villages(place: Place) -> list[dict[str, str]]:
    """Of a county, the villages to go to first, each with its township."""
    if place.level != Level.COUNTY:
        return []
    told = areas.counts(scope_of(place.code), lines=False).below
    townships = names_of(one.code[:9] for one in told)
    rows = _places([one for one in told if one.registered], SHOWN_VILLAGES)
    return [{**row, "name": f"{townships.get(row['code'][:9], '')} {row['name']}"} for row in rows]


def _places(told: list[Tally], most: int = SHOWN_PLACES) -> list[dict[str, str]]:
    shown = sorted(told, key=lambda one: (-one.doubt, -one.unknown, one.code))[:most]
    names = names_of(one.code for one in shown)
    return [
        {
            "name": names.get(one.code, one.code), "code": one.code, "households": f"{one.households:,}", "registered": f"{one.registered:,}",
            "poor": f"{one.poor:,}", "exited": f"{one.exited:,}", "fails": f"{one.fails:,}", "unknown": f"{one.unknown:,}", "doubt": f"{one.doubt:,}",
        }
        for one in shown
    ]  # fmt: skip


def _standards(place: Place, year: int | None, day: date | None) -> list[dict[str, str]]:
    """The figure of the line with its source, and the clause of every demand."""
    rows = []
    on = date(year, 12, 31) if year else day
    if on is not None and (found := load().figure(LINE, on, place.code)) is not None:
        says = said(load().figures[LINE].says)
        rows.append(
            {
                "what": _("%(says)s：%(year)s 年 %(line)s 元")
                % {"says": says, "year": on.year, "line": f"{int(found.value):,}"},
                "source": found.source,
            }
        )  # type: ignore[arg-type]
    return rows + [
        {"what": f"{topic(rule.id)} · {said(rule.says)}", "source": said(rule.clause)} for rule in demands()
    ]
