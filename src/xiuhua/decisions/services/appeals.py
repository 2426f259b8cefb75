"""申诉: a household does not accept what was decided; taken down as it came, decided once, elsewhere and by other people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now
from xiuhua.decisions.models import Appeal, Proceeding
from xiuhua.decisions.queries.proceeding_ends import due
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.answering import ask_again, words_of
from xiuhua.decisions.services.deciding import looked_at_again
from xiuhua.decisions.services.proceedings import in_words
from xiuhua.decisions.terms import Course
from xiuhua.engine import load


@dataclass(frozen=True)
class Appealed:
    """An appeal as it stands. The audit is not told what the household said."""

    appeal: Appeal
    proceeding: Proceeding

    @property
    def without_effect(self) -> bool:
        """Whether it was right and changed nothing: the household had begun anew meanwhile, and that goes on."""
        return bool(self.appeal.upheld) and self.proceeding.course in (Course.REFUSED, Course.WITHDRAWN)

    @property
    def audit_subject(self) -> str:
        return f"proceeding:{self.appeal.proceeding_id}"

    @property
    def audit_place(self) -> str:
        return self.appeal.place_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.appeal
        return {
            "appeal": one.pk,
            "channel": one.channel,
            "upheld": one.upheld,
            "course": self.proceeding.course,
            **({"joins": one.joins_id} if one.joins_id else {}),
        }


@recorded("decisions.appealed")
def appeal(*, by: Appointment, proceeding: Proceeding, channel: str, came_on: date, said: str) -> Appealed:
    """Takes an appeal down, within its days; what is said against the same decision before it is answered joins it, whenever it comes.
    Refused where nothing was decided against the household, and to whoever decided it."""
    needs(by, "decisions.appeal")
    days = load().figure("appeal_answer_days", came_on, proceeding.place_code)
    assert days is not None and isinstance(days.value, int)
    with in_words():
        made = Appeal.objects.create(
            proceeding=proceeding, place_code=proceeding.place_code, round=proceeding.round, channel=channel, came_on=came_on,
            due_on=due(came_on, days.value), said=said.strip()[:1000], taken_by=by.post_name, taken_official_id=by.official_id,
            taken_appointment=by, taken_at=beijing_now(),
        )  # fmt: skip
    made.refresh_from_db(fields=["joins", "due_on", "round"])
    return Appealed(made, proceeding)


@recorded("decisions.appeal_decided")
def decide_appeal(*, by: Appointment, appeal: Appeal, upheld: bool, answer: str) -> Appealed:
    """Decides an appeal, with reasons. Upheld, a refusal or withdrawal is done anew from its step, by others than refused; and a
    status that was taken is given back."""
    needs(by, "decisions.decide_appeal")
    held = Appeal.objects.select_for_update().get(pk=appeal.pk)
    held.upheld, held.answer, held.answered_by = upheld, answer.strip()[:400], by.post_name
    held.answered_appointment, held.answered_at = by, beijing_now()
    with in_words():
        held.save(update_fields=["upheld", "answer", "answered_by", "answered_appointment", "answered_at"])
    one = Proceeding.objects.get(pk=held.proceeding_id)
    if upheld and one.effect_status and one.household_id:
        ask_again(by=by, told=words_of(one))
        looked_at_again([one.household_id], by)
    return Appealed(held, one)
