"""The figures of a place: what is wrong, what is not known, the incidence against its standard, incomes, causes, exits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.engine import load
from xiuhua.places.models import Place
from xiuhua.places.queries import Rural
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Counts, Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Edge
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.income import LINE
from xiuhua.workbench.queries.words import code, topic
from xiuhua.workbench.terms import Lane, Show

SHOWN_CAUSES = 8
NOBODY_KNOWS = "none"
# So many exited households just above the line, and more of them than far beyond it, are a heap worth a look.
HEAP = 10


def cards(
    to: Way,
    place: Place,
    total: Tally,
    found: dict[str, dict[str, int]],
    incidence: dict[str, Any],
    not_asked: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The figures at the top, what is wrong and what is not known first; each opens to the households behind it.

    not_asked: demands of which nothing was asked, by id, and why: where it was none of them, nobody knows how many are not known.
    """
    return [
        {
            "label": said(Show.DOUBT),
            "number": total.doubt,
            "unit": ngettext("户", "户", total.doubt),
            "tone": "red" if total.doubt else "plain",
            "note": _most(found["doubt"]) or _("没有发现疑点"),
            "url": to(place.code, Show.DOUBT),
        },
        _unknown(to, place, total, found["unknown"], not_asked),
        {"label": _("贫困发生率"), "url": to(place.code, Show.POOR), **incidence},
        {
            "label": said(Show.POOR),
            "number": total.poor_people,
            "unit": ngettext("人", "人", total.poor_people),
            "note": ngettext("%(n)s 户 · 已脱贫 %(exited)s 户", "%(n)s 户 · 已脱贫 %(exited)s 户", total.poor)
            % {"n": f"{total.poor:,}", "exited": f"{total.exited:,}"},
            "url": to(place.code, Show.POOR),
        },
    ]


def _unknown(
    to: Way, place: Place, total: Tally, unknown: Mapping[str, int], not_asked: Mapping[str, str]
) -> dict[str, Any]:
    asked = [one.id for one in demands() if one.id not in not_asked]
    if not asked:
        return {
            "label": said(Show.UNKNOWN),
            "number": None,
            "unit": "",
            "tone": "plain",
            "url": None,
            "note": _("退出标准没有判断，见下"),
        }
    every = _("判断了的各项都有记录") if not_asked else _("各项都有记录")
    return {
        "label": said(Show.UNKNOWN),
        "number": total.unknown,
        "unit": ngettext("户", "户", total.unknown),
        "tone": "straw" if total.unknown else "plain",
        "note": _most({id: unknown.get(id, 0) for id in asked}) or every,
        "url": to(place.code, Show.UNKNOWN),
    }  # fmt: skip


