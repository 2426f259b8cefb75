"""A place as a freeze saw it: the same counts as the live page, read from the tally, which costs the same at any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiuhua.accounts.models import Appointment
from xiuhua.engine import load
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, figures
from xiuhua.freezes.queries import below as below_of
from xiuhua.places.models import Place
from xiuhua.places.queries import Rural
from xiuhua.places.terms import Level
from xiuhua.registry.queries.areas import Tally, Village
from xiuhua.registry.queries.rules import demands, family
from xiuhua.rulebook.models import Rule
from xiuhua.workbench.queries.behind import EXITED, NOT_EXITED, POOR, Way
from xiuhua.workbench.queries.figures import against, cells, line_of, spread_words
from xiuhua.workbench.queries.figures import incidence as live_incidence
from xiuhua.workbench.queries.frame import below, link, said
from xiuhua.workbench.queries.frozen_days import demands_not_asked
from xiuhua.workbench.queries.words import topic
from xiuhua.workbench.terms import Show

# Measures of the rulebook that a page of a place is made of.
STANDING, DOUBT, INCIDENCE, BANDS, CAUSES, EXITS = (
    "standing", "exited_in_doubt", "poverty_incidence", "income_bands", "causes", "exits_by_year",
)  # fmt: skip
WATCHED = "watched"
YEARS, BY_LINE = "incomes_by_year", "exited_by_line"
OURS = "registered"
# So many of the rules of villages are told at once, the worst first; the others can be unfolded.
FIRST = 4
ABOVE = (Level.NATION, Level.PROVINCE, Level.CITY)
# Whose own standards are counted, under which heading, on pages of which levels.
GRAINS = (
    ("county", gettext_lazy("县退出标准（按县计）"), ABOVE),
    ("village", gettext_lazy("村退出标准（按村计）"), (*ABOVE, Level.COUNTY, Level.TOWNSHIP)),
)


@dataclass(frozen=True)
class Seen:
    """A freeze's figures of a place and of those below it."""

    freeze: Freeze
    place: Place
    own: Figures
    children: dict[str, Figures]

    @property
    def total(self) -> Tally:
        return tally(self.own)

    @property
    def below(self) -> list[Tally]:
        return [tally(one) for one in self.children.values()]

    @property
    def rural(self) -> dict[str, Rural]:
        return {code: rural(one) for code, one in self.children.items()}

    @cached_property
    def not_asked(self) -> dict[str, str]:
        """Demands that the freeze did not ask here, by rule, and why."""
        return demands_not_asked(self.freeze, self.own, OURS)

    @property
    def by_rule(self) -> dict[str, dict[str, int]]:
        """Registered households by rule that was asked, as registry.queries.areas.Counts tells them."""
        found: dict[str, dict[str, int]] = {"fails": {}, "unknown": {}, "doubt": {}}
        for rule in demands():
            if rule.id in self.not_asked:
                continue
            counts = self.own.rule(rule.id, kind=OURS)
            found["fails"][rule.id], found["unknown"][rule.id] = counts.fails, counts.not_known
        for rule in family("doubt"):
            found["doubt"][rule.id] = self.own.rule(rule.id, kind=OURS).fails
        return found

    @property
    def causes(self) -> list[tuple[str | None, int]]:
        found = self.own.measure(CAUSES, kind=OURS)
        told: list[tuple[str | None, int]] = sorted(
            found.get("parts", {}).items(), key=lambda one: (-one[1], one[0])
        )
        return [*told, (None, found["unknown"])] if found.get("unknown") else told

    @property
    def exits(self) -> list[tuple[int | None, int]]:
        found = self.own.measure(EXITS, kind=OURS)
        years: list[tuple[int | None, int]] = sorted(
            (int(year), n) for year, n in found.get("parts", {}).items() if year.isdecimal()
        )
        return [*years, (None, found["unknown"])] if found.get("unknown") else years


