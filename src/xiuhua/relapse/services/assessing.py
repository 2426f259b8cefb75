"""分类管理: once a year somebody says where a household that left poverty stands, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.queries.proceedings import household_states
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Assessment, Clue
from xiuhua.relapse.services.clues import Saying, take_down
from xiuhua.relapse.services.refusing import in_words, needs
from xiuhua.relapse.terms import Origin, Risk, Standing


@dataclass(frozen=True)
class Assessed:
    """A yearly judgement."""

    assessment: Assessment
    clue: Clue | None = None

    @property
    def audit_subject(self) -> str:
        return f"assessment:{self.assessment.pk}"

    @property
    def audit_place(self) -> str:
        return self.assessment.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.assessment
        told = {"household": one.household_id, "year": one.year, "standing": one.standing}
        return told | ({"clue": self.clue.pk} if self.clue else {})


@recorded("relapse.assessed")
def assess(*, by: Appointment, household: Household, year: int, standing: Standing, reason: str) -> Assessed:
    """Records the judgement of a year, in the name of whoever acts.

    Who is to be watched and is not yet gets a clue with it, or one more saying of the open one: its clock runs, and nobody is left
    at a judgement. The class of watching is the procedure's.
    """
    needs(by, "relapse.work")
    if not reason.strip():
        raise Refused("请写明理由", "Say why")
    with in_words():
        made = Assessment.objects.create(
            household=household, village_code=household.village_code, year=year, standing=standing, reason=reason.strip()[:400],
            assessed_on=beijing_today(), appointment=by, official=by.official, post=by.says("zh"), at=beijing_now(),
        )  # fmt: skip
    return Assessed(made, _to_be_watched(by, household, made) if standing is Standing.WATCH else None)


def _to_be_watched(by: Appointment, household: Household, made: Assessment) -> Clue | None:
    if "watched" in household_states(household.pk):
        return None
    saying = Saying(Origin.ASSESSMENT, Risk.OTHER, made.reason, made.assessed_on, told_by=by.actor_name)
    return take_down(by=by, household=household, saying=saying).clue
