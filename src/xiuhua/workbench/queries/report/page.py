"""The report of a period as its page shows it, and the list behind one figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.files.queries import way
from xiuhua.findings.models import Finding
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.registry.models import Household
from xiuhua.workbench.queries.frame import below, crumbs, link, may, take_away
from xiuhua.workbench.queries.report import ahead, ends
from xiuhua.workbench.queries.report.figures import (
    BY_PLACE,
    FIGURES,
    SECTIONS,
    Figure,
    Number,
    Report,
    rows,
    told,
)
from xiuhua.workbench.queries.report.period import Period, presets
from xiuhua.workbench.queries.words import rule_label

CHUNK = 500
OPENS = {
    "household": "workbench:household", "case": "decisions:case", "finding": "workbench:finding",
    "proceeding": "decisions:proceeding", "clue": "relapse:clue", "watched": "workbench:household",
}  # fmt: skip
# Who is watched, and why, is told one by one to those who work with it.
LISTS = {"watched": "relapse:watched"}


def page(by: Appointment, place: Place, period: Period) -> dict[str, Any]:
    """The context of workbench/report.html, but for its form."""
    report = told(place, period)
    kept = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    address = reverse("workbench:report", args=[place.code])
    return {
        "place": {"name": place.name},
        "crumbs": crumbs(by, place.code, whole=True),
        "period": period.says,
        "presets": [
            {"label": label, "count": None, "url": f"{address}?{urlencode({'since': one.since, 'until': one.until})}", "current": one == period}
            for label, one in presets(beijing_today())
        ],
        "summary": summary(report),
        "sections": [
            {"title": title, "lines": [line(by, report, figure, kept) for figure in figures]} for title, figures in SECTIONS
        ],
        "below": below_rows(report),
        "below_word": below(place)[0],
        "below_columns": [FIGURES[key].label for key in BY_PLACE],
        "below_urls": True,
        "actions": [
            {**one, "label": _("生成 Word 文件"), "icon": "file"} for one in take_away(by, "workbench.report", place=place.code, **kept)
        ] + take_away(by, "workbench.report_figures", place=place.code, **kept),
        "below_export_url": way(by, "workbench.report_places", place=place.code, **kept),
        "computed_at": beijing_now(),
        "notes": notes(),
        "ends": ends.table(by, place, period),
        "ahead": ahead.table(by, place),
    }  # fmt: skip


def line(by: Appointment, report: Report, figure: Figure, kept: dict[str, str]) -> dict[str, Any]:
    """One figure of the page, with the way to its list and to each of its parts."""
    number = report.numbers[figure.key]
    address = None
    if number.count and may_list(by, figure):
        address = reverse("workbench:report_rows", args=[report.place.code, figure.key])

    def url(**more: str) -> str | None:
        return f"{address}?{urlencode({**kept, **more})}" if address else None

    return {
        "label": figure.label,
        "count": number.count,
        "unit": figure.counted(number.count),
        "people": number.people if figure.people else None,
        "url": url(),
        "parts": [
            {"label": label, "count": n, "url": url(part=what)} for what, label, n in parts(figure, number)
        ],
    }


def parts(figure: Figure, number: Number) -> list[tuple[str, str, int]]:
    """A figure's parts as (code, words, number), the most first; none where it has no parts."""
    named = [(what, figure.part(what), n) for what, n in number.parts.items()]
    return sorted((one for one in named if one[1]), key=lambda one: (-one[2], one[0]))


def may_list(by: Appointment, figure: Figure) -> bool:
    """Whether this post may open the things behind a figure one by one."""
    return may(by, LISTS.get(figure.opens, OPENS[figure.opens]))


def summary(report: Report) -> str:
    """The report in one sentence; what is not known stands in it as well."""
    n = {key: f"{one.count:,}" for key, one in report.numbers.items()}
    p = {key: f"{one.people:,}" for key, one in report.numbers.items()}
    return _(
        "%(period)s，%(place)s识别纳入 %(identified)s 户 %(identified_people)s 人，脱贫 %(exited)s 户 %(exited_people)s 人，返贫 %(returned)s 户 %(returned_people)s 人，清退 %(removed)s 户；"
        "办结识别、退出、监测程序 %(decided)s 件，期末在办 %(under_way)s 件；新来返贫线索 %(clues)s 条，期末监测对象 %(watched)s 户；"
        "办结人口与户的变更 %(cases)s 件；发现问题 %(opened)s 条，办结 %(closed)s 条，期末还有 %(after)s 条；现在有 %(unknown)s 户有项目待核实。"
    ) % {
        "period": report.period.says, "place": report.place.name, "identified": n["identified"], "identified_people": p["identified"],
        "exited": n["exited"], "exited_people": p["exited"], "returned": n["returned"], "returned_people": p["returned"], "removed": n["removed"],
        "cases": n["cases_carried"], "opened": n["findings_opened"], "closed": n["findings_closed"], "after": n["findings_after"],
        "unknown": n["not_known"], "decided": n["proceedings_decided"], "under_way": n["proceedings_after"],
        "clues": n["clues_came"], "watched": n["watched_after"],
    }  # fmt: skip