def see(freeze: Freeze, place: Place) -> Seen:
    """Reads what the page of a place needs: two queries for the place, two for those below."""
    level, _digits = below(place)
    children = below_of(freeze, place.code, level.value) if level != place.level else {}
    for one in list(children.values())[:1]:
        one.held.fetch(measures=[STANDING, DOUBT, WATCHED, INCIDENCE])
    return Seen(freeze, place, figures(freeze, place.code), children)


def tally(of: Figures) -> Tally:
    """Households of a place by how they stand."""
    standing = of.measure(STANDING, kind=OURS).get("parts", {})
    doubt = of.measure(DOUBT, kind=OURS).get("parts", {})
    poor, exited = POOR.split(","), EXITED
    return Tally(
        of.place_code,
        households=of.households(),
        watched=watched(of)[0],
        registered=of.households(kind=OURS),
        people=of.persons(kind=OURS),
        poor=of.households(kind=OURS, status=poor),
        poor_people=of.persons(kind=OURS, status=poor),
        exited=of.households(kind=OURS, status=exited),
        fails=standing.get("missed", 0),
        unknown=standing.get("to_verify", 0),
        doubt=doubt.get("missed", 0),
    )


def watched(*of: Figures) -> list[int]:
    """Households watched, each by the same measure: where one was tallied before it was counted, by what the files say they are."""
    told = [one.measure(WATCHED) for one in of]
    if all(told):
        return [int(one.get("parts", {}).get(WATCHED, 0)) for one in told]
    return [one.households(kind=WATCHED) for one in of]


def rural(of: Figures) -> Rural:
    """The rural population of the villages whose incidence is known, and how many are not."""
    found = of.measure(INCIDENCE)
    return Rural(int(found.get("per", 0)), int(found.get("unknown", 0)))


def incidence(seen: Seen) -> dict[str, Any]:
    """The card of incidence, by the live page's one rule: a village that is not known, and nobody knows it of the place."""
    standard = against(seen.place, seen.freeze.as_of)
    own = seen.own.rule(f"{seen.place.level}.incidence") if standard else None
    tone = "plain" if own is None else "red" if own.fails else "leaf" if own.holds else "plain"
    return live_incidence(seen.total, rural(seen.own), standard, tone)


def spread(to: Way, seen: Seen) -> dict[str, Any]:
    """Contexts `spread` and `spread_says`, from the bands that the rulebook declares, in words as the live page says them."""
    told = bands(seen)
    if told is None:
        return {"spread": None}
    low, poor, exited, step = told
    _step, top = _steps()
    year = income_year(seen)
    # A freeze that was tallied before the rulebook had this measure does not tell it.
    by_line = seen.own.measure(BY_LINE, kind=OURS).get("parts")
    below_nothing = [one.get("-", 0) for one in _by_status(seen)]
    return {
        "spread": {
            "bins": low,
            "groups": [
                {"label": said(Show.POOR), "values": poor},
                {"label": said(Show.EXITED), "values": exited},
            ],
            "line": line_of(year, seen.place),
            "line_label": _("%(year)s 年国家扶贫标准") % {"year": year},
            "caption": _("%(year)s 年各收入段的户数") % {"year": year},
            "rows": [
                {
                    "low": at,
                    "high": at + step - 1 if at < top else None,
                    "values": [one, other],
                    "cells": cells(to, seen.place, str(at), one, other),
                }
                for at, one, other in zip(low, poor, exited, strict=True)
            ],
        },
        "spread_says": spread_words(
            to,
            seen.place,
            *(None if by_line is None else by_line.get(part, 0) for part in ("below", "near", "beyond")),
            below_nothing=cells(to, seen.place, "-", *below_nothing),
            unknown=int(seen.own.measure(BANDS, kind=OURS).get("unknown", 0)),
        ),
    }


