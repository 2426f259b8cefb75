"""What a county says of itself, by which exit standards and help differ, taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.audit.services import Actor, recorded
from xiuhua.places.models import CountyRecord
from xiuhua.places.services.lists import ensure

SAYS = ("region", "poor_county", "key_county", "deep_poor_county", "rural_households", "rural_persons")


@dataclass(frozen=True)
class Told:
    """What was said anew of a county; empty where nothing new."""

    county_code: str
    says: dict[str, Any]

    @property
    def audit_subject(self) -> str:
        return f"place:{self.county_code}"

    @property
    def audit_place(self) -> str:
        return self.county_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return self.says


@recorded("places.county_told")
def take_county(*, by: Actor, county_code: str, row: Mapping[str, Any], as_of: date) -> Told:
    """Figures of a county on a day. row: any of SAYS; what it leaves out stays as it was known last."""
    county = ensure(county_code, row.get("county"))
    newest = CountyRecord.objects.filter(county=county, as_of__lte=as_of).order_by("-as_of").first()
    before = {key: getattr(newest, key, None) for key in SAYS}
    told = {key: row[key] for key in SAYS if row.get(key) is not None and row[key] != before[key]}
    if told:
        CountyRecord.objects.update_or_create(county=county, as_of=as_of, defaults={**before, **told})
    return Told(county_code, told)
