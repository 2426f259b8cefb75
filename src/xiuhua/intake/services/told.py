"""What a batch says of villages by year and of its county: taken at the merge, and as before when it is taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from xiuhua.intake.models import Batch
from xiuhua.intake.services.operators import operator
from xiuhua.places.models import CountyRecord
from xiuhua.places.services import take_county
from xiuhua.places.services.counties import SAYS as OF_A_COUNTY
from xiuhua.registry.models import VillageYear
from xiuhua.registry.services.village_years import SAYS, take_village_years

KEPT = (*SAYS, "seen", "seen_on", "changed_by")


def take_told(batch: Batch) -> None:
    """Village years and the county's figures into the register, once what was known before is noted."""
    assert batch.data_date is not None
    years = [
        {**said, "village_code": code, "year": year, "seen_on": _day(said.get("seen_on")) or batch.data_date}
        for code, year, said in batch.rows.filter(book="village_year", refused=False)
        .exclude(village_code=None)
        .exclude(year=None)
        .values_list("village_code", "year", "village")
    ]
    counties = list(batch.rows.filter(book="county_basics", refused=False).values_list("village", flat=True))
    if not years and not counties:
        return
    _remember(batch, years, bool(counties))
    if years:
        take_village_years(by=operator(batch), place_code=batch.place_code, rows=years, batch=batch.pk)
    for said in counties:
        take_county(by=operator(batch), county_code=batch.place_code[:6], row=said, as_of=batch.data_date)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _remember(batch: Batch, years: list[dict[str, Any]], county: bool) -> None:
    """Notes what was known; a batch that is merged again after a break notes what was known before the first time."""
    if "years_before" not in batch.counts:
        codes = {row["village_code"] for row in years}
        batch.counts["years_before"] = {
            f"{one.village_code} {one.year}": {key: _written(getattr(one, key)) for key in KEPT}
            for one in VillageYear.objects.filter(village_code__in=codes)
        }
    assert batch.data_date is not None
    if county and "county_before" not in batch.counts:
        one = CountyRecord.objects.filter(county_id=batch.place_code[:6], as_of=batch.data_date).first()
        batch.counts["county_before"] = one and {key: getattr(one, key) for key in OF_A_COUNTY}
    batch.save(update_fields=["counts"])


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def told_as_before(batch: Batch) -> None:
    """Years that the batch brought go, those it changed are as before; what another batch changed since stays."""
    for one in VillageYear.objects.filter(changed_by=batch.pk):
        for key, value in (
            batch.counts.get("years_before", {}).get(f"{one.village_code} {one.year}", {}).items()
        ):
            setattr(one, key, _day(value) if key == "seen_on" else value)
        one.save()
    VillageYear.objects.filter(brought_by=batch.pk, changed_by=None).delete()
    if "county_before" in batch.counts:
        assert batch.data_date is not None
        mine = CountyRecord.objects.filter(county_id=batch.place_code[:6], as_of=batch.data_date)
        before = batch.counts["county_before"]
        if before:
            mine.update(**before)
        else:
            mine.delete()
