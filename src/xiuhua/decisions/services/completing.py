"""What a procedure of a past programme is begun for after its time: a record of those years that is not whole (补齐)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiuhua.decisions.models import Procedure
from xiuhua.decisions.queries.proceedings import is_past
from xiuhua.registry.services import Refused


@dataclass(frozen=True)
class Completing:
    """Which record is completed: the day on which the matter was, in the programme's years, and why it is not on record."""

    on: date | None = None
    why: str = ""


def completes(procedure: Procedure, told: Completing | None) -> dict[str, date | str]:
    """The columns of a proceeding that completes a record; none for a procedure of today. Refused without a reason, and without a day
    inside the procedure's time."""
    if not is_past(procedure):
        return {}
    why = told.why.strip() if told else ""
    if told is None or told.on is None or not why:
        raise Refused(
            "这是 2014-2020 年的程序，只能用来补齐当年的记录：请写明是哪一天的事、为什么要补；今天的事请按现行程序办理",
            "This is a procedure of 2014-2020 and only completes a record of those years: say of which day, and why. What is of today goes by"
            " the procedures of today",
        )
    until = procedure.until
    if told.on < procedure.since or (until is not None and told.on > until):
        raise Refused(
            f"补齐的日期须在这一程序施行的时间内：{procedure.since} 至 {until}",
            f"The day lies within the time of this procedure: {procedure.since} to {until}",
        )
    return {"completes_on": told.on, "completes_why": why[:200]}