def notes() -> list[str]:
    """From what the figures are counted, and what they do not say."""
    return [
        _("户的状态、成员进出按登记的生效日期计算；事项和问题按办理的时间计算；两头的日子都算在内。"),
        _("待核实只有现在的情况：登记没有保存过去某一天哪些项目不清楚。要比较两个时点，看“两端的数据快照”。"),
        _(
            "程序按开始、办结的日子计算；线索按来的日子和办结的日子计算。只在文件里列为监测对象、类别没有认定过的户，不算在期初、期末的监测对象里。"
        ),
        _("建库承接是县里签署后从表册接过来的状态，不算本期识别、脱贫。"),
        _(
            "期初在册加本期识别纳入、迁入、建库承接，减本期清退、迁出、销户，等于期末在册。申诉撤销了的决定，等于没有发生过。"
        ),
    ]


def below_rows(report: Report) -> list[dict[str, Any]]:
    """Places below in which something was counted, each with the figures of BY_PLACE in their order."""
    return [
        {
            "code": code,
            "name": name_below(report, code),
            "url": None
            if code == report.place.code
            else reverse("workbench:report", args=[code])
            + f"?{urlencode({'since': report.period.since, 'until': report.period.until})}",
            "values": [
                {"label": FIGURES[key].label, "count": report.below[code].get(key, 0)} for key in BY_PLACE
            ],
        }
        for code in report.below
    ]


def name_below(report: Report, code: str) -> str:
    """A place below; what lies at the place itself is of a village that nobody knows."""
    name = report.names.get(code, code)
    return (
        _("%(place)s（村不明）") % {"place": name} if code == report.place.code and len(code) < 12 else name
    )


def listed(
    by: Appointment, place: Place, figure: Figure, period: Period, query: dict[str, str]
) -> dict[str, Any] | None:
    """The context of workbench/report_rows.html; None where this post may not open such things one by one."""
    if not may_list(by, figure):
        return None
    part = query.get("part", "")[:40]
    number = told_one(place, figure, period)
    total = number.parts.get(part, 0) if part else number.count
    kept = {"since": period.since.isoformat(), "until": period.until.isoformat(), "part": part}
    address = reverse("workbench:report_rows", args=[place.code, figure.key])

    def url(**more: Any) -> str:
        return f"{address}?{urlencode({key: value for key, value in {**kept, **more}.items() if value})}"

    first, turned = pager(total, query.get("page", ""), lambda number: url(page=number))
    return {
        "place": {"name": place.name},
        "crumbs": [*crumbs(by, place.code, whole=True), {"name": _("阶段报告"), "url": reverse("workbench:report", args=[place.code]) + f"?{urlencode({'since': kept['since'], 'until': kept['until']})}"}],
        "title": figure.label,
        "under": when(figure, period),
        "filters": [
            {"label": _("全部"), "count": number.count, "url": url(part=""), "current": not part},
            *({"label": label, "count": n, "url": url(part=what), "current": what == part} for what, label, n in parts(figure, number)),
        ],
        "rows": said_rows(by, figure, rows(figure, place, period, part=part, first=first, size=PAGE)),
        "people": figure.people,
        "actions": take_away(by, "workbench.report_rows", place=place.code, figure=figure.key, **kept),
        "pager": turned,
    }  # fmt: skip


def when(figure: Figure, period: Period) -> str:
    """The days that a figure is of, in words."""
    if figure.of == "now":
        return _("现在的情况（实时登记）")
    if figure.of == "period":
        return period.says
    day = period.before.until if figure.of == "before" else period.until
    return _("%(day)s 这一天结束时") % {"day": f"{day:%Y-%m-%d}"}


def told_one(place: Place, figure: Figure, period: Period) -> Number:
    """One figure counted."""
    return told(place, period, only=figure.key).numbers[figure.key]


def said_rows(by: Appointment, figure: Figure, found: list[Any]) -> list[dict[str, Any]]:
    """Rows behind a figure as a page or a file lists them: who, where, which sort, when. Three queries, however many."""
    households = Household.objects.in_bulk([one[1] for one in found if one[1]])
    findings = Finding.objects.in_bulk([one[5] for one in found]) if figure.opens == "finding" else {}
    names = names_of(one[0] for one in found)
    told_rows = []
    for place_code, household, people, whats, day, subject in found:
        home, finding = households.get(household), findings.get(subject)
        number = home.number if home else finding.household_number if finding else ""
        place = names.get(place_code, place_code)
        told_rows.append(
            {
                "head": (home.head_name if home else None)
                or (
                    rule_label(finding.rule, finding.kind)
                    if finding
                    else _("户主不明")
                    if household
                    else place
                ),
                "number": number,
                "village": place,
                "people": people,
                "what": _("、").join(figure.part(one) for one in whats if figure.part(one)),
                "day": day,
                "url": link(by, OPENS[figure.opens], subject),
            }
        )
    return told_rows


def every(
    by: Appointment, place: Place, figure: Figure, period: Period, part: str
) -> Iterator[dict[str, Any]]:
    """All rows behind a figure."""
    first = 0
    while found := rows(figure, place, period, part=part, first=first, size=CHUNK):
        yield from said_rows(by, figure, found)
        first += CHUNK
