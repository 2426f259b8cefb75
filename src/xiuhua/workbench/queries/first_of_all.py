"""What comes first in a province or the nation, by the households that a freeze counted: findings of so many are counted at the pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.places.queries import names_of
from xiuhua.registry.queries.rules import demands, family
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import said
from xiuhua.workbench.queries.frozen_place import OURS, Seen
from xiuhua.workbench.queries.words import pill, rule_label
from xiuhua.workbench.terms import Show

SHOWN = 5
PLACES = 3


@dataclass(frozen=True)
class Line:
    """A rule that so many registered households do not meet (or of which nobody knows), how grave that is, and where they are."""

    show: Show
    rule: Rule
    n: int
    places: list[tuple[str, int]]


def tasks(to: Way, seen: Seen) -> dict[str, Any]:
    """Contexts `tasks` and `tasks_of`: of exits in doubt, of what is missed and of what nobody knows the largest, then the next."""
    found = _lines(seen)
    names = names_of(code for line in found for code, _n in line.places[:PLACES])
    return {"tasks": [_task(to, seen, line, names) for line in found], "tasks_of": _("按数据快照里的户数排")}


def _lines(seen: Seen) -> list[Line]:
    asked = [
        *((Show.DOUBT, rule) for rule in family("doubt")),
        *((show, rule) for rule in demands() for show in (Show.FAILS, Show.UNKNOWN)),
    ]
    counted = sorted(
        ((_count(seen.own, show, rule), show, rule) for show, rule in asked), key=lambda one: -one[0]
    )
    counted = [one for one in counted if one[0]]
    largest = {show: (n, show, rule) for n, show, rule in reversed(counted)}
    first = [largest[show] for show in (Show.DOUBT, Show.FAILS, Show.UNKNOWN) if show in largest]
    chosen = [*first, *(one for one in counted if one not in first)][:SHOWN]
    for one in list(seen.children.values())[:1]:
        one.held.fetch(rules=[rule.id for _n, _show, rule in chosen])
    return [Line(show, rule, n, _places(seen, show, rule)) for n, show, rule in chosen]


def _count(of: Any, show: Show, rule: Rule) -> int:
    counts = of.rule(rule.id, kind=OURS)
    return int(counts.not_known if show is Show.UNKNOWN else counts.fails)


def _places(seen: Seen, show: Show, rule: Rule) -> list[tuple[str, int]]:
    told = ((code, _count(one, show, rule)) for code, one in seen.children.items())
    return sorted((one for one in told if one[1]), key=lambda one: (-one[1], one[0]))


def _task(to: Way, seen: Seen, line: Line, names: dict[str, str]) -> dict[str, Any]:
    n = ngettext("%(n)s 户", "%(n)s 户", line.n) % {"n": f"{line.n:,}"}
    label = said(line.rule.says) if line.show is Show.UNKNOWN else rule_label(line.rule.id)
    where = [f"{names.get(code, code)} {count:,}" for code, count in line.places[:PLACES]]
    mark = {
        Show.DOUBT: ("red", _("脱贫质量疑点")),
        Show.FAILS: ("red", said(Show.FAILS)),
        Show.UNKNOWN: ("straw", said(Show.UNKNOWN)),
    }[line.show]
    return {
        **pill(*mark),
        "sentence": _("%(rule)s，%(n)s") % {"rule": label, "n": n},
        "weighs": None,
        "late": "",
        "where": _("，").join(where) + (_(" 等") if len(line.places) > PLACES else ""),
        "clause": said(line.rule.clause),
        "action_label": _("看在哪里"),
        "url": to(seen.place.code, line.show, rule=line.rule.id),
    }
