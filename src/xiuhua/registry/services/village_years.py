"""Villages' yearly forms taken into the register: what was checked yields to another check only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xiuhua.audit.services import Actor, recorded
from xiuhua.registry.models import VillageYear
from xiuhua.registry.terms import Seen

SAYS = tuple(
    one.name
    for one in VillageYear._meta.concrete_fields
    if one.name not in ("id", "village_code", "year", "brought_by", "changed_by", "seen", "seen_on")
)


@dataclass(frozen=True)
class YearsTaken:
    """How many years of villages were new, changed, as before, and left because they had been checked."""

    place_code: str
    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0

    @property
    def audit_place(self) -> str:
        return self.place_code

    @property
    def audit_detail(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "same": self.same, "kept": self.kept}


@recorded("registry.village_years_taken")
def take_village_years(
    *, by: Actor, place_code: str, rows: Iterable[Mapping[str, Any]], batch: int | None = None
) -> YearsTaken:
    """Yearly forms of villages of the acting area.

    rows: `village_code`, `year`, `seen` (reported where it is not said), `seen_on`, and any of SAYS; what a row leaves out
    stays as it was. A reported row changes nothing of a year that was checked. batch: the import that brought them.
    """
    rows = list(rows)
    known = {
        (one.village_code, one.year): one
        for one in VillageYear.objects.filter(village_code__in={row["village_code"] for row in rows})
    }
    counts = dict.fromkeys(("new", "changed", "same", "kept"), 0)
    for row in rows:
        at = (row["village_code"], row["year"])
        one = known.get(at)
        if one is None:
            known[at] = one = VillageYear(village_code=at[0], year=at[1], brought_by=batch)
        counts[_told(one, row, batch)] += 1
    return YearsTaken(place_code, **counts)


def _told(one: VillageYear, row: Mapping[str, Any], batch: int | None) -> str:
    says = {key: row[key] for key in SAYS if row.get(key) is not None}
    seen = row.get("seen") or Seen.REPORTED.value
    if one.pk and one.seen == Seen.CHECKED and seen != Seen.CHECKED:
        return "kept"
    if one.pk and one.seen == seen and all(getattr(one, key) == value for key, value in says.items()):
        return "same"
    new = one.pk is None
    for key, value in {**says, "seen": seen, "seen_on": row.get("seen_on")}.items():
        setattr(one, key, value)
    if not new:
        one.changed_by = batch
    one.save()
    return "new" if new else "changed"
