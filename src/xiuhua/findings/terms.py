"""What a finding is and where it stands."""

from __future__ import annotations

from datetime import date, timedelta

from xiuhua.common.terms import Terms

# Days to put a finding right: ours, until a county sets its own in the rulebook.
DAYS_TO_CORRECT = 7


class Kind(Terms):
    """How grave a finding is for the row it was found in."""

    REFUSED = "refused", "校验未通过", "Refused"
    ASKED = "asked", "待判断", "To be decided"
    WARNED = "warned", "存疑", "Doubtful"
    MENDED = "mended", "已自动更正", "Put right and noted"


class State(Terms):
    """Whether somebody still has to do something."""

    OPEN = "open", "待办", "Open"
    NOTED = "noted", "已记录", "Noted"
    CLOSED = "closed", "已办结", "Closed"


def due_on(today: date) -> date:
    """The day a finding of today is to be put right by."""
    return today + timedelta(days=DAYS_TO_CORRECT)
