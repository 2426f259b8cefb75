"""The places below one, side by side: the worst first, or in another order that the reader asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from xiuhua.accounts.models import Appointment
from xiuhua.files.queries import way
from xiuhua.places.models import Place
from xiuhua.places.queries import Rural
from xiuhua.registry.queries.areas import Tally
from xiuhua.workbench.queries.behind import Way
from xiuhua.workbench.queries.figures import rate
from xiuhua.workbench.queries.frame import link, said
from xiuhua.workbench.terms import Order, Show

Key = Callable[[Tally, Rural], Any]


def _share(part: int, whole: int) -> int:
    """In millionths, so that two places are told apart without a fraction."""
    return part * 1_000_000 // whole if whole else -1


KEYS: dict[Order, Key] = {
    Order.WORST: lambda one, _rural: -_share(one.fails + one.unknown, one.registered),
    Order.FAILS: lambda one, _rural: -one.fails,
    Order.UNKNOWN: lambda one, _rural: -one.unknown,
    Order.DOUBT: lambda one, _rural: -one.doubt,
    Order.INCIDENCE: lambda one, rural: (
        -_share(one.poor_people, rural.persons) if rural.persons and not rural.unknown else -2_000_000
    ),
    Order.CODE: lambda one, _rural: 0,
}


def page(
    by: Appointment,
    to: Way,
    place: Place,
    told: list[Tally],
    rural: dict[str, Rural],
    query: dict[str, str],
) -> dict[str, Any]:
    """Contexts `children`, `orders` and `take_url`: rows with counts and where they lead; one without an incidence comes before all."""
    sort = query.get("sort", "")
    order = Order(sort) if sort in Order._value2member_map_ else Order.WORST
    by_code = {one.code: one for one in told}
    inside = Place.objects.filter(parent_id=place.code, until__isnull=True)
    names = {one.code: one.name if one.named else one.code for one in inside}
    every = [(by_code.get(child, Tally(child)), rural.get(child, Rural())) for child in {*by_code, *names}]
    every.sort(key=lambda one: (KEYS[order](*one), one[0].code))
    address = reverse("workbench:place", args=[place.code])
    kept = {key: query[key] for key in ("live", "freeze") if query.get(key)}
    # Whoever chose a freeze stays in it on the way down.
    chosen = query.get("freeze", "")
    return {
        "children": [_row(by, to, one, here, names.get(one.code, one.code), chosen) for one, here in every],
        "take_url": way(
            by,
            "workbench.places",
            place=place.code,
            **{key: query[key] for key in ("sort", "live", "freeze") if key in query},
        ),
        "orders": [
            {
                "label": said(one),
                "url": f"{address}?{urlencode({'sort': one.value, **kept})}#below",
                "current": one is order,
                "count": None,
            }
            for one in Order
        ]
        if len(every) > 1
        else [],
    }


def _row(by: Appointment, to: Way, one: Tally, rural: Rural, name: str, freeze: str) -> dict[str, Any]:
    def url(show: Show, n: int) -> str | None:
        return to(one.code, show) if n else None

    return {
        **{field: getattr(one, field) for field in Tally.__dataclass_fields__},
        "name": name,
        "url": link(by, "workbench:place", one.code, freeze=freeze),
        "incidence": rate(one.poor_people, rural.persons) if rural.persons and not rural.unknown else None,
        "registered_url": url(Show.REGISTERED, one.registered),
        "households_url": url(Show.ALL, one.households),
        "fails_url": url(Show.FAILS, one.fails),
        "unknown_url": url(Show.UNKNOWN, one.unknown),
        "doubt_url": url(Show.DOUBT, one.doubt),
        "poor_url": url(Show.POOR, one.poor),
        "exited_url": url(Show.EXITED, one.exited),
    }
