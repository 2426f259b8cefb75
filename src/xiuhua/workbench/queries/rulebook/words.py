"""How rules, figures and facts are called on these pages, and where each is shown."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.common.terms import Terms
from xiuhua.engine import load
from xiuhua.engine.nodes import Node, Ref
from xiuhua.engine.outcomes import written
from xiuhua.engine.uses import Reads
from xiuhua.engine.wording import Line, Wording
from xiuhua.rulebook.models import Figure, Rule
from xiuhua.workbench.queries.frame import language, said
from xiuhua.workbench.queries.words import pill
from xiuhua.workbench.terms import Certainty, Grain, Part, Programme, Severity, Topic

TONES = {Severity.RED: "red", Severity.AMBER: "straw"}


def term(terms: type[Terms], value: str) -> str:
    """A code in words; the code itself where the rulebook has one that the pages do not know yet."""
    return said(terms(value)) if value in terms._value2member_map_ else value


def crumbs(part: Part, *more: tuple[str, str | None]) -> list[dict[str, Any]]:
    """The way back to the list."""
    address = reverse("workbench:rulebook")
    return [
        {"name": _("标准与规则"), "url": address},
        {"name": said(part), "url": f"{address}?show={part.value}"},
        *({"name": name, "url": url} for name, url in more),
    ]


def found_or_404(kind: Any, id: str) -> Any:
    """An entry of the library by id."""
    if id not in kind:
        raise Http404
    return kind[id]


def rule_link(id: str) -> dict[str, Any]:
    """A rule as a line: its sentence, where it is shown, its clause."""
    rule = load().rules[id]
    return {
        "label": said(rule.says),
        "url": reverse("workbench:rule", args=[id]),
        "clause": said(rule.clause),
        "grain": term(Grain, rule.grain),
        "topic": term(Topic, rule.topic),
        "programme": term(Programme, rule.programme),
        "severity": pill(TONES.get(Severity(rule.severity), "plain"), term(Severity, rule.severity)),
        "veto": rule.veto,
        "since": rule.since,
        "until": rule.until,
    }


def fact_link(id: str) -> dict[str, Any]:
    """A fact as a line."""
    fact = load().facts[id]
    return {
        "label": said(fact.says),
        "url": reverse("workbench:fact", args=[id]),
        "grain": term(Grain, fact.grain),
        "unit": unit(fact.unit),
    }


def measure_link(id: str) -> dict[str, Any]:
    """A published figure as a line."""
    measure = load().measures[id]
    return {
        "label": said(measure.says),
        "url": reverse("workbench:measure", args=[id]),
        "grain": term(Grain, measure.grain),
        "programme": term(Programme, measure.programme),
        "source": measure.source,
    }


def figure_link(id: str) -> dict[str, Any]:
    """A figure as a line."""
    figure = load().figures[id]
    return {
        "label": said(figure.says),
        "url": reverse("workbench:figure", args=[id]),
        "source": figure.source,
    }


def unit(name: str | None) -> str:
    """The word that stands behind a number."""
    return written(0, name, {}, language()).lstrip("0. ") if name else ""


def value(one: Any, name: str | None) -> str:
    """A figure's value as a person reads it."""
    return written(one, name, {}, language())


def certainty(code: str) -> dict[str, str]:
    """How surely a value is known, as a mark."""
    return pill("leaf" if code == Certainty.CITED else "straw", term(Certainty, code))


@lru_cache(maxsize=1024)
def _worded(node: Node, language: str) -> tuple[Line, ...]:
    return tuple(Wording(load().names, load().vocabularies, language).lines(node))


def lines(node: Node | None) -> tuple[Line, ...]:
    """An expression in words; one that is a fact and nothing else with how that fact is worked out below it."""
    if node is None:
        return ()
    said_of = _worded(node, language())
    if isinstance(node, Ref) and node.is_fact and len(said_of) == 1:
        return (replace(said_of[0], below=_worded(load().nodes[node.name], language())),)
    return said_of


def last(figure: Figure) -> str | None:
    """Of a figure that no longer holds: its last value and when."""
    values = sorted(figure.values, key=lambda one: one.begins)
    if not values:
        return None
    when = values[-1].year or values[-1].until or values[-1].begins
    return _("%(value)s（%(when)s）") % {"value": value(values[-1].value, figure.unit), "when": when}


def read(reading: Reads) -> dict[str, Any]:
    """What something rests on, as links: facts, figures, and columns of the register."""
    return {
        "facts": [fact_link(id) for id in dict.fromkeys(ref.name for ref in reading.facts)],
        "columns": [_column(ref) for ref in _once(reading.columns)],
        "figures": [figure_link(id) for id in reading.figures],
    }


def _once(refs: tuple[Ref, ...]) -> list[Ref]:
    """A column of this year and of the year before is one column."""
    return list({(ref.name, _grain(ref)): ref for ref in refs}.values())


def _grain(ref: Ref) -> str:
    return "period" if ref.scope == "previous" else ref.scope


def _column(ref: Ref) -> dict[str, Any]:
    name = load().names.name(ref)
    return {"label": said(name.says), "grain": term(Grain, _grain(ref)), "unit": unit(name.unit)}


def in_force(rule: Rule, day: Any) -> dict[str, str] | None:
    """A mark where a rule does not hold on a day."""
    if rule.in_force(day):
        return None
    early = day < rule.since
    return pill("plain", _("%(day)s 起施行") % {"day": rule.since} if early else _("已停用"))
