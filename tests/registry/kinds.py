"""How tests have a household of another kind: by a file that is being merged, as the product has it."""

from __future__ import annotations

from xiuhua.intake.models import Batch, StagedHousehold
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household


def told_by_a_file(home: Household, kind: str) -> Batch:
    """A batch on its way into the register says another kind of a household; in the caller's scope. The batch is handed back."""
    county = home.village_code[:6]
    batch = Batch.objects.create(place_code=county, step="merging", started_by="test")
    StagedHousehold.objects.create(
        batch=batch,
        place_code=county,
        number=home.number,
        village_code=home.village_code,
        household={"kind": kind},
    )
    with within(scope_of(county), who={"batch": batch.pk}):
        Household.objects.filter(pk=home.pk).update(kind=kind, changed_by=batch.pk)
    return batch