def bands(seen: Seen) -> tuple[list[int], list[int], list[int], int] | None:
    """Lower edges in yuan, households not exited and exited in each, the width of a band; None where no income is known."""
    groups = _by_status(seen)
    edges = sorted({int(edge) for one in groups for edge in one if edge.isdecimal()})
    if not edges:
        return None
    step, _top = _steps()
    low = list(range(edges[0], edges[-1] + 1, step))
    poor, exited = ([one.get(str(edge), 0) for edge in low] for one in groups)
    return low, poor, exited, step


def income_year(seen: Seen) -> int:
    """The newest year of which the incomes are: not the day of the freeze, which may be of the year after."""
    years = seen.own.measure(YEARS, kind=OURS).get("parts") or seen.own.fact("record_year", kind=OURS).get(
        "parts", {}
    )
    return max(
        (int(year) for year, n in years.items() if year.isdecimal() and n), default=seen.freeze.as_of.year
    )


def _steps() -> tuple[int, int]:
    """Width of a band and lower edge of the last one, in yuan."""
    declared = load().measures[BANDS].bands
    assert declared is not None
    return declared.step, declared.to


def _by_status(seen: Seen) -> list[dict[str, int]]:
    return [
        seen.own.measure(BANDS, kind=OURS, status=status.split(",")).get("parts", {})
        for status in (NOT_EXITED, EXITED)
    ]


def of_places(by: Appointment, seen: Seen, grains: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Rules that villages and counties themselves must meet, counted below this place: title and rows as design/standards.html.

    grains: those asked for; none named: those that belong on a page of this level.
    """
    found = []
    for grain, title, levels in GRAINS:
        if grain not in (grains or (grain if seen.place.level in levels else "",)):
            continue
        rows = [
            _ruled(by, seen, rule)
            for rule in load().rules.values()
            if rule.grain == grain and rule.kind == "standard" and rule.in_force(seen.freeze.as_of)
        ]
        rows = sorted((one for one in rows if one["total"]), key=lambda one: (-one["fails"], -one["unknown"]))
        if rows:
            found.append({"title": title, "rows": rows[:FIRST], "more": rows[FIRST:]})
    return found


def _ruled(by: Appointment, seen: Seen, rule: Rule) -> dict[str, Any]:
    counts = seen.own.rule(rule.id)

    def url(outcome: str) -> str | None:
        return link(by, "workbench:frozen_rule", seen.freeze.pk, seen.place.code, rule.id, outcome)

    return {
        "label": topic(rule.id),
        "says": said(rule.says),
        "clause": said(rule.clause),
        "fails": counts.fails,
        "fails_url": url("fails"),
        "unknown": counts.not_known,
        "unknown_url": url("not_known"),
        "holds": counts.holds,
        "total": counts.asked,
        "next": said(rule.next) if rule.next and counts.not_known else "",
    }


def villages(seen: Seen) -> list[Village]:
    """Each village's counts and which guarantees somebody in it does not meet or nobody knows, for the map."""
    found = below_of(seen.freeze, seen.place.code, Level.VILLAGE.value)
    rules = [rule.id for rule in demands()]
    for one in list(found.values())[:1]:
        one.held.fetch(rules=rules, measures=[STANDING, DOUBT, WATCHED])
    return [Village(tally(one), frozenset(_keys(one, rules))) for one in found.values()]


def standings(seen: Seen) -> list[Village]:
    """The same of each place below, for the map of a city, province or the nation."""
    rules = [rule.id for rule in demands()]
    for one in list(seen.children.values())[:1]:
        one.held.fetch(rules=rules, measures=[STANDING, DOUBT, WATCHED])
    return [Village(tally(one), frozenset(_keys(one, rules))) for one in seen.children.values()]


def _keys(of: Figures, rules: list[str]) -> Iterator[str]:
    for rule in rules:
        counts = of.rule(rule, kind=OURS)
        if counts.fails:
            yield f"fails:{rule}"
        if counts.not_known:
            yield f"unknown:{rule}"
