"""Where proceedings wait: gathered in the database by step and place, so that ten thousand of them are one read; and the lists behind.

A page that shows a number leads to the list that it counts, by the same words of the address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.asking import ask
from xiuhua.common.clock import beijing_today
from xiuhua.common.ways import way_to
from xiuhua.decisions.models import Procedure, Proceeding
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.queries.proceedings import Listed, Procedures, procedures_of
from xiuhua.decisions.terms import Course
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, current_scope, scope_of

# With the digests of all procedures, each in a row without days: a page that asks where things wait asks for both.
GROUPED = """
select procedure_id, at_step, {place}, array_agg(%(today)s::date - step_since), count(*) filter (where due_on < %(today)s)
from decisions_proceeding where course = 'open' and place_code >= %(lo)s and place_code < %(hi)s
group by 1, 2, 3
union all select id, digest, '', null, null from decisions_procedure
"""
PAGE = 50
# What an address may narrow a list by.
NARROWS = ("procedure", "step", "place", "late")


class Waits(NamedTuple):
    """Open proceedings at the same step in the same place."""

    procedure: Procedure
    step: dict[str, Any]
    number: int  # of the step in its procedure
    place: str
    days: list[int]  # of each, since it came to the step
    total: int  # of these days
    late: int


def said(pair: Any) -> str:
    """A pair of the two languages, in the reader's."""
    return str(pair[language()]) if isinstance(pair, dict) else str(pair)


def waits(area: Scope, digits: int) -> tuple[list[Waits], Procedures]:
    """Everything open in an area, by place of so many digits, or (0) of the whole of it together; and all procedures."""
    grouped = GROUPED.format(place=f"left(place_code, {digits:d})" if digits else "''")
    found = ask(grouped, {"lo": area.lo, "hi": area.hi, "today": beijing_today()}, binary=True)
    known = procedures_of([(key, digest) for key, digest, _place, days, _late in found if days is None])
    steps, told = known.steps, []
    for procedure, at, place, days, late in found:
        if days is not None:
            number, step = steps[(procedure, at)]
            told.append(Waits(known[procedure], step, number, place, days, sum(days), late))
    return told, known


