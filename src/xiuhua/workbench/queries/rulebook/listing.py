"""Browse and search: rules by programme, topic and clause; figures; facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.accounts.models import Appointment
from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.facts.models import Fact
from xiuhua.places.terms import Level
from xiuhua.rulebook.models import Figure, Rule
from xiuhua.workbench.queries.frame import said, take_away
from xiuhua.workbench.queries.rulebook import procedures, words
from xiuhua.workbench.terms import Grain, Part, Programme, Topic

LONGEST = 40


@dataclass(frozen=True)
class Asked:
    """What an address asks for; anything unknown is left out."""

    show: Part = Part.RULES
    programme: str = ""
    topic: str = ""
    clause: str = ""
    by: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Asked:
        show = query.get("show", "")
        by = query.get("by", "")
        return cls(
            Part(show) if show in Part._value2member_map_ else Part.RULES,
            query.get("programme", ""),
            query.get("topic", ""),
            query.get("clause", ""),
            by if by == "clause" else "",
            query.get("q", "").strip()[:LONGEST],
        )

    def url(self, **changed: Any) -> str:
        """The address of the same list with something changed."""
        one = replace(self, **changed)
        kept = {key: str(value) for key, value in vars(one).items() if value and value != Part.RULES}
        return reverse("workbench:rulebook") + (f"?{urlencode(kept)}" if kept else "")


def page(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of workbench/rulebook.html."""
    asked = Asked.of(query)
    rules = [one for one in load().rules.values() if _has(asked.q, *_texts(one))]
    figures = [
        one
        for one in load().figures.values()
        if _has(asked.q, one.says.zh, one.says.en, one.source, one.source.en)
    ]
    facts = [one for one in load().facts.values() if _has(asked.q, one.says.zh, one.says.en)]
    measures = [
        one
        for one in load().measures.values()
        if _has(asked.q, one.says.zh, one.says.en, one.source, one.source.en)
    ]
    taken = procedures.found(lambda *texts: _has(asked.q, *texts))
    counts = dict(zip(Part, (len(rules), len(taken), len(figures), len(measures), len(facts)), strict=True))
    context: dict[str, Any] = {
        "q": asked.q,
        "actions": take_away(
            by,
            "workbench.rulebook",
            **{key: value for key, value in query.items() if key in Asked.__dataclass_fields__},
        ),
        "kept": [(k, v) for k, v in (("show", asked.show.value), ("by", asked.by)) if v],
        "parts": [
            {
                "label": said(part),
                "count": counts[part],
                "url": Asked(part, q=asked.q).url(),
                "current": part == asked.show,
            }
            for part in Part
        ],
        "show": asked.show.value,
        "clear_url": Asked(asked.show).url() if asked != Asked(asked.show) else None,
    }
    if asked.show == Part.RULES:
        return context | _rules(asked, rules)
    if asked.show == Part.PROCEDURES:
        return context | {"groups": procedures.groups(taken)}
    if asked.show == Part.MEASURES:
        return context | {"rows": [words.measure_link(one.id) for one in measures]}
    return context | (_figures(by, figures) if asked.show == Part.FIGURES else _facts(facts))


def _has(q: str, *texts: str) -> bool:
    """Every word of a search, in one language or the other."""
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in q.casefold().split())


def _texts(rule: Rule) -> tuple[str, ...]:
    topic = Topic._value2member_map_.get(rule.topic)
    words_of = (topic.zh, topic.en) if isinstance(topic, Topic) else ()
    return (
        rule.says.zh, rule.says.en, rule.fails.zh, rule.fails.en,
        rule.clause.zh, rule.clause.en, rule.source, rule.source.en, *words_of,
    )  # fmt: skip


def _rules(asked: Asked, found: list[Rule]) -> dict[str, Any]:
    order = {one.value: at for at, one in enumerate(Programme)}
    found = sorted(found, key=lambda one: order.get(one.programme, len(order)))
    of_programme = [one for one in found if asked.programme in ("", one.programme)]
    clause = asked.by == "clause"

    def key(rule: Rule) -> str:
        return rule.clause.zh if clause else rule.topic

    names = {key(one): said(one.clause) if clause else words.term(Topic, one.topic) for one in of_programme}
    chosen = asked.clause if clause else asked.topic
    counts = Counter(key(one) for one in of_programme)
    shown = [one for one in of_programme if chosen in ("", key(one))]
    first = {one: at for at, one in enumerate(counts)}
    shown.sort(key=lambda one: (first[key(one)], order.get(one.programme, len(order))))
    today = beijing_today()
    return {
        "programmes": _programmes(asked, found),
        "ways": [
            {"label": _("按主题"), "url": asked.url(by="", clause=""), "current": not clause, "count": None},
            {"label": _("按条款"), "url": asked.url(by="clause", topic=""), "current": clause, "count": None},
        ],
        "index": [
            {
                "label": names[one],
                "count": n,
                "url": asked.url(**{"clause" if clause else "topic": "" if one == chosen else one}),
                "current": one == chosen,
            }
            for one, n in counts.items()
        ],
        "groups": [
            {
                "label": names[one],
                "rows": [{**words.rule_link(rule.id), "state": words.in_force(rule, today)} for rule in some],
            }
            for one, some in groupby(shown, key=key)
        ],
        "by_clause": clause,
    }


def _programmes(asked: Asked, found: list[Rule]) -> list[dict[str, Any]]:
    counts = Counter(one.programme for one in found)
    return [
        {"label": _("全部"), "count": len(found), "url": asked.url(programme=""), "current": not asked.programme},
        *(
            {
                "label": words.term(Programme, id),
                "count": n,
                "url": asked.url(programme=id),
                "current": id == asked.programme,
            }
            for id, n in counts.items()
        ),
    ]  # fmt: skip


def _figures(by: Appointment, found: list[Figure]) -> dict[str, Any]:
    today, place = beijing_today(), by.place_code
    rows = []
    for one in found:
        now = load().figure(one.id, today, place)
        rows.append(
            {
                **words.figure_link(one.id),
                "value": words.value(now.value, now.unit) if now else None,
                "certainty": words.certainty(now.certainty) if now else None,
                "since": now.since if now else None,
                "last": words.last(one) if now is None else None,
                "owner": words.term(Level, one.owner),
            }
        )
    return {"rows": rows, "place": by.post.place.name}


def _facts(found: list[Fact]) -> dict[str, Any]:
    order = {one.value: at for at, one in enumerate(Grain)}
    found = sorted(found, key=lambda one: order.get(one.grain, len(order)))
    return {
        "groups": [
            {"label": words.term(Grain, grain), "rows": [words.fact_link(one.id) for one in some]}
            for grain, some in groupby(found, key=lambda one: one.grain)
        ]
    }
