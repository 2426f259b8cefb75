"""What other departments' lists say of the people of an area, and what the households said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from xiuhua.common.clock import beijing_today
from xiuhua.engine import load
from xiuhua.places.scope import Scope
from xiuhua.registry.models import Listing, ListingAnswer, ListingHit
from xiuhua.registry.terms import Heard, ListKind

WORDS = {ListKind.VEHICLE: "vehicle_kind", ListKind.BUSINESS: "business_kind"}


def lists_of(area: Scope) -> list[Listing]:
    """Lists that cover an area in whole or in part, the newest first; those whose hits are gone too."""
    county = area.place_code[:6]
    found = Listing.objects.filter(county_code=county) if len(county) == 6 else Listing.objects.all()
    return [one for one in found if area.covers(one.place_code) or area.place_code.startswith(one.place_code)]


def ended_since(area: Scope, kinds: Iterable[str], moment: datetime) -> bool:
    """Whether a list of such a kind that was in force in an area at a moment is so no more: withdrawn, or past its last day."""
    today, wanted = beijing_today(), set(kinds)
    then = [
        one
        for one in lists_of(area)
        if one.kind in wanted and one.brought_at <= moment and (one.ended_at is None or one.ended_at > moment)
    ]
    return any(one.ended_at is not None or one.expires_on < today for one in then)


@dataclass(frozen=True)
class Counts:
    """Hits of a list in an area, by what came of them."""

    open: int = 0
    true: int = 0
    not_so: int = 0


def counts_of(area: Scope) -> dict[int, Counts]:
    """By list, the hits in an area."""
    found = in_area(area).order_by().values_list("listing_id", "state").annotate(n=Count("id"))
    told: dict[int, dict[str, int]] = {}
    for listing, state, n in found:
        told.setdefault(listing, {})[state] = n
    return {listing: Counts(**by_state) for listing, by_state in told.items()}


def in_area(area: Scope) -> QuerySet[ListingHit]:
    """Hits of an area whose person still has the number that was matched."""
    return ListingHit.objects.filter(
        village_code__gte=area.lo, village_code__lt=area.hi, id_blind=F("person__id_blind")
    )


def to_hear(area: Scope) -> QuerySet[ListingHit]:
    """Hits of an area, those that wait first, with person and household."""
    found = in_area(area).filter(person__memberships__until__isnull=True).annotate(
        household=F("person__memberships__household"),
        head=F("person__memberships__household__head_name"),
        waits=Q(state=Heard.OPEN),
    )  # fmt: skip
    return found.select_related("person", "listing").order_by("-waits", "village_code", "id")


def of_household(household: int) -> list[ListingHit]:
    """Hits of the people who live in a household now."""
    found = ListingHit.objects.filter(
        person__memberships__household=household,
        person__memberships__until__isnull=True,
        id_blind=F("person__id_blind"),
    )
    return list(found.select_related("person", "listing").order_by("id"))


def one(pk: int) -> ListingHit | None:
    """A hit of the acting area; None when there is none."""
    return ListingHit.objects.filter(pk=pk).select_related("person", "listing").first()


def answers(hit: ListingHit) -> list[ListingAnswer]:
    """What was said of it, the newest first."""
    return list(ListingAnswer.objects.filter(hit=hit).select_related("evidence").order_by("-pk"))


def what(hit: ListingHit, language: str) -> dict[str, Any]:
    """What a list says, as a page shows it: a word (kind, unit), a day, an amount in fen."""
    kind = ListKind(hit.kind)
    text = hit.what
    if kind in WORDS and text:
        code = load().codes[WORDS[kind]].code(text)
        text = code.says(language) if code else text
    return {"text": text, "on": hit.said_on, "fen": hit.amount_fen}
