"""The figures of a report: what each counts, its words, and how it is counted. The list behind a figure is its own query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from xiuhua.decisions.kinds import KINDS
from xiuhua.decisions.models import Procedure
from xiuhua.decisions.queries import dated as decided
from xiuhua.decisions.terms import Course
from xiuhua.findings.queries import dated as found
from xiuhua.findings.terms import Kind, Way
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import scope_of
from xiuhua.registry.queries import dated as registered
from xiuhua.registry.queries.rules import demands
from xiuhua.registry.terms import Ending, Joining, Leaving, RemovalMode, Status, WatchClass
from xiuhua.relapse.queries import dated as clues
from xiuhua.relapse.terms import End, Origin
from xiuhua.workbench.queries.frame import below, said
from xiuhua.workbench.queries.report.period import Period
from xiuhua.workbench.queries.words import topic

Words = str | Promise


@dataclass(frozen=True)
class Figure:
    """One figure: its words, the unit, the query of its rows, of which moment, and the words of its parts.

    of: "period" (what happened), "before" and "after" (how things stood when it began and ended), "now" (as they stand).
    opens: what a row of it leads to: household, case, proceeding, clue, finding, or a household whose being watched it tells.
    """

    key: str
    label: Words
    unit: str
    sql: str
    of: str = "period"
    opens: str = "household"
    part: Callable[[str], str] = lambda what: ""
    people: bool = False
    # One thing may be of several parts (a household of which two matters are not known) and is counted once.
    once: bool = False

    def counted(self, n: int) -> str:
        """The word after the number."""
        return {
            HOUSEHOLDS: ngettext("户", "户", n), PEOPLE: ngettext("人", "人", n), ITEMS: ngettext("条", "条", n),
            CASES: npgettext("cases", "件", "件", n), CLUES: npgettext("clues", "条", "条", n),
        }[self.unit]  # fmt: skip


def _term(terms: Any) -> Callable[[str], str]:
    return lambda what: said(terms(what)) if what in terms._value2member_map_ else _("其他")


def _kind(what: str) -> str:
    return said(KINDS[what]) if what in KINDS else what


_SAYS: dict[str, dict[str, str]] = {}


def _procedure(what: str) -> str:
    """A procedure by its kind, as the newest of that kind is called; read at start, so asked for once."""
    if what not in _SAYS:
        found = Procedure.objects.filter(kind=what).order_by("-pk").first()
        if found is None:
            return what
        _SAYS[what] = found.definition["says"]
    return said(_SAYS[what])


HOUSEHOLDS, PEOPLE, ITEMS, CASES, CLUES = "household", "person", "finding", "case", "clue"
_status, _way, _grave = _term(Status), _term(Way), _term(Kind)
_course, _origin, _end, _watch, _mode = (_term(one) for one in (Course, Origin, End, WatchClass, RemovalMode))

SECTIONS: list[tuple[Words, list[Figure]]] = [
    (
        gettext_lazy("建档立卡户的状态"),
        [
            Figure("stood_before", gettext_lazy("期初在册"), HOUSEHOLDS, registered.STOOD, "before", part=_status, people=True),
            Figure("identified", gettext_lazy("本期识别纳入"), HOUSEHOLDS, registered.HAPPENED["identified"], people=True),
            Figure("exited", gettext_lazy("本期脱贫"), HOUSEHOLDS, registered.HAPPENED["exited"], people=True),
            Figure("returned", gettext_lazy("本期返贫"), HOUSEHOLDS, registered.HAPPENED["returned"], people=True),
            Figure("removed", gettext_lazy("本期清退"), HOUSEHOLDS, registered.HAPPENED["removed"], people=True),
            Figure("moved_in", gettext_lazy("本期在册户迁入"), HOUSEHOLDS, registered.HAPPENED["moved_in"], part=_status, people=True),
            Figure("struck", gettext_lazy("本期在册户迁出、销户"), HOUSEHOLDS, registered.HAPPENED["struck"], part=_term(Ending), people=True),
            Figure("taken_over", gettext_lazy("本期建库承接"), HOUSEHOLDS, registered.HAPPENED["taken_over"], part=_status, people=True),
            Figure("stood_after", gettext_lazy("期末在册"), HOUSEHOLDS, registered.STOOD, "after", part=_status, people=True),
        ],
    ),
    (
        gettext_lazy("人口与户的变动"),
        [
            Figure("joined", gettext_lazy("新增人口"), PEOPLE, registered.HAPPENED["joined"], part=_term(Joining)),
            Figure("left", gettext_lazy("减少人口"), PEOPLE, registered.HAPPENED["left"], part=_term(Leaving)),
            Figure("households_begun", gettext_lazy("新立户"), HOUSEHOLDS, registered.HAPPENED["households_begun"]),
            Figure("households_ended", gettext_lazy("销户"), HOUSEHOLDS, registered.HAPPENED["households_ended"], part=_term(Ending)),
        ],
    ),
    (
        gettext_lazy("识别、退出、监测程序"),
        [
            Figure("proceedings_before", gettext_lazy("期初在办的程序"), CASES, decided.UNDER_WAY, "before", "proceeding", _procedure),
            Figure("proceedings_begun", gettext_lazy("本期开始的程序"), CASES, decided.PROCEEDINGS["proceedings_begun"], opens="proceeding", part=_procedure),
            Figure("proceedings_decided", gettext_lazy("本期办结的程序"), CASES, decided.PROCEEDINGS["proceedings_decided"], opens="proceeding", part=_procedure),
            Figure("proceedings_ended", gettext_lazy("本期未通过、终止或撤回的程序"), CASES, decided.PROCEEDINGS["proceedings_ended"], opens="proceeding", part=_course),
            Figure("proceedings_after", gettext_lazy("期末在办的程序"), CASES, decided.UNDER_WAY, "after", "proceeding", _procedure),
        ],
    ),
    (
        gettext_lazy("返贫监测"),
        [
            Figure("clues_before", gettext_lazy("期初未办结的线索"), CLUES, clues.STOOD, "before", "clue", _origin),
            Figure("clues_came", gettext_lazy("本期线索"), CLUES, clues.HAPPENED["clues_came"], opens="clue", part=_origin),
            Figure("clues_ended", gettext_lazy("本期办结的线索"), CLUES, clues.HAPPENED["clues_ended"], opens="clue", part=_end),
            Figure("clues_after", gettext_lazy("期末未办结的线索"), CLUES, clues.STOOD, "after", "clue", _origin),
            Figure("watched_before", gettext_lazy("期初监测对象"), HOUSEHOLDS, registered.WATCHED, "before", "watched", _watch, people=True),
            Figure("watch_begun", gettext_lazy("本期纳入监测"), HOUSEHOLDS, registered.HAPPENED["watch_begun"], opens="watched", part=_watch, people=True),
            Figure("watch_ended", gettext_lazy("本期消除风险"), HOUSEHOLDS, registered.HAPPENED["watch_ended"], opens="watched", part=_mode, people=True),
            Figure("watched_after", gettext_lazy("期末监测对象"), HOUSEHOLDS, registered.WATCHED, "after", "watched", _watch, people=True),
        ],
    ),
    (
        gettext_lazy("人口与户的变更事项"),
        [
            Figure("cases_proposed", gettext_lazy("提交"), CASES, decided.HAPPENED["cases_proposed"], opens="case", part=_kind),
            Figure("cases_carried", gettext_lazy("审核通过并登记"), CASES, decided.HAPPENED["cases_carried"], opens="case", part=_kind),
            Figure("cases_refused", gettext_lazy("不予通过"), CASES, decided.HAPPENED["cases_refused"], opens="case", part=_kind),
            Figure("cases_undone", gettext_lazy("撤销"), CASES, decided.HAPPENED["cases_undone"], opens="case", part=_kind),
        ],
    ),
    (
        gettext_lazy("发现和办结的问题"),
        [
            Figure("findings_before", gettext_lazy("期初未办结"), ITEMS, found.STOOD, "before", "finding", _grave),
            Figure("findings_opened", gettext_lazy("本期发现"), ITEMS, found.HAPPENED["findings_opened"], opens="finding", part=_grave),
            Figure("findings_closed", gettext_lazy("本期办结"), ITEMS, found.HAPPENED["findings_closed"], opens="finding", part=_way),
            Figure("findings_after", gettext_lazy("期末未办结"), ITEMS, found.STOOD, "after", "finding", _grave),
        ],
    ),
    (
        gettext_lazy("还不清楚的"),
        [Figure("not_known", gettext_lazy("有项目待核实"), HOUSEHOLDS, registered.NOT_KNOWN, "now", part=topic, once=True)],
    ),
]  # fmt: skip
FIGURES = {one.key: one for _title, figures in SECTIONS for one in figures}
# Of each place below, the report tells these.
BY_PLACE = (
    "identified", "exited", "returned", "removed", "joined", "left", "cases_carried", "findings_opened", "findings_closed", "findings_after", "not_known",
)  # fmt: skip
COUNTED = """select left(place_code, %(digits)s), what, count(*), coalesce(sum(people), 0)::bigint from ({sql}) f group by 1, 2"""
ONCE = """select left(place_code, %(digits)s), count(*), coalesce(sum(people), 0)::bigint
from (select place_code, subject, max(people) as people from ({sql}) f group by 1, 2) g group by 1"""


@dataclass(frozen=True)
class Number:
    """A figure counted: things, people in them, and parts by their code."""

    count: int = 0
    people: int = 0
    parts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """All figures of an area and a period; `below` by the code of the place below and the figure's key."""

    place: Place
    period: Period
    numbers: dict[str, Number]
    below: dict[str, dict[str, int]]
    names: dict[str, str]


