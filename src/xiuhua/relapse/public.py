"""What the portal may do with clues, and its named writes: somebody asks for help for a household, and sees how far it is.

No area is opened for it. Whether a household is in the register is told to nobody: what comes in is sealed and laid on a desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from xiuhua.common.covering import holds_numbers
from xiuhua.common.sealing import seal
from xiuhua.notices.public import LOOKS, OBJECTIONS, Sent, TooOften, may_come
from xiuhua.notices.services.receipts import hash_of, new_code
from xiuhua.relapse.queries.figures import whole_number
from xiuhua.relapse.services.refusing import in_words
from xiuhua.relapse.terms import Risk

__all__ = ["LOOKS", "Sent", "Standing", "TooOften", "appeal_days", "apply", "holds_numbers", "standing"]

# In one hour, from one address as often as it may object; and for one village from all together.
OF_A_VILLAGE = 60


@dataclass(frozen=True)
class Standing:
    """How far an application is, for whoever holds its receipt: no name, and no judgement of anybody.

    stands: received, asked_back (why, and where to ask), visiting, handled, taken_back in the family's name or answered (`answered_on`).
    """

    came_on: date
    check_due_on: date
    due_on: date
    stands: str
    answered_on: date | None
    reason: str | None
    ask_back: str | None


@dataclass(frozen=True)
class Application:
    """What somebody writes who asks for help: for whom, why, in which words, where to reach them."""

    village_code: str
    head: str
    risk: Risk
    said: str
    contact: str = ""


def apply(*, asked: Application, address: str, day: date) -> Sent:
    """Takes an application in, sealed before it leaves this process; its days run from today. TooOften, or Refused for what is no village."""
    place = asked.village_code
    if not (
        may_come(address=address, day=day, what="apply", most=OBJECTIONS)
        and may_come(address=f"village {place}", day=day, what="applied", most=OF_A_VILLAGE)
    ):
        raise TooOften
    code = new_code()
    days = [whole_number(one, day, place) for one in ("household_check_days", "identification_working_days")]
    contact = seal(asked.contact.strip()) if asked.contact.strip() else None
    with in_words(), connection.cursor() as cursor:
        cursor.execute(
            "select relapse_apply(%s, %s, %s, %s, %s, %s, %s, %s)",
            [place, asked.risk, seal(asked.head.strip()), seal(asked.said.strip()), contact, hash_of(code), *days],
        )  # fmt: skip
        cursor.execute("select notices_due(notices_today(), %s, 'calendar')", [days[0]])
        (due,) = cursor.fetchone()
    return Sent(code, due)


def appeal_days(day: date) -> int:
    """Within how many days a household says that it does not accept what it was told: the nation's, a province may give more."""
    return whole_number("appeal_days", day, "CN")


def standing(*, code: str) -> Standing | None:
    """How the application of a receipt stands; None for a code that is none. Who looks is counted by whoever asks both kinds."""
    told = hash_of(code)
    with connection.cursor() as cursor:
        cursor.execute("select * from relapse_standing(%s)", [told])
        row = cursor.fetchone() if told else None
    return Standing(*row) if row else None
