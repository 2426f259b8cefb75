"""What a finding is and where it stands."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from xiuhua.common.terms import Terms
from xiuhua.engine import load


class Kind(Terms):
    """How grave a finding is for the row it was found in."""

    REFUSED = "refused", "校验未通过", "Refused"
    ASKED = "asked", "待判断", "To be decided"
    WARNED = "warned", "存疑", "Doubtful"
    UNKNOWN = "unknown", "待核实", "Not known"
    MENDED = "mended", "已自动更正", "Put right and noted"


class State(Terms):
    """Whether somebody still has to do something."""

    OPEN = "open", "待办", "Open"
    EXPLAINED = "explained", "已说明待复核", "Explained, to be reviewed"
    RESTING = "resting", "说明获准，暂缓", "Explanation accepted, resting"
    NOTED = "noted", "已记录", "Noted"
    CLOSED = "closed", "已办结", "Closed"


class Act(Terms):
    """What happened to a finding; the list of these is its history."""

    FOUND = "found", "发现", "Found"
    SEEN_AGAIN = "seen_again", "新表格里仍在", "Still in a newer file"
    REOPENED = "reopened", "重新出现", "Came back"
    HANDED_OUT = "handed_out", "交办", "Handed out"
    DUE_CHANGED = "due_changed", "改期", "Day changed"
    EXPLAINED = "explained", "说明", "Explained"
    ACCEPTED = "accepted", "说明获准", "Explanation accepted"
    SENT_BACK = "sent_back", "退回", "Sent back"
    RETURNED = "returned", "恢复待办", "Open again"
    CLOSED = "closed", "办结", "Closed"


class Way(Terms):
    """In which way a finding was put right."""

    HOLDS = "holds", "按规则复核通过", "The rule holds again"
    FILE = "file", "表格已更正", "Corrected in the file"
    TAKEN_BACK = "taken_back", "批次已撤回", "The batch was taken back"
    DECIDED = "decided", "已判断", "Decided"
    GONE = "gone", "不再涉及", "No longer concerned"
    ACCEPTED = "accepted", "说明获准", "Explanation accepted"


class Age(Terms):
    """How long a finding has been open; the word is the last day that counts, `over` has none."""

    WEEK = "7", "7 天以内", "Up to 7 days"
    MONTH = "30", "8 至 30 天", "8 to 30 days"
    QUARTER = "90", "31 至 90 天", "31 to 90 days"
    OVER = "over", "90 天以上", "Over 90 days"


# What still stands in the way of somebody; a noted one never did.
STANDING = (State.OPEN, State.EXPLAINED, State.RESTING)
# A number of the register that people judged to be wrong asks until it is another one; no file answers it (its words: intake/terms.py).
NUMBER_WRONG_HERE = "number_wrong_here"
# What an explanation can answer. What is refused must be put right, what is asked must be decided.
EXPLAINABLE = (Kind.WARNED, Kind.UNKNOWN)


def due_on(today: date, place_code: str = "CN") -> date:
    """The day a finding of today is to be put right by."""
    days = load().figure("finding_days_to_correct", today, place_code)
    assert days is not None and isinstance(days.value, int)
    return today + timedelta(days=days.value)


def fingerprint(*about: str) -> str:
    """The mark of a matter: the same parts give the same mark, whoever finds it."""
    return hashlib.md5("|".join(about).encode(), usedforsecurity=False).hexdigest()


def rule_fingerprint(rule: str, household: str, person: str = "", year: int | None = None) -> str:
    """The mark of a rule of the rulebook that fails: by its grain, so that a file and the register find one thing, not two.

    The cell that a file shows it in and the member that a household's rule points to may change; the matter does not.
    """
    grain = load().rules[rule].grain
    return fingerprint(
        rule,
        household,
        person if grain == "person" else "",
        "",
        str(year) if grain == "period" and year else "",
    )


def known_as(number: str, key: int) -> str:
    """By what the mark of a matter knows a person. Who has no number is in no file, and goes by the key of the register."""
    return number or f"#{key}"


def beside(lies: str, other: str | None, /, **names: str) -> dict[str, str]:
    """How a finding's sentence tells its other side: by `names` where that lies where the finding does, else by its township
    alone, which is all that is told of anybody beyond the area of whoever reads it."""
    return names if (other or "").startswith(lies) else {"place": (other or lies[:6])[:9]}
