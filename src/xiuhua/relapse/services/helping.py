"""急难先帮: help is recorded as it was given; its paper stays owed until the day, and is brought once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.services.proposing import Opened
from xiuhua.decisions.terms import Course, Help
from xiuhua.files.services import content, store
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Clue, Relief
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.services.refusing import in_words, needs


@dataclass(frozen=True)
class Given:
    """Help that was recorded, or its paper that came."""

    relief: Relief

    @property
    def audit_subject(self) -> str:
        return f"relief:{self.relief.pk}"

    @property
    def audit_place(self) -> str:
        return self.relief.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.relief
        return {
            "household": one.household_id,
            "kind": one.kind,
            "given_on": str(one.given_on),
            "amount_fen": one.amount_fen,
            "paper": one.paper_id,
        }


@dataclass(frozen=True)
class What:
    """What was given: kind, in words, by whom, on which day, how much in fen where it is money."""

    kind: Help
    what: str
    giver: str
    given_on: date
    amount_fen: int | None = None


@recorded("relapse.help_given")
def give_help(*, by: Appointment, household: Household, what: What) -> Given:
    """Records help with nothing else asked, and hangs it to the open clue and the open proceeding where there are any."""
    needs(by, "relapse.work")
    if not what.what.strip() or not what.giver.strip():
        raise Refused("请写明帮了什么、谁帮的", "Say what was given, and by whom")
    clue = Clue.objects.filter(household=household, end="").first()
    proceeding = Proceeding.objects.filter(household=household, kind="watch", course=Course.OPEN).first()
    today = beijing_today()
    with in_words():
        made = Relief.objects.create(
            household=household, village_code=household.village_code, clue=clue, proceeding=proceeding, kind=what.kind, what=what.what.strip()[:200],
            giver=what.giver.strip()[:120], given_on=what.given_on, amount_fen=what.amount_fen,
            paper_days=whole_number("urgent_paper_days", today, household.village_code), paper_due_on=today,
            by=by.actor_name, post=by.says("zh"), at=beijing_now(),
        )  # fmt: skip
    made.refresh_from_db()
    return Given(made)


@recorded("relapse.help_paper_brought")
def bring_paper(*, by: Appointment, relief: Relief, name: str, pieces: Iterable[bytes]) -> Given:
    """Brings the paper that was owed. Once."""
    needs(by, "relapse.work")
    held = Relief.objects.select_for_update(of=("self",)).get(pk=relief.pk)
    if held.paper_id is not None:
        raise Refused("手续已经补过", "Its paper was brought already")
    held.paper = store(by=by, place_code=held.village_code, name=name, pieces=pieces)
    held.paper_by, held.paper_at = by.says("zh"), beijing_now()
    with in_words():
        held.save(update_fields=["paper", "paper_by", "paper_at"])
    return Given(held)


@recorded("relapse.help_paper_opened")
def open_paper(*, by: Appointment, relief: Relief) -> Opened:
    """Shows the paper, and records who looked."""
    assert relief.paper is not None
    return Opened(
        content(relief.paper), f"relief:{relief.pk}", relief.village_code, {"paper": relief.paper_id}
    )
