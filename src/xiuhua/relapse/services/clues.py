"""A clue is taken down or joins the one that is open; it gets an owner; it ends, once, in something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xiuhua.accounts.models import Appointment, Post
from xiuhua.accounts.terms import Role
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.decisions.models import Proceeding
from xiuhua.decisions.queries.proceedings import household_states
from xiuhua.decisions.services import proceedings
from xiuhua.registry.models import Household
from xiuhua.registry.services import Refused
from xiuhua.relapse.models import Clue, ClueSource
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.queries.known import identified
from xiuhua.relapse.queries.taken_up import hears_yet
from xiuhua.relapse.services.refusing import WORDS, in_words, needs
from xiuhua.relapse.terms import Channel, End, Origin, Risk

# Into which procedure a clue goes: who is not watched is identified, who is watched already gets another class.
PROCEDURE, RECLASS = "regular_watch", "regular_reclass"


@dataclass(frozen=True)
class Told:
    """A clue after an act on it. What was said stands with it, not in the audit."""

    clue: Clue
    act: str
    joined: bool = False
    source: ClueSource | None = None

    @property
    def audit_subject(self) -> str:
        return f"clue:{self.clue.pk}"

    @property
    def audit_place(self) -> str:
        return self.clue.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        return {
            "household": self.clue.household_id,
            "act": self.act,
            "end": self.clue.end,
            "joined": self.joined,
        }


@dataclass(frozen=True)
class Saying:
    """What somebody said of a family: who, how, on which day, about what, in their words."""

    origin: Origin
    risk: Risk
    said: str
    came_on: date
    channel: Channel | None = None
    told_by: str = ""


def owner_of(village_code: str) -> int | None:
    """The post that a clue of a village goes to at first; None where nobody has a post there or above."""
    with connection.cursor() as cursor:
        cursor.execute("select relapse_owner(%s)", [village_code])
        found: int | None = cursor.fetchone()[0]
        return found


@recorded("relapse.clue_taken_down")
def take_down(*, by: Appointment, household: Household, saying: Saying) -> Told:
    """Takes a clue down, for any rural household; it joins the one that is open. Soon after a no it is the appeal against it
    (`Clue.contests`). Refused: nothing said, a day that is not."""
    needs(by, "relapse.work")
    if saying.origin in (Origin.LIST, Origin.RULE, Origin.AGAIN) or not saying.said.strip():
        raise Refused("请写明怎么说的、发生了什么", "Say what was said, what happened")
    today = beijing_today()
    with in_words():
        found = Clue.objects.select_for_update().filter(household=household, end="").first()
        joined = found is not None
        clue = found or Clue.objects.create(
            household=household, village_code=household.village_code, came_on=saying.came_on, recorded_at=beijing_now(),
            check_days=whole_number("household_check_days", today, household.village_code),
            whole_days=whole_number("identification_working_days", today, household.village_code),
            check_due_on=today, due_on=today, owner_id=owner_of(household.village_code),
        )  # fmt: skip
        source = ClueSource.objects.create(
            clue=clue, household=household, village_code=household.village_code, origin=saying.origin, channel=saying.channel or "",
            risk=saying.risk, said=saying.said.strip()[:600], told_by=saying.told_by.strip()[:60], came_on=saying.came_on,
            by=by.actor_name, post=by.post_name, at=beijing_now(),
        )  # fmt: skip
    clue.refresh_from_db()
    return Told(clue, "joined" if joined else "taken_down", joined, source)


@recorded("relapse.clue_handed_over")
def hand_over(*, by: Appointment, clue: Clue, to: Post) -> Told:
    """Gives a clue to another post of its village, township or county. Refused for what contests a no: that stays with the county."""
    needs(by, "relapse.hand_over")
    held = _open(clue)
    if held.contests_id is not None and to.role != Role.COUNTY_OFFICE:
        raise Refused(*WORDS["what contests a no stays with the county"])
    if not held.village_code.startswith(to.place_id) or to.role not in (
        "village_worker",
        "township_office",
        "county_office",
    ):
        raise Refused(
            "只能交给本村、本乡镇或本县的职务", "It goes to a post of its village, township or county"
        )
    held.owner = to
    with in_words():
        held.save(update_fields=["owner"])
    return Told(held, "handed_over")


@recorded("relapse.clue_led_to_a_proceeding")
def begin(*, by: Appointment, clue: Clue) -> Told:
    """The clue goes into identification (of a watched household: of its class), or joins the one under way.

    Days of a new one run from the clue's own day. Refused where the one under way is past its visit, or somebody signed that: it would not be
    heard there.
    """
    needs(by, "relapse.work")
    # Held before the clue is, in the order of whoever takes it back: two who do both do not wait for each other.
    if (under_way := identified(clue.household_id)) is not None:
        under_way = Proceeding.objects.select_for_update(of=("self",)).get(pk=under_way.pk)
    held = _open(clue)
    watched = "watched" in household_states(held.household_id)
    if under_way is not None and not hears_yet(under_way):
        raise Refused(*WORDS["the procedure is past its visit"])
    held.proceeding = (
        under_way
        or proceedings.begin(
            by=by,
            procedure=RECLASS if watched else PROCEDURE,
            household=held.household,
            counts_from=held.came_on,
        ).proceeding
    )
    return _end(held, by, End.PROCEEDING, "")


@recorded("relapse.clue_ended")
def end(*, by: Appointment, clue: Clue, how: End, reason: str) -> Told:
    """Ends a clue as helped (help was recorded), as no risk (all is known), or because the household is no more. Why is said.

    Refused: nobody visited since the last saying, the same person was there, kin; as no risk, something on the sheet is not known, a guarantee
    is not held, or, to all but the county, a measure is reached; as no more, a household that has not ended in the register. What is
    said against a no is ended by the county alone, and by nobody who had a part in the no.
    """
    needs(by, "relapse.end")
    if how not in (End.HELPED, End.NO_RISK, End.GONE) or not reason.strip():
        raise Refused("请写明了结的理由", "Say why it ends")
    return _end(_open(clue), by, how, reason)


def _open(clue: Clue) -> Clue:
    held = Clue.objects.select_for_update(of=("self",)).select_related("household").get(pk=clue.pk)
    if held.end:
        raise Refused("这条线索已经了结", "The clue has ended")
    return held


def _end(held: Clue, by: Appointment, how: End, reason: str) -> Told:
    held.end, held.ended_on, held.end_reason = how, beijing_today(), reason.strip()[:400]
    held.ended_by, held.ended_appointment, held.ended_official = by.says("zh"), by, by.official
    with in_words():
        held.save()
    return Told(held, "ended")