def rate(part: int, whole: int) -> str:
    """A share in percent with two decimals, rounded up: nobody falls under a standard by rounding."""
    hundredths = -(-part * 10_000 // whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def incidence(total: Tally, rural: Rural, against: str, tone: str) -> dict[str, Any]:
    """Persons not out of poverty among the rural population. One village without a count, and nobody knows it.

    against: the standard in words; tone: how the place stands against it.
    """
    if rural.unknown or not rural.persons:
        return {
            "number": None,
            "unit": "",
            "tone": "straw",
            "note": ngettext(
                "%(n)s 个村没有农村人口数，算不出；在行政村名单里补上",
                "%(n)s 个村没有农村人口数，算不出；在行政村名单里补上",
                rural.unknown,
            )
            % {"n": rural.unknown}
            if rural.unknown
            else _("没有农村人口数，算不出；导入行政村名单"),
        }
    return {
        "number": rate(total.poor_people, rural.persons),
        "unit": "%",
        "tone": tone,
        "note": _("%(poor)s 人 / 农村人口 %(rural)s")
        % {"poor": f"{total.poor_people:,}", "rural": f"{rural.persons:,}"}
        + (f" · {against}" if against else ""),
    }


def against(place: Place, day: date) -> str:
    """The standard of incidence of a village or county in words; empty for places that have none of their own."""
    level = {Level.VILLAGE: "village", Level.COUNTY: "county"}.get(Level(place.level))
    if level is None:
        return ""
    usual, west = (
        load().figure(f"{level}_incidence{where}_percent", day, place.code) for where in ("", "_west")
    )
    if usual is None or west is None:
        return ""
    told = {"usual": f"{usual.value:g}", "west": f"{west.value:g}"}
    if level == "village":
        return _("标准 %(usual)s%% 以下（西部 %(west)s%%）") % told
    return _("标准 <%(usual)s%%（西部 <%(west)s%%）") % told


def _most(counted: dict[str, int]) -> str:
    """The matters with the most households, largest first."""
    by_topic: dict[str, int] = {}
    for rule, n in counted.items():
        by_topic[topic(rule)] = max(by_topic.get(topic(rule), 0), n)
    largest = sorted(((n, name) for name, n in by_topic.items() if n), reverse=True)[:3]
    return " · ".join(f"{name} {n:,}" for n, name in largest)


def standards(
    to: Way, place: Place, total: Tally, found: dict[str, dict[str, int]], not_asked: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Demand by demand: how many households do not meet it, of how many nobody knows, and what would make it known; of those in
    `not_asked` (by id) why there is nothing to count."""
    rows: list[dict[str, Any]] = []
    for rule in demands() if total.registered else []:
        if why := not_asked.get(rule.id):
            says = {"label": topic(rule.id), "says": said(rule.says), "clause": said(rule.clause)}
            rows.append({**says, "fails": None, "unknown": None, "holds": None, "total": total.registered, "next": why, "not_asked": why})  # fmt: skip
            continue
        fails, unknown = found["fails"].get(rule.id, 0), found["unknown"].get(rule.id, 0)
        rows.append(
            {
                "label": topic(rule.id),
                "says": said(rule.says),
                "clause": said(rule.clause),
                "fails": fails,
                "fails_url": to(place.code, Show.FAILS, rule=rule.id) if fails else None,
                "unknown": unknown,
                "unknown_url": to(place.code, Show.UNKNOWN, rule=rule.id) if unknown else None,
                "holds": total.registered - fails - unknown,
                "total": total.registered,
                "next": said(rule.next) if rule.next and unknown else "",
            }
        )
    return rows


def spread(to: Way, found: Counts, place: Place) -> dict[str, Any]:
    """Contexts `spread` and `spread_says`: households by income band against the line, and what is odd about it."""
    told = found.spread
    if told is None:
        return {"spread": None}
    line = line_of(told.year, place)
    low = [lower // FEN_PER_YUAN for lower, _poor, _exited in told.rows]
    width = areas.BAND_FEN // FEN_PER_YUAN
    last = (areas.BANDS - 1) * width
    groups = [
        {"label": said(Show.POOR), "values": [poor for _lower, poor, _exited in told.rows]},
        {"label": said(Show.EXITED), "values": [exited for _lower, _poor, exited in told.rows]},
    ]
    banded = sum(poor + exited for _lower, poor, exited in told.rows)
    negative = {state: found.lines.get(f"below_nothing:{state}", 0) for state in ("poor", "exited")}
    unknown = sum(one.registered for one in found.below) - banded - sum(negative.values())
    return {
        "spread": {
            "bins": low,
            "groups": groups,
            "line": line,
            "line_label": _("%(year)s 年国家扶贫标准") % {"year": told.year},
            "caption": _("%(year)s 年各收入段的户数") % {"year": told.year},
            "rows": [
                {
                    "low": at,
                    "high": at + width - 1 if at < last else None,
                    "values": [poor, exited],
                    "cells": cells(to, place, str(at), poor, exited),
                }
                for at, (_lower, poor, exited) in zip(low, told.rows, strict=True)
            ],
        },
        "spread_says": spread_words(
            to,
            place,
            found.lines.get("under:exited", 0),
            found.lines.get("above:near", 0),
            found.lines.get("above:beyond", 0),
            below_nothing=cells(to, place, "-", negative["poor"], negative["exited"]),
            unknown=unknown,
        ),
    }


def cells(to: Way, place: Place, edge: str, poor: int, exited: int) -> list[dict[str, Any]]:
    """A band's households, not exited and exited, each with the way to them. edge: as addresses say it."""
    return [
        {"value": n, "label": said(show), "url": to(place.code, show, band=edge) if n else None}
        for show, n in ((Show.POOR, poor), (Show.EXITED, exited))
    ]


def spread_words(
    to: Way,
    place: Place,
    under: int | None,
    near: int | None,
    beyond: int | None,
    *,
    below_nothing: list[dict[str, Any]],
    unknown: int,
) -> list[dict[str, Any]]:
    """What is odd about incomes and who is not in the picture, live and frozen alike, each with `url` or `links` to those
    households. near, beyond: exited households just above the line, and further on; None: not told."""
    heap = [] if near is None or beyond is None else _heap(to, place, near, beyond)
    return [*_under(to, place, under or 0), *heap, *_left_out(to, place, below_nothing, unknown)]


def _left_out(
    to: Way, place: Place, below_nothing: list[dict[str, Any]], unknown: int
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if n := sum(one["value"] for one in below_nothing):
        says = ngettext(
            "另有 %(n)s 户人均纯收入不足 0 元（成本大于收入），不在图中。",
            "另有 %(n)s 户人均纯收入不足 0 元（成本大于收入），不在图中。",
            n,
        )
        found.append(
            {
                "tone": "plain",
                "says": says % {"n": f"{n:,}"},
                "links": [one for one in below_nothing if one["url"]],
            }
        )
    if unknown > 0:
        says = ngettext("另有 %(n)s 户收入待核实，不在图中。", "另有 %(n)s 户收入待核实，不在图中。", unknown)
        url = to(place.code, Show.REGISTERED, band=NOBODY_KNOWS)
        found.append({"tone": "straw", "says": says % {"n": f"{unknown:,}"}, "url": url})
    return found


def _under(to: Way, place: Place, below_line: int) -> list[dict[str, Any]]:
    if not below_line:
        return []
    says = ngettext(
        "标准线以下有 %(n)s 户已脱贫户，须逐户核实。",
        "标准线以下有 %(n)s 户已脱贫户，须逐户核实。",
        below_line,
    )
    url = to(place.code, Show.EXITED, band=Edge.UNDER.value)
    return [{"tone": "red", "says": says % {"n": f"{below_line:,}"}, "url": url}]


def _heap(to: Way, place: Place, near: int, beyond: int) -> list[dict[str, Any]]:
    """Figures made to fit stand close above the line: told always, and judged against those that lie further on."""
    heap = near >= HEAP and near > beyond
    says = ngettext(
        "标准线上方 %(yuan)s 元内有 %(n)s 户已脱贫户",
        "标准线上方 %(yuan)s 元内有 %(n)s 户已脱贫户",
        near,
    ) % {"n": f"{near:,}", "yuan": areas.NEAR_LINE_FEN // FEN_PER_YUAN}
    verdict = (
        _("比再往上 %(yuan)s 元内还多，请抽查收入是怎么算的。")
        % {"yuan": (areas.BAND_FEN - areas.NEAR_LINE_FEN) // FEN_PER_YUAN}
        if heap
        else _("未见异常聚集。")
    )
    url = to(place.code, Show.EXITED, band=Edge.NEAR.value) if near else None
    told = {"tone": "red" if heap else "plain", "says": says + pgettext("facts", "，") + verdict, "url": url}
    return [told]


def line_of(year: int, place: Place) -> int | None:
    """The income line of a year in yuan, as it holds at a place."""
    found = load().figure(LINE, date(year, 12, 31), place.code)
    return None if found is None else int(found.value)  # type: ignore[arg-type]


def causes(to: Way, place: Place, every: list[tuple[str | None, int]]) -> dict[str, Any]:
    """Contexts `causes`, the most frequent and of whom nobody recorded one, `causes_more`, the rest, and `causes_most`."""
    known: list[dict[str, Any]] = [
        {"label": cause_word(cause), "value": n, "url": to(place.code, Show.REGISTERED, cause=cause)}
        for cause, n in every
        if cause is not None
    ]
    # One more line takes no more room than saying that there is one more.
    first = len(known) if len(known) <= SHOWN_CAUSES + 1 else SHOWN_CAUSES
    url = to(place.code, Show.REGISTERED, cause=NOBODY_KNOWS)
    unknown = [
        {"label": cause_word(None), "value": n, "tone": "straw", "url": url}
        for cause, n in every
        if cause is None
    ]
    return {
        "causes": [*known[:first], *unknown],
        "causes_more": known[first:],
        "causes_most": max((one["value"] for one in (*known, *unknown)), default=0),
    }


def cause_word(cause: str | None) -> str:
    """A main cause in words; None: nobody recorded one."""
    if cause == Lane.OTHER:
        return said(Lane.OTHER)
    return _("没有记录") if cause is None else code("cause", cause)


def exits(to: Way, place: Place, years: list[tuple[int | None, int]]) -> dict[str, Any]:
    """Contexts `exits` and `exits_most`: households that are out, by year; a year that nobody recorded is said as such."""
    return {
        "exits": [
            {
                "label": str(year) if year else _("年度不明"),
                "value": n,
                "tone": "leaf" if year else "straw",
                "url": to(place.code, Show.EXITED, year=str(year or "none")),
            }
            for year, n in years
        ],
        "exits_most": max((n for _year, n in years), default=0),
    }
