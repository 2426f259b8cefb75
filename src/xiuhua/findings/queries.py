"""Reads of the pool of findings: what waits, how much of it, where, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When
from django.db.models.functions import Left

from xiuhua.findings.models import Finding
from xiuhua.findings.terms import Kind, State
from xiuhua.places.scope import Scope

# What is refused keeps a household out of the register, so it comes first; what was put right waits for nobody.
RANK = Case(
    *(
        When(kind=kind, then=Value(at))
        for at, kind in enumerate((Kind.REFUSED, Kind.ASKED, Kind.WARNED, Kind.MENDED))
    )
)
RANKED = {Kind.REFUSED: 0, Kind.ASKED: 1, Kind.WARNED: 2, Kind.MENDED: 3}


@dataclass(frozen=True)
class Group:
    """Findings of one kind and rule, counted by the place below in which they lie."""

    kind: Kind
    rule: str
    count: int
    places: tuple[tuple[str, int], ...]


def in_area(area: Scope) -> QuerySet[Finding]:
    """Findings of an area that are not closed. One whose village nobody knows lies at the county."""
    return Finding.objects.filter(place_code__gte=area.lo, place_code__lt=area.hi).exclude(state=State.CLOSED)


def waiting(area: Scope) -> QuerySet[Finding]:
    """Those that somebody still has to do something about."""
    return in_area(area).filter(state=State.OPEN)


def groups(found: QuerySet[Finding], *, digits: int) -> list[Group]:
    """By kind and rule, gravest and most first; places by code of the given length. One query."""
    counted = (
        found.annotate(place=Left("place_code", digits))
        .values_list("kind", "rule", "place")
        .annotate(n=Count("id"))
        .order_by()
    )
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for kind, rule, place, n in counted:
        places.setdefault((kind, rule), []).append((place, n))
    made = [
        Group(Kind(kind), rule, sum(n for _, n in at), tuple(sorted(at, key=lambda one: (-one[1], one[0]))))
        for (kind, rule), at in places.items()
    ]
    return sorted(made, key=lambda one: (RANKED[one.kind], -one.count, one.rule))


def ordered(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """As a work list: what is refused first, then by rule, then as found; with the owner's post."""
    return found.annotate(rank=RANK).order_by("rank", "rule", "id").select_related("owner__place")


def of_household(county_code: str, number: str) -> QuerySet[Finding]:
    """What is not closed of one household."""
    return ordered(
        Finding.objects.filter(
            household_number=number, place_code__gte=county_code, place_code__lt=county_code + ":"
        ).exclude(state=State.CLOSED)
    )


@dataclass(frozen=True)
class Load:
    """What a post has on its desk."""

    count: int
    overdue: int
    oldest: date | None


def of_post(post_id: int, *, today: date) -> Load:
    """Open findings that a post owns, and how many of them are past their day. One query."""
    told = Finding.objects.filter(state=State.OPEN, owner_id=post_id).aggregate(
        count=Count("id"),
        overdue=Count("id", filter=Q(due_on__lt=today)),
        oldest=Min("due_on", filter=Q(due_on__lt=today)),
    )
    return Load(**told)
