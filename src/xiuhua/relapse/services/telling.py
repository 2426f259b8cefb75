"""告知: a household is told that there is no risk, and why; that it was told is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.relapse.models import Clue, Telling
from xiuhua.relapse.services.refusing import in_words, needs
from xiuhua.relapse.terms import Told


@dataclass(frozen=True)
class ToldOf:
    """That a household was told. Whom of it, and what was said of it, the audit is not told."""

    telling: Telling

    @property
    def audit_subject(self) -> str:
        return f"clue:{self.telling.clue_id}"

    @property
    def audit_place(self) -> str:
        return self.telling.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {"way": self.telling.way, "on": self.telling.told_on.isoformat()}


@recorded("relapse.household_told")
def tell(
    *, by: Appointment, clue: Clue, way: Told, told_on: date, person: int | None, note: str = ""
) -> ToldOf:
    """Records how and when a household was told that its clue ended as no risk; once a clue.

    Refused: of a clue that ended otherwise, by kin, on a day before it ended; where no member was met, without what happened.
    """
    needs(by, "relapse.work")
    with in_words():
        made = Telling.objects.create(
            clue=clue, village_code=clue.village_code, way=way, told_on=told_on, person_id=person, note=note.strip()[:200], appointment=by,
            post=by.says("zh"), at=beijing_now(),
        )  # fmt: skip
    return ToldOf(made)
