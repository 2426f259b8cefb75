"""Who put what right, and in which way: read by period and post, for whoever inspects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet

from xiuhua.common.clock import BEIJING
from xiuhua.findings.models import Move
from xiuhua.findings.terms import Act
from xiuhua.places.scope import Scope

PUT_RIGHT = (Act.CLOSED, Act.ACCEPTED)


@dataclass(frozen=True)
class Asked:
    """Which closings: a period of days (both included), a way, an account; `but`: rules left out."""

    area: Scope
    since: date
    until: date
    way: str = ""
    who: str = ""
    but: tuple[str, ...] = ()


def closings(asked: Asked) -> QuerySet[Move]:
    """The closings asked for, newest first."""
    found = Move.objects.filter(
        place_code__gte=asked.area.lo,
        place_code__lt=asked.area.hi,
        act__in=PUT_RIGHT,
        at__gte=_begins(asked.since),
        at__lt=_begins(asked.until + timedelta(days=1)),
    )
    if asked.but:
        found = found.exclude(finding__rule__in=asked.but)
    if asked.way:
        found = found.filter(way=asked.way)
    if asked.who:
        found = found.filter(by=asked.who)
    return found.select_related("finding").order_by("-at", "-id")


def by_way(found: QuerySet[Move]) -> dict[str, int]:
    """How many in each way."""
    return dict(found.order_by().values_list("way").annotate(n=Count("id")))


def by_person(found: QuerySet[Move]) -> list[tuple[str, str, int]]:
    """Account and post with how many they closed, most first; without a post: the nightly look."""
    counted = found.order_by().values_list("by", "post").annotate(n=Count("id"))
    return sorted(((by, post, n) for by, post, n in counted), key=lambda one: (-one[2], one[0]))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING)
