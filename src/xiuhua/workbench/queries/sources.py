"""Where the figures of a sheet come from: the register as it stands, or a freeze. Both tell the same counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.common.clock import beijing_today
from xiuhua.common.money import FEN_PER_YUAN
from xiuhua.findings.queries import waiting
from xiuhua.freezes.models import Freeze
from xiuhua.freezes.queries import Figures, since
from xiuhua.freezes.queries import below as frozen_below
from xiuhua.places.models import Place
from xiuhua.places.queries import Rural, rural_persons
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.registry.queries.areas import Tally
from xiuhua.workbench.queries import frozen_place
from xiuhua.workbench.queries.figures import against, incidence
from xiuhua.workbench.queries.frame import below, data_day, said

MEASURES = (frozen_place.STANDING, frozen_place.DOUBT)


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
    """Everything that a sheet is made of. incidence: as a card of figures. waiting: findings open now, which no freeze keeps."""

    basis: str
    mark: str
    day: date | None
    own: Line
    incidence: dict[str, Any]
    below: list[Line]
    villages: list[Line]
    fails: dict[str, int]
    unknown: dict[str, int]
    causes: list[tuple[str | None, int]]
    bands: Bands | None
    waiting: int | None


def live(place: Place) -> Source:
    """The register as it stands."""
    area, (level, digits) = scope_of(place.code), below(place)
    counted = areas.counts(area, digits=digits)
    total = areas.total(place.code, counted.below)
    every = areas.counts(area, lines=False).below if place.level == Level.COUNTY else []
    day, spread = data_day(area), counted.spread
    rural = rural_persons(area, digits=digits).values()
    told = Rural(sum(one.persons for one in rural), sum(one.unknown for one in rural))
    return Source(
        _("实时登记"), "", day, _line(total), incidence(total, told, against(place, day or beijing_today()), "plain"),
        [_line(one) for one in counted.below] if level != place.level else [], [_line(one) for one in every],
        counted.by_rule["fails"], counted.by_rule["unknown"], counted.causes,
        Bands(spread.year, areas.BAND_FEN // FEN_PER_YUAN, [(low // FEN_PER_YUAN, poor, exited) for low, poor, exited in spread.rows])
        if spread else None,
        waiting(area).count(),
    )  # fmt: skip


def _line(one: Tally, *, known: bool = True) -> Line:
    return Line(
        one.code, one.households, one.registered, one.people, one.poor, one.poor_people, one.exited,
        one.doubt if known else None, one.fails if known else None, one.unknown if known else None,
    )  # fmt: skip


def frozen(freeze: Freeze, place: Place) -> Source:
    """A freeze."""
    seen = frozen_place.see(freeze, place)
    villages = frozen_below(freeze, place.code, Level.VILLAGE.value) if place.level == Level.COUNTY else {}
    for one in list(villages.values())[:1]:
        one.held.fetch(measures=MEASURES)
    return Source(
        said(since(freeze)), str(freeze.freeze_id), freeze.as_of, _frozen_line(seen.own), frozen_place.incidence(seen),
        [_frozen_line(one) for one in seen.children.values()], [_frozen_line(one) for one in villages.values()],
        seen.by_rule["fails"], seen.by_rule["unknown"], seen.causes, _bands(seen), None,
    )  # fmt: skip


def _frozen_line(of: Figures) -> Line:
    """Tallied before the rulebook had these measures, a freeze does not tell how a place's households stand."""
    told = frozen_place.tally(of)
    known = not told.registered or any(of.measure(one, kind=frozen_place.OURS) for one in MEASURES)
    return _line(told, known=known)


def _bands(seen: frozen_place.Seen) -> Bands | None:
    if (told := frozen_place.bands(seen)) is None:
        return None
    low, poor, exited, width = told
    return Bands(frozen_place.income_year(seen), width, list(zip(low, poor, exited, strict=True)))
