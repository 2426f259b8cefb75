"""The places below a city, province or nation on a map: how many are poor, what share of the registered households misses something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.design.drawing import Land, inner_point
from xiuhua.places.models import Place
from xiuhua.places.queries import middles_of, outlines_of
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries.areas import Tally, Village
from xiuhua.workbench.queries import outlines
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.frame import below, said
from xiuhua.workbench.queries.village_map import Standing, drawn, guarantees
from xiuhua.workbench.queries.words import topics

# Boundaries of counties are drawn up to a province; a nation has three thousand of them.
WITH_LANDS = (Level.CITY, Level.PROVINCE)


@dataclass(frozen=True)
class Above(Standing):
    """How a place with many villages stands. Somewhere in it nearly every guarantee is missed: the share says more."""

    usual: int = 0

    @property
    def share(self) -> int:
        """Of its registered households those that miss something, in hundredths of a percent."""
        return self.tally.fails * 10_000 // self.tally.registered if self.tally.registered else 0

    @property
    def tone(self) -> str:
        if self.tally.households == 0:
            return "plain"
        return "red" if self.tally.fails else "straw" if self.tally.unknown else "leaf"

    @property
    def number(self) -> str:
        return str(-(-self.share // 100))

    @property
    def firm(self) -> bool:
        return self.tone == "red" and self.share > self.usual

    @property
    def weight(self) -> float:
        return self.share * 1000 + min(self.tally.poor_people, 999)

    @property
    def order(self) -> tuple[int, ...]:
        return -self.share, -self.tally.unknown, -self.tally.poor_people


def page(by: Appointment, to: Way, place: Place, told: Iterable[Village]) -> dict[str, Any]:
    """Context `map` of a city, province or the nation: as village_map.page gives it, a circle for each place below."""
    by_code = {one.tally.code: one for one in told}
    inside = list(Place.objects.filter(parent_id=place.code, until__isnull=True))
    if not inside:
        return {"map": None}
    registered = sum(one.tally.registered for one in by_code.values())
    usual = sum(one.tally.fails for one in by_code.values()) * 10_000 // registered if registered else 0
    here = [_above(one, by_code.get(one.code), usual) for one in inside]
    lands = _lands(place)
    says = ngettext(
        "%(n)s 个地方：圆的大小是未脱贫人口，圈内数字是有项未达标的户占建档立卡户的百分之几。下面的表说同样的事。",
        "%(n)s 个地方：圆的大小是未脱贫人口，圈内数字是有项未达标的户占建档立卡户的百分之几。下面的表说同样的事。",
        len(here),
    )
    return {
        "map": {
            **drawn(by, to, here, _points(place, here, lands), lands, {}),
            "above": True,
            "word": said(below(place)[0]),
            "says": says % {"n": len(here)},
            "list_url": None,
            "outlines": outlines.above(len(lands)),
        }
    }


def gathered(told: Iterable[Village], digits: int) -> dict[str, frozenset[str]]:
    """What somebody in the villages of a place misses, or nobody knows, by codes of a length."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in told:
        found[one.tally.code[:digits]] |= one.keys
    return {code: frozenset(keys) for code, keys in found.items()}


def _above(place: Place, told: Village | None, usual: int) -> Above:
    if told is None:
        return Above(place, Tally(place.code), [], [], usual)
    own = guarantees()
    fails, unknown = (
        topics(rule.id for rule in own if f"{what}:{rule.id}" in told.keys) for what in ("fails", "unknown")
    )
    return Above(place, told.tally, fails, unknown, usual)


def _lands(place: Place) -> list[Land]:
    if place.level not in WITH_LANDS:
        return []
    return outlines.lands(outlines_of(scope_of(place.code), level=Level.COUNTY))


def _points(
    place: Place, here: Sequence[Standing], lands: Sequence[Land]
) -> Mapping[str, tuple[float, float]]:
    """Where each circle stands: where its villages lie; where no list says that, within the boundary of a county of it."""
    digits = below(place)[1]
    grounds = {land.key[:digits]: inner_point(land) for land in lands}
    middles = middles_of(scope_of(place.code), digits=digits)
    return {
        one.place.code: at
        for one in here
        if (at := middles.get(one.place.code) or grounds.get(one.place.code)) is not None
    }
