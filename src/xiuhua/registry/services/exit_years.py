"""When a household left poverty, as the files have it, was written down wrongly and is put right."""

from __future__ import annotations

from xiuhua.audit.services import Actor, recorded
from xiuhua.registry.models import Household
from xiuhua.registry.services.trace import Trace


@recorded("registry.exit_year_corrected")
def exit_year_corrected(*, by: Actor, case: int, household: Household, year: int | None) -> Trace:
    """Another year of exit, None: not known after all. The database writes it with the step that accepts the case, and puts it back
    with the one that undoes it (`decisions_step_year_of_exit`): the application alone could not."""
    trace = Trace(case)
    trace.touches(household)
    return trace.about(household, year=year)
