"""What happens to places: a county's list of villages is taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.audit.services import Actor, recorded
from xiuhua.places.models import Place, VillageRecord
from xiuhua.places.terms import level_of, parent_of


@dataclass(frozen=True)
class Taken:
    """How many villages a list brought and how many it said something new of."""

    place_code: str
    villages: int
    new: int
    changed: int

    @property
    def audit_place(self) -> str:
        return self.place_code

    @property
    def audit_detail(self) -> dict[str, int]:
        return {"villages": self.villages, "new": self.new, "changed": self.changed}


def ensure(code: str, name: str | None = None) -> Place:
    """The place of a code, with all above it. A place whose name nobody said yet bears its code and is marked unnamed."""
    place = Place.objects.filter(code=code).first()
    if place is None:
        above = parent_of(code)
        parent = ensure(above, "全国" if above == "CN" else None) if above else None
        made = Place(
            code=code, name=name or code, level=level_of(code), parent=parent, named=name is not None
        )
        # Another county's first list may say the same province at this moment: whoever is second takes what is there.
        Place.objects.bulk_create([made], ignore_conflicts=True)
        return Place.objects.get(code=code)
    if name and not place.named:
        place.name, place.named = name, True
        place.save(update_fields=["name", "named"])
    return place


@recorded("places.list_taken")
def take_village_list(*, by: Actor, place_code: str, rows: Iterable[Mapping[str, Any]], as_of: date) -> Taken:
    """Villages of a list into the register of places, with what the list says of each on its day.

    rows: mappings with `code`, `village` and any of county, township, poor_village, deep_poor_village,
    rural_households, rural_persons, longitude, latitude. A village that is known keeps its name; another name for
    the same code is a matter for a renaming, not for a list.
    """
    rows = list(rows)
    # An older list still names villages that were united with others since: its figures of them are past.
    ended = set(
        Place.objects.filter(code__in={row["code"] for row in rows}, until__isnull=False).values_list(
            "code", flat=True
        )
    )
    rows = [row for row in rows if row["code"] not in ended]
    villages = changed = 0
    # Above the villages stand a few places that every row repeats; of the villages, all that is known is read at once.
    above = [(row["code"][:6], row["county"]) for row in rows if row.get("county")]
    for code, name in dict.fromkeys(above + [(row["code"][:9], row.get("township")) for row in rows]):
        ensure(code, name)
    codes = {row["code"]: row["village"] for row in reversed(rows)}
    before = set(Place.objects.filter(code__in=codes).values_list("code", flat=True))
    Place.objects.bulk_create(
        [
            Place(code=code, name=name, level=level_of(code), parent_id=parent_of(code))
            for code, name in codes.items()
            if code not in before
        ],
        ignore_conflicts=True,
    )
    known = Place.objects.in_bulk(list(codes))
    newest = {
        said.village_id: said
        for said in VillageRecord.objects.filter(village__in=known).order_by("village_id", "as_of")
    }
    for row in rows:
        villages += 1
        code = row["code"]
        place = known[code]
        if row.get("longitude") is not None and (place.longitude, place.latitude) != (
            row["longitude"],
            row.get("latitude"),
        ):
            place.longitude, place.latitude = row["longitude"], row.get("latitude")
            place.save(update_fields=["longitude", "latitude"])
        if said := _said(place, row, as_of, newest.get(code)):
            changed += 1
            if code not in newest or newest[code].as_of <= said.as_of:
                newest[code] = said
    return Taken(place_code, villages, len(known.keys() - before), changed)


def _said(
    place: Place, row: Mapping[str, Any], as_of: date, known: VillageRecord | None
) -> VillageRecord | None:
    """What the list says anew of a village; `known`: what was said last. None where it says nothing new."""
    says = {
        key: row.get(key)
        for key in ("poor_village", "deep_poor_village", "rural_households", "rural_persons")
    }
    if all(value is None for value in says.values()):
        return None
    if known and all(value is None or getattr(known, key) == value for key, value in says.items()):
        return None
    told = {k: v for k, v in says.items() if v is not None}
    if known is None:
        return VillageRecord.objects.create(village=place, as_of=as_of, **told)
    return VillageRecord.objects.update_or_create(village=place, as_of=as_of, defaults=told)[0]
