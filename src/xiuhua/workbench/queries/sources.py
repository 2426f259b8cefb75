"""Where the figures of a sheet come from: the register as it stands, or a freeze. Both tell the same counts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.findings.queries import waiting
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, figures, since
from xiuhua.freezes.queries import below as frozen_below
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.registry.queries.rules import demands
from xiuhua.workbench.queries.frame import below, data_day, said

OURS, POOR, EXITED = "registered", ("poor", "returned"), "exited"
BANDS, CAUSES, MISSED = "income_bands", "causes", "exit_standard_missed"


@dataclass(frozen=True)
class Line:
    """One place's counts. What a source does not tell is None, never zero."""

    code: str
    households: int
    registered: int
    people: int
    poor: int
    poor_people: int
    exited: int
    doubt: int | None
    fails: int | None
    unknown: int | None


@dataclass(frozen=True)
class Bands:
    """Registered households by net income per head: lower edge in yuan, poor, exited; the width of a band, the year."""

    year: int
    width: int
    rows: list[tuple[int, int, int]]


@dataclass(frozen=True)
class Source:
    """Everything that a sheet is made of. `waiting`: findings open now, which no freeze keeps."""

    basis: str
    mark: str
    day: date | None
    own: Line
    below: list[Line]
    villages: list[Line]
    fails: dict[str, int]
    unknown: dict[str, int]
    causes: list[tuple[str, int]]
    bands: Bands | None
    waiting: int | None


def live(place: Place) -> Source:
    """The register as it stands."""
    area = scope_of(place.code)
    level, digits = below(place)
    counted = areas.counts(area, digits=digits)
    total = areas.total(place.code, counted.below)
    every = areas.counts(area, lines=False).below if place.level == Level.COUNTY else []
    spread = counted.spread
    width = areas.BAND_FEN // FEN_PER_YUAN
    return Source(
        _("实时登记"), "", data_day(area), _line(total), [_line(one) for one in counted.below] if level != place.level else [],
        [_line(one) for one in every], counted.by_rule["fails"], counted.by_rule["unknown"], counted.causes,
        Bands(spread.year, width, [(low // FEN_PER_YUAN, poor, exited) for low, poor, exited in spread.rows]) if spread else None,
        waiting(area).count(),
    )  # fmt: skip


def _line(one: Tally) -> Line:
    return Line(
        one.code, one.households, one.registered, one.people, one.poor, one.poor_people, one.exited, one.doubt, one.fails, one.unknown
    )  # fmt: skip


def frozen(freeze: Freeze, place: Place) -> Source:
    """A freeze."""
    level, _digits = below(place)
    own = figures(freeze, place.code)
    rules = {rule.id: own.rule(rule.id, kind=OURS) for rule in demands()}
    children = frozen_below(freeze, place.code, level.value) if level != place.level else {}
    villages = frozen_below(freeze, place.code, Level.VILLAGE.value) if place.level == Level.COUNTY else {}
    return Source(
        said(since(freeze)), str(freeze.freeze_id), freeze.as_of, _frozen_line(own), _lines(children), _lines(villages),
        {id: one.fails for id, one in rules.items()}, {id: one.not_known for id, one in rules.items()}, _causes(own), _bands(freeze, own), None,
    )  # fmt: skip


def _lines(found: dict[str, Figures]) -> list[Line]:
    for one in list(found.values())[:1]:
        one.held.fetch(facts=[MISSED])
    return [_frozen_line(one) for one in found.values()]


def _frozen_line(of: Figures) -> Line:
    """How many have something that is not known a freeze tells demand by demand only: here it is not told."""
    exited = of.households(kind=OURS, status=EXITED)
    return Line(
        of.place_code, of.households(), of.households(kind=OURS), of.persons(kind=OURS), of.households(kind=OURS, status=POOR),
        of.persons(kind=OURS, status=POOR), exited, _missed(of, EXITED, exited), _missed(of, None, of.households(kind=OURS)), None,
    )  # fmt: skip


def _missed(of: Figures, status: str | None, households: int) -> int | None:
    """Households that miss a demand of leaving; None where the freeze was tallied without that fact."""
    counted = of.fact(MISSED, kind=OURS, status=status)
    return int(counted.get("true", 0)) if counted or not households else None


def _causes(own: Figures) -> list[tuple[str, int]]:
    found: dict[str, Any] = own.measure(CAUSES, kind=OURS).get("parts", {})
    return sorted(((cause, int(n)) for cause, n in found.items()), key=lambda one: (-one[1], one[0]))


def _bands(freeze: Freeze, own: Figures) -> Bands | None:
    groups = [own.measure(BANDS, kind=OURS, status=status).get("parts", {}) for status in (POOR, EXITED)]
    edges = sorted({int(edge) for one in groups for edge in one if edge.isdecimal()})
    if not edges:
        return None
    width = min((b - a for a, b in itertools.pairwise(edges)), default=500)
    poor, exited = groups
    rows = [
        (at, int(poor.get(str(at), 0)), int(exited.get(str(at), 0)))
        for at in range(edges[0], edges[-1] + 1, width)
    ]
    return Bands(freeze.as_of.year, width, rows)
