"""One rule, one figure, one fact: what it says, from when, on whose word, and what rests on it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.engine import Result, load, uses
from xiuhua.engine.outcomes import PLACEHOLDER
from xiuhua.places.queries import names_of
from xiuhua.places.terms import Level
from xiuhua.rulebook.models import Figure, FigureValue, Measure, PlacedValue, Rule
from xiuhua.workbench.queries.frame import link, said, take_away
from xiuhua.workbench.queries.frozen.further import at_home
from xiuhua.workbench.queries.leads import open_to
from xiuhua.workbench.queries.rulebook import words
from xiuhua.workbench.queries.words import pill
from xiuhua.workbench.terms import Grain, Part, Programme, RuleKind, Severity, Topic

# A figure with fewer values than this is told, not drawn.
DRAWN_FROM = 3
OF_HOUSEHOLDS = ("household", "person", "period")


def rule(by: Appointment, id: str) -> dict[str, Any]:
    """The context of workbench/rule.html."""
    one: Rule = words.found_or_404(load().rules, id)
    nodes = load().rule_nodes[id]
    topic = words.term(Topic, one.topic)
    marks = [words.in_force(one, beijing_today()), pill("red", _("一票否决")) if one.veto else None]
    listed = reverse("workbench:rulebook")
    return {
        "crumbs": words.crumbs(Part.RULES, (topic, f"{listed}?topic={one.topic}")),
        "rule": {
            "says": said(one.says),
            "pills": [mark for mark in marks if mark],
            "clause": said(one.clause),
            "source": one.source,
            "since": one.since,
            "until": one.until,
            "programme": words.term(Programme, one.programme),
            "grain": words.term(Grain, one.grain),
            "kind": words.term(RuleKind, one.kind),
            "severity": words.term(Severity, one.severity) if one.kind == "quality" else "",
            "next": said(one.next),
        },
        "applies": words.lines(nodes.applies),
        "holds": words.lines(nodes.holds),
        "outcomes": _possible(one),
        "reads": words.read(uses.of_rule(load(), id)),
        "figures": [_now(by, figure) for figure in load().figures_of(id)],
        "try_url": link(by, "workbench:try_rule", id) if one.grain in OF_HOUSEHOLDS else None,
        "not_of_households": one.grain not in OF_HOUSEHOLDS,
        "at_home": at_home(by, "rules", id) if open_to(by, "rules", id) else None,
    }


def _possible(one: Rule) -> list[dict[str, Any]]:
    """The outcomes that it can have, the gravest first, each with its sentence and what follows."""
    possible = set(load().outcomes_possible(one.id)) | {Result.HOLDS, Result.FAILS}
    if one.applies is None:
        possible.discard(Result.NOT_APPLICABLE)
    says = {
        Result.FAILS: _filled(one),
        Result.NOT_KNOWN: _("依据不足，无法判断：不作达标，也不作不达标。"),
        Result.HOLDS: said(one.says),
        Result.NOT_APPLICABLE: _("不符合“什么时候适用”，或认定日不在施行期内。"),
    }
    follows = {
        Result.FAILS: said(one.next),
        Result.NOT_KNOWN: _("没有查清不等于达标：退出时不放行；识别、帮扶时要去核实，不据此拒绝。"),
    }
    return [
        {"state": result.word, "sentence": sentence, "next": follows.get(result, "")}
        for result, sentence in says.items()
        if result in possible
    ]


def _filled(one: Rule) -> str:
    """The sentence of a failure, with what is shown in each place named."""
    shown = load().rule_nodes[one.id].shown

    def named(place: Any) -> str:
        ref = shown.get(place[1].replace(".", "__"))
        return f"〔{said(load().names.name(ref).says)}〕" if ref else str(place[0])

    return PLACEHOLDER.sub(named, said(one.fails))


def _now(by: Appointment, id: str) -> dict[str, Any]:
    """A figure with what holds today where this post is."""
    one = load().figures[id]
    now = load().figure(id, beijing_today(), by.place_code)
    return {
        **words.figure_link(id),
        "value": words.value(now.value, now.unit) if now else None,
        "last": None if now else words.last(one),
        "certainty": words.certainty(now.certainty) if now else None,
        "source": now.source if now else one.source,
        "since": now.since if now else None,
    }


def figure(by: Appointment, id: str) -> dict[str, Any]:
    """The context of workbench/figure.html."""
    one: Figure = words.found_or_404(load().figures, id)
    names = names_of(placed.place for placed in one.places)
    users = uses.users_of_figure(load(), id)
    history = sorted((*one.values, *one.places), key=lambda value: value.begins, reverse=True)
    numbers = [value for value in sorted(one.values, key=lambda value: value.begins) if _is_number(value)]
    return {
        "crumbs": words.crumbs(Part.FIGURES),
        "actions": take_away(by, "workbench.figure_history", id=id),
        "figure": {
            "says": said(one.says),
            "source": one.source,
            "owner": words.term(Level, one.owner),
            "stricter": _stricter(one),
            "by_year": one.by == "year",
            "unit": words.unit(one.unit),
        },
        "now": _now(by, id),
        "where": by.post.place.name,
        "history": [_value(one, value, names) for value in history],
        "bars": [
            {"label": str(value.year or value.begins), "value": value.value}
            for value in numbers
        ]
        if len(numbers) >= DRAWN_FROM
        else [],
        "most": max((value.value for value in numbers), default=0),
        "refused": [
            {"place": names_of([bad.place]).get(bad.place, bad.place), "value": words.value(bad.value, one.unit)}
            for bad in load().refused_figures
            if bad.figure == id
        ],
        "rules": [words.rule_link(rule_id) for rule_id in users.rules],
        "facts": [words.fact_link(fact_id) for fact_id in users.facts],
    }  # fmt: skip


def _is_number(value: FigureValue) -> bool:
    return not isinstance(value.value, bool) and not isinstance(value.value, str) and not hasattr(value.value, "isoformat")  # fmt: skip


def _stricter(one: Figure) -> str:
    """Who may set another value, and which way."""
    owner = words.term(Level, one.owner)
    ways = {
        "lower": _("%(owner)s以下可以定得更低，不可更高"),
        "higher": _("%(owner)s以下可以定得更高，不可更低"),
        None: _("%(owner)s以下不得另定：既不降低标准，也不吊高胃口"),
    }
    return ways[one.stricter] % {"owner": owner}


def _value(one: Figure, value: FigureValue, names: dict[str, str]) -> dict[str, Any]:
    placed = value.place if isinstance(value, PlacedValue) else None
    return {
        "place": names.get(placed, placed) if placed else said(Level.NATION),
        "value": words.value(value.value, one.unit),
        "year": value.year,
        "since": value.since,
        "until": value.until,
        "certainty": words.certainty(value.certainty),
        "source": value.source or one.source,
        "folder": value.folder if isinstance(value, PlacedValue) else "",
    }


def fact(id: str) -> dict[str, Any]:
    """The context of workbench/fact.html."""
    one = words.found_or_404(load().facts, id)
    users = uses.users_of_fact(load(), id)
    grain = words.term(Grain, one.grain)
    return {
        "crumbs": words.crumbs(Part.FACTS, (grain, None)),
        "fact": {
            "says": said(one.says),
            "grain": grain,
            "unit": words.unit(one.unit),
            "source": one.source or "",
            "from_year_before": one.from_ == "previous",
            "from_year": one.from_ == "period",
        },
        "value": words.lines(load().nodes[id]),
        "reads": words.read(uses.of_fact(load(), id)),
        "rules": [words.rule_link(rule_id) for rule_id in users.rules],
        "facts": [words.fact_link(fact_id) for fact_id in users.facts],
    }


MET = {
    "under": pgettext_lazy("standard", "低于"),
    "at_most": pgettext_lazy("standard", "不高于"),
    "at_least": pgettext_lazy("standard", "不低于"),
    "above": pgettext_lazy("standard", "高于"),
}


def measure(by: Appointment, id: str) -> dict[str, Any]:
    """The context of workbench/measure.html."""
    one = words.found_or_404(load().measures, id)
    nodes = load().measure_nodes[id]
    return {
        "crumbs": words.crumbs(Part.MEASURES),
        "measure": {
            "says": said(one.says),
            "grain": words.term(Grain, one.grain),
            "programme": words.term(Programme, one.programme),
            "source": one.source,
            "since": one.since,
            "until": one.until,
        },
        "among": words.lines(nodes.nodes.get("among")),
        "values": [
            {"label": label, "lines": words.lines(nodes.nodes[name])}
            for name, label in _named(one).items()
            if name in nodes.nodes
        ],
        "parts": [
            {
                "label": said(part.says),
                "lines": words.lines(nodes.statements[name]) if name in nodes.statements else (),
            }
            for name, part in (one.parts or {}).items()
        ],
        "standard": {"met": MET[one.standard.met], **_now(by, one.standard.figure)} if one.standard else None,
        "at_home": at_home(by, "measures", id) if open_to(by, "measures", id) else None,
        "reads": words.read(uses.reads([*nodes.nodes.values(), *nodes.statements.values()])),
    }  # fmt: skip


def _named(one: Measure) -> dict[str, str]:
    """What each of a measure's expressions is to it."""
    of = {"share": _("合计"), "gap": _("每人"), "parts": _("按什么分"), "flags": _("按什么分")}
    return {"of": of[one.form], "per": _("除以"), "line": _("与之相比"), "persons": _("人数")}