def values(figure: Figure, place: Place, period: Period) -> dict[str, Any]:
    """What a figure's query is asked with."""
    area, of = scope_of(place.code), period.before if figure.of == "before" else period
    return {
        **of.values, "lo": area.lo, "hi": area.hi, "digits": below(place)[1], "demands": [rule.id for rule in demands()],
    }  # fmt: skip


def told(place: Place, period: Period, *, only: str = "") -> Report:
    """Counts every figure of an area, by the place below: one query a figure, and one more where a thing has several parts.

    only: the key of the one figure that is wanted.
    """
    numbers: dict[str, Number] = {}
    under: dict[str, dict[str, int]] = {}
    for figure in [FIGURES[only]] if only else FIGURES.values():
        rows = _rows(COUNTED.format(sql=figure.sql), figure, place, period)
        parts: dict[str, int] = {}
        for _code, what, n, _people in rows:
            parts[what] = parts.get(what, 0) + n
        once = (
            _rows(ONCE.format(sql=figure.sql), figure, place, period)
            if figure.once
            else [(code, n, people) for code, _what, n, people in rows]
        )
        numbers[figure.key] = Number(sum(n for _c, n, _p in once), sum(p for _c, _n, p in once), parts)
        if figure.key in BY_PLACE:
            for code, n, _people in once:
                at = under.setdefault(code, {})
                at[figure.key] = at.get(figure.key, 0) + n
    names = names_of(under)
    return Report(place, period, numbers, dict(sorted(under.items())), names)


def _rows(sql: str, figure: Figure, place: Place, period: Period) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values(figure, place, period))
        return list(cursor.fetchall())


LISTED = """select place_code, household_id, people, array[what], day, subject
from ({sql}) f order by day desc, subject, what limit %(size)s offset %(first)s"""
LISTED_ONCE = """select place_code, household_id, max(people), array_agg(what order by what), max(day), subject
from ({sql}) f group by 1, 2, subject order by 5 desc, subject limit %(size)s offset %(first)s"""


def rows(
    figure: Figure, place: Place, period: Period, *, part: str = "", first: int = 0, size: int = 50
) -> list[Any]:
    """The things behind a figure, newest first: (place_code, household_id, people, [what, …], day, subject)."""
    asked = {**values(figure, place, period), "first": first, "size": size, "part": part}
    sql = f"select * from ({figure.sql}) p where p.what = %(part)s" if part else figure.sql
    with connection.cursor() as cursor:
        cursor.execute((LISTED_ONCE if figure.once else LISTED).format(sql=sql), asked)
        return list(cursor.fetchall())