@dataclass(frozen=True)
class Tally:
    """How many wait, how many of them past their day, and for how many days (the middle one, the oldest)."""

    groups: tuple[Waits, ...]
    count: int
    late: int
    days: int  # all their days together: where it stands longest, weighed by how many stand there

    @cached_property
    def _sorted(self) -> list[int]:
        # Not before somebody asks: of most lines only the sum is compared.
        return sorted(chain.from_iterable([one.days for one in self.groups]))

    @property
    def median(self) -> int:
        """The lower of the two in the middle."""
        return self._sorted[(self.count - 1) // 2] if self.count else 0

    @property
    def oldest(self) -> int:
        return self._sorted[-1] if self.count else 0

    @property
    def numbers(self) -> dict[str, int]:
        return {"count": self.count, "late": self.late, "median": self.median, "oldest": self.oldest}


def tally(some: Iterable[Waits]) -> Tally:
    """Groups added up."""
    groups = tuple(some)
    # Lists, not generators: a board adds up thousands of groups.
    return Tally(
        groups=groups,
        count=sum([len(one.days) for one in groups]),
        late=sum([one.late for one in groups]),
        days=sum([one.total for one in groups]),
    )


@lru_cache(maxsize=4096)
def address(**query: Any) -> str:
    """The list that a number of the board counts."""
    asked = urlencode({key: value for key, value in query.items() if value not in (None, "", False)})
    return f"{way_to('decisions:proceedings')}?{asked}"


@dataclass(frozen=True)
class Line:
    """What waits at one step of a procedure, all versions of it together; where it leads is made up when it is shown."""

    name: str  # of the procedure, in an address
    procedure: str  # in the reader's language
    id: str  # of the step
    says: str
    tally: Tally
    place: str
    bottleneck: bool = False

    @property
    def url(self) -> str:
        return address(show="open", procedure=self.name, step=self.id, place=self.place)

    @property
    def late_url(self) -> str:
        return address(show="open", procedure=self.name, step=self.id, place=self.place, late=1)

    def row(self, most: int) -> dict[str, Any]:
        """As a row shows it; `most`: what the fullest step of the table holds."""
        told = {"procedure": self.procedure, "says": self.says, "bottleneck": self.bottleneck, "most": most}
        return {**told, "url": self.url, "late_url": self.late_url, **self.tally.numbers}


def by_step(found: list[Waits], place: str) -> list[dict[str, Any]]:
    """Procedures, the fullest first, with their steps in order; the step that holds most days is the bottleneck."""
    procedures: dict[str, list[Waits]] = defaultdict(list)
    for one in found:
        procedures[one.procedure.name].append(one)
    told, tongue = [], language()
    for name, some in sorted(procedures.items()):
        newest = max(some, key=attrgetter("procedure.pk")).procedure
        words = newest.definition["says"][tongue]
        steps: dict[str, list[Waits]] = defaultdict(list)
        for one in sorted(some, key=attrgetter("number")):
            steps[one.step["id"]].append(one)
        lines = [
            Line(name, words, id, each[-1].step["says"][tongue], tally(each), place)
            for id, each in steps.items()
        ]
        worst = max(lines, key=lambda one: one.tally.days)
        # One step alone is no bottleneck, nor is one in which nothing has stood for a week yet.
        if len(lines) > 1 and worst.tally.median >= 7:
            lines[next(at for at, one in enumerate(lines) if one is worst)] = replace(worst, bottleneck=True)
        told.append({"name": name, "says": words, "tally": tally(some), "steps": lines})
    return sorted(told, key=lambda one: -one["tally"].count)


def by_place(found: list[Waits]) -> list[dict[str, Any]]:
    """Places below with what waits in them, most days first, and the step that holds most days."""
    places: dict[str, list[Waits]] = defaultdict(list)
    for one in found:
        places[one.place].append(one)
    names = names_of(places)
    told = []
    # In order of code where days are equal: the database groups in any order.
    for code, some in sorted(places.items()):
        held: dict[tuple[str, str], int] = defaultdict(int)
        for one in some:
            held[one.procedure.name, one.step["id"]] += one.total
        name, step = max(sorted(held), key=held.__getitem__)
        worst = next(one for one in some if (one.procedure.name, one.step["id"]) == (name, step))
        told.append(
            {
                "name": names.get(code, code),
                "url": f"{way_to('decisions:board')}?place={code}" if len(code) < 12 else address(show="open", place=code),
                "days": (all_of := tally(some)).days,
                **all_of.numbers,
                "list_url": address(show="open", place=code),
                "late_url": address(show="open", place=code, late=1),
                "worst": f"{said(worst.procedure.definition['says'])} · {said(worst.step['says'])}",
                "worst_url": address(show="open", procedure=name, step=step, place=code),
            }
        )  # fmt: skip
    return sorted(told, key=lambda one: -one["days"])


def narrowed(found: QuerySet[Proceeding], query: dict[str, str]) -> QuerySet[Proceeding]:
    """The proceedings that an address asks for: procedure, step, place, late. What no list knows narrows nothing."""
    if query.get("procedure"):
        found = found.filter(procedure__name=query["procedure"])
    if query.get("step"):
        found = found.filter(at_step=query["step"])
    if code := place_of(query):
        area = scope_of(code)
        found = found.filter(place_code__gte=area.lo, place_code__lt=area.hi)
    if query.get("late"):
        found = found.filter(course=Course.OPEN, due_on__lt=beijing_today())
    return found


def place_of(query: dict[str, str]) -> str:
    """The place that an address narrows to, where it is one of the acting area; empty for none."""
    code = query.get("place", "")
    return code if code and current_scope().covers(code) and Place.objects.filter(code=code).exists() else ""


class Source(Protocol):
    """Rows of Listed in the order of a list, a part at a time."""

    def __getitem__(self, part: slice, /) -> Iterable[tuple[Any, ...]]: ...

    def reverse(self) -> Source: ...


def turned(shown: Source, query: dict[str, str], total: int) -> tuple[list[Listed], dict[str, Any] | None]:
    """One page of a list of so many, and its pager; None where one page is all."""
    pages = Paginator(range(total), PAGE)
    page = pages.get_page(query.get("page"))
    first, last = max(page.start_index() - 1, 0), page.end_index()
    found = [Listed(*row) for row in _between(shown, first, last, pages.count)] if last else []
    if pages.num_pages == 1:
        return found, None

    def url(number: int) -> str:
        return address(**{**query, "page": number})

    return found, {
        "first": first + 1,
        "last": last,
        "total": pages.count,
        "previous_url": url(page.number - 1) if page.has_previous() else None,
        "next_url": url(page.number + 1) if page.has_next() else None,
    }


def _between(found: Source, first: int, last: int, total: int) -> list[Any]:
    """A part of a list. The second half is read from the end: the database then puts in order no more than it has to."""
    if last * 2 <= total:
        return list(found[first:last])
    return list(found.reverse()[total - last : total - first])[::-1]


def board_of(code: str) -> list[Waits]:
    """What waits in a place, by the places below it."""
    digits = {2: 4, 4: 6, 6: 9}.get(len(code), 12) if code != "CN" else 2
    return waits(scope_of(code), digits)[0]


def table_rows(code: str) -> Iterator[dict[str, Any]]:
    """The whole board as one table, for whoever takes it away: each step, then each place below."""
    found = board_of(code)
    for one in by_step(found, code):
        for step in one["steps"]:
            stuck = _("卡得最久") if step.bottleneck else ""
            yield {"what": one["says"], "where": "", "step": step.says, "stuck": stuck, **step.tally.numbers}
    for place in by_place(found) if len(code) < 12 else []:
        stuck = _("卡得最久")
        numbers = {key: place[key] for key in ("count", "late", "median", "oldest")}
        yield {"what": "", "where": place["name"], "step": place["worst"], "stuck": stuck, **numbers}


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """A procedure of `by_step` as the board shows it: a row a step."""
    most = max(step.tally.count for step in one["steps"])
    return {
        "says": one["says"],
        "count": one["tally"].count,
        "rows": [step.row(most) for step in one["steps"]],
    }


def page(by: Appointment, code: str) -> dict[str, Any]:
    """The context of decisions/board.html: what waits at which step of a place, how long, and in which places below."""
    found = board_of(code)
    whole = tally(found)
    return {
        "actions": taken(by, "decisions.board", place=code) if found else None,
        "procedures": [_shown(one) for one in by_step(found, code)],
        "places": by_place(found) if len(code) < 12 else [],
        "cards": [
            {"label": _("在办"), "number": whole.count, "unit": {"zh": "件", "en": ""}, "url": address(show="open", place=code)},
            {"label": _("已超期"), "number": whole.late, "unit": {"zh": "件", "en": ""}, "tone": "red" if whole.late else "leaf", "note": _("过了规则书写明的办理期限"), "url": address(show="open", place=code, late=1) if whole.late else None},
            {"label": _("在这一步已等"), "number": whole.median if whole.count else None, "unit": {"zh": "天", "en": "days"}, "note": _("居中的一件")},
            {"label": _("最久的一件"), "number": whole.oldest if whole.count else None, "unit": {"zh": "天", "en": "days"}, "tone": "straw" if whole.oldest >= 30 else "plain"},
        ],
        "empty": None if found else {"title": _("没有在办的程序"), "sentence": _("识别、退出、返贫、监测都从一户的页面开始：打开住户，选“办理程序”。"), "actions": []},
    }  # fmt: skip


def narrowing(query: dict[str, str]) -> str:
    """What an address narrows a list to, in words; empty for nothing."""
    told = []
    name = query.get("procedure")
    procedure = Procedure.objects.filter(name=name).order_by("-pk").first() if name else None
    if procedure is not None:
        told.append(said(procedure.definition["says"]))
        told += [
            said(step["says"]) for step in procedure.definition["steps"] if step["id"] == query.get("step")
        ]
    if code := place_of(query):
        told.append(Place.objects.get(code=code).name)
    if query.get("late"):
        told.append(_("已超期"))
    return " · ".join(told)


def stuck(all_open: list[Waits], most: int = 5) -> list[dict[str, Any]]:
    """The steps that hold most days, over all procedures."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for one in all_open:
        held[one.procedure.name, one.step["id"]] += one.total
    worst = sorted(sorted(held), key=held.__getitem__, reverse=True)[:most]
    # Only the procedures that are shown are gone through step by step.
    theirs = {name for name, _step in worst}
    shown = by_step([one for one in all_open if one.procedure.name in theirs], "")
    lines = {(line.name, line.id): line for one in shown for line in one["steps"]}
    return [lines[key].row(0) for key in worst]
